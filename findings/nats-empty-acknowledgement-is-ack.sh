#!/usr/bin/env bash
# An empty message to the acknowledgement subject removes the request from the queue; any other text
# that the server does not know does nothing.
#
# Versions:  nats-server 2.15.3, asked with nats-py 2.16.0
# Guess:     both are ignored, and the message is delivered again after ack_wait
# Seen:      empty: 0 messages left; "OK": 1 left, still pending
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with nats-py==2.16.0
nats_server v2.15.3
"$python" - "$scratch/nats-server" <<'PY'
import sys
from jetstream import run

async def left(server, text):
    await server.consumer()
    await server.publish("x")
    [(_, message)] = await server.pull(1, 2)
    await server.acknowledge(message, text)
    await server.info()  # answered after the acknowledgement was read
    return await server.messages()

async def test(server):
    empty, unknown = await left(server, ""), await left(server, "OK")
    print(f"nats-server {server.version}: left after an empty one {empty}, after \"OK\" {unknown}")
    assert (empty, unknown) == (0, 1)

run(test, sys.argv[1])
PY
