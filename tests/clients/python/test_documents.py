"""What docs/clients.md tells people to type."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from adapters import namespaces
from mock import Mock

PAGE = Path(__file__).parents[3] / "docs" / "clients.md"


def blocks(language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"no example in {language}"
    # The name of the old namespace is in its base path.
    return [block for block in found if "legacy" in namespaces() or "/console" not in block]


@pytest.mark.parametrize("block", blocks("python"))
def test_the_python_works(block):
    with Mock({}) as mock:
        code = block.replace("http://127.0.0.1:4000", mock.address)
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout


@pytest.mark.parametrize("block", blocks("sh"))
def test_the_shell_works(block):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with Mock({}) as mock:
        code = block.replace("http://127.0.0.1:4000", mock.address)
        ended = subprocess.run(["sh", "-ec", code], env={**os.environ, "PATH": path}, capture_output=True, text=True)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert '"MeetingId"' in ended.stdout
