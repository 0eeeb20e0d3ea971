// Every metric that a rule or a panel names has to exist.
//
//   node metrics.mjs NAMES FILE…    NAMES: files with a name a line (what follows a space is not
//                                   looked at), separated by commas;
//                                   FILE: PrometheusRules (.yaml) and dashboards (.json)
//
// A histogram's series (_bucket, _sum, _count) count as its name.
import { readFileSync } from 'node:fs';
import { finish, manifests, problem } from './documents.mjs';

const [lists, ...files] = process.argv.slice(2);
const known = new Set(lists.split(',').flatMap((file) =>
  readFileSync(file, 'utf8').split('\n').map((line) => line.replace(/[ #].*/, '')).filter(Boolean)));
const exists = (name) => known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, ''));

// Words of PromQL that are neither a label, a function, a keyword nor a duration.
function metricsOf(expression) {
  const bare = expression
    .replaceAll(/"(\\.|[^"\\])*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/(?<![\w.$])[a-zA-Z_:][\w:]*(?!\s*\()\b/g)].map((match) => match[0])
    .filter((word) => !/^(and|or|unless|bool|offset|by|without|inf|nan)$/i.test(word));
}

let expressions = 0;
function check(file, line, what, expression) {
  expressions += 1;
  for (const name of new Set(metricsOf(expression)))
    if (!exists(name)) problem(file, line, `${what}: there is no metric ${name}`);
}

for (const file of files.filter((each) => each.endsWith('.json'))) {
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  for (const panel of JSON.parse(text).panels)
    for (const { expr } of panel.targets ?? [])
      check(file, lines.findIndex((line) => line.includes(JSON.stringify(expr))) + 1, `panel "${panel.title}"`, expr);
}
for (const manifest of manifests(files.filter((each) => each.endsWith('.yaml')))) {
  if (manifest.value.kind !== 'PrometheusRule') continue;
  for (const [g, group] of manifest.value.spec.groups.entries())
    for (const [r, rule] of group.rules.entries())
      check(manifest.file, manifest.line(['spec', 'groups', g, 'rules', r, 'expr']), `alert ${rule.alert}`, rule.expr);
}
if (expressions === 0) problem(files[0] ?? '-', 1, 'holds no expression');
finish(`metrics: ${expressions} expression(s)`);
