//! Every error of the service arrives as the SDK's own type for it.

use aws_sdk_chimesdkmeetings::config::retry::RetryConfig;
use aws_sdk_chimesdkmeetings::error::ProvideErrorMetadata as _;
use aws_sdk_chimesdkmeetings::operation::RequestId as _;
use aws_sdk_chimesdkmeetings::types::{CreateAttendeeRequestItem, Tag};
use loadline::service::config::Quotas;
use loadline::service::{OperationKind, ServiceConfig};

use super::{ABSENT, answering, client, create_meeting, id, plain, start, unlimited};

#[tokio::test]
async fn what_is_absent_is_not_found() {
    let (_mock, client) = plain();
    let error = client.get_meeting().meeting_id(ABSENT).send().await.expect_err("there is none").into_service_error();
    assert!(error.is_not_found_exception(), "{error:?}");
    assert_eq!(error.message(), Some(format!("Meeting <{ABSENT}> not found").as_str()));
    assert_eq!(error.request_id().map(str::len), Some(36), "a UUID");
    let meeting = create_meeting(&client, "empty").await;
    let call = client.get_attendee().meeting_id(id(&meeting)).attendee_id(ABSENT);
    let error = call.send().await.expect_err("there is none").into_service_error();
    assert!(error.is_not_found_exception(), "{error:?}");
}

#[tokio::test]
async fn what_breaks_a_rule_is_a_bad_request() {
    let (_mock, client) = plain();
    let meeting = create_meeting(&client, "strict").await;
    let one = client.create_attendee().meeting_id(id(&meeting)).external_user_id("x");
    let error = one.send().await.expect_err("two characters at least").into_service_error();
    assert!(error.is_bad_request_exception(), "{error:?}");
    let item = |number: usize| {
        CreateAttendeeRequestItem::builder().external_user_id(format!("user-{number}")).build().expect("a name")
    };
    let many = client.batch_create_attendee().meeting_id(id(&meeting));
    let many = many.set_attendees(Some((0..101).map(item).collect()));
    let error = many.send().await.expect_err("a hundred at most").into_service_error();
    assert!(error.is_bad_request_exception(), "{error:?}");
    let page = client.list_attendees().meeting_id(id(&meeting)).next_token("not one of ours");
    let error = page.send().await.expect_err("a token that nobody gave").into_service_error();
    assert!(error.is_bad_request_exception(), "{error:?}");
}

#[tokio::test]
async fn a_quota_is_a_limit() {
    let mock =
        start(ServiceConfig { quotas: Quotas { attendees_per_meeting: None, meetings: Some(1) }, ..unlimited() });
    let client = client(&mock, RetryConfig::disabled());
    create_meeting(&client, "first").await;
    let call = client.create_meeting().client_request_token("second").media_region("us-east-1");
    let error = call.external_meeting_id("second").send().await.expect_err("one at most").into_service_error();
    assert!(error.is_limit_exceeded_exception(), "{error:?}");
}

#[tokio::test]
async fn tags_have_errors_of_their_own() {
    let (_mock, client) = plain();
    let meeting = create_meeting(&client, "tagged").await;
    let arn = meeting.meeting_arn().expect("an ARN").to_owned();
    let other = arn.replace(id(&meeting), ABSENT);
    let error = client.list_tags_for_resource().resource_arn(other).send().await;
    let error = error.expect_err("there is no such meeting").into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    let tag = |number: usize| Tag::builder().key(format!("key-{number}")).value("v").build().expect("a tag");
    let add = |tags: Vec<Tag>| client.tag_resource().resource_arn(&arn).set_tags(Some(tags)).send();
    add((0..50).map(tag).collect()).await.expect("fifty fit");
    let error = add(vec![tag(50)]).await.expect_err("fifty at most").into_service_error();
    assert!(error.is_too_many_tags_exception(), "{error:?}");
}

#[tokio::test]
async fn what_only_happens_on_purpose_has_its_type_too() {
    /// Every error of this name is recognised by the SDK's predicate for it.
    macro_rules! check {
        ($($status:literal $name:literal $is:ident),+ $(,)?) => {$({
            let mock = start(answering(OperationKind::CreateMeeting, $status, $name));
            let client = client(&mock, RetryConfig::disabled());
            let call = client.create_meeting().client_request_token("token").media_region("us-east-1");
            let error = call.external_meeting_id("meeting").send().await.expect_err("on purpose");
            assert_eq!(error.raw_response().map(|raw| raw.status().as_u16()), Some($status));
            let error = error.into_service_error();
            assert!(error.$is(), "{error:?}");
            assert_eq!(error.code(), Some($name));
        })+};
    }
    check! {
        401 "UnauthorizedException" is_unauthorized_exception,
        403 "ForbiddenException" is_forbidden_exception,
        409 "ConflictException" is_conflict_exception,
        429 "ThrottlingException" is_throttling_exception,
        500 "ServiceFailureException" is_service_failure_exception,
        503 "ServiceUnavailableException" is_service_unavailable_exception,
    }
    let mock = start(answering(OperationKind::CreateAttendee, 422, "UnprocessableEntityException"));
    let client = client(&mock, RetryConfig::disabled());
    let call = client.create_attendee().meeting_id(ABSENT).external_user_id("name");
    let error = call.send().await.expect_err("on purpose").into_service_error();
    assert!(error.is_unprocessable_entity_exception(), "{error:?}");
}

#[tokio::test]
async fn transcription_is_no_operation_of_the_mock() {
    let (_mock, client) = plain();
    let meeting = create_meeting(&client, "silent").await;
    let error = client.stop_meeting_transcription().meeting_id(id(&meeting)).send().await.expect_err("out of scope");
    assert_eq!(error.code(), Some("UnknownOperationException"), "{error:?}");
}
