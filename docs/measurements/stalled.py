"""A server that stalls for 1 s in every 5, at 500 calls a second for 20 s: `response` against the computed truth.

The server answers after 2 ms; what comes in the last second of each five is answered when that second is over. The truth
follows from the schedule: arrival n is due at (n + 1/2) / 500 s after the first second of the run began.
"""

import asyncio
import math
import multiprocessing
import socket
import time

from common import LOADLINE, cost, report, scenario, temporary

RATE, SECONDS, PERIOD, STALL, SERVICE = 500, 20, 5.0, 1.0, 0.002


def serve(listener, origin):
    async def client(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"POST"):
                    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                    await reader.readexactly(length)
                    body = b'{"Meeting":{"MeetingId":"m"}}'
                else:
                    with origin.get_lock():
                        # The first read starts the clock of the stalls.
                        if origin.value == 0.0:
                            origin.value = time.monotonic()
                    phase = (time.monotonic() - origin.value) % PERIOD
                    stalled = phase >= PERIOD - STALL
                    await asyncio.sleep(PERIOD - phase + SERVICE if stalled else SERVICE)
                    body = b"{}"
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def main():
        server = await asyncio.start_server(client, sock=listener, backlog=1024)
        await server.serve_forever()

    asyncio.run(main())


def truth():
    """Nearest-rank percentiles of the schedule; the server's clock starts with the first arrival, at 1/1000 s."""
    first = 0.5 / RATE
    responses = []
    for n in range(RATE * SECONDS):
        due = (n + 0.5) / RATE
        phase = (due - first) % PERIOD
        responses.append((PERIOD - phase if phase >= PERIOD - STALL else 0.0) + SERVICE)
    responses.sort()
    rank = lambda q: responses[max(math.ceil(q * len(responses)), 1) - 1] * 1e3
    return {"p50": rank(0.5), "p90": rank(0.9), "p99": rank(0.99), "p99.9": rank(0.999), "max": responses[-1] * 1e3}


listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
origin = multiprocessing.Value("d", 0.0)
server = multiprocessing.Process(target=serve, args=(listener, origin), daemon=True)
server.start()
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
print(f"{'':14}" + "".join(f"{label:>12}" for label in truth()))
print(f"{'truth':14}" + "".join(f"{value:12.1f}" for value in truth().values()))
for connections in (1024, 64):
    origin.value = 0.0
    with temporary() as folder:
        arrivals = {"arrivals": {"rate": f"{RATE}/s", "duration": f"{SECONDS}s"}}
        path = scenario(folder, url, arrivals, transport={"connections": connections}, grace="20s")
        _, _, code = cost([LOADLINE, "run", path, "-q", "-o", folder])
        run = report(folder)
        response = run["totals"]["calls"]["response_ms"]["all"]
        seen = {each["label"]: each["value"] for each in response["percentiles"]} | {"max": response["max"]}
        print(f"{connections:4} conns, ms " + "".join(f"{seen[label]:12.1f}" for label in truth()))
        print(f"{'  error':14}" + "".join(f"{(seen[label] / value - 1) * 100:11.2f}%" for label, value in truth().items())
              + f"   exit {code}, {run['totals']['calls']['ok']} ok, {run['validity']['verdict']}")
server.terminate()
