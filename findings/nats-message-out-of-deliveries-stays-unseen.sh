#!/usr/bin/env bash
# A work queue keeps a message that has used up max_deliver, and no count of the consumer shows it:
# whoever scales on what the consumer still has to do sees an empty queue. Raising max_deliver later
# does not bring it back.
#
# Versions:  nats-server 2.15.3, asked with nats-py 2.16.0
# Guess:     the message leaves the work queue, or stays among num_pending or num_ack_pending, and
#            is delivered again when the limit is raised
# Seen:      messages 1, num_pending 0, num_ack_pending 0; a pull after max_deliver went from 1 to 5
#            brings nothing
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with nats-py==2.16.0
nats_server v2.15.3
"$python" - "$scratch/nats-server" <<'PY'
import asyncio
import json
import sys
from jetstream import run

async def test(server):
    given_up = asyncio.Event()
    async def note(_):
        given_up.set()
    await server.connection.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.S.c", cb=note)
    limits = {"ack_wait": int(1e9)}
    await server.consumer(max_deliver=1, **limits)
    await server.publish("the only one")
    taken = [m for _, m in await server.pull(1, 2) if m.reply]
    again = server.pull(1, 4)  # an open pull makes the server look at what is overdue
    missed = [m for _, m in await again if m.reply]
    await asyncio.wait_for(given_up.wait(), 10)
    info, kept = await server.info(), await server.messages()
    await server.api("CONSUMER.DURABLE.CREATE.S.c", stream_name="S",
                     config={**info["config"], "max_deliver": 5})
    raised = [m for _, m in await server.pull(1, 3) if m.reply]
    print(f"{server.version}: delivered {len(taken)}, then {len(missed)}; messages {kept}, "
          f"num_pending {info['num_pending']}, num_ack_pending {info['num_ack_pending']}; "
          f"after the raise {len(raised)}")
    assert (len(taken), len(missed), kept, len(raised)) == (1, 0, 1, 0)
    assert info["num_pending"] == 0 and info["num_ack_pending"] == 0

run(test, sys.argv[1])
PY
