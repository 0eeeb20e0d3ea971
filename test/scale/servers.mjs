// Real servers on free ports of this machine, and the little of NATS' protocol that is needed.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const folder = mkdtempSync(path.join(tmpdir(), 'meme-scale.'));
const children = new Set();
const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function start(name, command, args, env = environment) {
  const log = openSync(path.join(folder, `${name}.log`), 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log], env });
  child.ended = new Promise((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  children.add(child);
  child.ended.then(() => children.delete(child));
  return child;
}

export async function stopAll() {
  for (const child of [...children].reverse()) child.kill('SIGTERM');
  await Promise.race([Promise.all([...children].map((child) => child.ended)), sleep(5000)]);
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

export async function eventually(what, condition, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(20)) {
    try {
      const value = await condition();
      if (value) return value;
    } catch {
      /* not yet */
    }
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
export const logged = (name, pattern) =>
  readFileSync(path.join(folder, `${name}.log`), 'utf8').match(pattern);

export async function startNats(
  how = ['--jetstream', '--store_dir', path.join(folder, 'jetstream')],
  variables = {},
) {
  start(
    'nats',
    'nats-server',
    [
      '--addr',
      '127.0.0.1',
      '--port',
      '-1',
      '--http_port',
      '-1',
      '--ports_file_dir',
      folder,
      ...how,
    ],
    { ...environment, ...variables },
  );
  return eventually('nats-server', () => {
    const file = readdirSync(folder).find((name) => name.endsWith('.ports'));
    const ports = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    return { url: ports.nats[0], monitor: ports.monitoring[0], websocket: ports.websocket?.[0] };
  });
}

export async function startRedis() {
  const port = await freePort();
  start('redis', 'redis-server', [
    '--bind',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--save',
    '',
    '--dir',
    folder,
  ]);
  await eventually('redis-server', () => logged('redis', /Ready to accept connections/));
  return `redis://127.0.0.1:${port}`;
}

export async function startModel(program, latencyMs) {
  start('model', program, [
    '--listen',
    '127.0.0.1:0',
    '--latency',
    `${latencyMs}`,
    '--fixed-bytes',
    '20000',
    '--admin',
  ]);
  return eventually('sketch-server', () => logged('model', /listening on (http:\S+)/)?.[1]);
}

/// A connection that publishes, and counts the request ids that come on a subject.
export class Nats {
  constructor(url) {
    this.answers = new Map();
    this.pongs = [];
    const { hostname, port } = new URL(url);
    this.socket = net.connect(Number(port), hostname).setEncoding('latin1');
    this.text = '';
    this.socket.on('data', (data) => this.read(data));
    this.socket.write('CONNECT {"verbose":false}\r\n');
  }

  read(data) {
    this.text += data;
    for (;;) {
      const end = this.text.indexOf('\r\n');
      if (end < 0) return;
      const line = this.text.slice(0, end);
      const size = line.startsWith('MSG ') ? Number(line.split(' ').at(-1)) : -1;
      if (line.startsWith('HMSG ')) throw new Error('messages with headers are not asked for');
      if (size >= 0) {
        if (this.text.length < end + 2 + size + 2) return;
        this.count(line.split(' ')[1], this.text.slice(end + 2, end + 2 + size));
      }
      if (line === 'PING') this.socket.write('PONG\r\n');
      if (line === 'PONG') this.pongs.shift()?.();
      this.text = this.text.slice(end + 2 + (size >= 0 ? size + 2 : 0));
    }
  }

  count(subject, text) {
    const id = text.match(/"request_id":\s*"([^"]*)"/)?.[1];
    const known = this.answers.get(id) ?? [];
    this.answers.set(id, [...known, { subject, at: Date.now() }]);
  }

  subscribe(subject) {
    this.socket.write(`SUB ${subject} 1\r\n`);
  }

  publish(subject, body) {
    this.socket.write(`PUB ${subject} ${Buffer.byteLength(body)}\r\n${body}\r\n`);
  }

  flush() {
    return new Promise((resolve) => {
      this.pongs.push(resolve);
      this.socket.write('PING\r\n');
    });
  }
}
