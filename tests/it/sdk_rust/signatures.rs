//! The SDK's signatures, before a mock that verifies them.

use aws_sdk_chimesdkmeetings::config::retry::RetryConfig;
use loadline::service::ServiceConfig;
use loadline::service::config::{Authentication, Credential};

use super::{ACCESS_KEY, SECRET_KEY, client, create_meeting, id, start, unlimited};

/// Serves what that secret has signed.
fn strict(secret_key: &str) -> ServiceConfig {
    let (access_key, secret_key) = (ACCESS_KEY.to_owned(), secret_key.to_owned());
    let known = Credential { access_key, secret_key, session_token: None, deny: Vec::new() };
    ServiceConfig { authentication: Authentication::Strict(vec![known]), ..unlimited() }
}

#[tokio::test]
async fn a_right_one_is_served_whatever_the_request() {
    let mock = start(strict(SECRET_KEY));
    let client = client(&mock, RetryConfig::disabled());
    let meeting = create_meeting(&client, "signed").await;
    let arn = meeting.meeting_arn().expect("an ARN");
    client.list_tags_for_resource().resource_arn(arn).send().await.expect("colons and a slash in the query");
    let call = client.create_attendee().meeting_id(id(&meeting)).external_user_id("Zoë / «guest»");
    call.send().await.expect("a body beyond ASCII");
    client.list_attendees().meeting_id(id(&meeting)).max_results(1).send().await.expect("a query");
    client.delete_meeting().meeting_id(id(&meeting)).send().await.expect("no body");
}

#[tokio::test]
async fn a_wrong_one_is_unauthorized() {
    let mock = start(strict("another"));
    let client = client(&mock, RetryConfig::disabled());
    let error = client.get_meeting().meeting_id(super::ABSENT).send().await.expect_err("nobody signs like that");
    assert!(error.into_service_error().is_unauthorized_exception());
}
