//! From route and JSON to a typed request.
//!
//! What the types of a request cannot hold is refused here: absent and mistyped members and unknown enum values. All of
//! them are told at once. Lengths, patterns and list sizes are the service's own business.

use serde_json::{Map, Value};

use super::route::Route;
use crate::service::attendees::capabilities::{
    Capabilities, Capability, ContentResolution, MeetingFeatures, VideoResolution,
};
use crate::service::attendees::constraints::Violations;
use crate::service::attendees::request::{CreateMeeting, NewAttendee};
use crate::service::{OperationKind, Request, ServiceError};

/// What a body said, for a [`Request`] to borrow from.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    meeting: CreateMeeting<'a>,
    tenant_ids: Vec<&'a str>,
    tags: Vec<(&'a str, &'a str)>,
    notifications: Vec<(&'static str, &'a str)>,
    attendees: Vec<NewAttendee<'a>>,
    max_results: Option<i64>,
}

/// Whether the operation has a body to parse.
pub(super) fn has_body(operation: OperationKind) -> bool {
    matches!(
        operation,
        OperationKind::CreateMeeting | OperationKind::CreateAttendee | OperationKind::BatchCreateAttendee
    )
}

/// Reads a body into the JSON object that it has to be. serde_json refuses more than 128 levels.
///
/// # Errors
/// 400 for anything that is not a JSON object in UTF-8.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, ServiceError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(ServiceError::bad_request("The body must be a JSON object")),
        Err(fault) => Err(ServiceError::bad_request(format!("The body is not valid JSON: {fault}"))),
    }
}

/// Takes the members that the operation knows; others are ignored.
///
/// # Errors
/// 400, naming every member that is absent or of the wrong type.
pub(super) fn draft<'a>(route: &Route, body: &'a Map<String, Value>) -> Result<Draft<'a>, ServiceError> {
    let mut found = Violations::default();
    let mut draft = Draft::default();
    let root = Members { map: body, path: "" };
    match route.operation {
        OperationKind::CreateMeeting => create_meeting(root, &mut draft, &mut found),
        OperationKind::CreateAttendee => draft.attendees.push(attendee(root, &mut found)),
        OperationKind::BatchCreateAttendee => match root.get("Attendees") {
            None => root.absent("Attendees", &mut found),
            Some(_) => {
                draft.attendees.extend(root.objects("Attendees", &mut found, |item, found| attendee(item, found)));
            }
        },
        OperationKind::ListAttendees => {
            if let Some(text) = &route.max_results {
                match text.parse() {
                    Ok(number) => draft.max_results = Some(number),
                    Err(_) => found.add(Some(text), "maxResults", "Member must be an integer"),
                }
            }
        }
        OperationKind::GetMeeting
        | OperationKind::DeleteMeeting
        | OperationKind::GetAttendee
        | OperationKind::DeleteAttendee => {}
    }
    match found.into_message() {
        Some(message) => Err(ServiceError::bad_request(message)),
        None => Ok(draft),
    }
}

impl Draft<'_> {
    /// The typed request.
    pub(super) fn request<'b>(&'b self, route: &'b Route) -> Request<'b> {
        let (meeting, attendee) = (route.meeting.as_str(), route.attendee.as_str());
        match route.operation {
            OperationKind::CreateMeeting => Request::CreateMeeting(CreateMeeting {
                tenant_ids: &self.tenant_ids,
                tags: &self.tags,
                notifications: &self.notifications,
                ..self.meeting
            }),
            OperationKind::GetMeeting => Request::GetMeeting { meeting },
            OperationKind::DeleteMeeting => Request::DeleteMeeting { meeting },
            OperationKind::CreateAttendee => {
                let absent = NewAttendee { external_user_id: "", capabilities: None };
                Request::CreateAttendee { meeting, attendee: self.attendees.first().copied().unwrap_or(absent) }
            }
            OperationKind::BatchCreateAttendee => Request::BatchCreateAttendee { meeting, attendees: &self.attendees },
            OperationKind::GetAttendee => Request::GetAttendee { meeting, attendee },
            OperationKind::ListAttendees => Request::ListAttendees {
                meeting,
                max_results: self.max_results,
                next_token: route.next_token.as_deref(),
            },
            OperationKind::DeleteAttendee => Request::DeleteAttendee { meeting, attendee },
        }
    }
}

fn create_meeting<'a>(root: Members<'a, '_>, draft: &mut Draft<'a>, found: &mut Violations) {
    draft.meeting = CreateMeeting {
        client_request_token: root.required("ClientRequestToken", found),
        media_region: root.required("MediaRegion", found),
        external_meeting_id: root.required("ExternalMeetingId", found),
        meeting_host_id: root.text("MeetingHostId", found),
        primary_meeting_id: root.text("PrimaryMeetingId", found),
        features: root.object("MeetingFeatures", found, features),
        ..CreateMeeting::default()
    };
    root.choice("MediaPlacementNetworkType", &[("Ipv4Only", ()), ("DualStack", ())], found);
    draft.tenant_ids = root.texts("TenantIds", found);
    draft.tags =
        root.objects("Tags", found, |tag, found| (tag.required("Key", found), tag.required("Value", found))).collect();
    let notifications = root.object("NotificationsConfiguration", found, |arns, found| {
        [("LambdaFunctionArn", "lambdaFunctionArn"), ("SnsTopicArn", "snsTopicArn"), ("SqsQueueArn", "sqsQueueArn")]
            .into_iter()
            .filter_map(|(name, field)| Some((field, arns.text(name, found)?)))
            .collect()
    });
    draft.notifications = notifications.unwrap_or_default();
}

fn features(members: Members<'_, '_>, found: &mut Violations) -> MeetingFeatures {
    use {ContentResolution as Content, VideoResolution as Video};
    let video = [("None", Video::None), ("HD", Video::Hd), ("FHD", Video::Fhd)];
    let content = [("None", Content::None), ("FHD", Content::Fhd), ("UHD", Content::Uhd)];
    let echo = [("AVAILABLE", true), ("UNAVAILABLE", false)];
    let resolution = "MaxResolution";
    MeetingFeatures {
        echo_reduction: members
            .object("Audio", found, |audio, found| audio.choice("EchoReduction", &echo, found))
            .flatten(),
        video: members.object("Video", found, |of, found| of.choice(resolution, &video, found)).flatten(),
        content: members.object("Content", found, |of, found| of.choice(resolution, &content, found)).flatten(),
        max_count: members.object("Attendee", found, |of, found| of.integer("MaxCount", found)).flatten(),
    }
}

fn attendee<'a>(members: Members<'a, '_>, found: &mut Violations) -> NewAttendee<'a> {
    NewAttendee {
        external_user_id: members.required("ExternalUserId", found),
        capabilities: members.object("Capabilities", found, capabilities),
    }
}

fn capabilities(members: Members<'_, '_>, found: &mut Violations) -> Capabilities {
    let mut medium = |name| {
        if members.get(name).is_none() {
            members.absent(name, found);
        }
        members.choice(name, &Capability::ALL.map(|value| (value.name(), value)), found).unwrap_or(Capability::None)
    };
    Capabilities { audio: medium("Audio"), video: medium("Video"), content: medium("Content") }
}

/// The members of a JSON object, and where it stands in the request.
#[derive(Clone, Copy)]
struct Members<'a, 'p> {
    map: &'a Map<String, Value>,
    /// In lower camel case, with a dot at its end; empty for the whole body.
    path: &'p str,
}

impl<'a> Members<'a, '_> {
    /// A member; `null` is absent.
    fn get(self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn place(self, name: &str) -> String {
        let mut letters = name.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        format!("{}{}{}", self.path, first.map(String::from).unwrap_or_default(), letters.as_str())
    }

    fn absent(self, name: &str, found: &mut Violations) {
        found.add(None, self.place(name), "Member must not be null");
    }

    fn mistyped(self, name: &str, wanted: &str, found: &mut Violations) {
        found.add(None, self.place(name), format_args!("Member must be {wanted}"));
    }

    fn text(self, name: &str, found: &mut Violations) -> Option<&'a str> {
        let text = self.get(name)?.as_str();
        if text.is_none() {
            self.mistyped(name, "a string", found);
        }
        text
    }

    fn required(self, name: &str, found: &mut Violations) -> &'a str {
        if self.get(name).is_none() {
            self.absent(name, found);
        }
        self.text(name, found).unwrap_or_default()
    }

    fn integer(self, name: &str, found: &mut Violations) -> Option<i64> {
        let number = self.get(name)?.as_i64();
        if number.is_none() {
            self.mistyped(name, "an integer", found);
        }
        number
    }

    fn choice<T: Copy>(self, name: &str, choices: &[(&str, T)], found: &mut Violations) -> Option<T> {
        let text = self.text(name, found)?;
        let chosen = choices.iter().find(|(known, _)| *known == text).map(|&(_, value)| value);
        if chosen.is_none() {
            let names: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
            let constraint = format_args!("Member must satisfy enum value set: [{}]", names.join(", ")).to_string();
            found.add(Some(text), self.place(name), constraint);
        }
        chosen
    }

    fn object<T>(
        self,
        name: &str,
        found: &mut Violations,
        read: impl FnOnce(Members<'a, '_>, &mut Violations) -> T,
    ) -> Option<T> {
        let value = self.get(name)?;
        let Some(map) = value.as_object() else {
            self.mistyped(name, "an object", found);
            return None;
        };
        Some(read(Members { map, path: &format!("{}.", self.place(name)) }, found))
    }

    fn list(self, name: &str, found: &mut Violations) -> &'a [Value] {
        match self.get(name) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.mistyped(name, "a list", found);
                &[]
            }
        }
    }

    fn texts(self, name: &str, found: &mut Violations) -> Vec<&'a str> {
        let items = self.list(name, found).iter().enumerate();
        items
            .map(|(index, item)| {
                item.as_str().unwrap_or_else(|| {
                    self.mistyped(&format!("{name}.{}.member", index + 1), "a string", found);
                    ""
                })
            })
            .collect()
    }

    fn objects<T>(
        self,
        name: &str,
        found: &mut Violations,
        mut read: impl FnMut(Members<'a, '_>, &mut Violations) -> T,
    ) -> std::vec::IntoIter<T> {
        let mut items = Vec::new();
        for (index, item) in self.list(name, found).iter().enumerate() {
            match item.as_object() {
                // The path of an item is only spelled out where something is wrong with it.
                Some(map) => {
                    let mut within = Violations::default();
                    let value = read(Members { map, path: "" }, &mut within);
                    if within.is_empty() {
                        items.push(value);
                    } else {
                        let path = format!("{}.{}.member.", self.place(name), index + 1);
                        items.push(read(Members { map, path: &path }, found));
                    }
                }
                None => self.mistyped(&format!("{name}.{}.member", index + 1), "an object", found),
            }
        }
        items.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(operation: OperationKind) -> Route {
        let (meeting, attendee) = ("m".to_owned(), String::new());
        Route { operation, meeting, attendee, max_results: None, next_token: None }
    }

    fn message(operation: OperationKind, body: &str) -> String {
        let fault = object(body.as_bytes()).and_then(|body| draft(&route(operation), &body).map(|_| ()));
        fault.err().map(|error| error.message.into_owned()).unwrap_or_default()
    }

    #[test]
    fn whole_meetings_are_read() {
        let body = r#"{"ClientRequestToken": "t", "MediaRegion": "r", "ExternalMeetingId": "e", "Unknown": 1,
            "MeetingHostId": null, "TenantIds": ["one"], "Tags": [{"Key": "k", "Value": "v"}],
            "MeetingFeatures": {"Audio": {"EchoReduction": "AVAILABLE"}, "Video": {"MaxResolution": "FHD"},
                "Content": {"MaxResolution": "UHD"}, "Attendee": {"MaxCount": 25}},
            "NotificationsConfiguration": {"SnsTopicArn": "arn:x"}}"#;
        let body = object(body.as_bytes()).expect("an object");
        let route = route(OperationKind::CreateMeeting);
        let draft = draft(&route, &body).expect("a sound body");
        let Request::CreateMeeting(meeting) = draft.request(&route) else { panic!("a CreateMeeting") };
        assert_eq!((meeting.client_request_token, meeting.meeting_host_id), ("t", None));
        assert_eq!(meeting.features.and_then(|features| features.max_count), Some(25));
        assert_eq!((meeting.tags, meeting.tenant_ids), (&[("k", "v")][..], &["one"][..]));
        assert_eq!(meeting.notifications, [("snsTopicArn", "arn:x")]);
    }

    #[test]
    fn every_fault_of_a_body_is_told() {
        use OperationKind::{BatchCreateAttendee as Batch, CreateAttendee, CreateMeeting};
        let check = |operation, body: &str, parts: &[&str]| {
            let message = message(operation, body);
            assert!(parts.iter().all(|part| message.contains(part)), "{parts:?} in {message}");
        };
        check(CreateMeeting, "{}", &["3 validation errors", "'clientRequestToken'", "must not be null"]);
        check(CreateAttendee, r#"{"ExternalUserId": 5}"#, &["1 validation error", "must be a string"]);
        check(
            CreateAttendee,
            r#"{"ExternalUserId": "u", "Capabilities": {"Audio": "Loud"}}"#,
            &[
                "3 validation errors",
                "'Loud' at 'capabilities.audio'",
                "[SendReceive, Send, Receive, None]",
                "'capabilities.video'",
            ],
        );
        check(Batch, "{}", &["'attendees'", "must not be null"]);
        check(Batch, r#"{"Attendees": {}}"#, &["must be a list"]);
        check(
            Batch,
            r#"{"Attendees": [{"ExternalUserId": "u"}, {}, 7]}"#,
            &["2 validation errors", "'attendees.2.member.externalUserId'", "'attendees.3.member'"],
        );
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        let check = |body: &[u8], part: &str| {
            let error = object(body).expect_err(part);
            assert!(error.status == 400 && error.message.contains(part), "{error:?}");
        };
        check(b"", "not valid JSON");
        check(b"{", "not valid JSON");
        check(b"[]", "must be a JSON object");
        check(b"{\"a\": \"\xff\"}", "not valid JSON");
        check(format!("{{\"a\": {}", "[".repeat(100_000)).as_bytes(), "recursion limit");
    }
}
