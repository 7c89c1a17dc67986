//! A meeting: what it was created with, and who is in it.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::capabilities::{Capabilities, MeetingFeatures};
use super::id::Id;
use super::roster::{Entry, Roster};
use super::tags::Tags;
use crate::service::{Namespace, ServiceError};
use crate::units::Nanos;

/// A meeting as an answer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingDetails {
    /// The namespace that the meeting was made in. The legacy one shows less of it.
    pub namespace: Namespace,
    /// MeetingId.
    pub id: Id,
    /// ExternalMeetingId; always there but in the legacy namespace.
    pub external_id: Option<String>,
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
        format!("{}{}", arn_prefix(&self.region, self.account_number), self.id)
    }
}

/// What the ARNs of all meetings of an endpoint begin with.
pub(super) fn arn_prefix(region: &str, account_number: u64) -> String {
    format!("arn:aws:chime:{region}:{account_number:012}:meeting/")
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
    /// Capabilities; unknown to the legacy namespace.
    pub capabilities: Option<Capabilities>,
}

/// An item of a batch that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemError {
    /// ExternalUserId, as it was sent.
    pub external_user_id: String,
    /// ErrorCode: a short code.
    pub code: Cow<'static, str>,
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
    /// When it was created.
    pub(super) created: Nanos,
    /// Its tags.
    pub(super) tags: Tags,
    /// Meetings that end with this one.
    pub(super) replicas: Vec<Id>,
    /// Who is in it.
    pub(super) roster: Roster,
    /// The attendees' tags by their sequence numbers; only those that have any.
    pub(super) attendee_tags: FxHashMap<u64, Tags>,
}

impl Meeting {
    pub(super) fn features(&self) -> MeetingFeatures {
        self.details.features.unwrap_or_default()
    }

    /// The most attendees: the quota, or what the meeting was created with where that is less.
    pub(super) fn capacity(&self, quota: Option<u32>) -> usize {
        let own = self.features().max_count().and_then(|count| usize::try_from(count).ok());
        let quota = quota.map(|quota| quota as usize);
        own.into_iter().chain(quota).min().unwrap_or(usize::MAX)
    }

    /// The attendee of that id.
    pub(super) fn attendee(&self, seed: u64, id: &str) -> Result<(u64, &Entry), ServiceError> {
        let sequence = id.parse().ok().and_then(|id: Id| id.sequence(seed, self.serial));
        sequence.and_then(|number| self.roster.get(number)).ok_or_else(|| ServiceError::not_found("Attendee", id))
    }

    pub(super) fn view(&self, seed: u64, sequence: u64, entry: &Entry) -> AttendeeView {
        AttendeeView {
            external_user_id: Arc::clone(&entry.name),
            id: Id::of_attendee(seed, self.serial, sequence),
            secret: Id::of_join_token(seed, self.serial, sequence),
            capabilities: (self.details.namespace == Namespace::Meetings).then_some(entry.capabilities),
        }
    }
}
