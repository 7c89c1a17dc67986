//! The operations that the modelled service knows.

use std::fmt;

/// An operation of the service, by the name that clients and scenarios use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the documentation: they are the API's own")]
pub enum OperationKind {
    CreateMeeting,
    GetMeeting,
    DeleteMeeting,
    CreateAttendee,
    BatchCreateAttendee,
    GetAttendee,
    ListAttendees,
    DeleteAttendee,
}

impl OperationKind {
    /// Every operation, in the order of their discriminants.
    pub const ALL: [Self; 8] = [
        Self::CreateMeeting,
        Self::GetMeeting,
        Self::DeleteMeeting,
        Self::CreateAttendee,
        Self::BatchCreateAttendee,
        Self::GetAttendee,
        Self::ListAttendees,
        Self::DeleteAttendee,
    ];

    /// The name as it is written in the API and in a scenario.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateMeeting => "CreateMeeting",
            Self::GetMeeting => "GetMeeting",
            Self::DeleteMeeting => "DeleteMeeting",
            Self::CreateAttendee => "CreateAttendee",
            Self::BatchCreateAttendee => "BatchCreateAttendee",
            Self::GetAttendee => "GetAttendee",
            Self::ListAttendees => "ListAttendees",
            Self::DeleteAttendee => "DeleteAttendee",
        }
    }

    /// The operation of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// A dense index, for tables: the position in [`OperationKind::ALL`].
    pub const fn index(self) -> usize {
        self as usize
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
    }
}
