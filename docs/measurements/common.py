"""What the measurements share: running a program and asking the kernel what it cost."""

import json
import os
import pathlib
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOADLINE = str(ROOT / "target/release/loadline")


def cost(command, core=None):
    """Runs a command, pinned to a core; returns its processor seconds, its peak memory in KiB, and its exit code."""
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status)


class Mock:
    """The embedded service in a process of its own, pinned to a core, on a port of its own choosing."""

    def __init__(self, core=0):
        command = ["taskset", "-c", str(core), LOADLINE, "mock", "--unlimited"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def scenario(folder, url, workload, **extra):
    """Writes a scenario (JSON is YAML) that creates one meeting and does what `workload` says."""
    text = {
        "name": "measurement",
        "target": {"url": url},
        "api": "attendees",
        "safety": {"max_requests": 100_000_000, "max_duration": "30m"},
        "transport": {"connections": 64},
        "retry": "none",
        "setup": [{
            "call": "CreateMeeting",
            "with": {"ClientRequestToken": "{{ uuid }}", "MediaRegion": "us-east-1", "ExternalMeetingId": "measured"},
            "publish": {"meetings": "$.Meeting.MeetingId"},
        }],
        "workloads": [{
            "name": "read",
            **workload,
            "flow": [{"call": "GetMeeting", "with": {"MeetingId": "{{ meetings.next }}"}}],
        }],
        **extra,
    }
    path = pathlib.Path(folder) / "scenario.yaml"
    path.write_text(json.dumps(text))
    return str(path)


def report(out):
    """The newest report.json below a folder."""
    newest = max(pathlib.Path(out).glob("*/report.json"), key=lambda path: path.stat().st_mtime)
    return json.loads(newest.read_text())


def temporary():
    return tempfile.TemporaryDirectory(prefix="loadline-")


def today():
    return time.strftime("%Y-%m-%d", time.gmtime())
