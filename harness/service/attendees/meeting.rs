//! A meeting: what it was created with, and who is in it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::capabilities::{Capabilities, MeetingFeatures};
use super::id::Id;
use super::roster::{Entry, Roster};

/// A meeting as an answer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingDetails {
    /// MeetingId.
    pub id: Id,
    /// ExternalMeetingId.
    pub external_id: String,
    /// MediaRegion.
    pub media_region: String,
    /// MeetingHostId.
    pub host_id: Option<String>,
    /// MeetingFeatures, as they were sent.
    pub features: Option<MeetingFeatures>,
    /// PrimaryMeetingId, of a replica.
    pub primary_id: Option<Id>,
    /// TenantIds.
    pub tenant_ids: Vec<String>,
    /// The region of the endpoint, for the ARN.
    pub region: Arc<str>,
    /// The 12-digit account number, for the ARN.
    pub account_number: u64,
}

impl MeetingDetails {
    /// MeetingArn.
    pub fn arn(&self) -> String {
        format!("arn:aws:chime:{}:{:012}:meeting/{}", self.region, self.account_number, self.id)
    }
}

/// An attendee as an answer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttendeeView {
    /// ExternalUserId.
    pub external_user_id: Arc<str>,
    /// AttendeeId.
    pub id: Id,
    /// The secret half of the join token.
    pub secret: Id,
    /// Capabilities.
    pub capabilities: Capabilities,
}

impl AttendeeView {
    /// JoinToken: unpadded base64 of both ids, as real ones are.
    pub fn join_token(&self) -> String {
        STANDARD_NO_PAD.encode(format!("{}:{}", self.id, self.secret))
    }
}

/// An item of a batch that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemError {
    /// ExternalUserId, as it was sent.
    pub external_user_id: String,
    /// ErrorCode: a short code.
    pub code: &'static str,
    /// ErrorMessage.
    pub message: String,
}

/// A meeting that lives.
#[derive(Debug)]
pub(super) struct Meeting {
    /// Shared with the answers that show it.
    pub(super) details: Arc<MeetingDetails>,
    /// The token that finds this meeting again.
    pub(super) token: Box<str>,
    /// The number of the meeting in the whole service; the ids of its attendees are made from it.
    pub(super) serial: u64,
    /// Meetings that end with this one.
    pub(super) replicas: Vec<Id>,
    /// Who is in it.
    pub(super) roster: Roster,
}

impl Meeting {
    pub(super) fn features(&self) -> MeetingFeatures {
        self.details.features.unwrap_or_default()
    }

    /// The most attendees: the quota, or what the meeting was created with where that is less.
    pub(super) fn capacity(&self, quota: Option<u32>) -> usize {
        let own = self.features().max_count.and_then(|count| usize::try_from(count).ok());
        let quota = quota.map(|quota| quota as usize);
        own.into_iter().chain(quota).min().unwrap_or(usize::MAX)
    }

    pub(super) fn view(&self, seed: u64, sequence: u64, entry: &Entry) -> AttendeeView {
        AttendeeView {
            external_user_id: Arc::clone(&entry.name),
            id: Id::of_attendee(seed, self.serial, sequence),
            secret: Id::of_join_token(seed, self.serial, sequence),
            capabilities: entry.capabilities,
        }
    }
}
