//! Changing what attendees may do.

use super::*;
use Capability::{None as Nothing, Receive, Send, SendReceive};

fn caps(audio: Capability, video: Capability, content: Capability) -> Capabilities {
    Capabilities { audio, video, content }
}

fn get(fixture: &mut Fixture, meeting: &str, attendee: &str) -> Option<Capabilities> {
    attendee_of(fixture.ask(Request::GetAttendee { meeting, attendee })).capabilities
}

#[test]
fn one_attendee_is_changed() {
    let mut fixture = Fixture::of(Meetings);
    let meeting = fixture.meeting("token");
    let [one, two] = ["user-1", "user-2"].map(|name| attendee_of(fixture.attendee(&meeting, name)).id.to_string());
    let update =
        |attendee, capabilities| Request::UpdateAttendeeCapabilities { meeting: &meeting, attendee, capabilities };
    let wanted = caps(Nothing, Receive, SendReceive);
    let answer = attendee_of(fixture.ask(update(&one, wanted)));
    assert_eq!((answer.id.to_string(), answer.capabilities), (one.clone(), Some(wanted)));
    assert_eq!(get(&mut fixture, &meeting, &one), Some(wanted));
    assert_eq!(get(&mut fixture, &meeting, &two), Some(Capabilities::ALL));
    let bad = caps(Send, Send, Receive);
    expect_error(&fixture.ask(update(&one, bad)), 400, "BadRequestException", "content capabilities");
    expect_error(&fixture.ask(update(ABSENT, bad)), 404, "NotFoundException", "Attendee <");
    assert_eq!(get(&mut fixture, &meeting, &one), Some(wanted), "a refusal changes nothing");
    let nowhere = Request::UpdateAttendeeCapabilities { meeting: ABSENT, attendee: &one, capabilities: wanted };
    expect_error(&fixture.ask(nowhere), 404, "NotFoundException", "Meeting <");
    let again = attendee_of(fixture.attendee(&meeting, "user-1"));
    assert_eq!(again.capabilities, Some(wanted), "a repeated creation finds what is stored");
}

#[test]
fn all_but_some_are_changed() {
    let mut fixture = Fixture::of(Meetings);
    let meeting = fixture.meeting("token");
    let ids = ["user-1", "user-2", "user-3"].map(|name| attendee_of(fixture.attendee(&meeting, name)).id.to_string());
    let muted = caps(Receive, Nothing, Nothing);
    let update = |excluded, capabilities| Request::BatchUpdateAttendeeCapabilitiesExcept {
        meeting: &meeting,
        excluded,
        capabilities,
    };
    let excluded = [ids[1].to_uppercase(), ABSENT.to_owned()];
    let excluded: Vec<&str> = excluded.iter().map(String::as_str).collect();
    let answer = fixture.ask(update(&excluded, muted));
    assert_eq!((answer.status, answer.body), (200, Body::Empty));
    let all = Some(Capabilities::ALL);
    let seen = ids.each_ref().map(|id| get(&mut fixture, &meeting, id));
    assert_eq!(seen, [Some(muted), all, Some(muted)]);
    assert_eq!(attendee_of(fixture.attendee(&meeting, "user-4")).capabilities, all, "who comes later has the default");
    expect_error(&fixture.ask(update(&excluded, caps(Send, Nothing, Receive))), 400, "BadRequestException", "content");
    assert_eq!(get(&mut fixture, &meeting, &ids[0]), Some(muted), "all or nothing");
}

#[test]
fn a_meeting_without_a_medium_refuses_it_later_too() {
    let mut fixture = Fixture::of(Meetings);
    let features = MeetingFeatures { video: Some(Feature(Some(VideoResolution::None))), ..MeetingFeatures::default() };
    let asked = CreateMeeting { features: Some(features), ..named("token") };
    let meeting = meeting_of(&fixture.create(asked)).id.to_string();
    let attendee = attendee_of(fixture.attendee(&meeting, "user-1"));
    assert_eq!(attendee.capabilities, Some(caps(SendReceive, Receive, SendReceive)), "the documented default");
    let id = attendee.id.to_string();
    let update = Request::UpdateAttendeeCapabilities {
        meeting: &meeting,
        attendee: &id,
        capabilities: caps(SendReceive, Receive, SendReceive),
    };
    expect_error(&fixture.ask(update), 400, "BadRequestException", "without video");
}
