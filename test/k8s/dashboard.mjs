// Asks a real Prometheus, which scrapes a running service, for every query of the dashboard, and
// wants data for each. Needs the service built, nats-server, redis-server and prometheus.
//
//   node dashboard.mjs [BUILD_FOLDER]
//
// There is no cluster here: a page of this script says what KEDA's operator and kube-state-metrics
// would say, from the same lag that KEDA would read.
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { lagOf } from '../scale/autoscaler.mjs';
import {
  Nats,
  eventually,
  folder,
  logged,
  start,
  startModel,
  startNats,
  startRedis,
  stopAll,
} from '../scale/servers.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = path.resolve(process.argv[2] ?? path.join(root, 'build'));
const scaled = parse(readFileSync(path.join(root, 'k8s/keda-scaledobject.yaml'), 'utf8')).spec;
const dashboard = JSON.parse(
  readFileSync(path.join(root, 'k8s/monitoring/dashboard.json'), 'utf8'),
);

async function startService(nats, model) {
  start('service', path.join(build, 'meme-generator'), [], {
    ...process.env,
    NATS_URL: nats.url,
    REDIS_URL: await startRedis(),
    HF_API_TOKEN: 'none-needed',
    HF_API_URL: `${model}/hf-inference/models/any/model`,
    METRICS_ADDR: '127.0.0.1:0',
    MEME_SUPERVISOR_CHAOS: 'true',
  });
  const pages = await eventually(
    'the service',
    () => logged('service', /"msg":"status server listening".*"address":"([^"]+)"/)?.[1],
  );
  await eventually('ready', async () => (await fetch(`http://${pages}/readyz`)).ok);
  return pages;
}

function startCluster(nats) {
  const trigger = scaled.triggers[0].metadata;
  const object = '{scaledObject="meme-generator"}';
  const hpa = '{horizontalpodautoscaler="keda-hpa-meme-generator"}';
  const server = http.createServer(async (_, response) =>
    response.end(
      `keda_scaler_metrics_value${object} ${await lagOf(nats.monitor, trigger)}\n` +
        `keda_scaled_object_errors_total${object} 0\n` +
        `kube_horizontalpodautoscaler_spec_max_replicas${hpa} ${scaled.maxReplicaCount}\n` +
        `kube_horizontalpodautoscaler_status_current_replicas${hpa} 1\n`,
    ),
  );
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function startPrometheus(pages, cluster) {
  const target = (address, labels) => ({ targets: [address], labels });
  const config = path.join(folder, 'prometheus.json');
  writeFileSync(
    config,
    JSON.stringify({
      // JSON is YAML
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        {
          job_name: 'pods',
          static_configs: [
            target(pages, { namespace: 'meme-generator', pod: 'meme-generator-0' }),
            target(`127.0.0.1:${cluster.address().port}`, {}),
          ],
        },
      ],
    }),
  );
  start('prometheus', 'prometheus', [
    '--config.file',
    config,
    '--web.listen-address',
    '127.0.0.1:0',
    '--storage.tsdb.path',
    path.join(folder, 'prometheus'),
  ]);
  const port = await eventually(
    'prometheus',
    () => logged('prometheus', /Listening on" address=127.0.0.1:(\d+)/)?.[1],
  );
  return `http://127.0.0.1:${port}`;
}

async function query(prometheus, expression) {
  const text = expression.replaceAll('$__rate_interval', '20s').replaceAll('$namespace', '.*');
  const answer = await (
    await fetch(`${prometheus}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: text }),
    })
  ).json();
  if (answer.status !== 'success') throw new Error(answer.error);
  const { result, resultType } = answer.data;
  return resultType === 'scalar'
    ? [result[1]]
    : result.map((each) => each.value[1]).filter((value) => value !== 'NaN');
}

let missing = 0;
const server = [];
try {
  const nats = await startNats();
  const model = await startModel(path.join(build, 'sketch-server'), 200);
  await fetch(`${model}/_faults`, {
    method: 'POST',
    body: JSON.stringify([
      { match: 'refused', status: 400 },
      { every: 5, status: 503 },
    ]),
  });
  const pages = await startService(nats, model);
  const cluster = await startCluster(nats);
  server.push(cluster);
  const prometheus = await startPrometheus(pages, cluster);

  const client = new Nats(nats.url);
  let number = 0;
  const work = setInterval(() => {
    number += 1;
    const prompt = number % 10 === 0 ? `refused ${number}` : `cat ${number % 50}`;
    client.publish('meme.request', JSON.stringify({ id: `${number}`, prompt }));
  }, 100);
  server.push({
    close: () => {
      clearInterval(work);
      client.socket.destroy();
    },
  });
  await fetch(`http://${pages}/chaos/kill?actor=redis-cache`, { method: 'POST' });

  for (const panel of dashboard.panels)
    for (const { expr, legendFormat } of panel.targets) {
      const what = `${panel.title} / ${legendFormat}`;
      try {
        const values = await eventually(
          what,
          async () => {
            const found = await query(prometheus, expr);
            return found.length ? found : null;
          },
          30,
        );
        console.log(`    ${what}: ${values.length} series, ${Number(values[0]).toPrecision(3)}`);
      } catch (error) {
        missing += 1;
        console.log(`BAD ${what}: no data for ${expr} (${error.message})`);
      }
    }
} finally {
  for (const each of server) each.close();
  await stopAll();
}
console.log(missing ? `${missing} queries have no data` : 'every query has data');
process.exit(missing ? 1 : 0);
