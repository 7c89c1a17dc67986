use super::*;
use Namespace::{Legacy, Meetings};
use OperationKind as Op;

fn address(operation: Op) -> Address<'static> {
    Address { meeting: "m", attendee: "a", ..Address::of(operation) }
}

fn json(text: &str) -> Json<'_> {
    serde_json::from_str(text).expect(text)
}

fn message(namespace: Namespace, operation: Op, body: &str) -> String {
    let body = json(body);
    let draft = Draft::read(namespace, address(operation), &body);
    draft.err().and_then(Violations::into_message).unwrap_or_default()
}

/// Refused, with these parts in the message; or accepted, where there are none.
#[track_caller]
fn expect(namespace: Namespace, operation: Op, body: &str, parts: &[&str]) {
    let message = message(namespace, operation, body);
    assert_eq!(message.is_empty(), parts.is_empty(), "{namespace:?} {operation} {body}: {message:?}");
    assert!(
        parts.iter().all(|part| message.contains(part)),
        "{namespace:?} {operation} {body}: {parts:?} in {message}"
    );
}

const WHOLE: &str = r#"{"ClientRequestToken": "t", "MediaRegion": "r", "ExternalMeetingId": "e", "Unknown": 1,
    "MeetingHostId": null, "PrimaryMeetingId": "p", "TenantIds": ["one"], "Tags": [{"Key": "k", "Value": "v"}],
    "MeetingFeatures": {"Audio": {"EchoReduction": "AVAILABLE"}, "Video": {"MaxResolution": "FHD"},
        "Content": {}, "Attendee": {"MaxCount": 25}}, "MediaPlacementNetworkType": "DualStack",
    "NotificationsConfiguration": {"LambdaFunctionArn": "arn:l", "SnsTopicArn": "arn:x", "SqsQueueArn": null}}"#;

#[test]
fn a_meeting_is_read_whole() {
    let body = json(WHOLE);
    let draft = Draft::read(Meetings, address(Op::CreateMeeting), &body).expect("a sound body");
    let expected = CreateMeeting {
        client_request_token: "t",
        media_region: Some("r"),
        external_meeting_id: Some("e"),
        meeting_host_id: None,
        primary_meeting_id: Some("p"),
        features: Some(MeetingFeatures {
            audio: Some(Feature(Some(true))),
            video: Some(Feature(Some(VideoResolution::Fhd))),
            content: Some(Feature(None)),
            attendee: Some(Feature(Some(25))),
        }),
        tenant_ids: Some(&["one"]),
        tags: Some(&[("k", "v")]),
        notifications: &[("lambdaFunctionArn", "arn:l"), ("snsTopicArn", "arn:x")],
    };
    assert_eq!(draft.request(), Request::CreateMeeting(expected));
}

#[test]
fn the_legacy_namespace_takes_what_it_knows_and_ignores_the_rest() {
    let body = json(WHOLE);
    let draft = Draft::read(Legacy, address(Op::CreateMeeting), &body).expect("a sound body");
    let expected = CreateMeeting {
        client_request_token: "t",
        media_region: Some("r"),
        external_meeting_id: Some("e"),
        tags: Some(&[("k", "v")]),
        notifications: &[("snsTopicArn", "arn:x")],
        ..CreateMeeting::default()
    };
    assert_eq!(draft.request(), Request::CreateMeeting(expected));
    let body = json(r#"{"ClientRequestToken": "t", "MeetingFeatures": 1, "PrimaryMeetingId": 2, "TenantIds": 3}"#);
    let draft = Draft::read(Legacy, address(Op::CreateMeetingWithAttendees), &body).expect("a sound body");
    let expected =
        CreateMeeting { client_request_token: "t", media_region: Some("us-east-1"), ..CreateMeeting::default() };
    assert_eq!(draft.request(), Request::CreateMeetingWithAttendees { meeting: expected, attendees: None });
    let attendee = json(r#"{"ExternalUserId": "u", "Capabilities": 1, "Tags": [{"Key": "k", "Value": "v"}]}"#);
    let draft = Draft::read(Legacy, address(Op::CreateAttendee), &attendee).expect("a sound body");
    let expected = NewAttendee { tags: Some(vec![("k", "v")]), ..NewAttendee::named("u") };
    assert_eq!(draft.request(), Request::CreateAttendee { meeting: "m", attendee: &expected });
}

#[test]
fn every_operation_is_what_its_draft_asks_for() {
    let body = json(
        r#"{"ClientRequestToken": "t", "MediaRegion": "r", "ExternalMeetingId": "e", "ExternalUserId": "u",
        "Attendees": [{"ExternalUserId": "u"}], "ExcludedAttendeeIds": [{"AttendeeId": "x"}], "ResourceARN": "arn:r",
        "Capabilities": {"Audio": "Send", "Video": "Receive", "Content": "None"},
        "Tags": [{"Key": "k", "Value": "v"}], "TagKeys": ["k"]}"#,
    );
    for operation in Op::ALL {
        for namespace in [Meetings, Legacy] {
            let address =
                Address { max_results: Some("7"), next_token: Some("n"), arn: Some("arn:q"), ..address(operation) };
            let draft = Draft::read(namespace, address, &body).expect("a sound body");
            assert_eq!(draft.request().operation(), operation);
        }
    }
    let read = |operation| Draft::read(Meetings, Address { arn: Some("arn:q"), ..address(operation) }, &body);
    let draft = read(Op::BatchUpdateAttendeeCapabilitiesExcept).expect("a sound body");
    let capabilities = Capabilities { audio: Capability::Send, video: Capability::Receive, content: Capability::None };
    let expected = Request::BatchUpdateAttendeeCapabilitiesExcept { meeting: "m", excluded: &["x"], capabilities };
    assert_eq!(draft.request(), expected);
    let draft = read(Op::UntagResource).expect("a sound body");
    let expected = Request::Untag { subject: Subject::Resource { arn: "arn:r" }, keys: &["k"] };
    assert_eq!(draft.request(), expected);
    let draft = read(Op::ListTagsForResource).expect("a sound body");
    assert_eq!(draft.request(), Request::ListTags { subject: Subject::Resource { arn: "arn:q" } });
}

#[test]
fn what_has_to_be_there_is_missed() {
    for (operation, meetings, legacy) in [
        (
            Op::CreateMeeting,
            &["3 validation", "'clientRequestToken'", "'mediaRegion'", "'externalMeetingId'"][..],
            &["1 validation", "'clientRequestToken'"][..],
        ),
        (Op::CreateMeetingWithAttendees, &["4 validation", "'attendees'"], &["1 validation", "'clientRequestToken'"]),
        (Op::CreateAttendee, &["1 validation", "'externalUserId'"], &["1 validation", "'externalUserId'"]),
        (Op::BatchCreateAttendee, &["1 validation", "'attendees'"], &["1 validation", "'attendees'"]),
        (Op::UpdateAttendeeCapabilities, &["1 validation", "'capabilities'"], &["1 validation", "'capabilities'"]),
        (
            Op::BatchUpdateAttendeeCapabilitiesExcept,
            &["2 validation", "'excludedAttendeeIds'", "'capabilities'"],
            &["2 validation"],
        ),
        (Op::TagResource, &["2 validation", "'resourceARN'", "'tags'"], &["2 validation", "'resourceARN'", "'tags'"]),
        (
            Op::UntagResource,
            &["2 validation", "'resourceARN'", "'tagKeys'"],
            &["2 validation", "'resourceARN'", "'tagKeys'"],
        ),
        (Op::ListTagsForResource, &["1 validation", "'resourceARN'"], &["1 validation", "'resourceARN'"]),
        (Op::TagMeeting, &["'tags'"], &["1 validation", "'tags'"]),
        (Op::UntagMeeting, &["'tagKeys'"], &["1 validation", "'tagKeys'"]),
        (Op::TagAttendee, &["'tags'"], &["1 validation", "'tags'"]),
        (Op::UntagAttendee, &["'tagKeys'"], &["1 validation", "'tagKeys'"]),
        (Op::GetAttendee, &[], &[]),
        (Op::ListAttendees, &[], &[]),
    ] {
        // An explicit null is no better than nothing.
        let nulls = r#"{"ClientRequestToken": null, "Attendees": null, "Capabilities": null, "Tags": null}"#;
        for body in ["{}", nulls] {
            expect(Meetings, operation, body, meetings);
            expect(Legacy, operation, body, legacy);
        }
    }
}

#[test]
fn mistyped_members_and_unknown_values_are_told_with_their_place() {
    let check = |operation, body: &str, parts: &[&str]| expect(Meetings, operation, body, parts);
    check(Op::CreateAttendee, r#"{"ExternalUserId": 5}"#, &["1 validation error ", "must be a string"]);
    check(Op::CreateAttendee, r#"{"ExternalUserId": ["u"]}"#, &["must be a string"]);
    check(
        Op::CreateAttendee,
        r#"{"ExternalUserId": "u", "Capabilities": {"Audio": "Loud"}}"#,
        &[
            "3 validation errors",
            "'Loud' at 'capabilities.audio'",
            "[SendReceive, Send, Receive, None]",
            "'capabilities.video'",
        ],
    );
    check(Op::CreateAttendee, r#"{"ExternalUserId": "u", "Capabilities": []}"#, &["'capabilities'", "an object"]);
    check(Op::BatchCreateAttendee, r#"{"Attendees": {}}"#, &["must be a list"]);
    check(
        Op::BatchCreateAttendee,
        r#"{"Attendees": [{"ExternalUserId": "u"}, {}, 7]}"#,
        &["2 validation errors", "'attendees.2.member.externalUserId'", "'attendees.3.member'"],
    );
    check(
        Op::BatchUpdateAttendeeCapabilitiesExcept,
        r#"{"ExcludedAttendeeIds": ["x"], "Capabilities": {"Audio": "None", "Video": "None", "Content": "None"}}"#,
        &["'excludedAttendeeIds.1.member'", "an object"],
    );
    check(Op::UntagResource, r#"{"ResourceARN": "arn:", "TagKeys": ["k", 1]}"#, &["'tagKeys.2.member'", "a string"]);
    check(Op::TagResource, r#"{"ResourceARN": "arn:", "Tags": [{"Key": "k"}]}"#, &["'tags.1.member.value'", "null"]);
    let meeting =
        |more: &str| format!(r#"{{"ClientRequestToken": "t", "MediaRegion": "r", "ExternalMeetingId": "e", {more}}}"#);
    for (more, parts) in [
        (
            r#""MeetingFeatures": {"Video": {"MaxResolution": "UHD"}}"#,
            &["meetingFeatures.video.maxResolution", "[None, HD, FHD]"][..],
        ),
        (
            r#""MeetingFeatures": {"Content": {"MaxResolution": "HD"}}"#,
            &["meetingFeatures.content.maxResolution", "[None, FHD, UHD]"],
        ),
        (r#""MeetingFeatures": {"Audio": {"EchoReduction": "available"}}"#, &["meetingFeatures.audio.echoReduction"]),
        (r#""MeetingFeatures": {"Attendee": {"MaxCount": "9"}}"#, &["meetingFeatures.attendee.maxCount", "an integer"]),
        (r#""MeetingFeatures": {"Attendee": {"MaxCount": 9.5}}"#, &["an integer"]),
        (r#""MediaPlacementNetworkType": "Ipv6Only""#, &["mediaPlacementNetworkType", "[Ipv4Only, DualStack]"]),
        (r#""TenantIds": [1]"#, &["'tenantIds.1.member'", "a string"]),
        (
            r#""NotificationsConfiguration": {"LambdaFunctionArn": 1}"#,
            &["notificationsConfiguration.lambdaFunctionArn"],
        ),
    ] {
        check(Op::CreateMeeting, &meeting(more), parts);
        expect(Legacy, Op::CreateMeeting, &meeting(more), &[]);
    }
}

#[test]
fn page_sizes_are_whole_numbers() {
    for (text, sound) in [
        ("1", true),
        ("-5", true),
        ("", false),
        ("many", false),
        ("1.5", false),
        (" 1", false),
        ("99999999999999999999", false),
    ] {
        for operation in [Op::ListAttendees, Op::ListMeetings] {
            let draft = Draft::read(Legacy, Address { max_results: Some(text), ..address(operation) }, &Json::Null);
            assert_eq!(draft.is_ok(), sound, "{text:?}");
        }
    }
}
