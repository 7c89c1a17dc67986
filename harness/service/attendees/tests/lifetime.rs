//! The end of meetings that nobody ends.

use super::*;

const DAY: Nanos = Nanos::from_secs(24 * 60 * 60);

fn ask(fixture: &mut Fixture, secs: u64, request: Request<'_>) -> Answer {
    fixture.service.handle(Nanos::from_secs(secs), fixture.caller, &request)
}

fn create(fixture: &mut Fixture, secs: u64, meeting: CreateMeeting<'_>) -> String {
    meeting_of(&ask(fixture, secs, Request::CreateMeeting(meeting))).id.to_string()
}

#[test]
fn a_meeting_ends_with_its_day_and_its_replicas_with_it() {
    let day = DAY.as_nanos() / 1_000_000_000;
    let quotas = Quotas { meetings: Some(3), ..Quotas::default() };
    let config = ServiceConfig { meeting_lifetime: Some(DAY), quotas, ..ServiceConfig::default() };
    let mut fixture = Fixture::with(config);
    let first = create(&mut fixture, 10, named("first"));
    let second = create(&mut fixture, 20, named("second"));
    let replica = CreateMeeting { primary_meeting_id: Some(&first), ..named("replica") };
    let replica = create(&mut fixture, 30, replica);
    let exists = |fixture: &mut Fixture, secs, meeting: &str| {
        let answer = ask(fixture, secs, Request::GetMeeting { meeting });
        assert!(answer.status == 200 || answer.status == 404, "{answer:?}");
        answer.status == 200
    };
    assert!(exists(&mut fixture, day + 9, &first) && exists(&mut fixture, day + 9, &replica));
    let gone = ask(&mut fixture, day + 10, Request::GetMeeting { meeting: &first });
    expect_error(&gone, 404, "NotFoundException", "Meeting <");
    assert!(!exists(&mut fixture, day + 10, &replica) && exists(&mut fixture, day + 10, &second));
    assert_ne!(create(&mut fixture, day + 11, named("first")), first, "its token is free again");
    create(&mut fixture, day + 11, named("third"));
    let full = ask(&mut fixture, day + 11, Request::CreateMeeting(named("fourth")));
    expect_error(&full, 400, "LimitExceededException", "active meetings");
}

#[test]
fn without_the_rule_meetings_stay() {
    let mut fixture = Fixture::of(Meetings);
    let meeting = create(&mut fixture, 0, named("token"));
    assert_eq!(ask(&mut fixture, 1_000_000_000, Request::GetMeeting { meeting: &meeting }).status, 200);
}
