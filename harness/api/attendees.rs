//! The built-in catalogues: the operations of both interfaces of the attendees service.

use super::operation::{BatchShape, Body, Catalogue, Creation, Dialect, Operation, Paging, Place};
use super::status::StatusSet;

const MEETINGS: &str = "/meetings";
const MEETING: &str = "/meetings/{MeetingId}";
const MEETING_TAGS: &str = "/meetings/{MeetingId}/tags";
const ATTENDEES: &str = "/meetings/{MeetingId}/attendees";
const ATTENDEE: &str = "/meetings/{MeetingId}/attendees/{AttendeeId}";
const ATTENDEE_TAGS: &str = "/meetings/{MeetingId}/attendees/{AttendeeId}/tags";
const TAGS: &str = "/tags";

/// The catalogue `api: attendees`: the Amazon Chime SDK Meetings namespace, API version 2021-07-15.
pub fn attendees() -> Catalogue {
    let mut operations = common(20, 100);
    operations.extend([
        operation("UpdateAttendeeCapabilities", "PUT", "/meetings/{MeetingId}/attendees/{AttendeeId}/capabilities"),
        selected(
            "batch-update-except",
            operation("BatchUpdateAttendeeCapabilitiesExcept", "PUT", "/meetings/{MeetingId}/attendees/capabilities"),
        ),
    ]);
    Catalogue { operations }
}

/// The catalogue `api: attendees-legacy`: the Amazon Chime namespace before it, API version 2018-05-01.
pub fn attendees_legacy() -> Catalogue {
    let mut operations = common(10, 99);
    operations.extend([
        Operation { paging: Some(paging("$.Meetings[*]", 99)), ..operation("ListMeetings", "GET", MEETINGS) },
        // Setting the same tags twice, or removing them twice, changes nothing more.
        again(selected("add", operation("TagMeeting", "POST", MEETING_TAGS))),
        again(selected("delete", operation("UntagMeeting", "POST", MEETING_TAGS))),
        operation("ListMeetingTags", "GET", MEETING_TAGS),
        again(selected("add", operation("TagAttendee", "POST", ATTENDEE_TAGS))),
        again(selected("delete", operation("UntagAttendee", "POST", ATTENDEE_TAGS))),
        operation("ListAttendeeTags", "GET", ATTENDEE_TAGS),
    ]);
    Catalogue { operations }
}

/// What both namespaces have, with the most attendees of a new meeting and the most entries of a page.
fn common(first_attendees: u32, max_page: u32) -> Vec<Operation> {
    let creates = || Some(Creation::Creates { parent: "MeetingId".into(), key: "ExternalUserId".into() });
    vec![
        // Idempotent by its ClientRequestToken, which the SDKs fill in and which a step gives as `{{ uuid }}`.
        again(operation("CreateMeeting", "POST", MEETINGS)),
        // Nothing for an audit: which meeting the attendees are in, only the reply tells.
        again(Operation {
            batch: Some(batch(first_attendees)),
            ..selected("create-attendees", operation("CreateMeetingWithAttendees", "POST", MEETINGS))
        }),
        operation("GetMeeting", "GET", MEETING),
        Operation { creation: Some(Creation::Removes), ..operation("DeleteMeeting", "DELETE", MEETING) },
        // Idempotent by ExternalUserId: in one meeting a name stands for one attendee.
        again(Operation { creation: creates(), ..operation("CreateAttendee", "POST", ATTENDEES) }),
        again(Operation {
            creation: creates(),
            batch: Some(batch(100)),
            ..selected("batch-create", operation("BatchCreateAttendee", "POST", ATTENDEES))
        }),
        operation("GetAttendee", "GET", ATTENDEE),
        Operation {
            paging: Some(paging("$.Attendees[*]", max_page)),
            creation: Some(Creation::Lists {
                parent: "MeetingId".into(),
                keys: "$.Attendees[*].ExternalUserId".into(),
            }),
            ..operation("ListAttendees", "GET", ATTENDEES)
        },
        Operation { creation: Some(Creation::Removes), ..operation("DeleteAttendee", "DELETE", ATTENDEE) },
        again(selected("tag-resource", operation("TagResource", "POST", TAGS))),
        again(selected("untag-resource", operation("UntagResource", "POST", TAGS))),
        Operation {
            query: vec![("arn".into(), "{{ ResourceARN }}".into())],
            ..operation("ListTagsForResource", "GET", TAGS)
        },
    ]
}

fn operation(name: &str, method: &str, path: &str) -> Operation {
    Operation {
        name: name.into(),
        method: method.into(),
        path: path.into(),
        query: Vec::new(),
        headers: Vec::new(),
        body: if matches!(method, "POST" | "PUT") { Body::Parameters } else { Body::Empty },
        batch: None,
        paging: None,
        success: StatusSet::success(),
        idempotent: method != "POST",
        creation: None,
    }
}

/// The operation that a value of the query parameter `operation` selects.
fn selected(value: &str, operation: Operation) -> Operation {
    Operation { query: vec![("operation".into(), value.into())], ..operation }
}

/// An operation that may be sent again although it is a POST.
fn again(operation: Operation) -> Operation {
    Operation { idempotent: true, ..operation }
}

fn batch(max: u32) -> BatchShape {
    BatchShape {
        items: "Attendees".into(),
        max: Some(max),
        key: Some("ExternalUserId".into()),
        failed: Some("$.Errors[*]".into()),
        failed_key: "ExternalUserId".into(),
        failed_code: "ErrorCode".into(),
        default_code: String::new(),
    }
}

fn paging(items: &str, max_size: u32) -> Paging {
    Paging {
        dialect: Dialect::Token { from: "$.NextToken".into(), to: Place::Query("next-token".into()) },
        size: Some(Place::Query("max-results".into())),
        max_size: Some(max_size),
        items: Some(items.into()),
    }
}
