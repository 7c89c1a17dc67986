//! Many attendees, page by page, by the SDK's own paginator.

use std::collections::BTreeSet;

use aws_sdk_chimesdkmeetings::Client;
use aws_sdk_chimesdkmeetings::types::CreateAttendeeRequestItem;

use super::{create_meeting, id, plain};

/// Creates attendees a hundred at a time, and gives their names.
async fn fill(client: &Client, meeting: &str, count: usize) -> Vec<String> {
    let names: Vec<String> = (0..count).map(|number| format!("user-{number}")).collect();
    for batch in names.chunks(100) {
        let item = |name: &String| CreateAttendeeRequestItem::builder().external_user_id(name).build();
        let items = batch.iter().map(item).collect::<Result<_, _>>().expect("a name is all it needs");
        let call = client.batch_create_attendee().meeting_id(meeting).set_attendees(Some(items));
        let answer = call.send().await.expect("a batch");
        assert_eq!(answer.errors(), []);
        let created: Vec<_> = answer.attendees().iter().filter_map(|attendee| attendee.external_user_id()).collect();
        assert_eq!(created, batch, "in the order of the request");
    }
    names
}

#[tokio::test]
async fn a_thousand_attendees_are_listed_once_each_in_their_order() {
    let (_mock, client) = plain();
    let meeting = create_meeting(&client, "full").await;
    let names = fill(&client, id(&meeting), 1000).await;
    for (size, pages) in [(100, 10), (30, 34)] {
        let mut walk = client.list_attendees().meeting_id(id(&meeting)).into_paginator().page_size(size).send();
        let (mut listed, mut ids, mut seen) = (Vec::new(), BTreeSet::new(), 0);
        while let Some(page) = walk.next().await {
            seen += 1;
            for attendee in page.expect("a page").attendees() {
                listed.push(attendee.external_user_id().expect("a name").to_owned());
                ids.insert(attendee.attendee_id().expect("an id").to_owned());
            }
        }
        assert_eq!((listed.len(), ids.len(), seen), (1000, 1000, pages));
        assert_eq!(listed, names);
    }
}

#[tokio::test]
async fn the_default_page_holds_a_hundred() {
    let (_mock, client) = plain();
    let meeting = create_meeting(&client, "full").await;
    fill(&client, id(&meeting), 101).await;
    let list = || client.list_attendees().meeting_id(id(&meeting));
    let first = list().send().await.expect("a page");
    assert_eq!(first.attendees().len(), 100);
    let last = list().set_next_token(first.next_token).send().await.expect("a page");
    assert_eq!((last.attendees().len(), last.next_token), (1, None));
}
