use std::sync::Arc;

use serde_json::{Value, json};

use super::super::capabilities::Capability;
use super::*;
use crate::service::ServiceError;

fn shown(body: &Body) -> Value {
    serde_json::to_value(Document { body, request_id: Some(Id::of_request(1, 2)) }).expect("a document")
}

fn details(namespace: Namespace) -> MeetingDetails {
    MeetingDetails {
        namespace,
        id: Id::of_meeting(1, 2),
        external_id: Some("all hands".to_owned()),
        media_region: "eu-west-1".to_owned(),
        host_id: Some("host".to_owned()),
        features: Some(MeetingFeatures {
            audio: Some(Feature(Some(false))),
            video: Some(Feature(Some(VideoResolution::Hd))),
            content: Some(Feature(None)),
            attendee: Some(Feature(Some(7))),
        }),
        primary_id: Some(Id::of_meeting(1, 1)),
        tenant_ids: vec![],
        region: "us-east-1".into(),
        account_number: 42,
    }
}

fn view(capabilities: Option<Capabilities>) -> AttendeeView {
    let (id, secret) = (Id::of_attendee(1, 2, 3), Id::of_join_token(1, 2, 3));
    AttendeeView { external_user_id: "us\"er".into(), id, secret, capabilities }
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn a_meeting_shows_what_its_namespace_knows() {
    let meeting = shown(&Body::Meeting(Arc::new(details(Namespace::Meetings))));
    let meeting = &meeting["Meeting"];
    assert_eq!(
        names(meeting),
        [
            "MeetingId",
            "MeetingHostId",
            "ExternalMeetingId",
            "MediaRegion",
            "MediaPlacement",
            "MeetingFeatures",
            "PrimaryMeetingId",
            "TenantIds",
            "MeetingArn"
        ]
    );
    assert_eq!(meeting["TenantIds"], json!([]));
    let id = Id::of_meeting(1, 2);
    assert_eq!(meeting["MeetingArn"], format!("arn:aws:chime:us-east-1:000000000042:meeting/{id}"));
    let features = json!({
        "Audio": {"EchoReduction": "UNAVAILABLE"},
        "Video": {"MaxResolution": "HD"},
        "Content": {},
        "Attendee": {"MaxCount": 7},
    });
    assert_eq!(meeting["MeetingFeatures"], features);
    let legacy = shown(&Body::Meeting(Arc::new(details(Namespace::Legacy))));
    assert_eq!(names(&legacy["Meeting"]), ["MeetingId", "ExternalMeetingId", "MediaRegion", "MediaPlacement"]);
    assert_eq!(legacy["Meeting"]["MediaPlacement"], meeting["MediaPlacement"]);
}

#[test]
fn what_was_not_given_is_left_out() {
    let bare = MeetingDetails { host_id: None, features: None, primary_id: None, ..details(Namespace::Meetings) };
    let bare = shown(&Body::Meeting(Arc::new(bare)));
    assert_eq!(
        names(&bare["Meeting"]),
        ["MeetingId", "ExternalMeetingId", "MediaRegion", "MediaPlacement", "TenantIds", "MeetingArn"]
    );
    let nameless = MeetingDetails { external_id: None, ..details(Namespace::Legacy) };
    let nameless = shown(&Body::Meeting(Arc::new(nameless)));
    assert_eq!(names(&nameless["Meeting"]), ["MeetingId", "MediaRegion", "MediaPlacement"]);
}

#[test]
fn a_region_stays_inside_its_place_in_a_url() {
    let odd = MeetingDetails { media_region: "EU/../x?#@:\"é y".to_owned(), ..details(Namespace::Meetings) };
    let shown = shown(&Body::Meeting(Arc::new(odd)));
    assert_eq!(shown["Meeting"]["MediaRegion"], "EU/../x?#@:\"é y", "it comes back as it was sent");
    let placement = shown["Meeting"]["MediaPlacement"].as_object().expect("an object");
    assert_eq!(placement.len(), 8);
    for (name, url) in placement {
        let url = url.as_str().expect("a text");
        let host = url.rsplit("://").next().and_then(|rest| rest.split(['/', ':']).next()).unwrap_or_default();
        assert!(host.ends_with(".mock.invalid"), "{name}: {url}");
        let permitted = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
        assert!(host.bytes().all(permitted), "{name}: {url}");
    }
}

#[test]
fn an_attendee_has_capabilities_where_its_namespace_knows_them() {
    let capabilities = Capabilities { audio: Capability::Send, video: Capability::Receive, content: Capability::None };
    let meetings = shown(&Body::Attendee(view(Some(capabilities))));
    let attendee = &meetings["Attendee"];
    assert_eq!(names(attendee), ["ExternalUserId", "AttendeeId", "JoinToken", "Capabilities"]);
    assert_eq!(attendee["ExternalUserId"], "us\"er");
    assert_eq!(attendee["Capabilities"], json!({"Audio": "Send", "Video": "Receive", "Content": "None"}));
    let legacy = shown(&Body::Attendee(view(None)));
    assert_eq!(names(&legacy["Attendee"]), ["ExternalUserId", "AttendeeId", "JoinToken"]);
}

#[test]
fn a_join_token_is_both_ids_in_unpadded_base64() {
    let view = view(None);
    let shown = shown(&Body::Attendee(view.clone()));
    let token = shown["Attendee"]["JoinToken"].as_str().expect("a text").to_owned();
    assert_eq!(token, view.join_token());
    assert!((2..=2_048).contains(&token.len()));
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')), "{token}");
    let decoded = STANDARD_NO_PAD.decode(token).expect("base64");
    assert_eq!(String::from_utf8(decoded), Ok(format!("{}:{}", view.id, view.secret)));
}

#[test]
fn empty_lists_are_shown_and_absent_tokens_are_not() {
    let check = |body: Body, expected: Value| assert_eq!(shown(&body), expected);
    check(Body::Batch(Batch::default()), json!({"Attendees": [], "Errors": []}));
    check(Body::Page { attendees: vec![], next_token: None }, json!({"Attendees": []}));
    check(Body::Meetings { meetings: vec![], next_token: None }, json!({"Meetings": []}));
    check(Body::Meetings { meetings: vec![], next_token: Some("t".into()) }, json!({"Meetings": [], "NextToken": "t"}));
    check(Body::Tags(vec![]), json!({"Tags": []}));
    check(Body::Tags(vec![("k".into(), "v".into())]), json!({"Tags": [{"Key": "k", "Value": "v"}]}));
    check(Body::Empty, Value::Null);
    let with = shown(&Body::MeetingWithAttendees(Arc::new(details(Namespace::Legacy)), Batch::default()));
    assert_eq!(names(&with), ["Meeting", "Attendees", "Errors"]);
}

#[test]
fn errors_name_what_they_are_about() {
    let error = ServiceError::not_found("Meeting", "x");
    let id = Id::of_request(1, 2).to_string();
    let expected = json!({"Code": "NotFound", "Message": "Meeting <x> not found", "RequestId": id});
    assert_eq!(shown(&Body::Error(error)), expected);
    let named = |error| shown(&Body::Error(error))["ResourceName"].clone();
    assert_eq!(named(ServiceError::resource_not_found(Namespace::Meetings, "arn:x")), "arn:x");
    assert_eq!(named(ServiceError::resource_not_found(Namespace::Legacy, "arn:x")), Value::Null);
    assert_eq!(named(ServiceError::too_many_tags(Namespace::Meetings, Some("arn:x"))), "arn:x");
    let item = ItemError { external_user_id: "u".into(), code: "BadRequest".into(), message: "m".into() };
    let batch = shown(&Body::Batch(Batch { attendees: vec![], errors: vec![item] }));
    assert_eq!(batch["Errors"], json!([{"ExternalUserId": "u", "ErrorCode": "BadRequest", "ErrorMessage": "m"}]));
}
