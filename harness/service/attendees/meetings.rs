//! The operations on meetings.

use std::sync::Arc;

use super::id::Id;
use super::meeting::{Meeting, MeetingDetails};
use super::name;
use super::request::CreateMeeting;
use super::roster::Roster;
use super::{Endpoint, Store};
use crate::service::answer::{Answer, Body, ServiceError};

/// The most replicas of a meeting.
const MAX_REPLICAS: usize = 4;

impl Store {
    pub(super) fn create_meeting(&mut self, endpoint: u32, asked: &CreateMeeting<'_>) -> Result<Answer, ServiceError> {
        let (seed, serial, quota) = (self.seed, self.meetings_made, self.quotas.meetings);
        let endpoint = self.endpoint(endpoint);
        name::check(asked.external_meeting_id)
            .map_err(|fault| ServiceError::bad_request(format!("ExternalMeetingId {fault}")))?;
        if let Some(features) = &asked.features {
            features.check().map_err(ServiceError::bad_request)?;
        }
        let primary = asked.primary_meeting_id.map(|id| endpoint.primary(id)).transpose()?;
        if let Some(meeting) =
            endpoint.by_token.get(asked.client_request_token).and_then(|id| endpoint.meetings.get(id))
        {
            return Ok(shown(meeting));
        }
        if quota.is_some_and(|quota| endpoint.meetings.len() >= quota as usize) {
            return Err(ServiceError::limit_exceeded("The maximum number of active meetings has been reached"));
        }
        let id = Id::of_meeting(seed, serial);
        if let Some(primary) = primary.and_then(|primary| endpoint.meetings.get_mut(&primary)) {
            if primary.replicas.len() >= MAX_REPLICAS {
                return Err(ServiceError::limit_exceeded("The maximum number of replica meetings has been reached"));
            }
            primary.replicas.push(id);
        }
        let details = MeetingDetails {
            id,
            external_id: asked.external_meeting_id.to_owned(),
            media_region: asked.media_region.to_owned(),
            host_id: asked.meeting_host_id.map(str::to_owned),
            features: asked.features,
            primary_id: primary,
            tenant_ids: asked.tenant_ids.iter().map(|&tenant| tenant.to_owned()).collect(),
            region: Arc::clone(&endpoint.region),
            account_number: endpoint.account_number,
        };
        let token: Box<str> = asked.client_request_token.into();
        endpoint.by_token.insert(token.clone(), id);
        let meeting =
            Meeting { details: Arc::new(details), token, serial, replicas: Vec::new(), roster: Roster::default() };
        let answer = shown(&meeting);
        endpoint.meetings.insert(id, meeting);
        self.meetings_made += 1;
        Ok(answer)
    }

    pub(super) fn get_meeting(&mut self, endpoint: u32, id: &str) -> Result<Answer, ServiceError> {
        self.meeting(endpoint, id).map(|meeting| shown(meeting))
    }

    pub(super) fn delete_meeting(&mut self, endpoint: u32, id: &str) -> Result<Answer, ServiceError> {
        let id = self.meeting(endpoint, id)?.details.id;
        let endpoint = self.endpoint(endpoint);
        let Some(meeting) = endpoint.end(id) else { return Ok(Answer::ok(204, Body::Empty)) };
        for replica in meeting.replicas {
            endpoint.end(replica);
        }
        if let Some(primary) = meeting.details.primary_id.and_then(|primary| endpoint.meetings.get_mut(&primary)) {
            primary.replicas.retain(|&replica| replica != id);
        }
        Ok(Answer::ok(204, Body::Empty))
    }
}

impl Endpoint {
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

    fn end(&mut self, id: Id) -> Option<Meeting> {
        let meeting = self.meetings.remove(&id)?;
        self.by_token.remove(&meeting.token);
        Some(meeting)
    }
}

fn shown(meeting: &Meeting) -> Answer {
    Answer::ok(200, Body::Meeting(Arc::clone(&meeting.details)))
}
