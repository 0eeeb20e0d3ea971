"""A nats-server of our own with a work queue `S` on `s.>` and a pull consumer `c`.

They are spoken to in JetStream's own protocol.
"""
import asyncio
import json
import os
import subprocess
import tempfile

import nats


class JetStream:
    async def start(self, binary):
        self.folder = tempfile.TemporaryDirectory()
        ports = self.folder.name
        self.process = subprocess.Popen(
            [binary, "-a", "127.0.0.1", "-p", "-1", "-js", "-sd", self.folder.name,
             "--ports_file_dir", ports],
            stderr=subprocess.DEVNULL)
        name = f"{ports}/{os.path.basename(binary)}_{self.process.pid}.ports"
        while not os.path.exists(name) or not os.path.getsize(name):
            if self.process.poll() is not None:
                raise SystemExit("nats-server did not start")
            await asyncio.sleep(0.01)
        self.connection = await nats.connect(json.load(open(name))["nats"][0])
        self.version = str(self.connection.connected_server_version)
        return self

    async def api(self, subject, **body):
        request = json.dumps(body).encode()
        reply = await self.connection.request("$JS.API." + subject, request, timeout=5)
        result = json.loads(reply.data)
        if "error" in result:
            raise SystemExit(f"{subject}: {result['error']}")
        return result

    async def consumer(self, **settings):
        """Stream and consumer as new, with these settings of the consumer."""
        streams = await self.api("STREAM.NAMES")
        if "S" in (streams.get("streams") or []):
            await self.api("STREAM.DELETE.S")
        await self.api("STREAM.CREATE.S", name="S", subjects=["s.>"], retention="workqueue",
                       storage="file")
        await self.api("CONSUMER.DURABLE.CREATE.S.c", stream_name="S",
                       config={"durable_name": "c", "ack_policy": "explicit",
                               "deliver_policy": "all", "replay_policy": "instant",
                               "max_deliver": -1, **settings})

    async def publish(self, text):
        await self.connection.request("s.a", text.encode(), timeout=5)

    async def acknowledge(self, message, text):
        await self.connection.publish(message.reply, text.encode())
        await self.connection.flush()

    async def pull(self, batch, expires_s, **more):
        """What one pull brings until it ends: pairs of seconds since its start and message."""
        inbox, got, done = self.connection.new_inbox(), [], asyncio.Event()
        clock = asyncio.get_running_loop().time
        begun = clock()

        async def receive(message):
            got.append((clock() - begun, message))
            taken = sum(1 for _, each in got if each.reply)
            if taken == batch or status(message) not in ("", "100"):
                done.set()

        subscription = await self.connection.subscribe(inbox, cb=receive)
        pull = json.dumps({"batch": batch, "expires": int(expires_s * 1e9), **more}).encode()
        await self.connection.publish("$JS.API.CONSUMER.MSG.NEXT.S.c", pull, reply=inbox)
        await asyncio.wait_for(done.wait(), expires_s + 5)
        await subscription.unsubscribe()
        return got

    async def info(self):
        return await self.api("CONSUMER.INFO.S.c")

    async def messages(self):
        return (await self.api("STREAM.INFO.S"))["state"]["messages"]

    async def stop(self):
        await self.connection.close()
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


def status(message):
    """The status of a status message, "" for a real one."""
    return (message.headers or {}).get("Status", "")


def run(test, binary):
    async def body():
        server = await JetStream().start(binary)
        try:
            await test(server)
        finally:
            await server.stop()

    asyncio.run(body())
