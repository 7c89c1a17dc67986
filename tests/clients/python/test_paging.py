"""A thousand attendees, page by page."""

import pytest

from adapters import Boto3, Cli, namespaces
from mock import Mock

UNLIMITED = {"throttling": "off", "quotas": {"attendees_per_meeting": "unlimited"}}


@pytest.mark.parametrize("namespace", namespaces())
@pytest.mark.parametrize("adapter", [Boto3, Cli])
def test_a_thousand_attendees_are_listed_once_each(adapter, namespace):
    names = [f"user-{number}" for number in range(1000)]
    longest = 99 if namespace == "legacy" else 100
    with Mock(UNLIMITED) as mock:
        # The CLI starts anew for each call; what it lists need not have been created at that price.
        client, maker = adapter(mock, namespace), Boto3(mock, namespace)
        request = {"ClientRequestToken": "full", "MediaRegion": "us-east-1", "ExternalMeetingId": "full"}
        meeting = maker.call("CreateMeeting", request)[0]["Meeting"]["MeetingId"]
        for first in range(0, 1000, 100):
            items = [{"ExternalUserId": name} for name in names[first : first + 100]]
            made, _ = maker.call("BatchCreateAttendee", {"MeetingId": meeting, "Attendees": items})
            assert (len(made["Attendees"]), made["Errors"]) == (100, [])
        listed, pages, token = [], 0, {}
        while True:
            request = {"MeetingId": meeting, "MaxResults": longest, **token}
            page, _ = client.call("ListAttendees", request)
            listed += page["Attendees"]
            pages += 1
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
    assert [attendee["ExternalUserId"] for attendee in listed] == names
    assert len({attendee["AttendeeId"] for attendee in listed}) == 1000
    assert pages == -(-1000 // longest)
