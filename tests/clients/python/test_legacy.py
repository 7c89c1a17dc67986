"""The two namespaces share their paths and nothing else. Left out where boto3 has but one of them."""

import pytest

from adapters import Boto3, Failed
from mock import Mock
from test_retries import attempts, refusing
from test_regions import assert_unknown, made


def drain(client, meeting):
    """Asks until it is throttled, and says how that is called."""
    with pytest.raises(Failed) as throttled:
        for _ in range(1000):
            client.call("GetMeeting", meeting)
    return throttled.value.name


def test_a_meeting_stays_in_its_namespace():
    with Mock({"throttling": "off"}) as mock:
        new, old = Boto3(mock, "meetings"), Boto3(mock, "legacy")
        here, there = made(new), made(old)
        assert here != there
        assert_unknown(old, here)
        assert_unknown(new, there)
        # The old namespace is signed for one region, whatever the client's.
        Boto3(mock, "legacy", region="eu-west-1").call("GetMeeting", there)


def test_each_namespace_has_buckets_and_a_throttle_of_its_own():
    with Mock({}) as mock:
        new, old = Boto3(mock, "meetings"), Boto3(mock, "legacy")
        here, there = made(new), made(old)
        assert drain(new, here) == "ThrottlingException"
        for _ in range(20):
            old.call("GetMeeting", there)
        assert drain(old, there) == "ThrottledClientException"


@pytest.mark.parametrize("mode, expected", [("legacy", 3), ("standard", 1)])
def test_the_throttle_of_the_old_namespace_is_retried_in_legacy_mode_alone(mode, expected):
    assert attempts(mode, "legacy", refusing(429, "ThrottledClientException")) == expected
