#!/usr/bin/env bash
# A message that was published with "Nats-Expected-Stream", as js_PublishMsg's ExpectStream does,
# never reaches a stream that takes its messages from that one on nats-server 2.9, which Debian 12
# ships: the header goes along, and there another stream is expected. The publisher has its
# acknowledgement. Today's servers pass it on.
#
# Versions:  nats-server 2.9.25 and 2.15.3, asked with nats-py 2.16.0
# Guess:     the header is checked where the message is published, and by nobody later
# Seen:      of two messages that FEED has stored, 2.9.25 sources the one without the header alone,
#            2.15.3 both
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
python_with nats-py==2.16.0
cat > "$scratch/test.py" <<'PY'
import asyncio, base64, sys
from jetstream import run

async def test(server):
    await server.api("STREAM.CREATE.FEED", name="FEED", subjects=["f.>"], storage="file")
    await server.api("STREAM.CREATE.QUEUE", name="QUEUE", storage="file", retention="workqueue",
                     sources=[{"name": "FEED"}])
    connection = server.connection
    await connection.request("f.a", b"with", headers={"Nats-Expected-Stream": "FEED"})
    await connection.request("f.a", b"without")
    count = lambda info: info["state"]["messages"]
    texts = []
    for _ in range(100):  # the one without the header comes last
        texts = []
        for place in range(1, count(await server.api("STREAM.INFO.QUEUE")) + 1):
            stored = await server.api("STREAM.MSG.GET.QUEUE", seq=place)
            texts.append(base64.b64decode(stored["message"]["data"]).decode())
        if "without" in texts:
            break
        await asyncio.sleep(0.1)
    stored = count(await server.api("STREAM.INFO.FEED"))
    print(f"nats-server {server.version}: FEED has {stored}, QUEUE has {texts}")
    assert stored == 2 and texts == sys.argv[2].split(",")

run(test, sys.argv[1])
PY
nats_server v2.9.25
"$python" "$scratch/test.py" "$scratch/nats-server" without
nats_server v2.15.3
"$python" "$scratch/test.py" "$scratch/nats-server" with,without
