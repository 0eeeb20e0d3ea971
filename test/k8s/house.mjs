// The "restricted" Pod Security Standard for every pod, and the rules of the house.
//
//   node house.mjs [--digests] FILE…    all files together make up one deployment; --digests:
//                                       images of others than us have to be named by digest
import { finish, manifests, podOf } from './documents.mjs';

const volumeKinds = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const scalerSettings = new Set([
  'natsServerMonitoringEndpoint',
  'account',
  'accountID',
  'stream',
  'consumer',
  'lagThreshold',
  'activationLagThreshold',
  'useHttps',
]);

const digests = process.argv.includes('--digests');
const all = manifests(process.argv.slice(2).filter((each) => each !== '--digests'));
const ours = /(^|\/)(meme-generator|sketch-server)[:@]/;
const kinds = (...wanted) => all.filter((each) => wanted.includes(each.value.kind));

function checkContainer(manifest, pod, at, container, isService) {
  const need = (ok, path, text) =>
    ok || manifest.fails([...at, ...path], `[${container.name}] ${text}`);
  const own = container.securityContext ?? {};
  const common = pod.securityContext ?? {};
  const security = ['securityContext'];
  // What the container does not say, its pod says for it.
  const needEither = (ok, field, text) =>
    ok ||
    (field in own || !(field in common)
      ? need(false, [...security, field], text)
      : manifest.fails([...at.slice(0, -2), ...security, field], `[${container.name}] ${text}`));
  need(own.privileged !== true, [...security, 'privileged'], 'must not be privileged');
  need(
    own.allowPrivilegeEscalation === false,
    [...security, 'allowPrivilegeEscalation'],
    'allowPrivilegeEscalation must be false',
  );
  needEither((own.runAsNonRoot ?? common.runAsNonRoot) === true, 'runAsNonRoot', 'must be true');
  needEither((own.runAsUser ?? common.runAsUser) !== 0, 'runAsUser', 'must not run as root');
  need(
    own.capabilities?.drop?.includes('ALL'),
    [...security, 'capabilities'],
    'must drop ALL capabilities',
  );
  need(
    (own.capabilities?.add ?? []).every((each) => each === 'NET_BIND_SERVICE'),
    [...security, 'capabilities', 'add'],
    'must not add capabilities',
  );
  needEither(
    ['RuntimeDefault', 'Localhost'].includes((own.seccompProfile ?? common.seccompProfile)?.type),
    'seccompProfile',
    'must be RuntimeDefault',
  );
  need(
    (container.ports ?? []).every((port) => !port.hostPort),
    ['ports'],
    'must not take a port of the host',
  );
  need(
    own.readOnlyRootFilesystem === true,
    [...security, 'readOnlyRootFilesystem'],
    'readOnlyRootFilesystem must be true',
  );
  const { requests = {}, limits = {} } = container.resources ?? {};
  need(
    requests.cpu && requests.memory && limits.memory,
    ['resources'],
    'needs requests for CPU and memory and a limit for memory',
  );
  need(!limits.cpu, ['resources', 'limits', 'cpu'], 'a limit for the CPU only throttles');
  need(
    /(:(?!latest$)[^:/@]+|@sha256:[0-9a-f]{64})$/.test(container.image),
    ['image'],
    `image ${container.image} is not pinned`,
  );
  for (const [index, { value }] of (container.env ?? []).entries())
    for (const [text, name] of (value ?? '').matchAll(/\$\((\w+)\)/g))
      need(
        container.env.slice(0, index).some((each) => each.name === name),
        ['env', index, 'value'],
        `${text} stays as it is: no variable above it has that name`,
      );
  need(
    !digests || ours.test(container.image) || /@sha256:[0-9a-f]{64}$/.test(container.image),
    ['image'],
    `image ${container.image} is not named by digest`,
  );
  if (!isService) return;
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
    need(container[probe], [], `has no ${probe}`);
}

function checkPod(manifest) {
  const { spec, path } = podOf(manifest);
  for (const host of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (spec[host]) manifest.fails([...path, host], `${host} must not be set`);
  for (const [index, volume] of (spec.volumes ?? []).entries())
    for (const kind of Object.keys(volume).filter((key) => key !== 'name' && !volumeKinds.has(key)))
      manifest.fails([...path, 'volumes', index], `a ${kind} volume is not allowed`);
  if (spec.automountServiceAccountToken !== false)
    manifest.fails(path, 'automountServiceAccountToken must be false');
  const isService = ['Deployment', 'StatefulSet', 'DaemonSet'].includes(manifest.value.kind);
  for (const list of ['initContainers', 'containers'])
    for (const [index, container] of (spec[list] ?? []).entries())
      checkContainer(
        manifest,
        spec,
        [...path, list, index],
        container,
        isService && list === 'containers',
      );
}

const environmentOf = (manifest) =>
  Object.fromEntries(
    (podOf(manifest).spec.containers[0].env ?? []).map((each) => [each.name, each.value]),
  );

function checkScaling(scaled) {
  const target = scaled.value.spec.scaleTargetRef?.name;
  const deployment = kinds('Deployment').find((each) => each.value.metadata.name === target);
  if (deployment?.value.spec.replicas !== undefined)
    deployment.fails(
      ['spec', 'replicas'],
      `replicas are KEDA's (ScaledObject/${scaled.value.metadata.name})`,
    );
  for (const [index, trigger] of (scaled.value.spec.triggers ?? []).entries()) {
    const at = ['spec', 'triggers', index, 'metadata'];
    if (trigger.type !== 'nats-jetstream') continue;
    for (const key of Object.keys(trigger.metadata))
      if (!scalerSettings.has(key))
        scaled.fails([...at, key], `KEDA's nats-jetstream scaler has no ${key}`);
    for (const key of [
      'natsServerMonitoringEndpoint',
      'account',
      'stream',
      'consumer',
      'lagThreshold',
    ])
      if (!trigger.metadata[key]) scaled.fails(at, `${key} is missing`);
    if (trigger.metadata.activationLagThreshold !== '0')
      scaled.fails(
        [...at, 'activationLagThreshold'],
        'above "0" it leaves the last message in the queue',
      );
    if (deployment) checkAgreement(scaled, trigger.metadata, at, deployment);
  }
}

function checkAgreement(scaled, trigger, at, deployment) {
  const env = environmentOf(deployment);
  const agree = (key, name) =>
    env[name] === undefined ||
    env[name] === trigger[key] ||
    scaled.fails([...at, key], `is ${trigger[key]}, but ${name} is ${env[name]}`);
  agree('stream', 'NATS_STREAM');
  agree('consumer', 'NATS_CONSUMER');
  agree('lagThreshold', 'MAX_IN_FLIGHT');
  const { spec, path } = podOf(deployment);
  const drain = Number(env.DRAIN_TIMEOUT ?? 30);
  if (!(spec.terminationGracePeriodSeconds > drain))
    deployment.fails(
      [...path, 'terminationGracePeriodSeconds'],
      `must exceed DRAIN_TIMEOUT, ${drain} s`,
    );
}

// What provisions must mean the same stream as what serves.
function checkProvisioning(job) {
  if (!podOf(job).spec.containers[0].args?.includes('provision')) return;
  const service = kinds('Deployment').find((each) => each.value.metadata.name === 'meme-generator');
  if (!service) return;
  const [mine, theirs] = [environmentOf(job), environmentOf(service)];
  const { path } = podOf(job);
  for (const name of Object.keys(mine))
    if (mine[name] !== theirs[name])
      job.fails(
        [...path, 'containers', 0, 'env'],
        `${name} is ${mine[name]}, but the Deployment's ${theirs[name]}`,
      );
  const [image, other] = [job, service].map((each) => podOf(each).spec.containers[0].image);
  if (image !== other)
    job.fails([...path, 'containers', 0, 'image'], `is ${image}, but the Deployment's ${other}`);
}

// The server drops an empty list, so that every `kubectl apply` would change it again.
function checkPolicy(policy) {
  for (const list of ['ingress', 'egress'])
    if (policy.value.spec[list]?.length === 0)
      policy.fails(['spec', list], `leave out the empty ${list}: policyTypes alone allow nothing`);
}

for (const manifest of all.filter(podOf)) checkPod(manifest);
for (const policy of kinds('NetworkPolicy')) checkPolicy(policy);
for (const job of kinds('Job'))
  job.fails(['kind'], 'a Job that is applied cannot be changed; a CronJob can');
for (const job of kinds('CronJob')) checkProvisioning(job);
for (const account of kinds('ServiceAccount'))
  if (account.value.automountServiceAccountToken !== false)
    account.fails([], 'automountServiceAccountToken must be false');
for (const budget of kinds('PodDisruptionBudget'))
  if (budget.value.spec.minAvailable !== undefined)
    budget.fails(
      ['spec', 'minAvailable'],
      'at one pod it keeps a node from being drained; maxUnavailable',
    );
for (const scaled of kinds('ScaledObject')) checkScaling(scaled);
finish(`restricted and house rules: ${all.length} manifest(s)`);
