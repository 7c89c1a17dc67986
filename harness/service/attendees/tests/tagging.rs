//! Tags.

use super::super::request::{Subject, Tag};
use super::*;

fn shown(fixture: &mut Fixture, subject: Subject<'_>) -> Vec<(String, String)> {
    match fixture.ask(Request::ListTags { subject }) {
        Answer { status: 200, body: Body::Tags(tags), .. } => tags,
        other => panic!("{other:?}"),
    }
}

fn pairs(tags: &[Tag<'_>]) -> Vec<(String, String)> {
    tags.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn numbered(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| format!("key-{number}")).collect()
}

fn tags(keys: &[String]) -> Vec<Tag<'_>> {
    keys.iter().map(|key| (key.as_str(), "v")).collect()
}

#[test]
fn tags_are_set_replaced_and_removed() {
    for namespace in [Meetings, Legacy] {
        let mut fixture = Fixture::of(namespace);
        let asked = CreateMeeting { tags: Some(&[("a", "1"), ("b", "1"), ("a", "2")]), ..named("token") };
        let meeting = meeting_of(&fixture.create(asked));
        let arn = meeting.arn();
        let id = meeting.id.to_string();
        let resource = Subject::Resource { arn: &arn };
        let by_id = Subject::Meeting { meeting: &id };
        assert_eq!(shown(&mut fixture, resource), pairs(&[("a", "2"), ("b", "1")]));
        let tag = Request::Tag { subject: resource, tags: &[("b", "9"), ("c", "3")] };
        let answer = fixture.ask(tag);
        assert_eq!((answer.status, answer.body), (204, Body::Empty));
        let untag = Request::Untag { subject: resource, keys: &["a", "absent"] };
        assert_eq!(fixture.ask(untag).status, 204);
        assert_eq!(fixture.ask(untag).status, 204, "absent keys are no fault");
        assert_eq!(shown(&mut fixture, resource), pairs(&[("b", "9"), ("c", "3")]));
        if namespace == Legacy {
            assert_eq!(shown(&mut fixture, by_id), pairs(&[("b", "9"), ("c", "3")]), "the same tags either way");
            assert_eq!(fixture.ask(Request::Tag { subject: by_id, tags: &[("d", "4")] }).status, 204);
            assert_eq!(fixture.ask(Request::Untag { subject: by_id, keys: &["b", "c"] }).status, 204);
            assert_eq!(shown(&mut fixture, resource), pairs(&[("d", "4")]));
        }
    }
}

#[test]
fn an_unknown_resource_has_the_error_of_its_namespace() {
    for (namespace, type_name) in [(Meetings, "ResourceNotFoundException"), (Legacy, "NotFoundException")] {
        let mut fixture = Fixture::of(namespace);
        let meeting = meeting_of(&fixture.create(named("token")));
        let arn = meeting.arn();
        let upper = arn.replace(&meeting.id.to_string(), &meeting.id.to_string().to_uppercase());
        assert_eq!(shown(&mut fixture, Subject::Resource { arn: &upper }), [], "ids know no case");
        let number = format!("{:012}", meeting.account_number);
        let gone = arn.clone();
        for wrong in [
            arn.replace("meeting/", "user/"),
            arn.replace("us-east-1", "eu-west-1"),
            arn.replace(&number, "000000000001"),
            arn.replace(&meeting.id.to_string(), ABSENT),
            format!("{arn}x"),
        ] {
            let subject = Subject::Resource { arn: &wrong };
            for request in [
                Request::ListTags { subject },
                Request::Tag { subject, tags: &[("k", "v")] },
                Request::Untag { subject, keys: &["k"] },
            ] {
                let answer = fixture.ask(request);
                expect_error(&answer, 404, type_name, &wrong);
                let Body::Error(error) = answer.body else { panic!("an error") };
                assert_eq!(error.resource_name.as_deref(), (namespace == Meetings).then_some(&*wrong));
            }
        }
        fixture.ask(Request::DeleteMeeting { meeting: &meeting.id.to_string() });
        let deleted = Request::ListTags { subject: Subject::Resource { arn: &gone } };
        expect_error(&fixture.ask(deleted), 404, type_name, &gone);
    }
}

#[test]
fn a_meeting_holds_fifty_tags() {
    for (namespace, type_name) in [(Meetings, "TooManyTagsException"), (Legacy, "ResourceLimitExceededException")] {
        let mut fixture = Fixture::of(namespace);
        let arn = meeting_of(&fixture.create(named("token"))).arn();
        let subject = Subject::Resource { arn: &arn };
        let (first, again) = (numbered(0..49), numbered(40..50));
        assert_eq!(fixture.ask(Request::Tag { subject, tags: &tags(&first) }).status, 204);
        assert_eq!(fixture.ask(Request::Tag { subject, tags: &tags(&again) }).status, 204, "nine of the ten are known");
        let full = shown(&mut fixture, subject);
        assert_eq!(full.len(), 50);
        let answer = fixture.ask(Request::Tag { subject, tags: &[("key-0", "new"), ("one-more", "v")] });
        expect_error(&answer, 400, type_name, "maximum number of tags");
        let Body::Error(error) = answer.body else { panic!("an error") };
        assert_eq!(error.resource_name.as_deref(), (namespace == Meetings).then_some(&*arn));
        assert_eq!(shown(&mut fixture, subject), full, "nothing of it was done");
    }
}

#[test]
fn attendees_have_ten_tags_of_their_own() {
    let mut fixture = Fixture::of(Legacy);
    let meeting = fixture.meeting("token");
    let asked = NewAttendee { tags: Some(vec![("a", "1")]), ..plain("user-1") };
    let create = Request::CreateAttendee { meeting: &meeting, attendee: &asked };
    let one = attendee_of(fixture.ask(create)).id.to_string();
    let two = attendee_of(fixture.attendee(&meeting, "user-2")).id.to_string();
    let of = |attendee| Subject::Attendee { meeting: &meeting, attendee };
    assert_eq!(shown(&mut fixture, of(&one)), pairs(&[("a", "1")]));
    assert_eq!(shown(&mut fixture, of(&two)), []);
    let again = NewAttendee { tags: Some(vec![("b", "2")]), ..plain("user-1") };
    fixture.ask(Request::CreateAttendee { meeting: &meeting, attendee: &again });
    assert_eq!(shown(&mut fixture, of(&one)), pairs(&[("a", "1")]), "a repeat leaves the stored ones");
    let nine = numbered(0..9);
    assert_eq!(fixture.ask(Request::Tag { subject: of(&one), tags: &tags(&nine) }).status, 204);
    let over = fixture.ask(Request::Tag { subject: of(&one), tags: &[("over", "v")] });
    expect_error(&over, 400, "ResourceLimitExceededException", "maximum number of tags");
    assert_eq!(shown(&mut fixture, of(&one)).len(), 10);
    let keys: Vec<&str> = nine.iter().map(String::as_str).collect();
    assert_eq!(fixture.ask(Request::Untag { subject: of(&one), keys: &keys }).status, 204);
    assert_eq!(shown(&mut fixture, of(&one)), pairs(&[("a", "1")]));
    let absent = Request::ListTags { subject: of(ABSENT) };
    expect_error(&fixture.ask(absent), 404, "NotFoundException", "Attendee <");
    assert_eq!(fixture.ask(Request::DeleteAttendee { meeting: &meeting, attendee: &one }).status, 204);
    expect_error(&fixture.ask(Request::ListTags { subject: of(&one) }), 404, "NotFoundException", "Attendee <");
    let anew = attendee_of(fixture.attendee(&meeting, "user-1")).id.to_string();
    assert_eq!(shown(&mut fixture, of(&anew)), [], "tags end with their attendee");
}
