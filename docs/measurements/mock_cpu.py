"""What the mock spends on a request, beside what wrk spends on sending it: GetAttendee, 64 connections, the mock pinned to
one core and wrk to the other, interleaved rounds of a few seconds, medians.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import urllib.request

from common import Mock

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
WRK = shutil.which("wrk") or sys.exit("wrk is not on the PATH; `apt-get install wrk` brings it")
TICK = os.sysconf("SC_CLK_TCK")


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


def attendee(url):
    """The address of an attendee that exists."""
    meeting = {"ClientRequestToken": "wrk", "MediaRegion": "us-east-1", "ExternalMeetingId": "measured"}
    meeting = post(f"{url}/meetings", meeting)["Meeting"]["MeetingId"]
    made = post(f"{url}/meetings/{meeting}/attendees", {"ExternalUserId": "user-1"})["Attendee"]["AttendeeId"]
    return f"{url}/meetings/{meeting}/attendees/{made}"


def processor_seconds(pid):
    """utime + stime of a process, from /proc/PID/stat; the name in brackets may hold blanks."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def wrk(url, mock):
    """One round: requests, requests a second, and microseconds of processor a request for mock and wrk."""
    before = processor_seconds(mock.process.pid)
    command = ["taskset", "-c", "1", WRK, "-t1", "-c64", f"-d{SECONDS}s", url]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0 and "Non-2xx" not in said, said
    spent = processor_seconds(mock.process.pid) - before
    count = int(re.search(r"(\d+) requests in", said)[1])
    rate = float(re.search(r"Requests/sec: *([\d.]+)", said)[1])
    return rate, spent / count * 1e6, (usage.ru_utime + usage.ru_stime) / count * 1e6


with Mock() as mock:
    url = attendee(mock.url)
    rounds = [wrk(url, mock) for _ in range(ROUNDS)]
rates, ours, theirs = zip(*rounds)
print("requests/s  ", [round(one) for one in rates], f"median {statistics.median(rates):.0f}")
print("mock, us    ", [round(one, 2) for one in ours], f"median {statistics.median(ours):.2f}")
print("wrk, us     ", [round(one, 2) for one in theirs], f"median {statistics.median(theirs):.2f}")
print(f"ratio {statistics.median(o / t for o, t in zip(ours, theirs)):.2f}, "
      f"on a whole core {1e6 / statistics.median(ours):.0f} requests/s")
