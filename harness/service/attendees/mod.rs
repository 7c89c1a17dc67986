//! The attendees service: what it keeps, and what each operation does to it.
//!
//! `Store` holds the state of every endpoint, that is, of every (account, region, namespace); nothing is shared
//! between two. An operation passes the checks in one order: model constraints, existence, the service's own rules,
//! replay, quotas, and only then does it act. So a request that fails never has an effect.

pub mod capabilities;
pub mod constraints;
pub mod document;
pub mod draft;
pub mod id;
pub mod json;
pub mod request;
pub mod violations;

mod attendee;
mod meeting;
mod meetings;
mod members;
mod name;
mod page_token;
mod roster;
mod tagging;
mod tags;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use meeting::{AttendeeView, ItemError, MeetingDetails};
use rustc_hash::FxHashMap;

use self::id::Id;
use self::meeting::Meeting;
use self::request::Request;
use super::answer::{Answer, ServiceError};
use super::caller::Namespace;
use super::config::{Quotas, ServiceConfig, ValidationError};
use crate::units::Nanos;

/// The state of the whole service.
#[derive(Debug)]
pub(super) struct Store {
    /// What ids and page tokens are made from.
    seed: u64,
    /// How many of each thing may exist.
    quotas: Quotas,
    /// How long a meeting lives that nobody ends.
    meeting_lifetime: Option<Nanos>,
    /// How broken constraints are told.
    validation_error: ValidationError,
    /// One for each account, region and namespace, by the number that the directory of callers gave it.
    endpoints: Vec<Endpoint>,
    /// Counts meetings, ended ones too, so that no id is handed out twice.
    meetings_made: u64,
}

/// What one account has in one region of one namespace.
#[derive(Debug)]
struct Endpoint {
    namespace: Namespace,
    region: Arc<str>,
    account_number: u64,
    meetings: FxHashMap<Id, Meeting>,
    /// The meetings that live by their ClientRequestToken.
    by_token: FxHashMap<Box<str>, Id>,
    /// The meetings that live in the order of their creation, by their serial numbers.
    order: BTreeMap<u64, Id>,
}

impl Store {
    pub(super) fn new(config: &ServiceConfig) -> Self {
        Self {
            seed: config.seed,
            quotas: config.quotas,
            meeting_lifetime: config.meeting_lifetime,
            validation_error: config.validation_error,
            endpoints: Vec::new(),
            meetings_made: 0,
        }
    }

    /// Makes room for a further endpoint; they are numbered as they come.
    pub(super) fn add_endpoint(&mut self, namespace: Namespace, region: Arc<str>, account_number: u64) {
        let (meetings, by_token, order) = (FxHashMap::default(), FxHashMap::default(), BTreeMap::new());
        self.endpoints.push(Endpoint { namespace, region, account_number, meetings, by_token, order });
    }

    /// Does what is asked, or says why not.
    pub(super) fn perform(&mut self, now: Nanos, endpoint: u32, request: &Request<'_>) -> Result<Answer, ServiceError> {
        let namespace = self.endpoint(endpoint).namespace;
        if !request.operation().is_in(namespace) {
            return Err(ServiceError::unknown_operation());
        }
        if let Some(message) = constraints::check(namespace, request).into_message() {
            return Err(self.validation_error.error(message));
        }
        self.expire(now, endpoint);
        match *request {
            Request::CreateMeeting(ref asked) => self.create_meeting(now, endpoint, asked),
            Request::CreateMeetingWithAttendees { ref meeting, attendees } => {
                self.create_meeting_with_attendees(now, endpoint, meeting, attendees.unwrap_or_default())
            }
            Request::GetMeeting { meeting } => self.get_meeting(endpoint, meeting),
            Request::ListMeetings(page) => self.list_meetings(endpoint, page),
            Request::DeleteMeeting { meeting } => self.delete_meeting(endpoint, meeting),
            Request::CreateAttendee { meeting, attendee } => self.create_attendee(endpoint, meeting, attendee),
            Request::BatchCreateAttendee { meeting, attendees } => self.batch_create(endpoint, meeting, attendees),
            Request::GetAttendee { meeting, attendee } => self.get_attendee(endpoint, meeting, attendee),
            Request::ListAttendees { meeting, page } => self.list_attendees(endpoint, meeting, page),
            Request::DeleteAttendee { meeting, attendee } => self.delete_attendee(endpoint, meeting, attendee),
            Request::UpdateAttendeeCapabilities { meeting, attendee, capabilities } => {
                self.update_capabilities(endpoint, meeting, attendee, capabilities)
            }
            Request::BatchUpdateAttendeeCapabilitiesExcept { meeting, excluded, capabilities } => {
                self.update_capabilities_except(endpoint, meeting, excluded, capabilities)
            }
            Request::Tag { subject, tags } => self.tag(endpoint, subject, tags),
            Request::Untag { subject, keys } => self.untag(endpoint, subject, keys),
            Request::ListTags { subject } => self.list_tags(endpoint, subject),
        }
    }

    /// Whether a meeting is there and takes any number of attendees.
    pub(super) fn takes_any_number(&mut self, endpoint: u32, meeting: &str) -> bool {
        let quota = self.quotas.attendees_per_meeting;
        self.meeting(endpoint, meeting).is_ok_and(|meeting| meeting.capacity(quota) == usize::MAX)
    }

    fn endpoint(&mut self, number: u32) -> &mut Endpoint {
        &mut self.endpoints[number as usize]
    }

    fn meeting(&mut self, endpoint: u32, id: &str) -> Result<&mut Meeting, ServiceError> {
        let found = id.parse().ok().and_then(|id: Id| self.endpoint(endpoint).meetings.get_mut(&id));
        found.ok_or_else(|| ServiceError::not_found("Meeting", id))
    }
}
