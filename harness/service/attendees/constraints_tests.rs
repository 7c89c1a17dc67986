use super::super::capabilities::{Capabilities, Feature, MeetingFeatures};
use super::*;
use Namespace::{Legacy, Meetings};

const ID: &str = "01234567-89ab-cdef-0123-456789ABCDEF";
const RESOURCE: Subject<'_> = Subject::Resource { arn: "arn:aws:chime:us-east-1:1:meeting/x" };
const MEETING: Subject<'_> = Subject::Meeting { meeting: ID };
const ATTENDEE: Subject<'_> = Subject::Attendee { meeting: ID, attendee: ID };

fn meeting() -> CreateMeeting<'static> {
    CreateMeeting {
        client_request_token: "token-1",
        media_region: Some("eu-west-1"),
        external_meeting_id: Some("all hands"),
        ..CreateMeeting::default()
    }
}

fn message(namespace: Namespace, request: Request<'_>) -> String {
    check(namespace, &request).into_message().unwrap_or_default()
}

/// Refused, with these parts in the message; or accepted, where there are none.
#[track_caller]
fn expect(namespace: Namespace, request: Request<'_>, parts: &[&str]) {
    let message = message(namespace, request);
    assert_eq!(message.is_empty(), parts.is_empty(), "{namespace:?}: {message:?} for {request:?}");
    assert!(parts.iter().all(|part| message.contains(part)), "{namespace:?}: {parts:?} in {message:?}");
}

/// Accepted where it is sound, else refused with that part in the message.
#[track_caller]
fn expect_sound(namespaces: &[Namespace], request: Request<'_>, sound: bool, part: &str) {
    let parts = [part];
    for &namespace in namespaces {
        expect(namespace, request, if sound { SOUND } else { &parts });
    }
}

#[track_caller]
fn both(request: Request<'_>, parts: &[&str]) {
    expect(Meetings, request, parts);
    expect(Legacy, request, parts);
}

/// Too short, the shortest, the longest, too long.
fn lengths(min: usize, max: usize) -> [(String, bool); 4] {
    let text = |length: usize| "é".repeat(length);
    [(text(min - 1), false), (text(min), true), (text(max), true), (text(max + 1), false)]
}

const SOUND: &[&str] = &[];

#[test]
fn texts_of_a_meeting_have_lengths_in_characters() {
    type Set = for<'a> fn(CreateMeeting<'a>, &'a str) -> CreateMeeting<'a>;
    let fields: [(&str, Set); 3] = [
        ("mediaRegion", |meeting, text| CreateMeeting { media_region: Some(text), ..meeting }),
        ("externalMeetingId", |meeting, text| CreateMeeting { external_meeting_id: Some(text), ..meeting }),
        ("meetingHostId", |meeting, text| CreateMeeting { meeting_host_id: Some(text), ..meeting }),
    ];
    for (field, set) in fields {
        for (text, sound) in lengths(2, 64) {
            expect_sound(&[Meetings, Legacy], Request::CreateMeeting(set(meeting(), &text)), sound, field);
        }
    }
    for (text, sound) in lengths(2, 64) {
        let primary = CreateMeeting { primary_meeting_id: Some(&text), ..meeting() };
        expect(Meetings, Request::CreateMeeting(primary), if sound { SOUND } else { &["primaryMeetingId"] });
    }
}

#[test]
fn the_token_names_a_request() {
    for (token, parts) in [
        ("t", &["Value 't' at 'clientRequestToken'", "length greater than or equal to 2"][..]),
        ("tt", &[]),
        ("-_aZ09", &[]),
        ("a b", &["[-_a-zA-Z0-9]*"]),
        ("é-", &["[-_a-zA-Z0-9]*"]),
    ] {
        both(Request::CreateMeeting(CreateMeeting { client_request_token: token, ..meeting() }), parts);
    }
    for (length, sound) in [(64, true), (65, false)] {
        let token = "t".repeat(length);
        let asked = CreateMeeting { client_request_token: &token, ..meeting() };
        both(Request::CreateMeeting(asked), if sound { SOUND } else { &["less than or equal to 64"] });
    }
}

#[test]
fn region_and_name_are_optional_in_the_legacy_namespace_alone() {
    let bare = CreateMeeting { client_request_token: "token", ..CreateMeeting::default() };
    expect(
        Meetings,
        Request::CreateMeeting(bare),
        &["2 validation errors", "mediaRegion", "externalMeetingId", "null"],
    );
    expect(Legacy, Request::CreateMeeting(bare), SOUND);
}

#[test]
fn notifications_go_to_arns() {
    let long = format!("arn:{}", "x".repeat(1_021));
    for (arn, sound) in [
        ("arn:aws:sns:us-east-1:1:t", true),
        ("arn/-_.9", true),
        (&long[..1_024], true),
        (&long, false),
        ("", false),
        ("arn", false),
        ("arn:a b", false),
        ("xarn:a", false),
    ] {
        let notifications = [("snsTopicArn", arn)];
        let asked = CreateMeeting { notifications: &notifications, ..meeting() };
        let parts: &[&str] = if sound { SOUND } else { &["notificationsConfiguration.snsTopicArn"] };
        both(Request::CreateMeeting(asked), parts);
    }
}

#[test]
fn a_meeting_takes_one_to_two_hundred_and_fifty_attendees() {
    for (max_count, part) in [(0, "greater"), (1, ""), (250, ""), (251, "less")] {
        let features = MeetingFeatures { attendee: Some(Feature(Some(max_count))), ..MeetingFeatures::default() };
        let asked = CreateMeeting { features: Some(features), ..meeting() };
        let parts: &[&str] = if part.is_empty() { SOUND } else { &["meetingFeatures.attendee.maxCount", part] };
        expect(Meetings, Request::CreateMeeting(asked), parts);
    }
}

#[test]
fn tenants_are_few_short_and_not_monotonous() {
    let long = "abcd".repeat(64);
    let too_long = format!("{long}e");
    let cases: &[(&[&str], &[&str])] = &[
        (&[], &["tenantIds", "greater than or equal to 1"]),
        (&["aaa!@#$-_Z9"], &[]),
        (&["t1", "t2", "t3", "t4", "t5"], &[]),
        (&["t1", "t2", "t3", "t4", "t5", "t6"], &["tenantIds", "less than or equal to 5"]),
        (&["t"], &["tenantIds.1.member", "greater"]),
        (&[&long], &[]),
        (&[&too_long], &["tenantIds.1.member", "256"]),
        (&["ok", "aaaa"], &["tenantIds.2.member", "pattern"]),
        (&["a b"], &["tenantIds.1.member", "pattern"]),
    ];
    for (tenants, parts) in cases {
        expect(Meetings, Request::CreateMeeting(CreateMeeting { tenant_ids: Some(tenants), ..meeting() }), parts);
    }
}

#[test]
fn tags_follow_the_model_of_their_namespace() {
    let (key, value) = ("k".repeat(128), "v".repeat(256));
    let (long_key, long_value) = (format!("{key}k"), format!("{value}v"));
    let cases: &[((&str, &str), bool, bool)] = &[
        // Key and value, whether they are sound for meetings, and for the legacy namespace.
        (("a+b;c=d/e_f:g.9,<", "x y@z\t9"), true, true),
        (("a b", "v"), false, true),
        (("a@b", "v"), false, true),
        (("a*b", "v"), false, true),
        (("clé", "v"), false, true),
        (("", "v"), false, false),
        (("k", ""), true, false),
        (("k", "a*b"), false, true),
        (("k", "é"), false, true),
        ((&key, &value), true, true),
        ((&long_key, "v"), false, false),
        (("k", &long_value), false, false),
    ];
    for &(tag, meetings, legacy) in cases {
        for (namespace, sound) in [(Meetings, meetings), (Legacy, legacy)] {
            let parts: &[&str] = if sound { SOUND } else { &["tags.1.member."] };
            let tags = &[tag];
            expect(namespace, Request::CreateMeeting(CreateMeeting { tags: Some(tags), ..meeting() }), parts);
            expect(namespace, Request::Tag { subject: RESOURCE, tags }, parts);
        }
    }
}

#[test]
fn lists_of_tags_have_the_sizes_of_their_operation() {
    let keys: Vec<String> = (0..51).map(|number| format!("key-{number}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let tags: Vec<Tag<'_>> = keys.iter().map(|&key| (key, "v")).collect();
    let check = |namespace, subject, sizes: &[(usize, bool)]| {
        for &(size, sound) in sizes {
            let parts = |word| if sound { vec![] } else { vec![word, "length"] };
            expect(namespace, Request::Tag { subject, tags: &tags[..size] }, &parts("'tags'"));
            expect(namespace, Request::Untag { subject, keys: &keys[..size] }, &parts("'tagKeys'"));
        }
    };
    check(Meetings, RESOURCE, &[(0, true), (50, true), (51, false)]);
    check(Legacy, RESOURCE, &[(0, false), (1, true), (50, true), (51, false)]);
    check(Legacy, MEETING, &[(0, false), (1, true), (50, true), (51, false)]);
    check(Legacy, ATTENDEE, &[(0, false), (1, true), (10, true), (11, false)]);
    for (size, meetings, legacy) in [(0, true, false), (50, true, true), (51, false, false)] {
        let asked = Request::CreateMeeting(CreateMeeting { tags: Some(&tags[..size]), ..meeting() });
        expect(Meetings, asked, if meetings { SOUND } else { &["'tags'"] });
        expect(Legacy, asked, if legacy { SOUND } else { &["'tags'"] });
    }
    for (size, sound) in [(0, false), (1, true), (10, true), (11, false)] {
        let attendee = NewAttendee { tags: Some(tags[..size].to_vec()), ..NewAttendee::named("user") };
        let request = Request::CreateAttendee { meeting: ID, attendee: &attendee };
        expect(Legacy, request, if sound { SOUND } else { &["'tags'"] });
    }
    expect(Meetings, Request::Untag { subject: RESOURCE, keys: &["a b"] }, &["tagKeys.1.member"]);
    expect(Legacy, Request::Untag { subject: RESOURCE, keys: &["a b"] }, SOUND);
}

#[test]
fn resources_are_named_by_arns() {
    let arn = format!("arn:{}", "x".repeat(1_021));
    for (arn, meetings, legacy) in [
        ("arn:x", true, true),
        ("arn: any thing", true, false),
        ("arn:", true, true),
        ("arn/x", false, true),
        ("arn:a\nb", false, false),
        ("", false, false),
        ("urn:x", false, false),
        (&arn[..1_011], true, true),
        (&arn[..1_012], false, true),
        (&arn[..1_024], false, true),
        (&arn, false, false),
    ] {
        let request = Request::ListTags { subject: Subject::Resource { arn } };
        expect(Meetings, request, if meetings { SOUND } else { &["resourceARN"] });
        expect(Legacy, request, if legacy { SOUND } else { &["resourceARN"] });
    }
}

#[test]
fn ids_are_guids_everywhere() {
    let bad = "nope";
    let page = Page::default();
    let capabilities = Capabilities::ALL;
    let attendee = NewAttendee::named("user");
    let one = [attendee.clone()];
    for request in [
        Request::GetMeeting { meeting: bad },
        Request::DeleteMeeting { meeting: bad },
        Request::CreateAttendee { meeting: bad, attendee: &attendee },
        Request::BatchCreateAttendee { meeting: bad, attendees: &one },
        Request::GetAttendee { meeting: bad, attendee: ID },
        Request::DeleteAttendee { meeting: bad, attendee: ID },
        Request::ListAttendees { meeting: bad, page },
        Request::UpdateAttendeeCapabilities { meeting: bad, attendee: ID, capabilities },
        Request::BatchUpdateAttendeeCapabilitiesExcept { meeting: bad, excluded: &[ID], capabilities },
        Request::ListTags { subject: Subject::Meeting { meeting: bad } },
        Request::ListTags { subject: Subject::Attendee { meeting: bad, attendee: ID } },
    ] {
        both(request, &["Value 'nope' at 'meetingId'", "[a-fA-F0-9]{8}"]);
    }
    for request in [
        Request::GetAttendee { meeting: ID, attendee: bad },
        Request::DeleteAttendee { meeting: ID, attendee: bad },
        Request::UpdateAttendeeCapabilities { meeting: ID, attendee: bad, capabilities },
        Request::ListTags { subject: Subject::Attendee { meeting: ID, attendee: bad } },
    ] {
        both(request, &["Value 'nope' at 'attendeeId'"]);
    }
    both(Request::GetAttendee { meeting: bad, attendee: bad }, &["2 validation errors"]);
}

#[test]
fn attendees_come_in_the_numbers_of_their_operation() {
    let attendees = vec![NewAttendee::named("user"); 101];
    let batch = |size: usize| Request::BatchCreateAttendee { meeting: ID, attendees: &attendees[..size] };
    let first =
        |size: usize| Request::CreateMeetingWithAttendees { meeting: meeting(), attendees: Some(&attendees[..size]) };
    let none = Request::CreateMeetingWithAttendees { meeting: meeting(), attendees: None };
    expect(Meetings, batch(0), &["'attendees'", "greater"]);
    expect(Legacy, batch(0), SOUND);
    both(batch(1), SOUND);
    both(batch(100), SOUND);
    both(batch(101), &["'attendees'", "less than or equal to 100"]);
    both(first(0), &["'attendees'", "greater"]);
    both(first(10), SOUND);
    expect(Legacy, first(11), &["less than or equal to 10"]);
    expect(Meetings, first(20), SOUND);
    expect(Meetings, first(21), &["less than or equal to 20"]);
    expect(Meetings, none, &["'attendees'", "null"]);
    expect(Legacy, none, SOUND);
    for (name, sound) in lengths(2, 64) {
        let attendee = NewAttendee::named(&name);
        let one = [NewAttendee::named("user"), attendee.clone()];
        let single = Request::CreateAttendee { meeting: ID, attendee: &attendee };
        both(single, if sound { SOUND } else { &["at 'externalUserId'"] });
        let batch = Request::BatchCreateAttendee { meeting: ID, attendees: &one };
        both(batch, if sound { SOUND } else { &["1 validation error ", "attendees.2.member.externalUserId"] });
    }
}

#[test]
fn an_update_excepts_one_to_two_hundred_and_fifty() {
    let ids = vec![ID; 251];
    let update = |excluded| Request::BatchUpdateAttendeeCapabilitiesExcept {
        meeting: ID,
        excluded,
        capabilities: Capabilities::ALL,
    };
    expect(Meetings, update(&[]), &["excludedAttendeeIds", "greater"]);
    expect(Meetings, update(&ids[..250]), SOUND);
    expect(Meetings, update(&ids), &["excludedAttendeeIds", "less than or equal to 250"]);
    expect(Meetings, update(&[ID, "x"]), &["excludedAttendeeIds.2.member.attendeeId"]);
}

#[test]
fn pages_have_the_sizes_of_their_namespace() {
    let page = |max_results| Page { max_results: Some(max_results), next_token: Some("") };
    for (namespace, size, sound) in [
        (Meetings, 0, false),
        (Meetings, 1, true),
        (Meetings, 100, true),
        (Meetings, 101, false),
        (Legacy, i64::MIN, false),
        (Legacy, 0, false),
        (Legacy, 1, true),
        (Legacy, 99, true),
        (Legacy, 100, false),
    ] {
        let parts: &[&str] = if sound { SOUND } else { &["'maxResults'", "value"] };
        expect(namespace, Request::ListAttendees { meeting: ID, page: page(size) }, parts);
        expect(namespace, Request::ListMeetings(page(size)), parts);
    }
    let token = "t".repeat(4_097);
    let long = Request::ListAttendees { meeting: ID, page: Page { max_results: None, next_token: Some(&token) } };
    expect(Meetings, long, &["nextToken", "4096"]);
    expect(Legacy, long, SOUND);
}

#[test]
fn what_the_legacy_namespace_does_not_know_is_not_checked_there() {
    let features = MeetingFeatures { attendee: Some(Feature(Some(0))), ..MeetingFeatures::default() };
    let asked =
        CreateMeeting { features: Some(features), tenant_ids: Some(&[]), primary_meeting_id: Some("x"), ..meeting() };
    expect(Meetings, Request::CreateMeeting(asked), &["3 validation errors"]);
    expect(Legacy, Request::CreateMeeting(asked), SOUND);
}
