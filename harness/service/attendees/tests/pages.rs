//! Listings.

use super::*;

#[test]
fn pages_are_full_and_the_last_has_no_token() {
    let mut fixture = Fixture::new(None, None);
    let meeting = fixture.meeting("token");
    let names: Vec<String> = (0..200).map(|number| format!("user-{number}")).collect();
    for chunk in names.chunks(100) {
        let items: Vec<_> = chunk.iter().map(|name| plain(name)).collect();
        fixture.ask(Request::BatchCreateAttendee { meeting: &meeting, attendees: &items });
    }
    for size in [1, 7, 99, 100] {
        assert_eq!(fixture.names(&meeting, size), names);
    }
    let (first, token) = page_of(fixture.list(&meeting, None, Some("")));
    assert_eq!(first.len(), 100);
    let (second, end) = page_of(fixture.list(&meeting, None, token.as_deref()));
    assert_eq!((second.len(), end), (100, None), "full, and still the last");
    let other = fixture.meeting("token-2");
    expect_error(&fixture.list(&other, None, token.as_deref()), 400, "BadRequestException", "NextToken");
    expect_error(&fixture.list(&meeting, None, Some("garbage")), 400, "BadRequestException", "NextToken");
}

#[test]
fn the_last_page_of_a_huge_meeting_costs_no_more_than_the_first() {
    let mut fixture = Fixture::new(None, None);
    let meeting = fixture.meeting("token");
    for batch in 0..1_000 {
        let names: Vec<String> = (0..100).map(|item| format!("user-{batch}-{item}")).collect();
        let items: Vec<_> = names.iter().map(|name| plain(name)).collect();
        fixture.ask(Request::BatchCreateAttendee { meeting: &meeting, attendees: &items });
    }
    assert_eq!(fixture.names(&meeting, 100).len(), 100_000);
}

/// What happens between two pages.
#[derive(Clone, Debug)]
enum Meanwhile {
    Create(u8),
    Delete(u8),
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![(0_u8..60).prop_map(Meanwhile::Create), (0_u8..60).prop_map(Meanwhile::Delete)]
}

proptest! {
    #[test]
    fn who_stays_is_listed_once_and_no_one_twice(
        initial in 0_u8..40,
        sizes in prop::collection::vec(1_i64..9, 1..5),
        changes in prop::collection::vec(prop::collection::vec(meanwhile(), 0..6), 0..20),
    ) {
        let mut fixture = Fixture::new(None, None);
        let meeting = fixture.meeting("token");
        let mut present = BTreeMap::new();
        for number in 0..initial {
            present.insert(number, attendee_of(fixture.attendee(&meeting, &format!("user-{number}"))).id);
        }
        let mut stayed: BTreeSet<_> = present.values().copied().collect();
        let mut listed = Vec::new();
        let mut token = None;
        for turn in 0_usize.. {
            let size = sizes[turn % sizes.len()];
            let (attendees, next) = page_of(fixture.list(&meeting, Some(size), token.as_deref()));
            listed.extend(attendees.iter().map(|attendee| attendee.id));
            prop_assert!(next.is_none() || next != token, "a token is never repeated");
            let Some(next) = next else { break };
            token = Some(next);
            for change in changes.get(turn).into_iter().flatten() {
                match *change {
                    Meanwhile::Create(number) => {
                        present.insert(number, attendee_of(fixture.attendee(&meeting, &format!("user-{number}"))).id);
                    }
                    Meanwhile::Delete(number) => {
                        if let Some(id) = present.remove(&number) {
                            stayed.remove(&id);
                            let id = id.to_string();
                            let answer = fixture.ask(Request::DeleteAttendee { meeting: &meeting, attendee: &id });
                            prop_assert_eq!(answer.status, 204);
                        }
                    }
                }
            }
        }
        let once: BTreeSet<_> = listed.iter().copied().collect();
        prop_assert_eq!(once.len(), listed.len(), "no one twice");
        prop_assert!(stayed.is_subset(&once), "no one who stayed is missing");
    }
}

#[test]
fn the_legacy_namespace_lists_meetings_in_the_order_of_their_creation() {
    let mut fixture = Fixture::of(Legacy);
    let ids: Vec<String> = (0..200).map(|number| fixture.meeting(&format!("token-{number}"))).collect();
    fixture.ask(Request::DeleteMeeting { meeting: &ids[50] });
    let mut listed = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page = Page { max_results: None, next_token: token.as_deref() };
        let answer = fixture.ask(Request::ListMeetings(page));
        let Body::Meetings { meetings, next_token } = answer.body else { panic!("{answer:?}") };
        assert!(meetings.len() == 99 || next_token.is_none(), "every page but the last is full");
        listed.extend(meetings.iter().map(|meeting| meeting.id.to_string()));
        // What the token stands on may go.
        if listed.len() == 99 {
            fixture.ask(Request::DeleteMeeting { meeting: &ids[99] });
        }
        token = next_token;
        if token.is_none() {
            break;
        }
    }
    let expected: Vec<&String> = ids.iter().enumerate().filter(|(index, _)| *index != 50).map(|(_, id)| id).collect();
    assert_eq!(listed.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_token_is_good_for_its_own_listing_alone() {
    let mut fixture = Fixture::of(Legacy);
    let meeting = fixture.meeting("token-1");
    fixture.meeting("token-2");
    for name in ["user-1", "user-2"] {
        fixture.attendee(&meeting, name);
    }
    let (_, of_attendees) = page_of(fixture.list(&meeting, Some(1), None));
    let one = Page { max_results: Some(1), next_token: None };
    let Body::Meetings { next_token: of_meetings, .. } = fixture.ask(Request::ListMeetings(one)).body else {
        panic!("a page of meetings")
    };
    assert!(of_attendees.is_some() && of_meetings.is_some());
    let swapped = fixture.list(&meeting, None, of_meetings.as_deref());
    expect_error(&swapped, 400, "BadRequestException", "NextToken");
    let swapped = fixture.ask(Request::ListMeetings(Page { max_results: None, next_token: of_attendees.as_deref() }));
    expect_error(&swapped, 400, "BadRequestException", "NextToken");
    let stranger = Identity { account: Some("AKIA2"), ..Identity::default() };
    fixture.caller = fixture.service.caller(&stranger);
    let foreign = Page { max_results: None, next_token: of_meetings.as_deref() };
    expect_error(&fixture.ask(Request::ListMeetings(foreign)), 400, "BadRequestException", "NextToken");
}

#[test]
fn a_token_can_be_used_again_and_outlives_its_item() {
    let mut fixture = Fixture::of(Meetings);
    let meeting = fixture.meeting("token");
    let ids: Vec<_> =
        (0..4).map(|number| attendee_of(fixture.attendee(&meeting, &format!("user-{number}"))).id).collect();
    let (_, token) = page_of(fixture.list(&meeting, Some(2), None));
    let first = page_of(fixture.list(&meeting, Some(1), token.as_deref()));
    assert_eq!(page_of(fixture.list(&meeting, Some(1), token.as_deref())), first);
    fixture.ask(Request::DeleteAttendee { meeting: &meeting, attendee: &ids[1].to_string() });
    let (rest, end) = page_of(fixture.list(&meeting, Some(100), token.as_deref()));
    assert_eq!((rest.iter().map(|attendee| attendee.id).collect::<Vec<_>>(), end), (ids[2..].to_vec(), None));
}

#[test]
fn the_default_page_is_the_largest_of_its_namespace() {
    for (namespace, size) in [(Meetings, 100), (Legacy, 99)] {
        let mut fixture = Fixture::of(namespace);
        let meeting = fixture.meeting("token");
        for number in 0..101 {
            fixture.attendee(&meeting, &format!("user-{number}"));
        }
        assert_eq!(page_of(fixture.list(&meeting, None, None)).0.len(), size);
    }
}
