"""Each region is a world of its own."""

import pytest

from adapters import Boto3, Failed
from mock import Mock

MEETING = {"ClientRequestToken": "here", "MediaRegion": "us-east-1", "ExternalMeetingId": "here"}


def made(client):
    return {"MeetingId": client.call("CreateMeeting", MEETING)[0]["Meeting"]["MeetingId"]}


def assert_unknown(client, meeting):
    with pytest.raises(Failed, match="NotFoundException"):
        client.call("GetMeeting", meeting)


def test_a_meeting_stays_in_its_region():
    with Mock({"throttling": "off"}) as mock:
        here = made(Boto3(mock, "meetings"))
        assert_unknown(Boto3(mock, "meetings", region="eu-west-1"), here)
