"""The mock as a process of its own, with the configuration that a test wants."""

import json
import os
import re
import signal
import subprocess
import tempfile
from collections import Counter
from pathlib import Path


class Mock:
    """Runs while the `with` block does; `counts` then says what it answered."""

    def __init__(self, settings, *flags):
        self.scenario, self.flags = {"name": "clients", "mock": settings}, flags
        self.counts = Counter()

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        scenario = Path(self.folder.name, "scenario.yaml")
        # JSON is YAML.
        scenario.write_text(json.dumps(self.scenario))
        command = [os.environ["LOADLINE"], "mock", str(scenario), *self.flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise RuntimeError(f"the mock did not start: {self.process.communicate()[1]}")
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=30)
        self.folder.cleanup()
        assert self.process.returncode == 0, said
        for operation, status, count in re.findall(r"(\w+) (\d{3}): (\d+)$", said, re.MULTILINE):
            self.counts[operation, int(status)] = int(count)

    def url(self, namespace):
        """The base path is what tells the legacy namespace from the other: their paths are the same."""
        return self.address + ("/console" if namespace == "legacy" else "")
