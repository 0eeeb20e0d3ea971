#!/usr/bin/env bash
# A paused consumer answers a pull exactly as an empty queue does.
#
# Versions:  nats-server 2.15.3 (pausing came with 2.11), asked with nats-py 2.16.0
# Guess:     a pull on a paused consumer is refused at once, with a status 409 that says why
# Seen:      idle heartbeats (100), then 408 Request Timeout, while a message waits; only
#            CONSUMER.INFO says "paused"
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with nats-py==2.16.0
nats_server v2.15.3
"$python" - "$scratch/nats-server" <<'PY'
import sys
from jetstream import run, status

async def test(server):
    await server.consumer()
    await server.publish("waits")
    await server.api("CONSUMER.PAUSE.S.c", pause_until="2100-01-01T00:00:00Z")
    pull = await server.pull(1, 2, idle_heartbeat=500_000_000)
    info = await server.info()
    answers = [status(message) for _, message in pull]
    print(f"nats-server {server.version}: statuses {answers}, num_pending {info['num_pending']}, "
          f"paused {info['paused']}")
    assert answers[-1] == "408" and set(answers[:-1]) == {"100"}
    assert info["num_pending"] == 1 and info["paused"]

run(test, sys.argv[1])
PY
