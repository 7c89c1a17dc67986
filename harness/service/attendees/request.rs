//! Typed requests: what is left of a request when its bytes have been read, or when there never were any.

use super::capabilities::{Capabilities, MeetingFeatures};
use crate::service::{Amounts, OperationKind};

/// A request of any operation. It borrows its texts from whoever made it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Request<'a> {
    /// Creates a meeting, or finds the one that its token created.
    CreateMeeting(CreateMeeting<'a>),
    /// Reads a meeting.
    GetMeeting {
        /// The meeting's id as text.
        meeting: &'a str,
    },
    /// Ends a meeting.
    DeleteMeeting {
        /// The meeting's id as text.
        meeting: &'a str,
    },
    /// Creates an attendee, or finds the one of that name.
    CreateAttendee {
        /// The meeting's id as text.
        meeting: &'a str,
        /// Whom to create.
        attendee: NewAttendee<'a>,
    },
    /// Creates up to 100 attendees, each by itself.
    BatchCreateAttendee {
        /// The meeting's id as text.
        meeting: &'a str,
        /// Whom to create, in this order.
        attendees: &'a [NewAttendee<'a>],
    },
    /// Reads an attendee.
    GetAttendee {
        /// The meeting's id as text.
        meeting: &'a str,
        /// The attendee's id as text.
        attendee: &'a str,
    },
    /// Lists a page of attendees in the order of their creation.
    ListAttendees {
        /// The meeting's id as text.
        meeting: &'a str,
        /// At most so many; 100 where absent.
        max_results: Option<i64>,
        /// Where the page before ended.
        next_token: Option<&'a str>,
    },
    /// Removes an attendee.
    DeleteAttendee {
        /// The meeting's id as text.
        meeting: &'a str,
        /// The attendee's id as text.
        attendee: &'a str,
    },
}

/// What there is of the query and the body where no bytes were made.
impl Amounts for Request<'_> {
    fn query(&self, name: &str) -> Option<u32> {
        match self {
            Self::ListAttendees { max_results, .. } if name == "max-results" => {
                max_results.and_then(|number| u32::try_from(number).ok())
            }
            _ => None,
        }
    }

    fn body(&self, name: &str) -> Option<u32> {
        match self {
            Self::BatchCreateAttendee { .. } if name == "Attendees" => Some(self.items()),
            _ => None,
        }
    }
}

impl Request<'_> {
    /// The operation that is asked for.
    pub const fn operation(&self) -> OperationKind {
        match self {
            Self::CreateMeeting(_) => OperationKind::CreateMeeting,
            Self::GetMeeting { .. } => OperationKind::GetMeeting,
            Self::DeleteMeeting { .. } => OperationKind::DeleteMeeting,
            Self::CreateAttendee { .. } => OperationKind::CreateAttendee,
            Self::BatchCreateAttendee { .. } => OperationKind::BatchCreateAttendee,
            Self::GetAttendee { .. } => OperationKind::GetAttendee,
            Self::ListAttendees { .. } => OperationKind::ListAttendees,
            Self::DeleteAttendee { .. } => OperationKind::DeleteAttendee,
        }
    }

    /// The number of items in a batch; one for anything else.
    pub fn items(&self) -> u32 {
        match self {
            Self::BatchCreateAttendee { attendees, .. } => u32::try_from(attendees.len()).unwrap_or(u32::MAX),
            _ => 1,
        }
    }
}

/// What CreateMeeting takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CreateMeeting<'a> {
    /// Names the request: the same token finds the same meeting while it lives.
    pub client_request_token: &'a str,
    /// Where the media run; free text.
    pub media_region: &'a str,
    /// The caller's own name for the meeting.
    pub external_meeting_id: &'a str,
    /// Reserved by the API; comes back as it was sent.
    pub meeting_host_id: Option<&'a str>,
    /// The meeting of which this is a replica.
    pub primary_meeting_id: Option<&'a str>,
    /// Resolutions, echo reduction and a limit on attendees.
    pub features: Option<MeetingFeatures>,
    /// Come back as they were sent.
    pub tenant_ids: &'a [&'a str],
    /// Key and value.
    pub tags: &'a [(&'a str, &'a str)],
    /// Where the service would send notifications; checked, then ignored.
    pub notifications: &'a [(&'static str, &'a str)],
}

/// Whom to create.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewAttendee<'a> {
    /// The caller's own name for the attendee; unique in its meeting.
    pub external_user_id: &'a str,
    /// What the attendee may do; the meeting's default where absent.
    pub capabilities: Option<Capabilities>,
}
