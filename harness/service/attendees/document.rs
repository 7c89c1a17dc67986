//! An answer's JSON document: the one form in which every front shows what the service did.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

use super::capabilities::{Capabilities, ContentResolution, Feature, MeetingFeatures, VideoResolution};
use super::id::{self, Id};
use super::meeting::{AttendeeView, ItemError, MeetingDetails};
use crate::service::answer::{Batch, Body};
use crate::service::caller::Namespace;

/// A body, to be serialised.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// What is shown.
    pub body: &'a Body,
    /// The identifier of the answer; an error tells it.
    pub request_id: Option<Id>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = match self.body {
            Body::Empty => return serializer.serialize_unit(),
            Body::Meeting(details) => Shown { meeting: Some(meeting(details)), ..Shown::default() },
            Body::MeetingWithAttendees(details, batch) => Shown { meeting: Some(meeting(details)), ..of_batch(batch) },
            Body::Attendee(view) => Shown { attendee: Some(AttendeeJson(view)), ..Shown::default() },
            Body::Batch(batch) => of_batch(batch),
            Body::Meetings { meetings, next_token } => Shown {
                meetings: Some(meetings.iter().map(|details| meeting(details)).collect()),
                next_token: next_token.as_deref(),
                ..Shown::default()
            },
            Body::Page { attendees, next_token } => Shown {
                attendees: Some(AttendeesJson(attendees)),
                next_token: next_token.as_deref(),
                ..Shown::default()
            },
            Body::Tags(tags) => {
                let tags = tags.iter().map(|(key, value)| TagJson { key, value });
                Shown { tags: Some(tags.collect()), ..Shown::default() }
            }
            Body::Error(error) => Shown {
                code: Some(error.code()),
                message: Some(&error.message),
                request_id: self.request_id,
                resource_name: error.resource_name.as_deref(),
                ..Shown::default()
            },
        };
        shown.serialize(serializer)
    }
}

fn of_batch(batch: &Batch) -> Shown<'_> {
    Shown {
        attendees: Some(AttendeesJson(&batch.attendees)),
        errors: Some(batch.errors.iter().map(item_error).collect()),
        ..Shown::default()
    }
}

/// Every member that any answer has; each shows its own. A list that is empty is shown, one that is absent is not.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting: Option<MeetingJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meetings: Option<Vec<MeetingJson<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attendee: Option<AttendeeJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attendees: Option<AttendeesJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<ItemErrorJson<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<TagJson<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_name: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagJson<'a> {
    key: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ItemErrorJson<'a> {
    external_user_id: &'a str,
    error_code: &'a str,
    error_message: &'a str,
}

fn item_error(error: &ItemError) -> ItemErrorJson<'_> {
    ItemErrorJson { external_user_id: &error.external_user_id, error_code: &error.code, error_message: &error.message }
}

/// Attendees, without a list of them in between.
struct AttendeesJson<'a>(&'a [AttendeeView]);

impl Serialize for AttendeesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for view in self.0 {
            list.serialize_element(&AttendeeJson(view))?;
        }
        list.end()
    }
}

struct AttendeeJson<'a>(&'a AttendeeView);

impl Serialize for AttendeeJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Members<'a> {
            external_user_id: &'a str,
            attendee_id: Id,
            join_token: JoinToken<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            capabilities: Option<CapabilitiesJson>,
        }
        let members = Members {
            external_user_id: &self.0.external_user_id,
            attendee_id: self.0.id,
            join_token: JoinToken(self.0),
            capabilities: self.0.capabilities.map(CapabilitiesJson::from),
        };
        members.serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CapabilitiesJson {
    audio: &'static str,
    video: &'static str,
    content: &'static str,
}

impl From<Capabilities> for CapabilitiesJson {
    fn from(capabilities: Capabilities) -> Self {
        let Capabilities { audio, video, content } = capabilities;
        Self { audio: audio.name(), video: video.name(), content: content.name() }
    }
}

/// Unpadded base64 of both ids, as real ones are.
struct JoinToken<'a>(&'a AttendeeView);

/// Both ids with a colon between them, and that in base64.
const JOINED: usize = 2 * id::LENGTH + 1;
const ENCODED: usize = (JOINED * 4).div_ceil(3);

impl Serialize for JoinToken<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // On the stack: a page of a hundred attendees has a hundred of these.
        let (mut text, mut joined, mut encoded) = ([0; id::LENGTH], [b':'; JOINED], [0; ENCODED]);
        joined[..id::LENGTH].copy_from_slice(self.0.id.print(&mut text).as_bytes());
        joined[id::LENGTH + 1..].copy_from_slice(self.0.secret.print(&mut text).as_bytes());
        // The buffer has the very length that is needed, and base64 is ASCII.
        let length = STANDARD_NO_PAD.encode_slice(joined, &mut encoded).unwrap_or_default();
        serializer.serialize_str(std::str::from_utf8(&encoded[..length]).unwrap_or_default())
    }
}

impl AttendeeView {
    /// JoinToken.
    pub fn join_token(&self) -> String {
        STANDARD_NO_PAD.encode(format!("{}:{}", self.id, self.secret))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MeetingJson<'a> {
    meeting_id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting_host_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_meeting_id: Option<&'a str>,
    media_region: &'a str,
    media_placement: MediaPlacementJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting_features: Option<FeaturesJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_meeting_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_ids: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting_arn: Option<String>,
}

fn meeting(details: &MeetingDetails) -> MeetingJson<'_> {
    let shown = MeetingJson {
        meeting_id: details.id,
        meeting_host_id: details.host_id.as_deref(),
        external_meeting_id: details.external_id.as_deref(),
        media_region: &details.media_region,
        media_placement: media_placement(details),
        meeting_features: details.features.as_ref().map(features),
        primary_meeting_id: details.primary_id,
        tenant_ids: Some(&details.tenant_ids),
        meeting_arn: Some(details.arn()),
    };
    match details.namespace {
        Namespace::Meetings => shown,
        Namespace::Legacy => MeetingJson {
            meeting_host_id: None,
            meeting_features: None,
            primary_meeting_id: None,
            tenant_ids: None,
            meeting_arn: None,
            ..shown
        },
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the names are the API's own")]
struct MediaPlacementJson {
    audio_host_url: String,
    audio_fallback_url: String,
    signaling_url: String,
    turn_control_url: String,
    screen_data_url: String,
    screen_viewing_url: String,
    screen_sharing_url: String,
    event_ingestion_url: String,
}

fn media_placement(details: &MeetingDetails) -> MediaPlacementJson {
    // The region is free text; in a host it may only be what a host may hold.
    let host_part = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let region: String = details.media_region.chars().map(host_part).collect();
    let id = details.id;
    // No media server stands behind a mock: RFC 2606 keeps `.invalid` from ever naming a host.
    let at = |scheme: &str, name: &str| format!("{scheme}://{name}.{region}.mock.invalid/{id}");
    MediaPlacementJson {
        audio_host_url: format!("audio.{region}.mock.invalid:3478"),
        audio_fallback_url: at("wss", "fallback"),
        signaling_url: at("wss", "signal"),
        turn_control_url: at("https", "turn"),
        screen_data_url: at("wss", "screen-data"),
        screen_viewing_url: at("wss", "screen-viewing"),
        screen_sharing_url: at("wss", "screen-sharing"),
        event_ingestion_url: at("https", "events"),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FeaturesJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<AudioJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<ResolutionJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<ResolutionJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attendee: Option<MaxCountJson>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AudioJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    echo_reduction: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResolutionJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_resolution: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MaxCountJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_count: Option<i64>,
}

fn features(features: &MeetingFeatures) -> FeaturesJson {
    let echo = |available| if available { "AVAILABLE" } else { "UNAVAILABLE" };
    let video = |resolution| match resolution {
        VideoResolution::None => "None",
        VideoResolution::Hd => "HD",
        VideoResolution::Fhd => "FHD",
    };
    let content = |resolution| match resolution {
        ContentResolution::None => "None",
        ContentResolution::Fhd => "FHD",
        ContentResolution::Uhd => "UHD",
    };
    FeaturesJson {
        audio: features.audio.map(|Feature(value)| AudioJson { echo_reduction: value.map(echo) }),
        video: features.video.map(|Feature(value)| ResolutionJson { max_resolution: value.map(video) }),
        content: features.content.map(|Feature(value)| ResolutionJson { max_resolution: value.map(content) }),
        attendee: features.attendee.map(|Feature(max_count)| MaxCountJson { max_count }),
    }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
