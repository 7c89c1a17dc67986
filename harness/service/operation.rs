//! The operations that the modelled service knows.

use std::fmt;

use super::caller::Namespace;

/// An operation of the service, by the name that clients and scenarios use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the documentation: they are the API's own")]
pub enum OperationKind {
    CreateMeeting,
    CreateMeetingWithAttendees,
    GetMeeting,
    ListMeetings,
    DeleteMeeting,
    CreateAttendee,
    BatchCreateAttendee,
    GetAttendee,
    ListAttendees,
    DeleteAttendee,
    UpdateAttendeeCapabilities,
    BatchUpdateAttendeeCapabilitiesExcept,
    TagResource,
    UntagResource,
    ListTagsForResource,
    TagMeeting,
    UntagMeeting,
    ListMeetingTags,
    TagAttendee,
    UntagAttendee,
    ListAttendeeTags,
    /// One that the scenario describes itself, by its place in [`ServiceConfig::own`](super::ServiceConfig::own).
    Own(u16),
}

impl OperationKind {
    /// Every operation of the attendees service, in the order of their indices.
    pub const ALL: [Self; 21] = [
        Self::CreateMeeting,
        Self::CreateMeetingWithAttendees,
        Self::GetMeeting,
        Self::ListMeetings,
        Self::DeleteMeeting,
        Self::CreateAttendee,
        Self::BatchCreateAttendee,
        Self::GetAttendee,
        Self::ListAttendees,
        Self::DeleteAttendee,
        Self::UpdateAttendeeCapabilities,
        Self::BatchUpdateAttendeeCapabilitiesExcept,
        Self::TagResource,
        Self::UntagResource,
        Self::ListTagsForResource,
        Self::TagMeeting,
        Self::UntagMeeting,
        Self::ListMeetingTags,
        Self::TagAttendee,
        Self::UntagAttendee,
        Self::ListAttendeeTags,
    ];

    /// The name as it is written in the API and in a scenario; one word for all that a scenario describes itself, whose names
    /// stand in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateMeeting => "CreateMeeting",
            Self::CreateMeetingWithAttendees => "CreateMeetingWithAttendees",
            Self::GetMeeting => "GetMeeting",
            Self::ListMeetings => "ListMeetings",
            Self::DeleteMeeting => "DeleteMeeting",
            Self::CreateAttendee => "CreateAttendee",
            Self::BatchCreateAttendee => "BatchCreateAttendee",
            Self::GetAttendee => "GetAttendee",
            Self::ListAttendees => "ListAttendees",
            Self::DeleteAttendee => "DeleteAttendee",
            Self::UpdateAttendeeCapabilities => "UpdateAttendeeCapabilities",
            Self::BatchUpdateAttendeeCapabilitiesExcept => "BatchUpdateAttendeeCapabilitiesExcept",
            Self::TagResource => "TagResource",
            Self::UntagResource => "UntagResource",
            Self::ListTagsForResource => "ListTagsForResource",
            Self::TagMeeting => "TagMeeting",
            Self::UntagMeeting => "UntagMeeting",
            Self::ListMeetingTags => "ListMeetingTags",
            Self::TagAttendee => "TagAttendee",
            Self::UntagAttendee => "UntagAttendee",
            Self::ListAttendeeTags => "ListAttendeeTags",
            Self::Own(_) => "own operation",
        }
    }

    /// The operation of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// A dense index, for tables: the position in [`OperationKind::ALL`], and behind those the own operations.
    pub const fn index(self) -> usize {
        match self {
            Self::CreateMeeting => 0,
            Self::CreateMeetingWithAttendees => 1,
            Self::GetMeeting => 2,
            Self::ListMeetings => 3,
            Self::DeleteMeeting => 4,
            Self::CreateAttendee => 5,
            Self::BatchCreateAttendee => 6,
            Self::GetAttendee => 7,
            Self::ListAttendees => 8,
            Self::DeleteAttendee => 9,
            Self::UpdateAttendeeCapabilities => 10,
            Self::BatchUpdateAttendeeCapabilitiesExcept => 11,
            Self::TagResource => 12,
            Self::UntagResource => 13,
            Self::ListTagsForResource => 14,
            Self::TagMeeting => 15,
            Self::UntagMeeting => 16,
            Self::ListMeetingTags => 17,
            Self::TagAttendee => 18,
            Self::UntagAttendee => 19,
            Self::ListAttendeeTags => 20,
            Self::Own(place) => Self::ALL.len() + place as usize,
        }
    }

    /// Whether that namespace has the operation.
    pub const fn is_in(self, namespace: Namespace) -> bool {
        match self {
            Self::UpdateAttendeeCapabilities | Self::BatchUpdateAttendeeCapabilitiesExcept => {
                matches!(namespace, Namespace::Meetings)
            }
            Self::ListMeetings
            | Self::TagMeeting
            | Self::UntagMeeting
            | Self::ListMeetingTags
            | Self::TagAttendee
            | Self::UntagAttendee
            | Self::ListAttendeeTags => matches!(namespace, Namespace::Legacy),
            _ => true,
        }
    }

    /// Whether a request has a body that says something.
    pub const fn has_body(self) -> bool {
        match self {
            Self::CreateMeeting
            | Self::CreateMeetingWithAttendees
            | Self::CreateAttendee
            | Self::BatchCreateAttendee
            | Self::UpdateAttendeeCapabilities
            | Self::BatchUpdateAttendeeCapabilitiesExcept
            | Self::TagResource
            | Self::UntagResource
            | Self::TagMeeting
            | Self::UntagMeeting
            | Self::TagAttendee
            | Self::UntagAttendee => true,
            Self::GetMeeting
            | Self::ListMeetings
            | Self::DeleteMeeting
            | Self::GetAttendee
            | Self::ListAttendees
            | Self::DeleteAttendee
            | Self::ListTagsForResource
            | Self::ListMeetingTags
            | Self::ListAttendeeTags
            | Self::Own(_) => false,
        }
    }
}

impl fmt::Display for OperationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_indices_lead_back_to_the_operation() {
        for (index, operation) in OperationKind::ALL.into_iter().enumerate() {
            assert_eq!(operation.index(), index);
            assert_eq!(OperationKind::from_name(operation.name()), Some(operation));
        }
        assert_eq!(OperationKind::from_name("createMeeting"), None);
        assert_eq!(OperationKind::Own(2).index(), OperationKind::ALL.len() + 2);
    }

    #[test]
    fn each_namespace_has_its_own_operations() {
        let missing = |namespace| -> Vec<&str> {
            OperationKind::ALL.into_iter().filter(|each| !each.is_in(namespace)).map(OperationKind::name).collect()
        };
        assert_eq!(missing(Namespace::Legacy), ["UpdateAttendeeCapabilities", "BatchUpdateAttendeeCapabilitiesExcept"]);
        assert_eq!(
            missing(Namespace::Meetings),
            [
                "ListMeetings",
                "TagMeeting",
                "UntagMeeting",
                "ListMeetingTags",
                "TagAttendee",
                "UntagAttendee",
                "ListAttendeeTags"
            ]
        );
    }
}
