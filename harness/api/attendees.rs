//! The attendees catalogue: the operations of the Amazon Chime SDK Meetings namespace, API version 2021-07-15.

use super::operation::{BatchShape, Body, Catalogue, Creation, Dialect, Operation, Paging, Place};
use super::status::StatusSet;

/// The built-in catalogue `api: attendees`.
pub fn attendees() -> Catalogue {
    let meeting = "/meetings/{MeetingId}";
    let attendees = "/meetings/{MeetingId}/attendees";
    let attendee = "/meetings/{MeetingId}/attendees/{AttendeeId}";
    let creates = || Some(Creation::Creates { parent: "MeetingId".into(), key: "ExternalUserId".into() });
    Catalogue {
        operations: vec![
            // Idempotent by its ClientRequestToken, which the SDKs fill in and which a step gives as `{{ uuid }}`.
            Operation { idempotent: true, ..operation("CreateMeeting", "POST", "/meetings") },
            operation("GetMeeting", "GET", meeting),
            Operation { creation: Some(Creation::Removes), ..operation("DeleteMeeting", "DELETE", meeting) },
            // Idempotent by ExternalUserId: in one meeting a name stands for one attendee.
            Operation { idempotent: true, creation: creates(), ..operation("CreateAttendee", "POST", attendees) },
            Operation {
                query: vec![("operation".into(), "batch-create".into())],
                idempotent: true,
                creation: creates(),
                batch: Some(BatchShape {
                    items: "Attendees".into(),
                    max: Some(100),
                    key: Some("ExternalUserId".into()),
                    failed: Some("$.Errors[*]".into()),
                    failed_key: "ExternalUserId".into(),
                    failed_code: "ErrorCode".into(),
                    default_code: String::new(),
                }),
                ..operation("BatchCreateAttendee", "POST", attendees)
            },
            operation("GetAttendee", "GET", attendee),
            Operation {
                paging: Some(Paging {
                    dialect: Dialect::Token { from: "$.NextToken".into(), to: Place::Query("next-token".into()) },
                    size: Some(Place::Query("max-results".into())),
                    max_size: Some(100),
                    items: Some("$.Attendees[*]".into()),
                }),
                creation: Some(Creation::Lists {
                    parent: "MeetingId".into(),
                    keys: "$.Attendees[*].ExternalUserId".into(),
                }),
                ..operation("ListAttendees", "GET", attendees)
            },
            Operation { creation: Some(Creation::Removes), ..operation("DeleteAttendee", "DELETE", attendee) },
        ],
    }
}

fn operation(name: &str, method: &str, path: &str) -> Operation {
    Operation {
        name: name.into(),
        method: method.into(),
        path: path.into(),
        query: Vec::new(),
        headers: Vec::new(),
        body: if method == "POST" { Body::Parameters } else { Body::Empty },
        batch: None,
        paging: None,
        success: StatusSet::success(),
        idempotent: method != "POST",
        creation: None,
    }
}
