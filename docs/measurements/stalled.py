"""A server that stalls for 1 s in every 5, at 500 calls a second for 20 s: `response` against the computed truth.

The server answers at once; what comes in the last second of each five is answered when that second is over. The truth
follows from the schedule: arrival n is due at (n + 1/2) / 500 s, and the server's clock starts with the first arrival.
"""

import asyncio
import math
import multiprocessing
import os
import socket
import time

from common import LOADLINE, cost, report, scenario, temporary

RATE, SECONDS, PERIOD, STALL = 500, 20, 5.0, 1.0
LABELS = ("p50", "p90", "p99", "p99.9", "max")


def answer(body):
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


MEETING, NOTHING = answer(b'{"Meeting":{"MeetingId":"m"}}'), answer(b"{}")


class Stalling(asyncio.Protocol):
    """One connection. Requests come one at a time, each in a packet of its own on loopback."""

    origin = None
    waiting = []

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        if data.startswith(b"POST"):
            self.transport.write(MEETING)
            return
        now = time.monotonic()
        if Stalling.origin is None:
            Stalling.origin = now
        phase = (now - Stalling.origin) % PERIOD
        if phase < PERIOD - STALL:
            self.transport.write(NOTHING)
            return
        if not Stalling.waiting:
            asyncio.get_running_loop().call_later(PERIOD - phase, Stalling.release)
        Stalling.waiting.append(self.transport)

    @staticmethod
    def release():
        waiting, Stalling.waiting = Stalling.waiting, []
        for transport in waiting:
            transport.write(NOTHING)


def serve(listener):
    os.sched_setaffinity(0, {0})

    async def main():
        server = await asyncio.get_running_loop().create_server(Stalling, sock=listener, backlog=1024)
        await server.serve_forever()

    asyncio.run(main())


def truth():
    """Nearest-rank percentiles of the schedule, in milliseconds."""
    first = 0.5 / RATE
    phases = [((n + 0.5) / RATE - first) % PERIOD for n in range(RATE * SECONDS)]
    responses = sorted(PERIOD - phase if phase >= PERIOD - STALL else 0.0 for phase in phases)
    rank = lambda q: responses[max(math.ceil(q * len(responses)), 1) - 1] * 1e3
    return dict(zip(LABELS, [rank(0.5), rank(0.9), rank(0.99), rank(0.999), responses[-1] * 1e3]))


print(f"{'':16}" + "".join(f"{label:>10}" for label in LABELS))
print(f"{'truth, ms':16}" + "".join(f"{value:10.1f}" for value in truth().values()))
for connections in (1024, 64):
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = multiprocessing.Process(target=serve, args=(listener,), daemon=True)
    server.start()
    with temporary() as folder:
        arrivals = {"arrivals": {"rate": f"{RATE}/s", "duration": f"{SECONDS}s"}}
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        path = scenario(folder, url, arrivals, transport={"connections": connections}, grace="20s")
        _, _, code = cost([LOADLINE, "run", path, "-q", "-o", folder], core=1)
        run = report(folder)
    server.terminate()
    response = run["totals"]["calls"]["response_ms"]["all"]
    seen = {each["label"]: each["value"] for each in response["percentiles"]} | {"max": response["max"]}
    print(f"{connections:4} connections" + "".join(f"{seen[label]:10.1f}" for label in LABELS))
    errors = [f"{seen[label] - value:+8.1f}ms" if label == "p50" else f"{(seen[label] / value - 1) * 100:+9.2f}%"
              for label, value in truth().items()]
    print(f"{'  error':16}" + "".join(errors))
    print(f"  exit {code}, {run['totals']['calls']['ok']} ok, {run['validity']['verdict']}")
