// Strict validation against the schemas of Kubernetes, KEDA and the Prometheus operator, offline.
//
//   node schema.mjs FILE…
//
// Twice, for neither sees everything: the packages' own validators know types, required fields,
// enumerations and patterns; TypeScript, to which the manifest is shown as a literal of its type,
// knows which fields there are.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { finish, manifests } from './documents.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const packages = [
  'kubernetes-models',
  '@kubernetes-models/keda',
  '@kubernetes-models/prometheus-operator',
];

function schemaOf({ apiVersion, kind }) {
  if (!apiVersion || !kind) return null;
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  const inside = path.join(...version.split('/').filter(Boolean), kind);
  for (const name of packages) {
    const file = path.join(here, 'node_modules', name, inside);
    if (existsSync(`${file}.d.ts`))
      return { type: `${name}/${inside}`, code: [`${file}.mjs`, `${file}.js`].find(existsSync) };
  }
  return null;
}

async function validate(manifest, schema) {
  const kind = manifest.value.kind;
  const module = await import(pathToFileURL(schema.code));
  const Kind = module[kind] ?? module.default[kind];
  try {
    new Kind(manifest.value).validate();
  } catch (error) {
    for (const each of error.errors?.length ? error.errors : [error]) {
      const at = (each.instancePath ?? '').split('/').filter(Boolean);
      manifest.fails(
        at.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
        each.message,
      );
    }
  }
}

// As TypeScript, one key or element to a line, with the path of each line beside it.
function literal(value, at, out) {
  const add = (text, where) => out.push({ text, where });
  if (value === null || typeof value !== 'object') {
    out.at(-1).text += JSON.stringify(value);
    return;
  }
  const list = Array.isArray(value);
  out.at(-1).text += list ? '[' : '{';
  for (const [key, inner] of Object.entries(value)) {
    add(list ? '' : `${JSON.stringify(key)}: `, [...at, list ? Number(key) : key]);
    literal(inner, [...at, list ? Number(key) : key], out);
    out.at(-1).text += ',';
  }
  add(list ? ']' : '}', at);
}

function checkFields(units) {
  const sources = new Map();
  for (const [index, { manifest, schema }] of units.entries()) {
    const kind = manifest.value.kind;
    const lines = [
      { text: `import type { I${kind} } from ${JSON.stringify(schema.type)};`, where: [] },
      { text: `export const manifest: I${kind} = `, where: [] },
    ];
    literal(manifest.value, [], lines);
    sources.set(path.join(here, `__manifest_${index}.ts`), { manifest, lines });
  }
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  const textOf = (name) =>
    sources
      .get(name)
      .lines.map((line) => line.text)
      .join('\n');
  host.getSourceFile = (name, ...rest) =>
    sources.has(name)
      ? ts.createSourceFile(name, textOf(name), options.target)
      : getSourceFile.call(host, name, ...rest);
  host.fileExists = (name) => sources.has(name) || fileExists.call(host, name);
  host.readFile = (name) => (sources.has(name) ? textOf(name) : readFile.call(host, name));
  const program = ts.createProgram([...sources.keys()], options, host);
  for (const [name, { manifest, lines }] of sources) {
    const source = program.getSourceFile(name);
    for (const each of [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]) {
      const at = lines[source.getLineAndCharacterOfPosition(each.start).line].where;
      manifest.fails(at, ts.flattenDiagnosticMessageText(each.messageText, ' ').slice(0, 240));
    }
  }
}

const units = [];
for (const manifest of manifests(process.argv.slice(2))) {
  const schema = schemaOf(manifest.value);
  if (!schema) {
    manifest.fails([], `no schema for ${manifest.value.apiVersion} ${manifest.value.kind}`);
    continue;
  }
  if (!manifest.value.metadata?.name) manifest.fails(['metadata'], 'has no name');
  await validate(manifest, schema);
  units.push({ manifest, schema });
}
checkFields(units);
finish(`schema: ${units.length} manifest(s)`);
