//! From path, query and JSON to a typed request: one reading for every front, so that no two can disagree.
//!
//! What the types of a request cannot hold is refused here: absent and mistyped members and unknown enum values. All of
//! them are told at once. Lengths, patterns and list sizes are checked by [`constraints`](super::constraints).

use super::capabilities::{Capabilities, Capability, ContentResolution, Feature, MeetingFeatures, VideoResolution};
use super::constraints::NOT_NULL;
use super::json::Json;
use super::members::Members;
use super::request::{CreateMeeting, NewAttendee, Page, Request, Subject, Tag};
use super::violations::Violations;
use crate::service::{Namespace, OperationKind};

/// The region of a meeting in the legacy namespace whose creator named none.
const LEGACY_MEDIA_REGION: &str = "us-east-1";

/// What path and query say of a request, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// Where they lead.
    pub operation: OperationKind,
    /// The meeting's id, where the path holds one.
    pub meeting: &'a str,
    /// The attendee's id, where the path holds one.
    pub attendee: &'a str,
    /// `max-results`, not yet a number.
    pub max_results: Option<&'a str>,
    /// `next-token`.
    pub next_token: Option<&'a str>,
    /// `arn`.
    pub arn: Option<&'a str>,
}

impl Address<'_> {
    /// The address of an operation that needs neither ids nor parameters.
    pub const fn of(operation: OperationKind) -> Self {
        Self { operation, meeting: "", attendee: "", max_results: None, next_token: None, arn: None }
    }
}

/// What a request said, for a [`Request`] to borrow from.
#[derive(Debug)]
pub struct Draft<'a> {
    address: Address<'a>,
    meeting: CreateMeeting<'a>,
    tenant_ids: Option<Vec<&'a str>>,
    notifications: Vec<(&'static str, &'a str)>,
    attendees: Option<Vec<NewAttendee<'a>>>,
    capabilities: Option<Capabilities>,
    tags: Option<Vec<Tag<'a>>>,
    /// Keys of tags, or ids of attendees that are excepted.
    names: Vec<&'a str>,
    /// The ARN, whether it stood in the query or in the body.
    arn: &'a str,
    max_results: Option<i64>,
}

impl<'a> Draft<'a> {
    /// Takes the members that the operation knows in that namespace; others are ignored. A body that is no object has none.
    ///
    /// # Errors
    /// Every member that is absent or of the wrong type.
    pub fn read(namespace: Namespace, address: Address<'a>, body: &'a Json<'a>) -> Result<Self, Violations> {
        let map = if let Json::Object(map) = body { map.as_slice() } else { &[] };
        let root = Members { map, path: "" };
        let mut reader = Reader { legacy: namespace == Namespace::Legacy, found: Violations::default() };
        let mut draft = Self {
            address,
            meeting: CreateMeeting::default(),
            tenant_ids: None,
            notifications: Vec::new(),
            attendees: None,
            capabilities: None,
            tags: None,
            names: Vec::new(),
            arn: "",
            max_results: None,
        };
        draft.fill(root, &mut reader);
        if reader.found.is_empty() { Ok(draft) } else { Err(reader.found) }
    }

    fn fill(&mut self, root: Members<'a, '_>, reader: &mut Reader) {
        use OperationKind as Op;
        let found = &mut reader.found;
        match self.address.operation {
            Op::CreateMeeting => self.fill_meeting(root, reader),
            Op::CreateMeetingWithAttendees => {
                self.fill_meeting(root, reader);
                self.attendees = root.objects("Attendees", &mut reader.found, attendee(reader.legacy));
                if self.attendees.is_none() && !reader.legacy {
                    root.missing("Attendees", &mut reader.found);
                }
            }
            Op::CreateAttendee => self.attendees = Some(vec![attendee(reader.legacy)(root, found)]),
            Op::BatchCreateAttendee => {
                root.missing("Attendees", found);
                self.attendees = root.objects("Attendees", found, attendee(reader.legacy));
            }
            Op::UpdateAttendeeCapabilities => self.fill_capabilities(root, found),
            Op::BatchUpdateAttendeeCapabilitiesExcept => {
                root.missing("ExcludedAttendeeIds", found);
                let id = |each: Members<'a, '_>, found: &mut Violations| each.required("AttendeeId", found);
                self.names = root.objects("ExcludedAttendeeIds", found, id).unwrap_or_default();
                self.fill_capabilities(root, found);
            }
            Op::TagResource | Op::TagMeeting | Op::TagAttendee => {
                if self.address.operation == Op::TagResource {
                    self.arn = root.required("ResourceARN", found);
                }
                root.missing("Tags", found);
                self.tags = root.objects("Tags", found, tag);
            }
            Op::UntagResource | Op::UntagMeeting | Op::UntagAttendee => {
                if self.address.operation == Op::UntagResource {
                    self.arn = root.required("ResourceARN", found);
                }
                root.missing("TagKeys", found);
                self.names = root.texts("TagKeys", found).unwrap_or_default();
            }
            Op::ListTagsForResource => match self.address.arn {
                Some(arn) => self.arn = arn,
                None => found.add(None, "resourceARN", NOT_NULL),
            },
            Op::ListMeetings | Op::ListAttendees => {
                if let Some(text) = self.address.max_results {
                    match text.parse() {
                        Ok(number) => self.max_results = Some(number),
                        Err(_) => found.add(Some(text), "maxResults", "Member must be an integer"),
                    }
                }
            }
            // An own operation has a body that nothing is known of; no front that reads bytes knows one.
            Op::Own(_)
            | Op::GetMeeting
            | Op::DeleteMeeting
            | Op::GetAttendee
            | Op::DeleteAttendee
            | Op::ListMeetingTags
            | Op::ListAttendeeTags => {}
        }
    }

    fn fill_meeting(&mut self, root: Members<'a, '_>, reader: &mut Reader) {
        let found = &mut reader.found;
        self.meeting = CreateMeeting {
            client_request_token: root.required("ClientRequestToken", found),
            media_region: root.text("MediaRegion", found),
            external_meeting_id: root.text("ExternalMeetingId", found),
            meeting_host_id: root.text("MeetingHostId", found),
            ..CreateMeeting::default()
        };
        let arns: &[(&str, &str)] = if reader.legacy { &ARNS[1..] } else { &ARNS };
        let notifications = root.object("NotificationsConfiguration", found, |members, found| {
            let arns = arns.iter().filter_map(|&(name, field)| Some((field, members.text(name, found)?)));
            arns.collect()
        });
        self.notifications = notifications.unwrap_or_default();
        self.tags = root.objects("Tags", found, tag);
        if reader.legacy {
            self.meeting.media_region.get_or_insert(LEGACY_MEDIA_REGION);
            return;
        }
        root.missing("MediaRegion", found);
        root.missing("ExternalMeetingId", found);
        self.meeting.primary_meeting_id = root.text("PrimaryMeetingId", found);
        self.meeting.features = root.object("MeetingFeatures", found, features);
        self.tenant_ids = root.texts("TenantIds", found);
        root.choice("MediaPlacementNetworkType", &[("Ipv4Only", ()), ("DualStack", ())], found);
    }

    fn fill_capabilities(&mut self, root: Members<'a, '_>, found: &mut Violations) {
        root.missing("Capabilities", found);
        self.capabilities = root.object("Capabilities", found, capabilities);
    }

    /// The typed request.
    pub fn request(&self) -> Request<'_> {
        use OperationKind as Op;
        let Address { operation, meeting, attendee, next_token, .. } = self.address;
        let page = Page { max_results: self.max_results, next_token };
        let created = || CreateMeeting {
            tenant_ids: self.tenant_ids.as_deref(),
            tags: self.tags.as_deref(),
            notifications: &self.notifications,
            ..self.meeting
        };
        // Each is there once the draft has been read without a violation.
        let capabilities = self.capabilities.unwrap_or(Capabilities::ALL);
        let attendees = self.attendees.as_deref();
        let tags = self.tags.as_deref().unwrap_or_default();
        let keys = self.names.as_slice();
        let resource = Subject::Resource { arn: self.arn };
        match operation {
            Op::CreateMeeting => Request::CreateMeeting(created()),
            Op::CreateMeetingWithAttendees => Request::CreateMeetingWithAttendees { meeting: created(), attendees },
            // What leads nowhere else reads a meeting that is not there.
            Op::GetMeeting | Op::Own(_) => Request::GetMeeting { meeting },
            Op::ListMeetings => Request::ListMeetings(page),
            Op::DeleteMeeting => Request::DeleteMeeting { meeting },
            Op::CreateAttendee => {
                static NOBODY: NewAttendee<'static> =
                    NewAttendee { external_user_id: "", capabilities: None, tags: None };
                let attendee = attendees.and_then(<[_]>::first).unwrap_or(&NOBODY);
                Request::CreateAttendee { meeting, attendee }
            }
            Op::BatchCreateAttendee => {
                Request::BatchCreateAttendee { meeting, attendees: attendees.unwrap_or_default() }
            }
            Op::GetAttendee => Request::GetAttendee { meeting, attendee },
            Op::ListAttendees => Request::ListAttendees { meeting, page },
            Op::DeleteAttendee => Request::DeleteAttendee { meeting, attendee },
            Op::UpdateAttendeeCapabilities => Request::UpdateAttendeeCapabilities { meeting, attendee, capabilities },
            Op::BatchUpdateAttendeeCapabilitiesExcept => {
                Request::BatchUpdateAttendeeCapabilitiesExcept { meeting, excluded: keys, capabilities }
            }
            Op::TagResource => Request::Tag { subject: resource, tags },
            Op::TagMeeting => Request::Tag { subject: Subject::Meeting { meeting }, tags },
            Op::TagAttendee => Request::Tag { subject: Subject::Attendee { meeting, attendee }, tags },
            Op::UntagResource => Request::Untag { subject: resource, keys },
            Op::UntagMeeting => Request::Untag { subject: Subject::Meeting { meeting }, keys },
            Op::UntagAttendee => Request::Untag { subject: Subject::Attendee { meeting, attendee }, keys },
            Op::ListTagsForResource => Request::ListTags { subject: resource },
            Op::ListMeetingTags => Request::ListTags { subject: Subject::Meeting { meeting } },
            Op::ListAttendeeTags => Request::ListTags { subject: Subject::Attendee { meeting, attendee } },
        }
    }
}

/// Reads in one namespace, and gathers what is wrong.
struct Reader {
    legacy: bool,
    found: Violations,
}

/// The members of NotificationsConfiguration; the first is unknown to the legacy namespace.
const ARNS: [(&str, &str); 3] =
    [("LambdaFunctionArn", "lambdaFunctionArn"), ("SnsTopicArn", "snsTopicArn"), ("SqsQueueArn", "sqsQueueArn")];

fn features(members: Members<'_, '_>, found: &mut Violations) -> MeetingFeatures {
    use {ContentResolution as Content, VideoResolution as Video};
    let video = [("None", Video::None), ("HD", Video::Hd), ("FHD", Video::Fhd)];
    let content = [("None", Content::None), ("FHD", Content::Fhd), ("UHD", Content::Uhd)];
    let echo = [("AVAILABLE", true), ("UNAVAILABLE", false)];
    let resolution = "MaxResolution";
    MeetingFeatures {
        audio: members.object("Audio", found, |of, found| Feature(of.choice("EchoReduction", &echo, found))),
        video: members.object("Video", found, |of, found| Feature(of.choice(resolution, &video, found))),
        content: members.object("Content", found, |of, found| Feature(of.choice(resolution, &content, found))),
        attendee: members.object("Attendee", found, |of, found| Feature(of.integer("MaxCount", found))),
    }
}

fn attendee<'a>(legacy: bool) -> impl Fn(Members<'a, '_>, &mut Violations) -> NewAttendee<'a> {
    move |members, found| NewAttendee {
        external_user_id: members.required("ExternalUserId", found),
        capabilities: if legacy { None } else { members.object("Capabilities", found, capabilities) },
        tags: if legacy { members.objects("Tags", found, tag) } else { None },
    }
}

fn tag<'a>(members: Members<'a, '_>, found: &mut Violations) -> Tag<'a> {
    (members.required("Key", found), members.required("Value", found))
}

fn capabilities(members: Members<'_, '_>, found: &mut Violations) -> Capabilities {
    let mut medium = |name| {
        members.missing(name, found);
        members.choice(name, &Capability::ALL.map(|value| (value.name(), value)), found).unwrap_or(Capability::None)
    };
    Capabilities { audio: medium("Audio"), video: medium("Video"), content: medium("Content") }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
