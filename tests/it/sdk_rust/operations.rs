//! Every operation that the SDK has, once and well.

use std::collections::BTreeSet;

use aws_sdk_chimesdkmeetings::Client;
use aws_sdk_chimesdkmeetings::types::{
    AttendeeCapabilities, AttendeeFeatures, AttendeeIdItem, AudioFeatures, CreateAttendeeRequestItem,
    MediaCapabilities, Meeting, MeetingFeatureStatus, MeetingFeaturesConfiguration, Tag,
};

use super::{create_meeting, id, plain};
use crate::clients_table::ticks;

fn item(name: &str) -> CreateAttendeeRequestItem {
    CreateAttendeeRequestItem::builder().external_user_id(name).build().expect("a name is all it needs")
}

fn all(capability: MediaCapabilities) -> AttendeeCapabilities {
    let members = AttendeeCapabilities::builder().audio(capability.clone()).video(capability.clone());
    members.content(capability).build().expect("all three are there")
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().expect("key and value")
}

/// The operations on meetings; gives the meeting that is left, with two attendees.
async fn meetings(client: &Client, done: &mut BTreeSet<&'static str>) -> Meeting {
    let made = create_meeting(client, "standup").await;
    assert_eq!((made.external_meeting_id(), made.media_region()), (Some("standup"), Some("us-east-1")));
    assert!(made.media_placement().and_then(|placement| placement.signaling_url()).is_some(), "{made:?}");
    assert_eq!(create_meeting(client, "standup").await, made, "the same token means the same meeting");
    done.insert("CreateMeeting");

    let read = client.get_meeting().meeting_id(id(&made)).send().await.expect("it is there");
    assert_eq!(read.meeting(), Some(&made));
    done.insert("GetMeeting");

    client.delete_meeting().meeting_id(id(&made)).send().await.expect("it is there");
    let gone = client.get_meeting().meeting_id(id(&made)).send().await;
    assert!(gone.is_err_and(|error| error.into_service_error().is_not_found_exception()));
    done.insert("DeleteMeeting");

    let few = AttendeeFeatures::builder().max_count(3).build();
    let quiet = AudioFeatures::builder().echo_reduction(MeetingFeatureStatus::Unavailable).build();
    let features = MeetingFeaturesConfiguration::builder().attendee(few).audio(quiet).build();
    let call = client.create_meeting_with_attendees().client_request_token("retro").media_region("eu-central-1");
    let call = call.external_meeting_id("retro").meeting_features(features.clone()).tags(tag("team", "blue"));
    let made = call.attendees(item("ada")).attendees(item("bob")).send().await.expect("a meeting");
    assert_eq!((made.attendees().len(), made.errors()), (2, [].as_slice()));
    done.insert("CreateMeetingWithAttendees");
    let meeting = made.meeting.expect("an answer holds it");
    assert_eq!(meeting.meeting_features(), Some(&features));
    meeting
}

/// The operations on attendees, in a meeting that has two of them and room for a third.
async fn attendees(client: &Client, meeting: &str, done: &mut BTreeSet<&'static str>) {
    let call = client.create_attendee().meeting_id(meeting).external_user_id("cyd");
    let made = call.capabilities(all(MediaCapabilities::Receive)).send().await.expect("an attendee");
    let made = made.attendee.expect("an answer holds it");
    assert_eq!(made.capabilities(), Some(&all(MediaCapabilities::Receive)));
    assert!(made.join_token().is_some_and(|token| token.len() > 2));
    let attendee = made.attendee_id().expect("an id");
    done.insert("CreateAttendee");

    let read = || client.get_attendee().meeting_id(meeting).attendee_id(attendee).send();
    assert_eq!(read().await.expect("it is there").attendee(), Some(&made));
    done.insert("GetAttendee");

    let call = client.update_attendee_capabilities().meeting_id(meeting).attendee_id(attendee);
    let changed = call.capabilities(all(MediaCapabilities::Send)).send().await.expect("it is there");
    let changed = changed.attendee.expect("an answer holds it");
    assert_eq!(changed.capabilities(), Some(&all(MediaCapabilities::Send)));
    assert_eq!(read().await.expect("it is there").attendee(), Some(&changed));
    done.insert("UpdateAttendeeCapabilities");

    let spared = AttendeeIdItem::builder().attendee_id(attendee).build().expect("an id");
    let call = client.batch_update_attendee_capabilities_except().meeting_id(meeting);
    let call = call.excluded_attendee_ids(spared).capabilities(all(MediaCapabilities::None));
    call.send().await.expect("the meeting is there");
    done.insert("BatchUpdateAttendeeCapabilitiesExcept");

    let list = || client.list_attendees().meeting_id(meeting).send();
    let listed = list().await.expect("the meeting is there");
    let seen: Vec<_> =
        listed.attendees().iter().map(|it| (it.external_user_id(), it.capabilities().cloned())).collect();
    let none = || Some(all(MediaCapabilities::None));
    let spared = Some(all(MediaCapabilities::Send));
    assert_eq!(seen, [(Some("ada"), none()), (Some("bob"), none()), (Some("cyd"), spared)]);
    done.insert("ListAttendees");

    client.delete_attendee().meeting_id(meeting).attendee_id(attendee).send().await.expect("it is there");
    assert!(read().await.is_err_and(|error| error.into_service_error().is_not_found_exception()));
    done.insert("DeleteAttendee");

    // Room for one of them; the names that nobody may have fail by themselves.
    let call = client.batch_create_attendee().meeting_id(meeting);
    let call = call.attendees(item("aws:eve")).attendees(item("dan")).attendees(item("fay"));
    let made = call.send().await.expect("a part of it works");
    let names: Vec<_> = made.attendees().iter().filter_map(|attendee| attendee.external_user_id()).collect();
    let refused: Vec<_> = made.errors().iter().map(|it| (it.external_user_id(), it.error_code())).collect();
    assert_eq!(names, ["dan"]);
    assert_eq!(refused, [(Some("aws:eve"), Some("BadRequest")), (Some("fay"), Some("LimitExceeded"))]);
    done.insert("BatchCreateAttendee");
}

/// The operations on tags, on a meeting that was created with one.
async fn tags(client: &Client, arn: &str, done: &mut BTreeSet<&'static str>) {
    let list = async || {
        let answer = client.list_tags_for_resource().resource_arn(arn).send().await.expect("the meeting is there");
        let pairs = answer.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
        pairs.collect::<BTreeSet<_>>()
    };
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(list().await, BTreeSet::from([pair("team", "blue")]));
    done.insert("ListTagsForResource");

    let call = client.tag_resource().resource_arn(arn).tags(tag("team", "red")).tags(tag("floor", "2"));
    call.send().await.expect("the meeting is there");
    assert_eq!(list().await, BTreeSet::from([pair("team", "red"), pair("floor", "2")]));
    done.insert("TagResource");

    client.untag_resource().resource_arn(arn).tag_keys("team").tag_keys("other").send().await.expect("it is there");
    assert_eq!(list().await, BTreeSet::from([pair("floor", "2")]));
    done.insert("UntagResource");
}

#[tokio::test]
async fn every_operation_works_and_the_table_says_so() {
    let (_mock, client) = plain();
    let mut done = BTreeSet::new();
    let meeting = meetings(&client, &mut done).await;
    attendees(&client, id(&meeting), &mut done).await;
    tags(&client, meeting.meeting_arn().expect("an ARN"), &mut done).await;
    let done: BTreeSet<_> = done.into_iter().map(|operation| ("meetings".to_owned(), operation.to_owned())).collect();
    let column = format!("Rust {}", aws_sdk_chimesdkmeetings::meta::PKG_VERSION);
    assert_eq!(ticks().get(&column), Some(&done), "column `{column}` of docs/clients.md");
}
