//! The SDK's own retries: what it does with a throttle, and how many attempts the mock sees of them.

use aws_sdk_chimesdkmeetings::error::ProvideErrorMetadata as _;
use futures_util::future::join_all;
use loadline::service::config::Quotas;
use loadline::service::{OperationKind, ServiceConfig};

use super::{ABSENT, answering, client, create_meeting, id, retrying, start, unlimited};

#[tokio::test]
async fn a_burst_is_admitted_and_the_rest_is_retried_until_it_is_too() {
    let mock = start(ServiceConfig::default());
    let client = client(&mock, retrying(20));
    let meeting = create_meeting(&client, "busy").await;
    let read = || client.get_meeting().meeting_id(id(&meeting)).send();
    let answers = join_all((0..40).map(|_| read())).await;
    assert!(answers.iter().all(Result::is_ok), "{:?}", answers.into_iter().find_map(Result::err));
    let stats = mock.stats();
    assert_eq!(stats.count(OperationKind::GetMeeting, 200), 40);
    // Twenty are let in at once, and ten a second come after them.
    assert!(stats.count(OperationKind::GetMeeting, 429) > 0, "{stats:?}");
}

#[tokio::test]
async fn a_full_meeting_is_taken_for_a_throttle_and_asked_three_times() {
    let quotas = Quotas { attendees_per_meeting: Some(1), meetings: None };
    let mock = start(ServiceConfig { quotas, ..unlimited() });
    let client = client(&mock, retrying(3));
    let meeting = create_meeting(&client, "small").await;
    let add = |name: &str| client.create_attendee().meeting_id(id(&meeting)).external_user_id(name).send();
    add("first").await.expect("there is room for one");
    let error = add("second").await.expect_err("the meeting is full").into_service_error();
    assert!(error.is_limit_exceeded_exception(), "{error:?}");
    assert_eq!(mock.stats().count(OperationKind::CreateAttendee, 400), 3);
}

#[tokio::test]
async fn the_name_of_the_throttle_decides_whether_it_is_retried() {
    for (name, attempts) in [("ThrottlingException", 3), ("ThrottledClientException", 1)] {
        let mock = start(answering(OperationKind::GetMeeting, 429, name));
        let client = client(&mock, retrying(3));
        let error = client.get_meeting().meeting_id(ABSENT).send().await.expect_err("nothing is let in");
        assert_eq!(error.code(), Some(name), "{error:?}");
        assert_eq!(mock.stats().count(OperationKind::GetMeeting, 429), attempts, "{name}");
    }
}
