// Manifests with the line of everything in them.
import { readFileSync } from 'node:fs';
import { LineCounter, isMap, isSeq, parseAllDocuments } from 'yaml';

let problems = 0;

/// Prints an offence as file:line: text.
export function problem(file, line, text) {
  problems += 1;
  console.log(`${file}:${line}: ${text}`);
}

/// Says how many documents were looked at, and ends the program: 1 where there was a problem.
export function finish(what) {
  console.log(`${what}, ${problems} problem(s)`);
  process.exit(problems > 0 ? 1 : 0);
}

class Manifest {
  constructor(file, node, value, lines) {
    Object.assign(this, { file, node, value, lines });
    this.name = `${value?.kind}/${value?.metadata?.name}`;
  }

  /// The line of what stands at `path`, or of the nearest thing around it that there is.
  line(path) {
    let node = this.node;
    let offset = node?.range?.[0] ?? 0;
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find(
          (each) => String(each.key?.value ?? each.key) === String(step),
        );
        if (!pair) break;
        offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node) && node.items[step]) {
        node = node.items[step];
        offset = node.range?.[0] ?? offset;
      } else {
        break;
      }
    }
    return this.lines.linePos(offset).line;
  }

  fails(path, text) {
    const where = path.join('.');
    problem(this.file, this.line(path), `${this.name}${where ? ` ${where}` : ''}: ${text}`);
  }
}

/// Every manifest in `files`. What is no YAML, and keys that stand twice, are problems.
export function manifests(files) {
  return files.flatMap((file) => {
    const lines = new LineCounter();
    const documents = parseAllDocuments(readFileSync(file, 'utf8'), { lineCounter: lines });
    return documents.flatMap((document) => {
      for (const error of document.errors)
        problem(file, error.linePos?.[0].line ?? 1, error.message.split('\n')[0]);
      const value = document.errors.length ? null : document.toJS();
      return value ? [new Manifest(file, document.contents, value, lines)] : [];
    });
  });
}

/// The pod's specification in a workload and the path to it, or nothing.
export function podOf({ value }) {
  const paths = { CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'] };
  const path = paths[value.kind] ?? ['spec', 'template', 'spec'];
  const spec = path.reduce((at, step) => at?.[step], value);
  return spec?.containers ? { spec, path } : null;
}
