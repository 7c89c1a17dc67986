"""Every operation, and every error by its own name."""

import pytest

import walk
from adapters import Boto3, Cli, namespaces
from mock import Mock


def account(mock):
    """The account's number, which people know of their own; here an ARN tells it."""
    request = {"ClientRequestToken": "account", "MediaRegion": "us-east-1", "ExternalMeetingId": "account"}
    client = Boto3(mock, "meetings", region="us-west-2")
    return client.call("CreateMeeting", request)[0]["Meeting"]["MeetingArn"].split(":")[4]


@pytest.mark.parametrize("namespace", namespaces())
@pytest.mark.parametrize("adapter", [Boto3, Cli])
def test_every_operation_works(adapter, namespace, record):
    script = walk.read(namespace)
    # Strict, so that the signature of every kind of request is held against the mock's own reckoning.
    with Mock(script["mock"], "--strict") as mock:
        client, kept = adapter(mock, namespace), {"account": account(mock)}
        for step in script["steps"]:
            walk.take(client, step, kept)
    done = {step["call"] for step in script["steps"] if "fails" not in step}
    # The mock knew every one of them as what it was.
    assert {operation for operation, status in mock.counts if status < 300} == done
    record(client.name, namespace, sorted(done))


@pytest.mark.parametrize("namespace", namespaces())
def test_errors_on_purpose_are_recognised(namespace):
    script = walk.read(f"{namespace}-on-purpose")
    with Mock(script["mock"]) as mock:
        client = Boto3(mock, namespace)
        for step in script["steps"]:
            walk.take(client, step, {})


@pytest.mark.parametrize("namespace", namespaces())
def test_an_error_can_be_caught_by_its_class(namespace):
    with Mock({"throttling": "off"}) as mock:
        client = Boto3(mock, namespace).client
        with pytest.raises(client.exceptions.BadRequestException) as caught:
            client.get_meeting(MeetingId="not-an-id")
        error = caught.value.response
        assert error["Error"]["Message"]
        assert error["Code"] == "BadRequest"
        assert error["ResponseMetadata"]["RequestId"] == error["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]


@pytest.mark.parametrize("namespace", namespaces())
def test_a_signature_with_another_secret_is_refused(namespace):
    with Mock({"throttling": "off"}, "--strict") as mock:
        client = Boto3(mock, namespace, secret="another").client
        name = "UnauthorizedClientException" if namespace == "legacy" else "UnauthorizedException"
        with pytest.raises(getattr(client.exceptions, name)):
            client.get_meeting(MeetingId="00000000-0000-4000-8000-000000000000")
