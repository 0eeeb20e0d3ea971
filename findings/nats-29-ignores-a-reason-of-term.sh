#!/usr/bin/env bash
# "+TERM <reason>" ends a message on today's servers and does nothing on 2.9, which Debian 12 ships:
# the message is delivered again and again. A bare "+TERM" works on both.
#
# Versions:  nats-server 2.9.25 and 2.15.3, asked with nats-py 2.16.0
# Guess:     an older server ignores the reason, not the whole acknowledgement
# Seen:      2.9.25: 1 message left after "+TERM why", 0 after "+TERM"; 2.15.3: 0 and 0
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with nats-py==2.16.0
cat > "$scratch/test.py" <<'PY'
import sys
from jetstream import run

async def left(server, text):
    await server.consumer()
    await server.publish("x")
    [(_, message)] = await server.pull(1, 2)
    await server.acknowledge(message, text)
    await server.info()
    return await server.messages()

async def test(server):
    seen = [await left(server, "+TERM why"), await left(server, "+TERM")]
    print(f"nats-server {server.version}: left after '+TERM why' and '+TERM': {seen}")
    assert seen == [int(sys.argv[2]), 0]

run(test, sys.argv[1])
PY
nats_server v2.9.25
"$python" "$scratch/test.py" "$scratch/nats-server" 1
nats_server v2.15.3
"$python" "$scratch/test.py" "$scratch/nats-server" 0
