#!/usr/bin/env bash
# A message that was given back with a delay keeps its place in max_ack_pending: while it rests,
# nobody gets another message, and the pull is told nothing.
#
# Versions:  nats-server 2.15.3, asked with nats-py 2.16.0
# Guess:     -NAK frees the slot; the next message is delivered meanwhile
# Seen:      with max_ack_pending 2 and two messages resting, the third stays (num_pending 1); the
#            pull ends with 408 Request Timeout, as on an empty queue
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with nats-py==2.16.0
nats_server v2.15.3
"$python" - "$scratch/nats-server" <<'PY'
import sys
from jetstream import run, status

async def test(server):
    await server.consumer(max_ack_pending=2)
    for text in ("first", "second", "third"):
        await server.publish(text)
    for _, message in await server.pull(2, 2):
        await server.acknowledge(message, '-NAK {"delay": 60000000000}')
    pull = await server.pull(1, 1)
    info = await server.info()
    print(f"nats-server {server.version}: pull ended with {[status(m) for _, m in pull]}, "
          f"num_pending {info['num_pending']}, num_ack_pending {info['num_ack_pending']}")
    assert [status(message) for _, message in pull] == ["408"]
    assert info["num_pending"] == 1 and info["num_ack_pending"] == 2

run(test, sys.argv[1])
PY
