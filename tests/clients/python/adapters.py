"""The clients under test behind one face: an operation and its parameters go in, an answer or a `Failed` comes out."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

SERVICES = {"meetings": "chime-sdk-meetings", "legacy": "chime"}


class Failed(Exception):
    """The service refused. `modelled` says whether the client knew the error by its own name for it."""

    def __init__(self, name, status, modelled):
        super().__init__(f"{name} ({status})")
        self.name, self.status, self.modelled = name, status, modelled


class Boto3:
    name = f"boto3 {boto3.__version__}"

    def __init__(self, mock, namespace, attempts=1, region="us-east-1", secret=None, **retries):
        config = Config(retries={"total_max_attempts": attempts, **retries}, read_timeout=30)
        url = mock.url(namespace)
        place = {"region_name": region, "endpoint_url": url, "aws_secret_access_key": secret}
        # A key by itself would be taken from the environment, and then the secret as well.
        place["aws_access_key_id"] = secret and os.environ["AWS_ACCESS_KEY_ID"]
        self.client = boto3.client(SERVICES[namespace], config=config, **place)
        self.retried = 0

    def call(self, operation, parameters):
        try:
            answer = getattr(self.client, xform_name(operation))(**parameters)
        except ClientError as error:
            self.retried += error.response["ResponseMetadata"]["RetryAttempts"]
            name = error.response["Error"]["Code"]
            # `except client.exceptions.NotFoundException` is what people write.
            known = getattr(self.client.exceptions, name) if name in dir(self.client.exceptions) else None
            modelled = known is not None and isinstance(error, known)
            raise Failed(name, error.response["ResponseMetadata"]["HTTPStatusCode"], modelled) from error
        about = answer.pop("ResponseMetadata")
        self.retried += about["RetryAttempts"]
        return answer, about["HTTPStatusCode"]


class Cli:
    program = Path(sys.executable).with_name("aws")
    # `aws-cli/1.2.3 Python/…`, on standard output.
    name = "AWS CLI " + re.match(r"aws-cli/(\S+)", subprocess.check_output([program, "--version"], text=True))[1]

    def __init__(self, mock, namespace, attempts=1):
        self.command = [self.program, "--endpoint-url", mock.url(namespace), "--output", "json", SERVICES[namespace]]
        self.environment = {**os.environ, "AWS_MAX_ATTEMPTS": str(attempts), "AWS_PAGER": ""}

    def call(self, operation, parameters):
        arguments = [xform_name(operation, "-"), "--cli-input-json", json.dumps(parameters)]
        ended = subprocess.run([*self.command, *arguments], env=self.environment, capture_output=True, text=True)
        if ended.returncode == 0:
            return json.loads(ended.stdout or "{}"), None
        error = re.search(r"An error occurred \((\w+)\) when calling the (\w+) operation", ended.stderr)
        assert error and error[2] == operation, f"{ended.returncode}: {ended.stderr}"
        # The program has no classes, and prints no status.
        raise Failed(error[1], None, None)


def namespaces():
    """Those that the installed boto3 has: the legacy one has lost its meetings."""
    client = boto3.client(SERVICES["legacy"], region_name="us-east-1")
    return ["meetings", "legacy"] if hasattr(client, "create_meeting") else ["meetings"]
