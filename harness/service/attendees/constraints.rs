//! The constraints of the API's two models: lengths, list sizes and patterns. They are checked before anything is looked
//! up. What the types of a request cannot hold is refused earlier, by [`draft`](super::draft).

use super::request::{CreateMeeting, NewAttendee, Page, Request, Subject, Tag};
use super::violations::Violations;
use crate::service::Namespace;

/// The most items of a BatchCreateAttendee; in the legacy namespace by its documentation, not by its model.
const MAX_BATCH: usize = 100;
/// The most attendees that can be excepted from an update.
const MAX_EXCLUDED: usize = 250;
/// The most tags of a meeting, or in one request.
pub(super) const MAX_TAGS: usize = 50;
/// The most tags of an attendee, or in one request for it.
pub(super) const MAX_ATTENDEE_TAGS: usize = 10;
/// The constraint of a member that has to be there.
pub(super) const NOT_NULL: &str = "Member must not be null";

/// The most entries of a page.
pub const fn max_page(namespace: Namespace) -> i64 {
    match namespace {
        Namespace::Meetings => 100,
        Namespace::Legacy => 99,
    }
}

/// Checks a request against the model of a namespace.
pub(super) fn check(namespace: Namespace, request: &Request<'_>) -> Violations {
    let mut model = Model { namespace, found: Violations::default() };
    match *request {
        Request::CreateMeeting(ref meeting) => model.create_meeting(meeting),
        Request::CreateMeetingWithAttendees { ref meeting, attendees } => {
            model.create_meeting(meeting);
            model.first_attendees(attendees);
        }
        Request::GetMeeting { meeting } | Request::DeleteMeeting { meeting } => model.id(meeting, "meetingId"),
        Request::CreateAttendee { meeting, attendee } => {
            model.id(meeting, "meetingId");
            model.attendee(attendee, "");
        }
        Request::BatchCreateAttendee { meeting, attendees } => {
            model.id(meeting, "meetingId");
            let min = match namespace {
                Namespace::Meetings => 1,
                Namespace::Legacy => 0,
            };
            model.attendees(attendees, min, MAX_BATCH);
        }
        Request::GetAttendee { meeting, attendee }
        | Request::DeleteAttendee { meeting, attendee }
        | Request::UpdateAttendeeCapabilities { meeting, attendee, .. } => {
            model.id(meeting, "meetingId");
            model.id(attendee, "attendeeId");
        }
        Request::ListMeetings(page) => model.page(page),
        Request::ListAttendees { meeting, page } => {
            model.id(meeting, "meetingId");
            model.page(page);
        }
        Request::BatchUpdateAttendeeCapabilitiesExcept { meeting, excluded, .. } => {
            model.id(meeting, "meetingId");
            model.found.size(excluded.len(), None, "excludedAttendeeIds", 1, MAX_EXCLUDED);
            for (index, attendee) in excluded.iter().enumerate() {
                model.id(attendee, &format!("excludedAttendeeIds.{}.member.attendeeId", index + 1));
            }
        }
        Request::Tag { subject, tags } => {
            let max = model.subject(subject);
            model.tags(tags, "tags", max);
        }
        Request::Untag { subject, keys } => {
            let max = model.subject(subject);
            model.found.size(keys.len(), None, "tagKeys", model.least_tags(), max);
            for (index, key) in keys.iter().enumerate() {
                model.tag_key(key, &format!("tagKeys.{}.member", index + 1));
            }
        }
        Request::ListTags { subject } => {
            model.subject(subject);
        }
    }
    model.found
}

/// The model of one namespace, and what breaks it.
struct Model {
    namespace: Namespace,
    found: Violations,
}

impl Model {
    fn is_legacy(&self) -> bool {
        self.namespace == Namespace::Legacy
    }

    fn id(&mut self, value: &str, field: &str) {
        self.found.id(value, field);
    }

    fn range(&mut self, value: i64, field: &str, max: i64) {
        if value < 1 {
            self.found.add(Some(&value.to_string()), field, "Member must have value greater than or equal to 1");
        } else if value > max {
            let constraint = format_args!("Member must have value less than or equal to {max}");
            self.found.add(Some(&value.to_string()), field, constraint);
        }
    }

    fn page(&mut self, page: Page<'_>) {
        if !self.is_legacy() {
            self.found.length(page.next_token.unwrap_or_default(), "nextToken", 0, 4096);
        }
        if let Some(size) = page.max_results {
            self.range(size, "maxResults", max_page(self.namespace));
        }
    }

    /// The attendees of a new meeting.
    fn first_attendees(&mut self, attendees: Option<&[NewAttendee<'_>]>) {
        let max = if self.is_legacy() { 10 } else { 20 };
        match attendees {
            Some(attendees) => self.attendees(attendees, 1, max),
            None if self.is_legacy() => {}
            None => self.found.add(None, "attendees", NOT_NULL),
        }
    }

    fn attendees(&mut self, attendees: &[NewAttendee<'_>], min: usize, max: usize) {
        self.found.size(attendees.len(), None, "attendees", min, max);
        for (index, attendee) in attendees.iter().enumerate() {
            // Paths are only spelled out where something is wrong, which is nowhere in nearly every batch.
            if !self.is_sound(attendee) {
                self.attendee(attendee, &format!("attendees.{}.member.", index + 1));
            }
        }
    }

    fn is_sound(&self, attendee: &NewAttendee<'_>) -> bool {
        let mut alone = Self { namespace: self.namespace, found: Violations::default() };
        alone.attendee(attendee, "");
        alone.found.is_empty()
    }

    fn attendee(&mut self, attendee: &NewAttendee<'_>, path: &str) {
        self.found.length(attendee.external_user_id, format_args!("{path}externalUserId"), 2, 64);
        if let Some(tags) = attendee.tags.as_deref().filter(|_| self.is_legacy()) {
            self.tags(tags, &format!("{path}tags"), MAX_ATTENDEE_TAGS);
        }
    }

    fn create_meeting(&mut self, meeting: &CreateMeeting<'_>) {
        let token = meeting.client_request_token;
        self.found.length(token, "clientRequestToken", 2, 64);
        self.found.pattern(token, "clientRequestToken", "[-_a-zA-Z0-9]*", |c| {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
        });
        let texts = [
            (meeting.media_region, "mediaRegion", true),
            (meeting.external_meeting_id, "externalMeetingId", true),
            (meeting.meeting_host_id, "meetingHostId", false),
        ];
        for (value, field, required) in texts {
            match value {
                Some(value) => self.found.length(value, field, 2, 64),
                None if required && !self.is_legacy() => self.found.add(None, field, NOT_NULL),
                None => {}
            }
        }
        for &(field, value) in meeting.notifications {
            let field = format!("notificationsConfiguration.{field}");
            self.found.length(value, &field, 1, 1024);
            self.arn_text(value, &field);
        }
        if !self.is_legacy() {
            self.later_members(meeting);
        }
        if let Some(tags) = meeting.tags {
            self.tags(tags, "tags", MAX_TAGS);
        }
    }

    /// What the legacy namespace does not know.
    fn later_members(&mut self, meeting: &CreateMeeting<'_>) {
        if let Some(primary) = meeting.primary_meeting_id {
            self.found.length(primary, "primaryMeetingId", 2, 64);
        }
        if let Some(max_count) = meeting.features.and_then(|features| features.max_count()) {
            self.range(max_count, "meetingFeatures.attendee.maxCount", 250);
        }
        let Some(tenants) = meeting.tenant_ids else { return };
        self.found.size(tenants.len(), None, "tenantIds", 1, 5);
        for (index, tenant) in tenants.iter().enumerate() {
            let field = format!("tenantIds.{}.member", index + 1);
            self.found.length(tenant, &field, 2, 256);
            let repeats = tenant.as_bytes().windows(4).any(|four| four.iter().all(|&byte| byte == four[0]));
            self.found.pattern(tenant, &field, r"^(?!.*?(.)\1{3})[-_!@#$a-zA-Z0-9]*$", |c| {
                !repeats && (c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '!' | '@' | '#' | '$'))
            });
        }
    }

    fn arn_text(&mut self, value: &str, field: &str) {
        let fits = value.strip_prefix("arn").is_some_and(|rest| {
            let permitted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '-' | '_' | '.');
            !rest.is_empty() && rest.chars().all(permitted)
        });
        if !fits {
            let constraint = r"Member must satisfy regular expression pattern: ^arn[\/\:\-\_\.a-zA-Z0-9]+$";
            self.found.add(Some(value), field, constraint);
        }
    }

    /// Checks what tags belong to, and gives the most of them that one request may name.
    fn subject(&mut self, subject: Subject<'_>) -> usize {
        match subject {
            Subject::Resource { arn } if self.is_legacy() => {
                self.found.length(arn, "resourceARN", 1, 1024);
                self.arn_text(arn, "resourceARN");
            }
            Subject::Resource { arn } => {
                self.found.length(arn, "resourceARN", 1, 1011);
                let fits = arn.starts_with("arn:") && !arn.contains('\n');
                if !fits {
                    let constraint = "Member must satisfy regular expression pattern: ^arn:.*";
                    self.found.add(Some(arn), "resourceARN", constraint);
                }
            }
            Subject::Meeting { meeting } => self.id(meeting, "meetingId"),
            Subject::Attendee { meeting, attendee } => {
                self.id(meeting, "meetingId");
                self.id(attendee, "attendeeId");
                return MAX_ATTENDEE_TAGS;
            }
        }
        MAX_TAGS
    }

    fn least_tags(&self) -> usize {
        usize::from(self.is_legacy())
    }

    fn tags(&mut self, tags: &[Tag<'_>], field: &str, max: usize) {
        self.found.size(tags.len(), None, field, self.least_tags(), max);
        for (index, &(key, value)) in tags.iter().enumerate() {
            let place = |name| format!("{field}.{}.member.{name}", index + 1);
            self.tag_key(key, &place("key"));
            self.found.length(value, place("value"), self.least_tags(), 256);
            if !self.is_legacy() {
                self.found.pattern(value, place("value"), r"[\s\w+-=\.:/@]*", |c| {
                    c.is_ascii_alphanumeric()
                        || ('+'..='=').contains(&c)
                        || matches!(c, '_' | '@' | ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
                });
            }
        }
    }

    /// The pattern's `+-=` is a range, U+002B to U+003D: digits and `;` are in it, a space is not.
    fn tag_key(&mut self, key: &str, field: &str) {
        self.found.length(key, field, 1, 128);
        if !self.is_legacy() {
            self.found.pattern(key, field, "^[a-zA-Z+-=._:/]+$", |c| {
                c.is_ascii_alphabetic() || ('+'..='=').contains(&c) || c == '_'
            });
        }
    }
}

#[cfg(test)]
#[path = "constraints_tests.rs"]
mod tests;
