// Rules for promtool.
//
//   node rules.mjs FILE.yaml    the groups of a PrometheusRule
//   node rules.mjs FILE.json    a dashboard's queries as recording rules, to check their syntax
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const file = process.argv[2];
const text = readFileSync(file, 'utf8');
if (file.endsWith('.json')) {
  const queries = JSON.parse(text).panels.flatMap((panel) => panel.targets ?? []);
  const rules = queries.map(({ expr }, index) => ({
    record: `query:${index}`,
    expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$namespace', '.*'),
  }));
  console.log(stringify({ groups: [{ name: 'dashboard', rules }] }));
} else {
  console.log(stringify(parse(text).spec));
}
