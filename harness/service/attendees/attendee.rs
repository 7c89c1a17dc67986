//! The operations on attendees.

use super::Store;
use super::constraints::MAX_PAGE;
use super::id::Id;
use super::meeting::{AttendeeView, ItemError, Meeting};
use super::name;
use super::page_token::Seal;
use super::request::NewAttendee;
use crate::service::answer::{Answer, Body, ServiceError};

impl Store {
    pub(super) fn create_attendee(
        &mut self,
        endpoint: u32,
        meeting: &str,
        asked: NewAttendee<'_>,
    ) -> Result<Answer, ServiceError> {
        let (seed, quota) = (self.seed, self.quotas.attendees_per_meeting);
        let meeting = self.meeting(endpoint, meeting)?;
        permit(meeting, asked)?;
        let attendee = meeting.admit(seed, quota, asked)?;
        Ok(Answer::ok(200, Body::Attendee(attendee)))
    }

    /// What the model forbids fails the whole batch, and so does a capability that the meeting does not permit; a name
    /// or a quota fails its item alone.
    pub(super) fn batch_create(
        &mut self,
        endpoint: u32,
        meeting: &str,
        asked: &[NewAttendee<'_>],
    ) -> Result<Answer, ServiceError> {
        let (seed, quota) = (self.seed, self.quotas.attendees_per_meeting);
        let meeting = self.meeting(endpoint, meeting)?;
        for &item in asked {
            permit(meeting, item)?;
        }
        let mut attendees = Vec::with_capacity(asked.len());
        let mut errors = Vec::new();
        for &item in asked {
            match meeting.admit(seed, quota, item) {
                Ok(attendee) => attendees.push(attendee),
                Err(refusal) => errors.push(refusal.of_item(item)),
            }
        }
        Ok(Answer::ok(200, Body::Batch { attendees, errors }))
    }

    pub(super) fn get_attendee(&mut self, endpoint: u32, meeting: &str, id: &str) -> Result<Answer, ServiceError> {
        let seed = self.seed;
        let meeting = self.meeting(endpoint, meeting)?;
        let found = id.parse().ok().and_then(|id: Id| meeting.roster.get(id));
        let (sequence, entry) = found.ok_or_else(|| ServiceError::not_found("Attendee", id))?;
        Ok(Answer::ok(200, Body::Attendee(meeting.view(seed, sequence, entry))))
    }

    pub(super) fn delete_attendee(&mut self, endpoint: u32, meeting: &str, id: &str) -> Result<Answer, ServiceError> {
        let meeting = self.meeting(endpoint, meeting)?;
        if id.parse().is_ok_and(|id: Id| meeting.roster.remove(id)) {
            Ok(Answer::ok(204, Body::Empty))
        } else {
            Err(ServiceError::not_found("Attendee", id))
        }
    }

    pub(super) fn list_attendees(
        &mut self,
        endpoint: u32,
        meeting: &str,
        max_results: Option<i64>,
        next_token: Option<&str>,
    ) -> Result<Answer, ServiceError> {
        let seed = self.seed;
        let meeting = self.meeting(endpoint, meeting)?;
        let seal = Seal { seed, endpoint, meeting: meeting.details.id };
        let cursor = match next_token.filter(|token| !token.is_empty()) {
            Some(token) => {
                Some(seal.open(token).ok_or_else(|| ServiceError::bad_request("The NextToken is not valid"))?)
            }
            None => None,
        };
        let size = usize::try_from(max_results.unwrap_or(MAX_PAGE)).unwrap_or(1);
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

fn permit(meeting: &Meeting, asked: NewAttendee<'_>) -> Result<(), ServiceError> {
    match asked.capabilities {
        Some(capabilities) => meeting.features().permit(capabilities).map_err(ServiceError::bad_request),
        None => Ok(()),
    }
}

/// Why the service does not create an attendee.
#[derive(Debug)]
enum Refusal {
    Name(name::BadName),
    Full,
}

impl Refusal {
    fn message(&self) -> String {
        match self {
            Self::Name(fault) => format!("ExternalUserId {fault}"),
            Self::Full => "The maximum number of attendees of the meeting has been reached".to_owned(),
        }
    }

    fn of_item(&self, item: NewAttendee<'_>) -> ItemError {
        let code = match self {
            Self::Name(_) => "BadRequest",
            Self::Full => "LimitExceeded",
        };
        ItemError { external_user_id: item.external_user_id.to_owned(), code, message: self.message() }
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Name(_) => Self::bad_request(refusal.message()),
            Refusal::Full => Self::limit_exceeded(refusal.message()),
        }
    }
}

impl Meeting {
    /// The attendee of that name: the one that is there, unchanged and even in a full meeting, or a new one.
    fn admit(&mut self, seed: u64, quota: Option<u32>, asked: NewAttendee<'_>) -> Result<AttendeeView, Refusal> {
        name::check(asked.external_user_id).map_err(Refusal::Name)?;
        if let Some((sequence, entry)) = self.roster.named(asked.external_user_id) {
            return Ok(self.view(seed, sequence, entry));
        }
        if self.roster.len() >= self.capacity(quota) {
            return Err(Refusal::Full);
        }
        let capabilities = asked.capabilities.unwrap_or_else(|| self.features().default_capabilities());
        let serial = self.serial;
        let id = |sequence| Id::of_attendee(seed, serial, sequence);
        let (sequence, entry) = self.roster.add(asked.external_user_id, capabilities, id);
        let entry = entry.clone();
        Ok(self.view(seed, sequence, &entry))
    }
}
