//! The operations on meetings.

use std::ops::Bound;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::constraints::{MAX_TAGS, max_page};
use super::id::Id;
use super::meeting::{Meeting, MeetingDetails};
use super::page_token::{Listing, Seal};
use super::request::{CreateMeeting, NewAttendee, Page};
use super::roster::Roster;
use super::tags::Tags;
use super::{Endpoint, Store, name};
use crate::service::answer::{Answer, Body, ServiceError};
use crate::service::caller::Namespace;
use crate::units::Nanos;

/// The most replicas of a meeting.
const MAX_REPLICAS: usize = 4;

impl Store {
    pub(super) fn create_meeting(
        &mut self,
        now: Nanos,
        endpoint: u32,
        asked: &CreateMeeting<'_>,
    ) -> Result<Answer, ServiceError> {
        let id = self.open(now, endpoint, asked)?;
        let endpoint = self.endpoint(endpoint);
        Ok(Answer::ok(endpoint.created(), Body::Meeting(Arc::clone(&endpoint.known(id)?.details))))
    }

    /// The meeting first: where it cannot be made, no attendee is. A repeated request finds the meeting by its token and the
    /// attendees by their names, and creates whoever is missing.
    pub(super) fn create_meeting_with_attendees(
        &mut self,
        now: Nanos,
        endpoint: u32,
        asked: &CreateMeeting<'_>,
        attendees: &[NewAttendee<'_>],
    ) -> Result<Answer, ServiceError> {
        let features = asked.features.unwrap_or_default();
        for capabilities in attendees.iter().filter_map(|attendee| attendee.capabilities) {
            features.permit(capabilities).map_err(ServiceError::bad_request)?;
        }
        let id = self.open(now, endpoint, asked)?;
        let (seed, quota) = (self.seed, self.quotas.attendees_per_meeting);
        let endpoint = self.endpoint(endpoint);
        let status = endpoint.created();
        let meeting = endpoint.known(id)?;
        let batch = meeting.admit_all(seed, quota, attendees)?;
        Ok(Answer::ok(status, Body::MeetingWithAttendees(Arc::clone(&meeting.details), batch)))
    }

    /// The meeting that the token names: the one that is there, or a new one.
    fn open(&mut self, now: Nanos, endpoint: u32, asked: &CreateMeeting<'_>) -> Result<Id, ServiceError> {
        let (seed, serial, quota) = (self.seed, self.meetings_made, self.quotas.meetings);
        let endpoint = self.endpoint(endpoint);
        let namespace = endpoint.namespace;
        if let (Namespace::Meetings, Some(external_id)) = (namespace, asked.external_meeting_id) {
            name::check(external_id)
                .map_err(|fault| ServiceError::bad_request(format!("ExternalMeetingId {fault}")))?;
        }
        if let Some(features) = &asked.features {
            features.check().map_err(ServiceError::bad_request)?;
        }
        let primary = asked.primary_meeting_id.map(|id| endpoint.primary(id)).transpose()?;
        if let Some(&id) = endpoint.by_token.get(asked.client_request_token) {
            return Ok(id);
        }
        if quota.is_some_and(|quota| endpoint.meetings.len() >= quota as usize) {
            let message = "The maximum number of active meetings has been reached";
            return Err(ServiceError::limit_exceeded(namespace, message));
        }
        let mut tags = Tags::default();
        tags.merge(asked.tags.unwrap_or_default(), MAX_TAGS)
            .map_err(|_| ServiceError::too_many_tags(namespace, None))?;
        let id = Id::of_meeting(seed, serial);
        if let Some(primary) = primary.and_then(|primary| endpoint.meetings.get_mut(&primary)) {
            if primary.replicas.len() >= MAX_REPLICAS {
                let message = "The maximum number of replica meetings has been reached";
                return Err(ServiceError::limit_exceeded(namespace, message));
            }
            primary.replicas.push(id);
        }
        let details = MeetingDetails {
            namespace,
            id,
            external_id: asked.external_meeting_id.map(str::to_owned),
            media_region: asked.media_region.unwrap_or_default().to_owned(),
            host_id: asked.meeting_host_id.map(str::to_owned),
            features: asked.features,
            primary_id: primary,
            tenant_ids: asked.tenant_ids.unwrap_or_default().iter().map(|&tenant| tenant.to_owned()).collect(),
            region: Arc::clone(&endpoint.region),
            account_number: endpoint.account_number,
        };
        let meeting = Meeting {
            details: Arc::new(details),
            token: asked.client_request_token.into(),
            serial,
            created: now,
            tags,
            replicas: Vec::new(),
            roster: Roster::default(),
            attendee_tags: FxHashMap::default(),
        };
        endpoint.add(id, meeting);
        self.meetings_made += 1;
        Ok(id)
    }

    pub(super) fn get_meeting(&mut self, endpoint: u32, id: &str) -> Result<Answer, ServiceError> {
        let meeting = self.meeting(endpoint, id)?;
        Ok(Answer::ok(200, Body::Meeting(Arc::clone(&meeting.details))))
    }

    pub(super) fn list_meetings(&mut self, endpoint: u32, page: Page<'_>) -> Result<Answer, ServiceError> {
        let seal = Seal { seed: self.seed, endpoint, listing: Listing::Meetings };
        let cursor = seal.cursor(page.next_token)?;
        let endpoint = self.endpoint(endpoint);
        let size = size(page, endpoint.namespace);
        let start = cursor.map_or(Bound::Unbounded, Bound::Excluded);
        let mut entries = endpoint.order.range((start, Bound::Unbounded));
        let mut meetings = Vec::new();
        let mut last = 0;
        for (&serial, id) in entries.by_ref().take(size) {
            meetings.extend(endpoint.meetings.get(id).map(|meeting| Arc::clone(&meeting.details)));
            last = serial;
        }
        let next_token = entries.next().map(|_| seal.seal(last));
        Ok(Answer::ok(200, Body::Meetings { meetings, next_token }))
    }

    pub(super) fn delete_meeting(&mut self, endpoint: u32, id: &str) -> Result<Answer, ServiceError> {
        let id = self.meeting(endpoint, id)?.details.id;
        self.endpoint(endpoint).end(id);
        Ok(Answer::ok(204, Body::Empty))
    }

    /// Ends the meetings whose life is over.
    pub(super) fn expire(&mut self, now: Nanos, endpoint: u32) {
        let Some(lifetime) = self.meeting_lifetime else { return };
        let endpoint = self.endpoint(endpoint);
        // In the order of creation, so the first that lives on is followed by such alone.
        while let Some(&id) = endpoint.order.values().next()
            && endpoint.meetings.get(&id).is_none_or(|meeting| now.saturating_sub(meeting.created) >= lifetime)
        {
            endpoint.end(id);
        }
    }
}

/// How many entries a page may have.
pub(super) fn size(page: Page<'_>, namespace: Namespace) -> usize {
    usize::try_from(page.max_results.unwrap_or(max_page(namespace))).unwrap_or(1)
}

impl Endpoint {
    /// The status of a creation.
    pub(super) fn created(&self) -> u16 {
        match self.namespace {
            Namespace::Meetings => 200,
            Namespace::Legacy => 201,
        }
    }

    /// A meeting that has just been made or found.
    fn known(&mut self, id: Id) -> Result<&mut Meeting, ServiceError> {
        self.meetings.get_mut(&id).ok_or_else(ServiceError::failure)
    }

    /// The meeting of which another may become a replica.
    fn primary(&self, id: &str) -> Result<Id, ServiceError> {
        match id.parse().ok().and_then(|id: Id| self.meetings.get(&id)) {
            None => Err(ServiceError::bad_request(format!("The primary meeting <{id}> does not exist"))),
            Some(meeting) if meeting.details.primary_id.is_some() => {
                Err(ServiceError::bad_request(format!("The primary meeting <{id}> is itself a replica")))
            }
            Some(meeting) => Ok(meeting.details.id),
        }
    }

    fn add(&mut self, id: Id, meeting: Meeting) {
        self.by_token.insert(meeting.token.clone(), id);
        self.order.insert(meeting.serial, id);
        self.meetings.insert(id, meeting);
    }

    /// Ends a meeting, and its replicas with it.
    fn end(&mut self, id: Id) {
        let Some(meeting) = self.meetings.remove(&id) else { return };
        self.by_token.remove(&meeting.token);
        self.order.remove(&meeting.serial);
        // A replica has none of its own, so this goes one deep.
        for replica in meeting.replicas {
            self.end(replica);
        }
        if let Some(primary) = meeting.details.primary_id.and_then(|primary| self.meetings.get_mut(&primary)) {
            primary.replicas.retain(|&replica| replica != id);
        }
    }
}
