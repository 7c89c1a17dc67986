//! Damage on the wire, as the SDK sees it.

use aws_sdk_chimesdkmeetings::config::retry::RetryConfig;
use aws_sdk_chimesdkmeetings::error::SdkError;
use aws_sdk_chimesdkmeetings::operation::get_meeting::GetMeetingError;
use loadline::service::config::{FaultKind, ResetAt, WireFault};
use loadline::service::{OperationKind, ServiceConfig};
use loadline::units::Nanos;

use super::{client, create_meeting, id, retrying, start, striking};

/// Strikes every n-th GetMeeting.
fn damaged(fault: WireFault, every: u64) -> ServiceConfig {
    striking(OperationKind::GetMeeting, every, FaultKind::Wire(fault))
}

/// Which of its errors the SDK makes of a fault.
fn class(error: &SdkError<GetMeetingError>) -> &'static str {
    match error {
        SdkError::DispatchFailure(_) => "dispatch failure",
        SdkError::ResponseError(_) => "response error",
        SdkError::ServiceError(_) => "service error",
        SdkError::TimeoutError(_) => "timeout",
        _ => "another",
    }
}

#[tokio::test]
async fn each_kind_of_damage_is_an_error_of_its_class() {
    let cases = [
        (WireFault::Reset(ResetAt::BeforeReply), "dispatch failure"),
        (WireFault::Garbage, "dispatch failure"),
        (WireFault::Truncate, "response error"),
        (WireFault::Reset(ResetAt::DuringReply), "response error"),
        (WireFault::InvalidJson, "service error"),
    ];
    for (fault, expected) in cases {
        let mock = start(damaged(fault, 1));
        let client = client(&mock, RetryConfig::disabled());
        let meeting = create_meeting(&client, "damaged").await;
        let error = client.get_meeting().meeting_id(id(&meeting)).send().await.expect_err("it is damaged");
        assert_eq!(class(&error), expected, "{fault:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again() {
    let mock = start(damaged(WireFault::Reset(ResetAt::BeforeReply), 2));
    let client = client(&mock, retrying(3));
    let meeting = create_meeting(&client, "shaky").await;
    for _ in 0..3 {
        client.get_meeting().meeting_id(id(&meeting)).send().await.expect("every other request is answered");
    }
    // One after the other: 200, reset, 200, reset, 200.
    assert_eq!(mock.stats().count(OperationKind::GetMeeting, 200), 5);
}

#[tokio::test]
async fn a_slow_body_arrives_whole() {
    let mock = start(damaged(WireFault::SlowBody { over: Nanos::from_millis(300) }, 1));
    let client = client(&mock, RetryConfig::disabled());
    let meeting = create_meeting(&client, "slow").await;
    let answer = client.get_meeting().meeting_id(id(&meeting)).send().await.expect("it only takes longer");
    assert_eq!(answer.meeting(), Some(&meeting));
}
