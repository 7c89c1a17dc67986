//! The constraints of the API's model: lengths, list sizes and patterns. They are checked before anything is looked up.

use std::fmt::{self, Display, Write as _};

use super::id::Id;
use super::request::{CreateMeeting, NewAttendee, Request};

/// The most items of a BatchCreateAttendee.
pub const MAX_BATCH: usize = 100;
/// The most entries of a page.
pub const MAX_PAGE: i64 = 100;
/// The most violations that one message spells out.
const MAX_SPELLED_OUT: usize = 10;

/// What is wrong with a request, collected over all its fields.
#[derive(Debug, Default)]
pub struct Violations {
    count: usize,
    text: String,
}

impl Violations {
    /// Adds one, in the words of the service: which value, which field, which constraint. `field` is the path in the
    /// request, in lower camel case.
    pub fn add(&mut self, value: Option<&str>, field: impl Display, constraint: impl Display) {
        self.count += 1;
        if self.count > MAX_SPELLED_OUT {
            return;
        }
        let separator = if self.count == 1 { "" } else { "; " };
        // Writing to a string cannot fail.
        let _ = match value {
            Some(value) => write!(
                self.text,
                "{separator}Value '{}' at '{field}' failed to satisfy constraint: {constraint}",
                Excerpt(value)
            ),
            None => write!(self.text, "{separator}Value at '{field}' failed to satisfy constraint: {constraint}"),
        };
    }

    /// Whether nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The message, if anything is wrong.
    pub fn into_message(self) -> Option<String> {
        let plural = if self.count == 1 { "" } else { "s" };
        (self.count > 0).then(|| format!("{} validation error{plural} detected: {}", self.count, self.text))
    }

    fn length(&mut self, value: &str, field: impl Display, min: usize, max: usize) {
        // Counting characters is only needed where bytes leave it open.
        let length = if value.len() <= max && value.is_ascii() { value.len() } else { value.chars().count() };
        self.size(length, Some(value), field, min, max);
    }

    fn size(&mut self, length: usize, value: Option<&str>, field: impl Display, min: usize, max: usize) {
        if length < min {
            self.add(value, field, format_args!("Member must have length greater than or equal to {min}"));
        } else if length > max {
            self.add(value, field, format_args!("Member must have length less than or equal to {max}"));
        }
    }

    fn pattern(&mut self, value: &str, field: impl Display, pattern: &str, holds: impl Fn(char) -> bool) {
        if !value.chars().all(holds) {
            self.add(Some(value), field, format_args!("Member must satisfy regular expression pattern: {pattern}"));
        }
    }

    fn id(&mut self, value: &str, field: &str) {
        if value.parse::<Id>().is_err() {
            let pattern = "[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}";
            self.add(Some(value), field, format_args!("Member must satisfy regular expression pattern: {pattern}"));
        }
    }
}

/// The beginning of a value: nobody wants a megabyte back.
struct Excerpt<'a>(&'a str);

impl Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(128) {
            Some((end, _)) => write!(f, "{}...", &self.0[..end]),
            None => f.write_str(self.0),
        }
    }
}

/// Checks a request against the model.
pub(super) fn check(request: &Request<'_>) -> Violations {
    let mut found = Violations::default();
    match *request {
        Request::CreateMeeting(ref meeting) => create_meeting(meeting, &mut found),
        Request::GetMeeting { meeting } | Request::DeleteMeeting { meeting } => found.id(meeting, "meetingId"),
        Request::CreateAttendee { meeting, ref attendee } => {
            found.id(meeting, "meetingId");
            found.length(attendee.external_user_id, "externalUserId", 2, 64);
        }
        Request::BatchCreateAttendee { meeting, attendees } => {
            found.id(meeting, "meetingId");
            batch(attendees, &mut found);
        }
        Request::GetAttendee { meeting, attendee } | Request::DeleteAttendee { meeting, attendee } => {
            found.id(meeting, "meetingId");
            found.id(attendee, "attendeeId");
        }
        Request::ListAttendees { meeting, max_results, next_token } => {
            found.id(meeting, "meetingId");
            found.length(next_token.unwrap_or_default(), "nextToken", 0, 4096);
            range(max_results.unwrap_or(MAX_PAGE), "maxResults", MAX_PAGE, &mut found);
        }
    }
    found
}

fn range(value: i64, field: &str, max: i64, found: &mut Violations) {
    if value < 1 {
        found.add(Some(&value.to_string()), field, "Member must have value greater than or equal to 1");
    } else if value > max {
        let constraint = format_args!("Member must have value less than or equal to {max}");
        found.add(Some(&value.to_string()), field, constraint);
    }
}

fn batch(attendees: &[NewAttendee<'_>], found: &mut Violations) {
    found.size(attendees.len(), None, "attendees", 1, MAX_BATCH);
    for (index, attendee) in attendees.iter().enumerate() {
        let field = format_args!("attendees.{}.member.externalUserId", index + 1);
        found.length(attendee.external_user_id, field, 2, 64);
    }
}

fn create_meeting(meeting: &CreateMeeting<'_>, found: &mut Violations) {
    found.length(meeting.client_request_token, "clientRequestToken", 2, 64);
    found.pattern(meeting.client_request_token, "clientRequestToken", "[-_a-zA-Z0-9]*", |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
    });
    found.length(meeting.media_region, "mediaRegion", 2, 64);
    found.length(meeting.external_meeting_id, "externalMeetingId", 2, 64);
    for (value, field) in [(meeting.meeting_host_id, "meetingHostId"), (meeting.primary_meeting_id, "primaryMeetingId")]
    {
        if let Some(value) = value {
            found.length(value, field, 2, 64);
        }
    }
    if let Some(max_count) = meeting.features.and_then(|features| features.max_count) {
        range(max_count, "meetingFeatures.attendee.maxCount", 250, found);
    }
    for &(field, value) in meeting.notifications {
        found.length(value, format_args!("notificationsConfiguration.{field}"), 1, 1024);
        if !is_arn(value) {
            let constraint = r"Member must satisfy regular expression pattern: ^arn[\/\:\-\_\.a-zA-Z0-9]+$";
            found.add(Some(value), format_args!("notificationsConfiguration.{field}"), constraint);
        }
    }
    tenants(meeting.tenant_ids, found);
    tags(meeting.tags, found);
}

fn is_arn(value: &str) -> bool {
    value.strip_prefix("arn").is_some_and(|rest| {
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '-' | '_' | '.'))
    })
}

fn tenants(tenant_ids: &[&str], found: &mut Violations) {
    found.size(tenant_ids.len(), None, "tenantIds", 0, 5);
    for (index, tenant) in tenant_ids.iter().enumerate() {
        let field = format!("tenantIds.{}.member", index + 1);
        found.length(tenant, &field, 2, 256);
        let pattern = r"^(?!.*?(.)\1{3})[-_!@#$a-zA-Z0-9]*$";
        let repeats = tenant.as_bytes().windows(4).any(|four| four.iter().all(|&byte| byte == four[0]));
        found.pattern(tenant, &field, pattern, |c| {
            !repeats && (c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '!' | '@' | '#' | '$'))
        });
    }
}

/// The patterns' `+-=` is a range, U+002B to U+003D: digits and `;` are in it, a space is not.
fn tags(tags: &[(&str, &str)], found: &mut Violations) {
    found.size(tags.len(), None, "tags", 0, 50);
    for (index, &(key, value)) in tags.iter().enumerate() {
        let field = |name| format!("tags.{}.member.{name}", index + 1);
        found.length(key, field("key"), 1, 128);
        found.pattern(key, field("key"), "^[a-zA-Z+-=._:/]+$", |c| {
            c.is_ascii_alphabetic() || ('+'..='=').contains(&c) || c == '_'
        });
        found.length(value, field("value"), 0, 256);
        found.pattern(value, field("value"), r"[\s\w+-=\.:/@]*", |c| {
            c.is_ascii_alphanumeric()
                || ('+'..='=').contains(&c)
                || matches!(c, '_' | '@' | ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01234567-89ab-cdef-0123-456789ABCDEF";

    fn meeting() -> CreateMeeting<'static> {
        CreateMeeting {
            client_request_token: "token-1",
            media_region: "eu-west-1",
            external_meeting_id: "all hands",
            ..CreateMeeting::default()
        }
    }

    fn message(request: Request<'_>) -> Option<String> {
        check(&request).into_message()
    }

    #[test]
    fn sound_requests_pass() {
        let tags = [("a+b;c=d/e_f:g.9", "x y@z\t9")];
        let notifications = [("snsTopicArn", "arn:aws:sns:us-east-1:1:t")];
        let full = CreateMeeting { tags: &tags, notifications: &notifications, tenant_ids: &["aaa!@#$"], ..meeting() };
        for request in [
            Request::CreateMeeting(meeting()),
            Request::CreateMeeting(full),
            Request::GetMeeting { meeting: ID },
            Request::ListAttendees { meeting: ID, max_results: Some(1), next_token: Some("") },
        ] {
            assert_eq!(message(request), None);
        }
    }

    #[test]
    fn each_constraint_has_its_message() {
        let check = |request: Request<'_>, parts: &[&str]| {
            let message = message(request).unwrap_or_default();
            assert!(parts.iter().all(|part| message.contains(part)), "{parts:?} in {message}");
        };
        let create = |meeting| Request::CreateMeeting(meeting);
        let long = "x".repeat(65);
        check(
            create(CreateMeeting { client_request_token: "t", ..meeting() }),
            &["1 validation error detected: Value 't' at 'clientRequestToken'", "greater than or equal to 2"],
        );
        check(create(CreateMeeting { client_request_token: "a b", ..meeting() }), &["[-_a-zA-Z0-9]*"]);
        check(create(CreateMeeting { external_meeting_id: &long, ..meeting() }), &["less than or equal to 64"]);
        check(
            create(CreateMeeting { media_region: "", external_meeting_id: "", ..meeting() }),
            &["2 validation errors"],
        );
        check(create(CreateMeeting { tenant_ids: &["aaaa"], ..meeting() }), &["tenantIds.1.member"]);
        check(create(CreateMeeting { tags: &[("a b", "")], ..meeting() }), &["tags.1.member.key"]);
        check(
            create(CreateMeeting { notifications: &[("sqsQueueArn", "arn")], ..meeting() }),
            &["notificationsConfiguration.sqsQueueArn"],
        );
        check(Request::GetMeeting { meeting: "nope" }, &["'nope' at 'meetingId'"]);
        check(Request::GetAttendee { meeting: ID, attendee: "x" }, &["attendeeId"]);
        for (number, word) in [(0, "greater"), (101, "less")] {
            check(
                Request::ListAttendees { meeting: ID, max_results: Some(number), next_token: None },
                &["maxResults", word],
            );
        }
        let token = "t".repeat(4097);
        check(
            Request::ListAttendees { meeting: ID, max_results: None, next_token: Some(&token) },
            &["nextToken", "4096"],
        );
    }

    #[test]
    fn lengths_count_characters() {
        let wide = "é".repeat(64);
        let attendee = NewAttendee { external_user_id: &wide, capabilities: None };
        assert_eq!(message(Request::CreateAttendee { meeting: ID, attendee }), None);
    }

    #[test]
    fn a_batch_has_one_to_a_hundred_items() {
        let batch = |size| {
            let attendees = vec![NewAttendee { external_user_id: "user", capabilities: None }; size];
            message(Request::BatchCreateAttendee { meeting: ID, attendees: &attendees })
        };
        assert!(batch(0).is_some() && batch(101).is_some());
        assert!(batch(1).is_none() && batch(100).is_none());
        let short = [NewAttendee { external_user_id: "x", capabilities: None }];
        let message = message(Request::BatchCreateAttendee { meeting: ID, attendees: &short });
        assert!(message.is_some_and(|text| text.contains("attendees.1.member.externalUserId")));
    }
}
