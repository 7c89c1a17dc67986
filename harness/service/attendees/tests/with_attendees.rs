//! CreateMeetingWithAttendees, and what the namespaces make of creations.

use super::*;

fn with<'a>(meeting: CreateMeeting<'a>, attendees: &'a [NewAttendee<'a>]) -> Request<'a> {
    Request::CreateMeetingWithAttendees { meeting, attendees: Some(attendees) }
}

#[track_caller]
fn made(answer: Answer) -> (MeetingDetails, Batch) {
    match answer.body {
        Body::MeetingWithAttendees(details, batch) => (MeetingDetails::clone(&details), batch),
        other => panic!("{other:?}"),
    }
}

fn refused(batch: &Batch) -> Vec<(&str, &str)> {
    batch.errors.iter().map(|error| (&*error.external_user_id, &*error.code)).collect()
}

#[test]
fn a_meeting_comes_with_its_attendees() {
    for (namespace, status) in [(Meetings, 200), (Legacy, 201)] {
        let mut fixture = Fixture::of(namespace);
        let attendees = ["user-1", "user-2"].map(plain);
        let answer = fixture.ask(with(named("token"), &attendees));
        assert_eq!(answer.status, status);
        let (meeting, batch) = made(answer);
        assert_eq!(batch.errors, []);
        assert_eq!(fixture.names(&meeting.id.to_string(), 9), ["user-1", "user-2"]);
        let found = meeting_of(&fixture.create(named("token")));
        assert_eq!(found, meeting, "one token for both ways to create");
    }
}

#[test]
fn a_repeat_finds_the_meeting_and_everyone_in_it() {
    let mut fixture = Fixture::of(Meetings);
    let attendees = ["user-1", "user-2"].map(plain);
    let first = made(fixture.ask(with(named("token"), &attendees)));
    assert_eq!(made(fixture.ask(with(named("token"), &attendees))), first);
    let more = ["user-2", "user-3"].map(plain);
    let (meeting, batch) = made(fixture.ask(with(named("token"), &more)));
    assert_eq!((meeting.id, &batch.attendees[0]), (first.0.id, &first.1.attendees[1]));
    assert_eq!(fixture.names(&meeting.id.to_string(), 9), ["user-1", "user-2", "user-3"]);
}

#[test]
fn names_and_quotas_fail_their_item_alone_and_capabilities_everything() {
    let mut fixture = Fixture::of(Meetings);
    let features = |count| {
        let (video, attendee) = (Some(Feature(Some(VideoResolution::None))), Some(Feature(Some(count))));
        Some(MeetingFeatures { video, attendee, ..MeetingFeatures::default() })
    };
    let seeing = NewAttendee { capabilities: Some(Capabilities::ALL), ..plain("user-9") };
    let asked = CreateMeeting { features: features(2), ..named("token") };
    let answer = fixture.ask(with(asked, &[plain("user-1"), seeing]));
    expect_error(&answer, 400, "BadRequestException", "without video");
    assert_eq!(fixture.service.store.meetings_made, 0, "no meeting either");
    let attendees = ["user-1", "aws:x", "user-2", "user-3"].map(plain);
    let (_, batch) = made(fixture.ask(with(asked, &attendees)));
    assert_eq!(batch.attendees.len(), 2);
    assert_eq!(refused(&batch), [("aws:x", "BadRequest"), ("user-3", "LimitExceeded")]);
}

#[test]
fn a_meeting_that_cannot_be_made_has_no_attendees() {
    let mut fixture = Fixture::new(None, Some(0));
    let answer = fixture.ask(with(named("token"), &[plain("user-1")]));
    expect_error(&answer, 400, "LimitExceededException", "active meetings");
}

#[test]
fn the_legacy_namespace_takes_any_name_and_answers_201() {
    let mut fixture = Fixture::of(Legacy);
    let bare = CreateMeeting { external_meeting_id: None, ..named("token") };
    let answer = fixture.create(bare);
    assert_eq!(answer.status, 201);
    let meeting = meeting_of(&answer);
    assert_eq!((meeting.external_id, meeting.features), (None, None));
    let meeting = meeting.id.to_string();
    assert_eq!(fixture.create(CreateMeeting { external_meeting_id: Some("aws:*"), ..named("t-2") }).status, 201);
    let answer = fixture.attendee(&meeting, "aws:50% *");
    assert_eq!(answer.status, 201);
    let attendee = attendee_of(answer);
    assert_eq!((&*attendee.external_user_id, attendee.capabilities), ("aws:50% *", None));
    let batch = [plain("user-1")];
    let answer = fixture.ask(Request::BatchCreateAttendee { meeting: &meeting, attendees: &batch });
    assert_eq!(answer.status, 201);
    let id = attendee.id.to_string();
    assert_eq!(fixture.ask(Request::GetAttendee { meeting: &meeting, attendee: &id }).status, 200);
    assert_eq!(fixture.ask(Request::DeleteAttendee { meeting: &meeting, attendee: &id }).status, 204);
    assert_eq!(fixture.ask(Request::DeleteMeeting { meeting: &meeting }).status, 204);
}

#[test]
fn quotas_have_the_name_of_their_namespace() {
    let quotas = Quotas { attendees_per_meeting: Some(1), meetings: Some(1) };
    for (namespace, type_name, code) in [
        (Meetings, "LimitExceededException", "LimitExceeded"),
        (Legacy, "ResourceLimitExceededException", "ResourceLimitExceeded"),
    ] {
        let mut fixture = Fixture::with(ServiceConfig { quotas, namespace, ..ServiceConfig::default() });
        let meeting = fixture.meeting("token");
        expect_error(&fixture.create(named("token-2")), 400, type_name, "active meetings");
        let users = ["user-1", "user-2"].map(plain);
        let answer = fixture.ask(Request::BatchCreateAttendee { meeting: &meeting, attendees: &users });
        let Body::Batch(batch) = answer.body else { panic!("{answer:?}") };
        assert_eq!(refused(&batch), [("user-2", code)]);
        expect_error(&fixture.attendee(&meeting, "user-3"), 400, type_name, "attendees");
    }
}

#[test]
fn an_operation_of_the_other_namespace_is_unknown() {
    let capabilities = Capabilities::ALL;
    let (meeting, attendee) = (ABSENT, ABSENT);
    let update = Request::UpdateAttendeeCapabilities { meeting, attendee, capabilities };
    expect_error(&Fixture::of(Legacy).ask(update), 404, "UnknownOperationException", "no such operation");
    let list = Request::ListMeetings(Page::default());
    expect_error(&Fixture::of(Meetings).ask(list), 404, "UnknownOperationException", "no such operation");
}

#[test]
fn namespaces_do_not_see_each_other() {
    let mut fixture = Fixture::of(Meetings);
    let meeting = fixture.meeting("token");
    let identity = Identity { account: Some("AKIA1"), namespace: Some(Legacy), ..Identity::default() };
    let legacy = fixture.service.caller(&identity);
    let answer = fixture.service.handle(Nanos::ZERO, legacy, &Request::GetMeeting { meeting: &meeting });
    expect_error(&answer, 404, "NotFoundException", "Meeting <");
}

#[test]
fn broken_constraints_can_be_told_by_the_other_name() {
    let validation_error = ValidationError::ValidationException;
    let mut fixture = Fixture::with(ServiceConfig { validation_error, ..ServiceConfig::default() });
    let meeting = fixture.meeting("token");
    expect_error(&fixture.attendee(&meeting, "x"), 400, "ValidationException", "externalUserId");
    let rule = fixture.attendee(&meeting, "aws:x");
    expect_error(&rule, 400, "BadRequestException", "reserved prefix");
}
