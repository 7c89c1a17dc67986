"""What every test of a Python client starts from."""

import json
import os

import pytest

# Keys that open nothing, and no other place to look for keys, settings or a proxy.
os.environ.update(
    AWS_ACCESS_KEY_ID="AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY="not-a-secret",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    NO_PROXY="*",
)

# Only now, for they read the environment.
from adapters import namespaces  # noqa: E402

collect_ignore = [] if "legacy" in namespaces() else ["test_legacy.py"]


@pytest.fixture
def record():
    """Notes that a client performs an operation, for the table in docs/clients.md."""

    def note(client, namespace, operations):
        with open(os.environ["LOADLINE_RESULTS"], "a") as file:
            for operation in operations:
                print(json.dumps({"client": client, "namespace": namespace, "operation": operation}), file=file)

    return note
