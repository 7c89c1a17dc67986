//! The operations on tags.

use super::Store;
use super::constraints::{MAX_ATTENDEE_TAGS, MAX_TAGS};
use super::id::Id;
use super::meeting::arn_prefix;
use super::request::{Subject, Tag};
use super::tags::Tags;
use crate::service::answer::{Answer, Body, ServiceError};
use crate::service::caller::Namespace;

/// How the tags of a subject are changed.
type Change<'c> = &'c dyn Fn(&mut Tags) -> Result<(), ServiceError>;

impl Store {
    pub(super) fn tag(
        &mut self,
        endpoint: u32,
        subject: Subject<'_>,
        tags: &[Tag<'_>],
    ) -> Result<Answer, ServiceError> {
        let namespace = self.endpoint(endpoint).namespace;
        let (max, arn) = match subject {
            Subject::Resource { arn } => (MAX_TAGS, Some(arn)),
            Subject::Meeting { .. } => (MAX_TAGS, None),
            Subject::Attendee { .. } => (MAX_ATTENDEE_TAGS, None),
        };
        self.change(endpoint, subject, &|known| {
            known.merge(tags, max).map_err(|_| ServiceError::too_many_tags(namespace, arn))
        })
    }

    pub(super) fn untag(&mut self, endpoint: u32, subject: Subject<'_>, keys: &[&str]) -> Result<Answer, ServiceError> {
        self.change(endpoint, subject, &|known| {
            known.remove(keys);
            Ok(())
        })
    }

    pub(super) fn list_tags(&mut self, endpoint: u32, subject: Subject<'_>) -> Result<Answer, ServiceError> {
        let seed = self.seed;
        let tags = match subject {
            Subject::Attendee { meeting, attendee } => {
                let meeting = self.meeting(endpoint, meeting)?;
                let (sequence, _) = meeting.attendee(seed, attendee)?;
                meeting.attendee_tags.get(&sequence).map(Tags::shown).unwrap_or_default()
            }
            Subject::Meeting { meeting } => self.meeting(endpoint, meeting)?.tags.shown(),
            Subject::Resource { arn } => self.resource(endpoint, arn)?.shown(),
        };
        Ok(Answer::ok(200, Body::Tags(tags)))
    }

    fn change(&mut self, endpoint: u32, subject: Subject<'_>, change: Change<'_>) -> Result<Answer, ServiceError> {
        let seed = self.seed;
        match subject {
            Subject::Attendee { meeting, attendee } => {
                let meeting = self.meeting(endpoint, meeting)?;
                let (sequence, _) = meeting.attendee(seed, attendee)?;
                // Most attendees have no tags, so none are kept for them.
                let mut tags = meeting.attendee_tags.remove(&sequence).unwrap_or_default();
                let outcome = change(&mut tags);
                if !tags.is_empty() {
                    meeting.attendee_tags.insert(sequence, tags);
                }
                outcome?;
            }
            Subject::Meeting { meeting } => change(&mut self.meeting(endpoint, meeting)?.tags)?,
            Subject::Resource { arn } => change(self.resource(endpoint, arn)?)?,
        }
        Ok(Answer::ok(204, Body::Empty))
    }

    /// The tags of what an ARN names: a meeting of this endpoint, for nothing else has an ARN.
    fn resource(&mut self, endpoint: u32, arn: &str) -> Result<&mut Tags, ServiceError> {
        let endpoint = self.endpoint(endpoint);
        let namespace: Namespace = endpoint.namespace;
        let id = arn.strip_prefix(&*arn_prefix(&endpoint.region, endpoint.account_number));
        let meeting = id.and_then(|id| id.parse::<Id>().ok()).and_then(|id| endpoint.meetings.get_mut(&id));
        meeting.map(|meeting| &mut meeting.tags).ok_or_else(|| ServiceError::resource_not_found(namespace, arn))
    }
}
