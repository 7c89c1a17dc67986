//! Typed requests: what is left of a request when its bytes have been read, or when there never were any.

use super::capabilities::{Capabilities, MeetingFeatures};
use crate::service::{Amounts, OperationKind};

/// Key and value.
pub type Tag<'a> = (&'a str, &'a str);

/// A request of any operation. It borrows its texts from whoever made it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Request<'a> {
    /// Creates a meeting, or finds the one that its token created.
    CreateMeeting(CreateMeeting<'a>),
    /// Creates a meeting and attendees in it, each by itself.
    CreateMeetingWithAttendees {
        /// The meeting to create.
        meeting: CreateMeeting<'a>,
        /// Whom to create, in this order; optional in the legacy namespace.
        attendees: Option<&'a [NewAttendee<'a>]>,
    },
    /// Reads a meeting.
    GetMeeting {
        /// The meeting's id as text.
        meeting: &'a str,
    },
    /// Lists a page of meetings in the order of their creation.
    ListMeetings(Page<'a>),
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
        attendee: &'a NewAttendee<'a>,
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
        /// Which page.
        page: Page<'a>,
    },
    /// Removes an attendee.
    DeleteAttendee {
        /// The meeting's id as text.
        meeting: &'a str,
        /// The attendee's id as text.
        attendee: &'a str,
    },
    /// Changes what an attendee may do.
    UpdateAttendeeCapabilities {
        /// The meeting's id as text.
        meeting: &'a str,
        /// The attendee's id as text.
        attendee: &'a str,
        /// What it may do from now on.
        capabilities: Capabilities,
    },
    /// Changes what everyone who is in the meeting now may do, with exceptions.
    BatchUpdateAttendeeCapabilitiesExcept {
        /// The meeting's id as text.
        meeting: &'a str,
        /// Ids of attendees that stay as they are, as text.
        excluded: &'a [&'a str],
        /// What the others may do from now on.
        capabilities: Capabilities,
    },
    /// Adds tags, replacing the values of keys that are there.
    Tag {
        /// What is tagged, and by which of the three operations.
        subject: Subject<'a>,
        /// What to add.
        tags: &'a [Tag<'a>],
    },
    /// Removes tags by their keys.
    Untag {
        /// What is untagged, and by which of the three operations.
        subject: Subject<'a>,
        /// The keys; those that are not there are ignored.
        keys: &'a [&'a str],
    },
    /// Lists all tags.
    ListTags {
        /// What is asked about, and by which of the three operations.
        subject: Subject<'a>,
    },
}

/// What tags are attached to. The way it is named decides which operation is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A meeting by its ARN.
    Resource {
        /// The ARN.
        arn: &'a str,
    },
    /// A meeting by its id; in the legacy namespace alone.
    Meeting {
        /// The meeting's id as text.
        meeting: &'a str,
    },
    /// An attendee; in the legacy namespace alone.
    Attendee {
        /// The meeting's id as text.
        meeting: &'a str,
        /// The attendee's id as text.
        attendee: &'a str,
    },
}

/// Which page of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page<'a> {
    /// At most so many entries; the most that the namespace allows where absent.
    pub max_results: Option<i64>,
    /// Where the page before ended; empty counts as absent.
    pub next_token: Option<&'a str>,
}

/// What there is of the query and the body where no bytes were made.
impl Amounts for Request<'_> {
    fn query(&self, name: &str) -> Option<u32> {
        match self {
            Self::ListAttendees { page, .. } | Self::ListMeetings(page) if name == "max-results" => {
                page.max_results.and_then(|number| u32::try_from(number).ok())
            }
            _ => None,
        }
    }

    fn body(&self, name: &str) -> Option<u32> {
        match self {
            Self::BatchCreateAttendee { .. } | Self::CreateMeetingWithAttendees { .. } if name == "Attendees" => {
                Some(self.items())
            }
            _ => None,
        }
    }
}

impl Request<'_> {
    /// The operation that is asked for.
    pub const fn operation(&self) -> OperationKind {
        use OperationKind as Op;
        use Subject::{Attendee, Meeting, Resource};
        match self {
            Self::CreateMeeting(_) => Op::CreateMeeting,
            Self::CreateMeetingWithAttendees { .. } => Op::CreateMeetingWithAttendees,
            Self::GetMeeting { .. } => Op::GetMeeting,
            Self::ListMeetings(_) => Op::ListMeetings,
            Self::DeleteMeeting { .. } => Op::DeleteMeeting,
            Self::CreateAttendee { .. } => Op::CreateAttendee,
            Self::BatchCreateAttendee { .. } => Op::BatchCreateAttendee,
            Self::GetAttendee { .. } => Op::GetAttendee,
            Self::ListAttendees { .. } => Op::ListAttendees,
            Self::DeleteAttendee { .. } => Op::DeleteAttendee,
            Self::UpdateAttendeeCapabilities { .. } => Op::UpdateAttendeeCapabilities,
            Self::BatchUpdateAttendeeCapabilitiesExcept { .. } => Op::BatchUpdateAttendeeCapabilitiesExcept,
            Self::Tag { subject: Resource { .. }, .. } => Op::TagResource,
            Self::Tag { subject: Meeting { .. }, .. } => Op::TagMeeting,
            Self::Tag { subject: Attendee { .. }, .. } => Op::TagAttendee,
            Self::Untag { subject: Resource { .. }, .. } => Op::UntagResource,
            Self::Untag { subject: Meeting { .. }, .. } => Op::UntagMeeting,
            Self::Untag { subject: Attendee { .. }, .. } => Op::UntagAttendee,
            Self::ListTags { subject: Resource { .. } } => Op::ListTagsForResource,
            Self::ListTags { subject: Meeting { .. } } => Op::ListMeetingTags,
            Self::ListTags { subject: Attendee { .. } } => Op::ListAttendeeTags,
        }
    }

    /// The number of items in a batch; one for anything else.
    pub fn items(&self) -> u32 {
        let items = match self {
            Self::BatchCreateAttendee { attendees, .. }
            | Self::CreateMeetingWithAttendees { attendees: Some(attendees), .. } => attendees.len(),
            _ => 1,
        };
        u32::try_from(items).unwrap_or(u32::MAX)
    }
}

/// What CreateMeeting takes. The legacy namespace knows no features, replicas and tenants.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CreateMeeting<'a> {
    /// Names the request: the same token finds the same meeting while it lives.
    pub client_request_token: &'a str,
    /// Where the media run; free text. The legacy namespace takes `us-east-1` where absent.
    pub media_region: Option<&'a str>,
    /// The caller's own name for the meeting; optional in the legacy namespace.
    pub external_meeting_id: Option<&'a str>,
    /// Reserved by the API; comes back as it was sent.
    pub meeting_host_id: Option<&'a str>,
    /// The meeting of which this is a replica.
    pub primary_meeting_id: Option<&'a str>,
    /// Resolutions, echo reduction and a limit on attendees.
    pub features: Option<MeetingFeatures>,
    /// Come back as they were sent; absent and empty are not the same.
    pub tenant_ids: Option<&'a [&'a str]>,
    /// Absent and empty are not the same.
    pub tags: Option<&'a [Tag<'a>]>,
    /// Where the service would send notifications; checked, then ignored.
    pub notifications: &'a [(&'static str, &'a str)],
}

/// Whom to create.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewAttendee<'a> {
    /// The caller's own name for the attendee; unique in its meeting.
    pub external_user_id: &'a str,
    /// What the attendee may do; the meeting's default where absent. Unknown to the legacy namespace.
    pub capabilities: Option<Capabilities>,
    /// Known to the legacy namespace alone. Absent and empty are not the same.
    pub tags: Option<Vec<Tag<'a>>>,
}

impl<'a> NewAttendee<'a> {
    /// An attendee of that name, with the meeting's default for everything else.
    pub fn named(external_user_id: &'a str) -> Self {
        Self { external_user_id, ..Self::default() }
    }
}
