//! The operations against a store without throttling, through the same door as every front.

mod capabilities;
mod lifetime;
mod pages;
mod tagging;
mod with_attendees;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::capabilities::{Capabilities, Capability, Feature, MeetingFeatures, VideoResolution};
use super::request::{CreateMeeting, NewAttendee, Page, Request};
use super::{AttendeeView, MeetingDetails};
use crate::service::config::{Quotas, Throttling, ValidationError};
use crate::service::{Answer, Batch, Body, Caller, Identity, Namespace, Service, ServiceConfig};
use crate::units::Nanos;
use Namespace::{Legacy, Meetings};

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

/// A service without throttling, and someone who calls it.
struct Fixture {
    service: Service,
    caller: Caller,
}

impl Fixture {
    fn new(attendees: Option<u32>, meetings: Option<u32>) -> Self {
        let quotas = Quotas { attendees_per_meeting: attendees, meetings };
        Self::with(ServiceConfig { quotas, ..ServiceConfig::default() })
    }

    /// Without any quota.
    fn of(namespace: Namespace) -> Self {
        let quotas = Quotas { attendees_per_meeting: None, meetings: None };
        Self::with(ServiceConfig { quotas, namespace, ..ServiceConfig::default() })
    }

    fn with(config: ServiceConfig) -> Self {
        let config = ServiceConfig { throttling: Throttling::Off, ..config };
        let mut service = Service::new(config).expect("a sound configuration");
        let caller = service.caller(&Identity { account: Some("AKIA1"), ..Identity::default() });
        Self { service, caller }
    }

    fn ask(&mut self, request: Request<'_>) -> Answer {
        self.service.handle(Nanos::ZERO, self.caller, &request)
    }

    fn create(&mut self, meeting: CreateMeeting<'_>) -> Answer {
        self.ask(Request::CreateMeeting(meeting))
    }

    fn meeting(&mut self, token: &str) -> String {
        meeting_of(&self.create(named(token))).id.to_string()
    }

    fn attendee(&mut self, meeting: &str, name: &str) -> Answer {
        self.ask(Request::CreateAttendee { meeting, attendee: &plain(name) })
    }

    /// All names, by pages of that size.
    fn names(&mut self, meeting: &str, size: i64) -> Vec<String> {
        let mut names = Vec::new();
        let mut token = None;
        loop {
            let (attendees, next) = page_of(self.list(meeting, Some(size), token.as_deref()));
            names.extend(attendees.iter().map(|attendee| attendee.external_user_id.to_string()));
            token = next;
            if token.is_none() {
                return names;
            }
            assert_eq!(i64::try_from(attendees.len()), Ok(size), "every page but the last is full");
        }
    }

    fn list(&mut self, meeting: &str, max_results: Option<i64>, next_token: Option<&str>) -> Answer {
        self.ask(Request::ListAttendees { meeting, page: Page { max_results, next_token } })
    }
}

fn named(token: &str) -> CreateMeeting<'_> {
    CreateMeeting {
        client_request_token: token,
        media_region: Some("us-east-1"),
        external_meeting_id: Some("meeting"),
        ..CreateMeeting::default()
    }
}

fn plain(name: &str) -> NewAttendee<'_> {
    NewAttendee::named(name)
}

#[track_caller]
fn meeting_of(answer: &Answer) -> MeetingDetails {
    match &answer.body {
        Body::Meeting(details) if matches!(answer.status, 200 | 201) => MeetingDetails::clone(details),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn attendee_of(answer: Answer) -> AttendeeView {
    match answer.body {
        Body::Attendee(attendee) if matches!(answer.status, 200 | 201) => attendee,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn page_of(answer: Answer) -> (Vec<AttendeeView>, Option<String>) {
    match answer.body {
        Body::Page { attendees, next_token } if answer.status == 200 => (attendees, next_token),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn expect_error(answer: &Answer, status: u16, type_name: &str, part: &str) {
    match &answer.body {
        Body::Error(error) => {
            assert_eq!((answer.status, error.status, &*error.type_name), (status, status, type_name), "{error:?}");
            assert!(error.message.contains(part), "{}", error.message);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_meeting_comes_back_as_it_was_created() {
    let mut fixture = Fixture::new(Some(250), Some(250));
    let features = MeetingFeatures { attendee: Some(Feature(Some(9))), ..MeetingFeatures::default() };
    let asked = CreateMeeting {
        meeting_host_id: Some("host"),
        features: Some(features),
        tenant_ids: Some(&["tenant"]),
        ..named("token")
    };
    let created = meeting_of(&fixture.create(asked));
    assert_eq!(created.external_id.as_deref(), Some("meeting"));
    assert_eq!(created.features, Some(features));
    let id = created.id.to_string();
    assert!(created.arn().starts_with("arn:aws:chime:us-east-1:") && created.arn().ends_with(&id));
    assert_eq!(meeting_of(&fixture.ask(Request::GetMeeting { meeting: &id.to_uppercase() })), created);
    assert_eq!(fixture.ask(Request::DeleteMeeting { meeting: &id }).status, 204);
    let gone = format!("Meeting <{id}> not found");
    expect_error(&fixture.ask(Request::GetMeeting { meeting: &id }), 404, "NotFoundException", &gone);
    expect_error(&fixture.ask(Request::DeleteMeeting { meeting: &id }), 404, "NotFoundException", &gone);
}

#[test]
fn a_token_finds_its_meeting_while_that_lives() {
    let mut fixture = Fixture::new(None, Some(1));
    let first = fixture.meeting("token");
    let again = CreateMeeting { external_meeting_id: Some("other"), ..named("token") };
    assert_eq!(
        meeting_of(&fixture.create(again)).external_id.as_deref(),
        Some("meeting"),
        "also at the quota, whatever else it says"
    );
    expect_error(&fixture.create(named("token-2")), 400, "LimitExceededException", "active meetings");
    fixture.ask(Request::DeleteMeeting { meeting: &first });
    assert_ne!(fixture.meeting("token"), first);
}

#[test]
fn replicas_end_with_their_primary() {
    let mut fixture = Fixture::new(None, None);
    let primary = fixture.meeting("primary");
    let replica = |token| CreateMeeting { primary_meeting_id: Some(&primary), ..named(token) };
    let ids: Vec<String> =
        ["r1", "r2", "r3", "r4"].map(|token| meeting_of(&fixture.create(replica(token))).id.to_string()).into();
    expect_error(&fixture.create(replica("r5")), 400, "LimitExceededException", "replica");
    let of_replica = CreateMeeting { primary_meeting_id: Some(&ids[0]), ..named("rr") };
    expect_error(&fixture.create(of_replica), 400, "BadRequestException", "itself a replica");
    let of_none = CreateMeeting { primary_meeting_id: Some(ABSENT), ..named("rr") };
    expect_error(&fixture.create(of_none), 400, "BadRequestException", "does not exist");
    fixture.ask(Request::DeleteMeeting { meeting: &ids[3] });
    assert_eq!(fixture.create(replica("r5")).status, 200, "a deleted replica leaves room");
    fixture.ask(Request::DeleteMeeting { meeting: &primary });
    assert_eq!(fixture.ask(Request::GetMeeting { meeting: &ids[0] }).status, 404);
}

#[test]
fn a_name_is_one_attendee_until_it_is_deleted() {
    let mut fixture = Fixture::new(Some(1), None);
    let meeting = fixture.meeting("token");
    let first = attendee_of(fixture.attendee(&meeting, "user-1"));
    let silent = Capabilities { audio: Capability::None, video: Capability::None, content: Capability::None };
    let again = NewAttendee { capabilities: Some(silent), ..plain("user-1") };
    let again = fixture.ask(Request::CreateAttendee { meeting: &meeting, attendee: &again });
    assert_eq!(attendee_of(again), first, "unchanged, also in a full meeting");
    expect_error(&fixture.attendee(&meeting, "user-2"), 400, "LimitExceededException", "attendees");
    let id = first.id.to_string();
    let get = Request::GetAttendee { meeting: &meeting, attendee: &id };
    assert_eq!(attendee_of(fixture.ask(get)), first);
    let delete = Request::DeleteAttendee { meeting: &meeting, attendee: &id };
    assert_eq!(fixture.ask(delete).status, 204);
    expect_error(&fixture.ask(delete), 404, "NotFoundException", &id);
    expect_error(&fixture.ask(get), 404, "NotFoundException", &id);
    let second = attendee_of(fixture.attendee(&meeting, "user-1"));
    assert_ne!((second.id, second.secret), (first.id, first.secret));
    assert!(second.join_token().bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')));
}

fn create<'a>(meeting: &'a str, attendee: &'a NewAttendee<'a>) -> Request<'a> {
    Request::CreateAttendee { meeting, attendee }
}

#[test]
fn the_order_of_checks_decides_which_error_is_told() {
    let mut fixture = Fixture::new(Some(1), None);
    let meeting = fixture.meeting("token");
    let bad_video = Capabilities { audio: Capability::Send, video: Capability::None, content: Capability::Receive };
    let bad = NewAttendee { capabilities: Some(bad_video), ..plain("aws:x") };
    let check = |fixture: &mut Fixture, request: Request<'_>, status, part: &str| {
        let type_name = if status == 404 { "NotFoundException" } else { "BadRequestException" };
        expect_error(&fixture.ask(request), status, type_name, part);
    };
    // Model constraints before existence, existence before rules, rules before limits.
    check(&mut fixture, create(ABSENT, &NewAttendee { external_user_id: "x", ..bad.clone() }), 400, "externalUserId");
    check(&mut fixture, create(ABSENT, &bad), 404, "not found");
    check(&mut fixture, create(&meeting, &bad), 400, "content capabilities");
    assert_eq!(fixture.attendee(&meeting, "user").status, 200);
    check(&mut fixture, create(&meeting, &plain("aws:x")), 400, "reserved prefix");
    check(&mut fixture, Request::GetAttendee { meeting: &meeting, attendee: "x" }, 400, "attendeeId");
    let list = Request::ListAttendees { meeting: ABSENT, page: Page { max_results: Some(0), next_token: None } };
    check(&mut fixture, list, 400, "maxResults");
}

#[test]
fn a_batch_judges_each_item_by_itself() {
    let mut fixture = Fixture::new(Some(3), None);
    let meeting = fixture.meeting("token");
    let items = ["user-1", "AWS:x", "user-1", "us*er", "user-2", "user-3", "user-4", "user-2"].map(plain);
    let answer = fixture.ask(Request::BatchCreateAttendee { meeting: &meeting, attendees: &items });
    let Body::Batch(Batch { attendees, errors }) = answer.body else { panic!("{answer:?}") };
    let names: Vec<&str> = attendees.iter().map(|attendee| &*attendee.external_user_id).collect();
    assert_eq!(names, ["user-1", "user-1", "user-2", "user-3", "user-2"]);
    assert_eq!(attendees[0], attendees[1]);
    let refused: Vec<(&str, &str)> = errors.iter().map(|error| (&*error.external_user_id, &*error.code)).collect();
    assert_eq!(refused, [("AWS:x", "BadRequest"), ("us*er", "BadRequest"), ("user-4", "LimitExceeded")]);
}

#[test]
fn a_capability_that_is_not_permitted_fails_the_whole_batch() {
    let mut fixture = Fixture::new(None, None);
    let features =
        Some(MeetingFeatures { video: Some(Feature(Some(VideoResolution::None))), ..MeetingFeatures::default() });
    let meeting = meeting_of(&fixture.create(CreateMeeting { features, ..named("token") })).id.to_string();
    let seeing = Capabilities { audio: Capability::Send, video: Capability::Send, content: Capability::None };
    let items = [plain("user-1"), NewAttendee { capabilities: Some(seeing), ..plain("user-2") }];
    let answer = fixture.ask(Request::BatchCreateAttendee { meeting: &meeting, attendees: &items });
    expect_error(&answer, 400, "BadRequestException", "without video");
    assert!(fixture.names(&meeting, 100).is_empty());
}

#[test]
fn max_count_limits_a_meeting_below_the_quota() {
    let mut fixture = Fixture::new(None, None);
    let features = Some(MeetingFeatures { attendee: Some(Feature(Some(1))), ..MeetingFeatures::default() });
    let meeting = meeting_of(&fixture.create(CreateMeeting { features, ..named("token") })).id.to_string();
    assert_eq!(fixture.attendee(&meeting, "user-1").status, 200);
    assert_eq!(fixture.attendee(&meeting, "user-2").status, 400);
}

#[test]
fn accounts_and_regions_do_not_see_each_other() {
    let mut fixture = Fixture::new(None, None);
    let meeting = fixture.meeting("token");
    let stranger = fixture.service.caller(&Identity { account: Some("AKIA2"), ..Identity::default() });
    let abroad =
        fixture.service.caller(&Identity { account: Some("AKIA1"), region: Some("eu-west-1"), ..Identity::default() });
    for caller in [stranger, abroad] {
        let answer = fixture.service.handle(Nanos::ZERO, caller, &Request::GetMeeting { meeting: &meeting });
        assert_eq!(answer.status, 404);
    }
}

proptest! {
    #[test]
    fn any_sequence_of_creates_and_deletes_keeps_one_attendee_a_name(
        steps in prop::collection::vec((any::<bool>(), 0_u8..8), 1..60),
        capacity in 1_u32..8,
    ) {
        let mut fixture = Fixture::new(Some(capacity), None);
        let meeting = fixture.meeting("token");
        let mut model: BTreeMap<u8, AttendeeView> = BTreeMap::new();
        for (create, number) in steps {
            if create {
                let answer = fixture.attendee(&meeting, &format!("user-{number}"));
                match model.get(&number) {
                    Some(known) => prop_assert_eq!(&attendee_of(answer), known),
                    None if model.len() < capacity as usize => {
                        let new = attendee_of(answer);
                        prop_assert!(model.values().all(|known| known.id != new.id));
                        model.insert(number, new);
                    }
                    None => prop_assert_eq!(answer.status, 400),
                }
            } else if let Some(known) = model.remove(&number) {
                let id = known.id.to_string();
                let answer = fixture.ask(Request::DeleteAttendee { meeting: &meeting, attendee: &id });
                prop_assert_eq!(answer.status, 204);
            }
        }
        let listed: BTreeSet<String> = fixture.names(&meeting, 3).into_iter().collect();
        prop_assert_eq!(listed, model.keys().map(|number| format!("user-{number}")).collect::<BTreeSet<_>>());
    }
}
