//! The attendees service: what it keeps, and what each operation does to it.
//!
//! `Store` holds the state of every endpoint, that is, of every (account, region, namespace); nothing is shared
//! between two. An operation passes the checks in one order: model constraints, existence, the service's own rules,
//! replay, quotas, and only then does it act. So a request that fails never has an effect.

pub mod capabilities;
pub mod constraints;
pub mod id;
pub mod request;

mod attendee;
mod meeting;
mod meetings;
mod name;
mod page_token;
mod roster;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use meeting::{AttendeeView, ItemError, MeetingDetails};
use rustc_hash::FxHashMap;

use self::id::Id;
use self::meeting::Meeting;
use self::request::Request;
use super::answer::{Answer, ServiceError};
use super::config::Quotas;

/// The state of the whole service.
#[derive(Debug)]
pub(super) struct Store {
    /// What ids and page tokens are made from.
    seed: u64,
    /// How many of each thing may exist.
    quotas: Quotas,
    /// One for each account, region and namespace, by the number that the directory of callers gave it.
    endpoints: Vec<Endpoint>,
    /// Counts meetings, ended ones too, so that no id is handed out twice.
    meetings_made: u64,
}

/// What one account has in one region.
#[derive(Debug)]
struct Endpoint {
    region: Arc<str>,
    account_number: u64,
    meetings: FxHashMap<Id, Meeting>,
    /// The meetings that live by their ClientRequestToken.
    by_token: FxHashMap<Box<str>, Id>,
}

impl Store {
    pub(super) fn new(seed: u64, quotas: Quotas) -> Self {
        Self { seed, quotas, endpoints: Vec::new(), meetings_made: 0 }
    }

    /// Makes room for a further endpoint; they are numbered as they come.
    pub(super) fn add_endpoint(&mut self, region: Arc<str>, account_number: u64) {
        let (meetings, by_token) = (FxHashMap::default(), FxHashMap::default());
        self.endpoints.push(Endpoint { region, account_number, meetings, by_token });
    }

    /// Does what is asked, or says why not.
    pub(super) fn perform(&mut self, endpoint: u32, request: &Request<'_>) -> Result<Answer, ServiceError> {
        if let Some(message) = constraints::check(request).into_message() {
            return Err(ServiceError::bad_request(message));
        }
        match *request {
            Request::CreateMeeting(ref asked) => self.create_meeting(endpoint, asked),
            Request::GetMeeting { meeting } => self.get_meeting(endpoint, meeting),
            Request::DeleteMeeting { meeting } => self.delete_meeting(endpoint, meeting),
            Request::CreateAttendee { meeting, attendee } => self.create_attendee(endpoint, meeting, attendee),
            Request::BatchCreateAttendee { meeting, attendees } => self.batch_create(endpoint, meeting, attendees),
            Request::GetAttendee { meeting, attendee } => self.get_attendee(endpoint, meeting, attendee),
            Request::ListAttendees { meeting, max_results, next_token } => {
                self.list_attendees(endpoint, meeting, max_results, next_token)
            }
            Request::DeleteAttendee { meeting, attendee } => self.delete_attendee(endpoint, meeting, attendee),
        }
    }

    fn endpoint(&mut self, number: u32) -> &mut Endpoint {
        &mut self.endpoints[number as usize]
    }

    fn meeting(&mut self, endpoint: u32, id: &str) -> Result<&mut Meeting, ServiceError> {
        let found = id.parse().ok().and_then(|id: Id| self.endpoint(endpoint).meetings.get_mut(&id));
        found.ok_or_else(|| ServiceError::not_found("Meeting", id))
    }
}
