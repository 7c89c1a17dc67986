"""Processor time for each request, beside oha: same service, 64 connections, five interleaved rounds, medians.

The requests are counted by asking both for the same number; the service answers each of them or the run fails.
"""

import json
import shutil
import statistics
import sys
import urllib.request

from common import LOADLINE, Mock, cost, scenario, temporary

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
OHA = shutil.which("oha") or sys.exit("oha is not on the PATH; `cargo install oha` brings it")


def meeting(url):
    body = {"ClientRequestToken": "oha", "MediaRegion": "us-east-1", "ExternalMeetingId": "measured"}
    request = urllib.request.Request(f"{url}/meetings", json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))["Meeting"]["MeetingId"]


rounds = {"loadline": [], "oha": []}
with Mock() as mock, temporary() as folder:
    path = scenario(folder, mock.url, {"iterations": {"count": COUNT, "users": 64}})
    address = f"{mock.url}/meetings/{meeting(mock.url)}"
    for _ in range(5):
        for name, command in {
            "oha": [OHA, "-n", str(COUNT), "-c", "64", "--no-tui", address],
            "loadline": [LOADLINE, "run", path, "-q", "-o", folder],
        }.items():
            seconds, _, code = cost(command, core=1)
            assert code == 0, (name, code)
            rounds[name].append(seconds / COUNT * 1e6)
for name, each in rounds.items():
    print(f"{name:9} median {statistics.median(each):5.1f} us a request  {[round(one, 1) for one in each]}")
print(f"ratio {statistics.median(rounds['loadline']) / statistics.median(rounds['oha']):.2f}")
