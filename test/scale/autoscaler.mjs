// What KEDA and the autoscaler that it makes do, as a function of time: KEDA alone between none and
// one, and back to none; the horizontal autoscaler from one upwards. Times are in seconds.
//
// KEDA: pkg/scalers/nats_jetstream_scaler.go (lag) and pkg/scaling/executor (activity, cooldown,
// fallback). Autoscaler: pkg/controller/podautoscaler/horizontal.go (tolerance, policies, windows).

const tolerance = 0.1;
const syncPeriod = 15;

/// What KEDA's scaler reads from the monitoring port. Throws where stream or consumer is missing.
export async function lagOf(monitor, { account, stream, consumer }) {
  const query = new URLSearchParams({ acc: account, consumers: 'true', config: 'true' });
  const pages = await (await fetch(`${monitor}/jsz?${query}`)).json();
  const mine = pages.account_details?.find((each) => each.id === account || each.name === account);
  const found = mine?.stream_detail
    ?.find((each) => each.name === stream)
    ?.consumer_detail?.find((each) => each.name === consumer);
  if (!found) throw new Error(`no stream ${stream} with consumer ${consumer}`);
  return found.num_pending + found.num_ack_pending;
}

export class Autoscaler {
  /// `spec` is a ScaledObject's; all its times are divided by `factor`.
  constructor(spec, factor) {
    const trigger = spec.triggers.find((each) => each.type === 'nats-jetstream').metadata;
    this.threshold = Number(trigger.lagThreshold);
    this.activation = Number(trigger.activationLagThreshold ?? 0);
    this.spec = spec;
    this.factor = factor;
    this.replicas = 0;
    this.failures = 0;
    this.lastActive = -Infinity;
    this.nextPoll = 0;
    this.nextSync = 0;
    this.changes = []; // {at, by}, of the autoscaler
    this.wishes = []; // {at, replicas}, of the autoscaler
  }

  /// The number of pods at `now`, given a function that reads the lag.
  async step(now, readLag) {
    if (now >= this.nextPoll) {
      this.nextPoll = now + this.spec.pollingInterval / this.factor;
      await this.poll(now, readLag);
    }
    if (now >= this.nextSync) {
      this.nextSync = now + syncPeriod / this.factor;
      if (this.replicas > 0 && this.failures === 0) this.sync(now, await readLag());
    }
    return this.replicas;
  }

  async poll(now, readLag) {
    let active = false;
    try {
      active = (await readLag()) > this.activation;
      this.failures = 0;
    } catch {
      this.failures += 1;
      const { failureThreshold, replicas } = this.spec.fallback ?? {};
      if (this.failures >= failureThreshold) this.replicas = Math.max(this.replicas, replicas);
      return;
    }
    if (active) {
      this.lastActive = now;
      if (this.replicas === 0) this.replicas = Math.max(1, this.spec.minReplicaCount);
    } else if (now - this.lastActive >= this.spec.cooldownPeriod / this.factor) {
      this.replicas = this.spec.minReplicaCount;
    }
  }

  sync(now, lag) {
    const current = this.replicas;
    const { scaleUp, scaleDown } = this.spec.advanced.horizontalPodAutoscalerConfig.behavior;
    let wish = Math.ceil(lag / this.threshold);
    if (Math.abs(lag / (this.threshold * current) - 1) <= tolerance) wish = current;
    wish = Math.min(Math.max(wish, 1), this.spec.maxReplicaCount);
    this.wishes.push({ at: now, replicas: wish });
    const within = (window) => this.wishes.filter(({ at }) => at > now - window / this.factor);
    const stable = Math.max(
      Math.min(wish, ...within(scaleUp.stabilizationWindowSeconds).map((each) => each.replicas)),
      0,
    );
    if (stable > current) {
      this.change(now, Math.min(stable, this.limit(now, scaleUp, 1)));
    } else {
      const highest = Math.max(
        wish,
        ...within(scaleDown.stabilizationWindowSeconds).map((each) => each.replicas),
      );
      if (highest < current) this.change(now, Math.max(highest, this.limit(now, scaleDown, -1)));
    }
  }

  /// How far the policies let it go: each counts what was done in its period already.
  limit(now, { policies, selectPolicy }, sign) {
    const limits = policies.map(({ type, value, periodSeconds }) => {
      const done = this.changes
        .filter(({ at, by }) => at > now - periodSeconds / this.factor && Math.sign(by) === sign)
        .reduce((sum, { by }) => sum + by, 0);
      const start = this.replicas - done;
      return type === 'Pods' ? start + sign * value : Math.ceil(start * (1 + (sign * value) / 100));
    });
    const farthest = sign > 0 ? Math.max(...limits) : Math.min(...limits);
    const nearest = sign > 0 ? Math.min(...limits) : Math.max(...limits);
    const limit = selectPolicy === 'Min' ? nearest : farthest;
    return sign > 0 ? Math.max(limit, this.replicas) : Math.min(limit, this.replicas);
  }

  change(now, replicas) {
    if (replicas === this.replicas) return;
    this.changes.push({ at: now, by: replicas - this.replicas });
    this.replicas = replicas;
  }
}
