// Every metric that a rule or a panel names has to exist, and every counter of ours has an alarm or
// a reason for none.
//
//   node metrics.mjs NAMES FILE…    NAMES: files with a name a line (what follows a space is not
//                                   looked at), separated by commas;
//                                   FILE: PrometheusRules (.yaml) and dashboards (.json); and a
//                                   document (.md) that says why a counter has no alarm
//
// A histogram's series (_bucket, _sum, _count) count as its name.
import { readFileSync } from 'node:fs';
import { finish, manifests, problem } from './documents.mjs';

const [lists, ...rest] = process.argv.slice(2);
const reasons = rest.find((each) => each.endsWith('.md'));
const files = rest.filter((each) => each !== reasons);
const lines = (file) => readFileSync(file, 'utf8').split('\n');
const known = new Set(
  lists.split(',').flatMap((file) =>
    lines(file)
      .map((line) => line.replace(/[ #].*/, ''))
      .filter(Boolean),
  ),
);
const alarmed = new Set();
const exists = (name) => known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, ''));

// Words of PromQL that are neither a label, a function, a keyword nor a duration.
function metricsOf(expression) {
  const bare = expression
    .replaceAll(/"(\\.|[^"\\])*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/(?<![\w.$])[a-zA-Z_:][\w:]*(?!\s*\()\b/g)]
    .map((match) => match[0])
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
  for (const panel of JSON.parse(text).panels)
    for (const { expr } of panel.targets ?? [])
      check(
        file,
        text.split('\n').findIndex((line) => line.includes(JSON.stringify(expr))) + 1,
        `panel "${panel.title}"`,
        expr,
      );
}
for (const manifest of manifests(files.filter((each) => each.endsWith('.yaml')))) {
  if (manifest.value.kind !== 'PrometheusRule') continue;
  for (const [g, group] of manifest.value.spec.groups.entries())
    for (const [r, rule] of group.rules.entries()) {
      metricsOf(rule.expr).forEach((name) => alarmed.add(name));
      check(
        manifest.file,
        manifest.line(['spec', 'groups', g, 'rules', r, 'expr']),
        `alert ${rule.alert}`,
        rule.expr,
      );
    }
}

// A counter that no alarm reads has its reason among those of docs/operations.md. Named there
// without the prefix, in a row of the table below the sentence that names this script.
if (reasons) {
  const text = readFileSync(reasons, 'utf8').split('`scripts/check-k8s.sh` refuses')[1] ?? '';
  const table = text.split('\n\n')[1] ?? '';
  const excused = new Set(
    [...table.matchAll(/`(\w+_total)`/g)].map((match) => `meme_generator_${match[1]}`),
  );
  const counters = lines(lists.split(',')[0]).filter((line) =>
    /^meme_generator_\w+_total counter/.test(line),
  );
  for (const name of counters.map((line) => line.split(' ')[0]))
    if (alarmed.has(name) === excused.has(name))
      problem(
        reasons,
        1,
        `${name}: ${alarmed.has(name) ? 'its alarm needs no reason' : 'no alarm'}`,
      );
}
if (expressions === 0) problem(files[0] ?? '-', 1, 'holds no expression');
finish(`metrics: ${expressions} expression(s)`);
