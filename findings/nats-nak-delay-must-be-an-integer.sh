#!/usr/bin/env bash
# A delay of -NAK that is JSON but no integer is dropped without a word, and the message comes back
# at once: a client that prints 1.5e9, or writes "2s" as in the server's own configuration, makes a
# hot loop of its pause.
#
# Versions:  nats-server 2.15.3, asked with nats-py 2.16.0
# Guess:     the acknowledgement is refused, or ack_wait (30 s) runs on
# Seen:      redelivered within 0.5 s, no error; 2000000000 waits its 2 s
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with nats-py==2.16.0
nats_server v2.15.3
"$python" - "$scratch/nats-server" <<'PY'
import sys
from jetstream import run

async def pause(server, delay):
    await server.consumer(ack_wait=30_000_000_000)
    await server.publish("x")
    [(_, message)] = await server.pull(1, 2)
    await server.acknowledge(message, '-NAK {"delay": %s}' % delay)
    [(seconds, _)] = await server.pull(1, 10)
    return seconds

async def test(server):
    delays = ("2000000000", '"2s"', "2e9", "2000000000.0")
    seen = {delay: await pause(server, delay) for delay in delays}
    print(f"nats-server {server.version}: redelivered after",
          ", ".join(f"{seconds:.2f} s for {delay}" for delay, seconds in seen.items()))
    assert seen.pop("2000000000") > 1.5
    assert all(seconds < 0.5 for seconds in seen.values())

run(test, sys.argv[1])
PY
