"""What the clients do with a throttle by themselves, and how many attempts the mock sees of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters import Boto3, Cli, Failed, namespaces
from mock import Mock

ABSENT = "00000000-0000-4000-8000-000000000000"
MEETING = {"ClientRequestToken": "busy", "MediaRegion": "us-east-1", "ExternalMeetingId": "busy"}


def refusing(status, name, every=1):
    """Refuses GetMeeting."""
    fault = {"operations": ["GetMeeting"], "every": every, "status": status, "error_code": name}
    return {"throttling": "off", "faults": [fault]}


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_a_burst_is_admitted_and_the_rest_is_retried_until_it_is_too(mode):
    with Mock({}) as mock:
        clients = [Boto3(mock, "meetings", attempts=10, mode=mode) for _ in range(4)]
        meeting = clients[0].call("CreateMeeting", MEETING)[0]["Meeting"]["MeetingId"]

        def create(client):
            for number in range(10):
                name = f"user-{id(client)}-{number}"
                client.call("CreateAttendee", {"MeetingId": meeting, "ExternalUserId": name})

        with ThreadPoolExecutor(len(clients)) as threads:
            list(threads.map(create, clients))
        listed, _ = clients[0].call("ListAttendees", {"MeetingId": meeting})
        assert len(listed["Attendees"]) == 40
    assert mock.counts["CreateAttendee", 200] == 40
    assert mock.counts["CreateAttendee", 429] == sum(client.retried for client in clients) > 0


def attempts(mode, namespace, settings):
    """How often three attempts at most are made for one call that never works."""
    with Mock(settings) as mock:
        client = Boto3(mock, namespace, attempts=3, mode=mode)
        with pytest.raises(Failed):
            client.call("GetMeeting", {"MeetingId": ABSENT})
    (count,) = mock.counts.values()
    assert client.retried == count - 1
    return count


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_a_throttle_of_the_meetings_namespace_is_retried(mode):
    assert attempts(mode, "meetings", refusing(429, "ThrottlingException")) == 3


@pytest.mark.parametrize("mode, expected", [("legacy", 1), ("standard", 3)])
def test_a_limit_is_taken_for_a_throttle_in_standard_mode(mode, expected):
    assert attempts(mode, "meetings", refusing(400, "LimitExceededException")) == expected


@pytest.mark.parametrize("namespace", namespaces())
def test_the_cli_retries_a_throttle(namespace):
    name = "ThrottledClientException" if namespace == "legacy" else "ThrottlingException"
    with Mock(refusing(429, name, every=2)) as mock:
        client = Cli(mock, namespace, attempts=3)
        meeting = client.call("CreateMeeting", MEETING)[0]["Meeting"]["MeetingId"]
        for _ in range(2):
            client.call("GetMeeting", {"MeetingId": meeting})
    assert (mock.counts["GetMeeting", 200], mock.counts["GetMeeting", 429]) == (2, 1)


def test_the_cli_takes_a_limit_for_an_answer():
    with Mock(refusing(400, "LimitExceededException")) as mock:
        with pytest.raises(Failed, match="LimitExceededException"):
            Cli(mock, "meetings", attempts=3).call("GetMeeting", {"MeetingId": ABSENT})
    assert mock.counts == {("GetMeeting", 400): 1}
