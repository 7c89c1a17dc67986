//! The operations on attendees.

use super::Store;
use super::capabilities::Capabilities;
use super::constraints::MAX_ATTENDEE_TAGS;
use super::id::Id;
use super::meeting::{AttendeeView, ItemError, Meeting};
use super::meetings::size;
use super::name;
use super::page_token::{Listing, Seal};
use super::request::{NewAttendee, Page};
use super::tags::Tags;
use crate::service::answer::{Answer, Batch, Body, ServiceError};
use crate::service::caller::Namespace;

impl Store {
    pub(super) fn create_attendee(
        &mut self,
        endpoint: u32,
        meeting: &str,
        asked: &NewAttendee<'_>,
    ) -> Result<Answer, ServiceError> {
        let (seed, quota, status) = (self.seed, self.quotas.attendees_per_meeting, self.endpoint(endpoint).created());
        let meeting = self.meeting(endpoint, meeting)?;
        meeting.permit(asked.capabilities)?;
        let namespace = meeting.details.namespace;
        let attendee = meeting.admit(seed, quota, asked).map_err(|refusal| refusal.into_error(namespace))?;
        Ok(Answer::ok(status, Body::Attendee(attendee)))
    }

    pub(super) fn batch_create(
        &mut self,
        endpoint: u32,
        meeting: &str,
        asked: &[NewAttendee<'_>],
    ) -> Result<Answer, ServiceError> {
        let (seed, quota, status) = (self.seed, self.quotas.attendees_per_meeting, self.endpoint(endpoint).created());
        let batch = self.meeting(endpoint, meeting)?.admit_all(seed, quota, asked)?;
        Ok(Answer::ok(status, Body::Batch(batch)))
    }

    pub(super) fn get_attendee(&mut self, endpoint: u32, meeting: &str, id: &str) -> Result<Answer, ServiceError> {
        let seed = self.seed;
        let meeting = self.meeting(endpoint, meeting)?;
        let (sequence, entry) = meeting.attendee(seed, id)?;
        Ok(Answer::ok(200, Body::Attendee(meeting.view(seed, sequence, entry))))
    }

    pub(super) fn delete_attendee(&mut self, endpoint: u32, meeting: &str, id: &str) -> Result<Answer, ServiceError> {
        let seed = self.seed;
        let meeting = self.meeting(endpoint, meeting)?;
        let (sequence, _) = meeting.attendee(seed, id)?;
        meeting.roster.remove(sequence);
        meeting.attendee_tags.remove(&sequence);
        Ok(Answer::ok(204, Body::Empty))
    }

    pub(super) fn update_capabilities(
        &mut self,
        endpoint: u32,
        meeting: &str,
        id: &str,
        capabilities: Capabilities,
    ) -> Result<Answer, ServiceError> {
        let seed = self.seed;
        let meeting = self.meeting(endpoint, meeting)?;
        let (sequence, _) = meeting.attendee(seed, id)?;
        meeting.permit(Some(capabilities))?;
        if let Some(entry) = meeting.roster.get_mut(sequence) {
            entry.capabilities = capabilities;
        }
        let (sequence, entry) = meeting.attendee(seed, id)?;
        Ok(Answer::ok(200, Body::Attendee(meeting.view(seed, sequence, entry))))
    }

    pub(super) fn update_capabilities_except(
        &mut self,
        endpoint: u32,
        meeting: &str,
        excluded: &[&str],
        capabilities: Capabilities,
    ) -> Result<Answer, ServiceError> {
        let seed = self.seed;
        let meeting = self.meeting(endpoint, meeting)?;
        meeting.permit(Some(capabilities))?;
        let serial = meeting.serial;
        let spared = excluded.iter().filter_map(|id| id.parse::<Id>().ok()?.sequence(seed, serial));
        let mut spared: Vec<u64> = spared.collect();
        spared.sort_unstable();
        for (sequence, entry) in meeting.roster.all_mut() {
            if spared.binary_search(&sequence).is_err() {
                entry.capabilities = capabilities;
            }
        }
        Ok(Answer::ok(200, Body::Empty))
    }

    pub(super) fn list_attendees(
        &mut self,
        endpoint: u32,
        meeting: &str,
        page: Page<'_>,
    ) -> Result<Answer, ServiceError> {
        let seed = self.seed;
        let meeting = self.meeting(endpoint, meeting)?;
        let seal = Seal { seed, endpoint, listing: Listing::Attendees(meeting.details.id) };
        let cursor = seal.cursor(page.next_token)?;
        let size = size(page, meeting.details.namespace);
        let mut entries = meeting.roster.after(cursor);
        let mut attendees = Vec::with_capacity(size.min(meeting.roster.len()));
        let mut last = 0;
        for (sequence, entry) in entries.by_ref().take(size) {
            attendees.push(meeting.view(seed, sequence, entry));
            last = sequence;
        }
        // A further entry has to exist: the last page has no token even when it is full.
        let next_token = entries.next().map(|_| seal.seal(last));
        Ok(Answer::ok(200, Body::Page { attendees, next_token }))
    }
}

/// Why the service does not create an attendee.
#[derive(Debug)]
enum Refusal {
    Name(name::BadName),
    Tags,
    Full,
}

impl Refusal {
    fn message(&self) -> String {
        match self {
            Self::Name(fault) => format!("ExternalUserId {fault}"),
            Self::Tags => "The maximum number of tags has been reached".to_owned(),
            Self::Full => "The maximum number of attendees of the meeting has been reached".to_owned(),
        }
    }

    fn into_error(self, namespace: Namespace) -> ServiceError {
        match self {
            Self::Name(_) => ServiceError::bad_request(self.message()),
            Self::Tags | Self::Full => ServiceError::limit_exceeded(namespace, self.message()),
        }
    }

    fn of_item(self, item: &NewAttendee<'_>, namespace: Namespace) -> ItemError {
        let error = self.into_error(namespace);
        let external_user_id = item.external_user_id.to_owned();
        ItemError { external_user_id, code: error.code().to_owned().into(), message: error.message.into_owned() }
    }
}

impl Meeting {
    /// Refuses capabilities that the meeting's features do not permit.
    fn permit(&self, asked: Option<Capabilities>) -> Result<(), ServiceError> {
        match asked {
            Some(capabilities) => self.features().permit(capabilities).map_err(ServiceError::bad_request),
            None => Ok(()),
        }
    }

    /// Creates each by itself. What the model forbids has failed the whole batch already, and so does here a capability that
    /// the meeting does not permit; a name or a quota fails its item alone.
    pub(super) fn admit_all(
        &mut self,
        seed: u64,
        quota: Option<u32>,
        asked: &[NewAttendee<'_>],
    ) -> Result<Batch, ServiceError> {
        for item in asked {
            self.permit(item.capabilities)?;
        }
        let namespace = self.details.namespace;
        let mut batch = Batch { attendees: Vec::with_capacity(asked.len()), errors: Vec::new() };
        for item in asked {
            match self.admit(seed, quota, item) {
                Ok(attendee) => batch.attendees.push(attendee),
                Err(refusal) => batch.errors.push(refusal.of_item(item, namespace)),
            }
        }
        Ok(batch)
    }

    /// The attendee of that name: the one that is there, unchanged and even in a full meeting, or a new one.
    fn admit(&mut self, seed: u64, quota: Option<u32>, asked: &NewAttendee<'_>) -> Result<AttendeeView, Refusal> {
        if self.details.namespace == Namespace::Meetings {
            name::check(asked.external_user_id).map_err(Refusal::Name)?;
        }
        if let Some((sequence, entry)) = self.roster.named(asked.external_user_id) {
            return Ok(self.view(seed, sequence, entry));
        }
        if self.roster.len() >= self.capacity(quota) {
            return Err(Refusal::Full);
        }
        let mut tags = Tags::default();
        tags.merge(asked.tags.as_deref().unwrap_or_default(), MAX_ATTENDEE_TAGS).map_err(|_| Refusal::Tags)?;
        let capabilities = asked.capabilities.unwrap_or_else(|| self.features().default_capabilities());
        let (sequence, entry) = self.roster.add(asked.external_user_id, capabilities);
        let entry = entry.clone();
        if !tags.is_empty() {
            self.attendee_tags.insert(sequence, tags);
        }
        Ok(self.view(seed, sequence, &entry))
    }
}
