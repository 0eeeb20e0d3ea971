// The scaling loop for real: a NATS server, and as many processes of the service as KEDA would
// start pods, with the thresholds, policies and environment of the manifests. Only KEDA's and the
// autoscaler's times are divided by a factor.
//
//   node scale.mjs [--build build] [--factor 5] [--job-ms 2000] [--jobs 200] [--burst 1000]
//                  [--csv FILE]
//
// First --jobs requests at once, down to no process; then --burst. Ends with 0 where each request
// was answered once, the model was called once for each, and nothing is left.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse, parseAllDocuments } from '../k8s/node_modules/yaml/dist/index.js';
import { Autoscaler, lagOf } from './autoscaler.mjs';
import {
  Nats,
  eventually,
  folder,
  sleep,
  start,
  startModel,
  startNats,
  startRedis,
  stopAll,
} from './servers.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../..');
const { values: given } = parseArgs({
  options: Object.fromEntries(
    ['build', 'factor', 'job-ms', 'jobs', 'burst', 'csv'].map((name) => [name, { type: 'string' }]),
  ),
});
const build = path.resolve(given.build ?? path.join(root, 'build'));
const factor = Number(given.factor ?? 5);
const jobMs = Number(given['job-ms'] ?? 2000);

const scaled = parse(readFileSync(path.join(root, 'k8s/keda-scaledobject.yaml'), 'utf8')).spec;
const trigger = scaled.triggers[0].metadata;
const deployment = parseAllDocuments(readFileSync(path.join(root, 'k8s/deployment.yaml'), 'utf8'))
  .map((each) => each.toJS())
  .find((each) => each.kind === 'Deployment').spec.template.spec;
const manifestEnv = Object.fromEntries(
  deployment.containers[0].env
    .filter((each) => each.value !== undefined)
    .map((each) => [each.name, each.value]),
);

const nats = await startNats();
const model = await startModel(path.join(build, 'sketch-server'), jobMs);
const podEnv = {
  ...manifestEnv,
  NATS_URL: nats.url,
  REDIS_URL: await startRedis(),
  HF_API_URL: `${model}/hf-inference/models/any/model`,
  HF_API_TOKEN: 'none-needed',
  METRICS_ADDR: '127.0.0.1:0',
  LOG_LEVEL: 'warning',
  MEME_CONFIG_FILE: path.join(root, 'config', path.basename(manifestEnv.MEME_CONFIG_FILE)),
};

// The pods. Which one has to go when there are fewer is not ours to choose: here, the oldest.
const serving = [];
const leaving = new Set();
let badEnds = 0;
let podNumber = 0;
async function endPod(pod) {
  leaving.add(pod);
  pod.kill('SIGTERM');
  const grace = setTimeout(
    () => pod.kill('SIGKILL'),
    deployment.terminationGracePeriodSeconds * 1000,
  );
  const { code } = await pod.ended;
  clearTimeout(grace);
  leaving.delete(pod);
  if (code !== 0) badEnds += 1;
}
function setPods(count) {
  while (serving.length < count)
    serving.push(start(`pod-${++podNumber}`, path.join(build, 'meme-generator'), [], podEnv));
  while (serving.length > count) endPod(serving.shift());
}

const provisioned = start('provision', path.join(build, 'meme-generator'), ['provision'], podEnv);
if ((await provisioned.ended).code !== 0)
  throw new Error(readFileSync(path.join(folder, 'provision.log'), 'utf8'));

const client = new Nats(nats.url);
client.subscribe('meme.response');
client.subscribe('meme.response.error');
await client.flush();

const began = Date.now();
const seconds = () => (Date.now() - began) / 1000;
const samples = [];
const scaler = new Autoscaler(scaled, factor);
let ending = false;
const loop = (async () => {
  for (; !ending; await sleep(50)) {
    const readLag = () => lagOf(nats.monitor, trigger);
    setPods(await scaler.step(seconds(), readLag));
    const last = samples.at(-1);
    if (!last || seconds() - last[0] >= 0.25)
      samples.push([
        seconds().toFixed(2),
        await readLag(),
        serving.length,
        leaving.size,
        client.answers.size,
      ]);
  }
})();

let failed = false;
const stats = async () => (await fetch(`${model}/_stats`)).json();
const report = (ok, text) => {
  failed ||= !ok;
  console.log(`${ok ? '   ' : 'BAD'} ${text}`);
};

async function scenario(name, count) {
  const callsBefore = (await stats()).calls;
  const answersBefore = client.answers.size;
  const from = Date.now();
  const startedAt = seconds();
  for (let i = 1; i <= count; i++)
    client.publish(
      manifestEnv.NATS_REQUEST_SUBJECT,
      JSON.stringify({ id: `${name}-${i}`, prompt: `${name} ${i}` }),
    );
  await client.flush();
  await eventually(`${count} answers`, () => client.answers.size >= answersBefore + count, 1800);
  const mine = [...client.answers].filter(([id]) => id.startsWith(`${name}-`));
  const drained = (Math.max(...mine.map(([, all]) => all[0].at)) - from) / 1000;
  await eventually('no pods', () => serving.length === 0 && leaving.size === 0, 900);
  const idle = seconds() - startedAt;
  const most = Math.max(...samples.filter(([at]) => at >= startedAt).map((each) => each[2]));
  const ideal =
    (count * jobMs) / 1000 / (scaled.maxReplicaCount * Number(manifestEnv.MAX_IN_FLIGHT));
  console.log(
    `${name}: ${count} jobs of ${jobMs} ms drained in ${drained.toFixed(1)} s ` +
      `(${ideal.toFixed(1)} s with all ${scaled.maxReplicaCount} pods from the start), ` +
      `up to ${most} pods, none again after ${idle.toFixed(1)} s`,
  );
  report(mine.length === count, `${mine.length} of ${count} requests answered`);
  const twice = mine.filter(([, all]) => all.length > 1).length;
  report(twice === 0, `${twice} answered more than once`);
  const errors = mine.filter(([, all]) => all[0].subject.endsWith('.error')).length;
  report(errors === 0, `${errors} answered with an error`);
  const calls = (await stats()).calls - callsBefore;
  report(calls === count, `${calls} calls of the model`);
  const left = await lagOf(nats.monitor, trigger);
  report(left === 0, `${left} left in the queue`);
}

try {
  await scenario('jobs', Number(given.jobs ?? 200));
  await scenario('burst', Number(given.burst ?? 1000));
  report(badEnds === 0, `${badEnds} of ${podNumber} pods ended otherwise than with 0`);
} finally {
  ending = true;
  await loop.catch(() => {});
  client.socket.destroy();
  await stopAll();
  if (given.csv)
    writeFileSync(
      given.csv,
      `seconds,lag,pods,leaving,answered\n${samples.map((each) => each.join(',')).join('\n')}\n`,
    );
}
process.exit(failed ? 1 : 0);
