// Runs the demo's NATS, exactly as the manifests configure it, and everything that the demo
// connects to it, as the manifests say: the provision job, the service, the load generator and
// KEDA's look at the backlog; beside them a browser, an operator and somebody without a password.
// Needs the service built, nats-server and redis-server.
//
//   node demo.mjs MANIFESTS [BUILD_FOLDER]    MANIFESTS: what kustomize makes of k8s/overlays/demo
//
// Different from the cluster: addresses and ports, and where JetStream stores.
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lagOf } from '../scale/autoscaler.mjs';
import {
  eventually,
  folder,
  logged,
  start,
  startModel,
  startNats,
  startRedis,
  stopAll,
} from '../scale/servers.mjs';
import { manifests, podOf } from './documents.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = path.resolve(process.argv[3] ?? path.join(root, 'build'));
const program = path.join(build, 'meme-generator');
const all = manifests([process.argv[2]]);
const find = (kind, name) =>
  all.find(
    ({ value }) =>
      value.kind === kind && value.metadata.name.replace(/-[0-9a-z]{10}$/, '') === name,
  );
const containerOf = (kind, name) => podOf(find(kind, name)).spec.containers[0];
const passwords = Object.fromEntries(
  Object.entries(find('Secret', 'nats-passwords').value.data).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64').toString(),
  ]),
);

let failures = 0;
/// Prints what is true or, as BAD, what should be, and `details`.
function want(ok, text, details = '') {
  console.log(`${ok ? '   ' : 'BAD'} ${text}${ok ? '' : `: ${details}`}`);
  if (!ok) failures += 1;
}

// -- what Kubernetes would do ------------------------------------------------------------------

/// A container's environment, with the names of `hosts`, the cluster's, replaced by addresses here.
function environmentOf(container, hosts) {
  const result = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    const key = valueFrom?.secretKeyRef;
    const secret =
      key &&
      all.find((each) => each.value.kind === 'Secret' && each.value.metadata.name === key.name);
    result[name] = key
      ? Buffer.from(secret.value.data[key.key], 'base64').toString()
      : value.replace(/\$\((\w+)\)/g, (text, other) => result[other] ?? text);
  }
  for (const name of Object.keys(result))
    for (const [host, address] of Object.entries(hosts))
      result[name] = result[name].replace(host, address);
  return result;
}

/// Runs the program to its end: its status, and what it wrote.
let runs = 0;
async function run(args, environment) {
  const name = `run-${(runs += 1)}`;
  const { code } = await start(name, program, args, { PATH: process.env.PATH, ...environment })
    .ended;
  return { code, text: readFileSync(path.join(folder, `${name}.log`), 'utf8') };
}

async function startDemoNats() {
  const { data } = find('ConfigMap', 'nats').value;
  for (const [name, text] of Object.entries(data))
    writeFileSync(
      path.join(folder, name),
      text
        .replace(/^ {2}port: 8080$/m, '  listen: "127.0.0.1:-1"')
        .replace(/^ {2}store_dir: .*$/m, `  store_dir: "${folder}/jetstream"`),
    );
  return startNats(['--config', path.join(folder, 'nats.conf')], passwords);
}

async function startService(hosts) {
  start('service', program, [], {
    PATH: process.env.PATH,
    ...environmentOf(containerOf('Deployment', 'meme-generator'), hosts),
    METRICS_ADDR: '127.0.0.1:0',
    MEME_CONFIG_FILE: path.join(root, 'config/small-pod.conf'),
  });
  const pages = await eventually(
    'the service',
    () => logged('service', /"msg":"status server listening".*"address":"([^"]+)"/)?.[1],
  );
  await eventually('ready', async () => (await fetch(`http://${pages}/readyz`)).ok);
}

// -- clients that are not the program ----------------------------------------------------------

const connectAs = (user) =>
  `CONNECT ${JSON.stringify({
    verbose: false,
    user,
    pass: passwords[`${user.toUpperCase()}_PASSWORD`],
  })}\r\nPING\r\n`;

/// What the server says until `wanted` is among it, or the connection ends.
function answerOn(socket, wanted) {
  return new Promise((resolve) => {
    let said = '';
    socket.on('data', (data) => {
      said += data.toString('latin1');
      if (wanted.test(said)) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said));
  });
}

/// Sends `text` over TCP.
function tell(url, text, wanted) {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  socket.write(text);
  return answerOn(socket, wanted);
}

/// Sends `text` over WebSocket from a page of `origin`. Resolves to the status, "403" say, where
/// the server refuses the page.
function tellFromPage(url, origin, text, wanted) {
  const { hostname, port } = new URL(url.replace(/^ws/, 'http'));
  return new Promise((resolve) => {
    const request = http.get({
      hostname,
      port,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        origin,
        'sec-websocket-version': 13,
        'sec-websocket-key': Buffer.from('0123456789abcdef').toString('base64'),
      },
    });
    request.on('response', (response) => {
      response.resume();
      resolve(`${response.statusCode}`);
    });
    request.on('error', (error) => resolve(`${error}`));
    request.on('upgrade', (_, socket) => {
      const body = Buffer.from(text); // in a frame of text whose mask of zeros changes nothing
      const size = [body.length >> 8, body.length & 255];
      socket.write(Buffer.concat([Buffer.from([0x81, 0xfe, ...size, 0, 0, 0, 0]), body]));
      answerOn(socket, wanted).then(resolve);
    });
  });
}

// -- what is checked ---------------------------------------------------------------------------

async function checkCommands(nats, hosts) {
  const client = environmentOf(containerOf('CronJob', 'meme-generator-load'), hosts);
  const picture = path.join(folder, 'cat.png');
  const request = ['request', '--prompt', 'a cat', '--small', '--output', picture];
  const asked = await run(request, client);
  want(asked.code === 0, 'the client gets a picture', asked.text);
  const { args } = containerOf('CronJob', 'meme-generator-load');
  const load = await run([...args, '--count', '5'], client);
  want(load.code === 0, 'the load generator gets its answers', load.text);
  const address = nats.url.replace('nats://', '');
  const list = await run(['dead', 'list'], {
    NATS_URL: `nats://operator:${passwords.OPERATOR_PASSWORD}@${address}`,
    MEME_NATS_INBOX_PREFIX: '_INBOX_operator',
  });
  want(list.code === 0, 'the operator reads the dead letters', list.text);
  const purge = await run(['dead', 'purge', 'all'], client);
  want(
    purge.code === 1 && purge.text.includes('$JS.API.STREAM.NAMES'),
    'the client may not remove them',
    purge.text,
  );
  for (const url of [nats.url, `nats://worker:guessed@${address}`]) {
    const refused = await run(['request', '--prompt', 'a cat'], { NATS_URL: url });
    want(
      refused.code !== 0 && /authorization/i.test(refused.text),
      `without ${url === nats.url ? 'a' : 'the right'} password nobody is let in`,
      refused.text,
    );
  }
  const look = 'SUB _INBOX_bench.1 1\r\nPUB $JS.API.STREAM.INFO.MEMES _INBOX_bench.1 0\r\n\r\n';
  const info = await tell(nats.url, connectAs('bench') + look, /"config"|-ERR/);
  want(info.includes('"config"'), 'nats bench finds the stream', info);
}

async function checkBrowsers(nats) {
  const [home, elsewhere] = ['http://localhost:8000', 'http://elsewhere.example'];
  const page = await tellFromPage(nats.websocket, home, connectAs('browser'), /PONG|-ERR/);
  want(page.includes('PONG'), `a page of ${home} connects`, page);
  const foreign = await tellFromPage(nats.websocket, elsewhere, connectAs('browser'), /PONG|-ERR/);
  want(foreign === '403', 'a page from elsewhere does not', foreign);
  for (const user of ['worker', 'client', 'operator', 'bench']) {
    const said = await tellFromPage(nats.websocket, home, connectAs(user), /PONG|-ERR/);
    want(!said.includes('PONG') && said.includes('-ERR'), `nor does a page as ${user}`, said);
  }
  const said = await tell(nats.url, connectAs('browser'), /PONG|-ERR/);
  want(
    !said.includes('PONG') && said.includes('-ERR'),
    'a browser connects over WebSocket alone',
    said,
  );
}

try {
  const nats = await startDemoNats();
  const model = await startModel(path.join(build, 'sketch-server'), 100);
  const hosts = {
    'nats.meme-generator.svc.cluster.local:4222': nats.url.replace('nats://', ''),
    'redis://redis.meme-generator.svc.cluster.local:6379': await startRedis(),
    'http://sketch-server.meme-generator.svc.cluster.local:8080': model,
  };
  const job = containerOf('CronJob', 'meme-generator-provision');
  const provision = await run(job.args, environmentOf(job, hosts));
  want(provision.code === 0, 'the provision job makes stream and consumer', provision.text);
  await startService(hosts);
  want(true, 'the service is ready');
  const trigger = find('ScaledObject', 'meme-generator').value.spec.triggers[0].metadata;
  const lag = await lagOf(nats.monitor, trigger).catch((error) => `${error}`);
  want(lag === 0, "KEDA's scaler reads the backlog", lag);
  await checkCommands(nats, hosts);
  await checkBrowsers(nats);
  const log = readFileSync(path.join(folder, 'service.log'), 'utf8');
  want(
    !Object.values(passwords).some((each) => log.includes(each)),
    'the service logs no password',
    log,
  );
  want(!log.includes('Permissions Violation'), 'nothing is refused to the service', log);
} finally {
  await stopAll();
}
console.log(failures ? `${failures} failure(s)` : "the demo's users do their work, and no more");
process.exit(failures ? 1 : 0);
