//! From a typed answer to status, headers and JSON.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::response::Parts;
use http::{Response, StatusCode};
use serde::Serialize;

use super::reject;
use crate::service::attendees::capabilities::{Capabilities, ContentResolution, MeetingFeatures, VideoResolution};
use crate::service::attendees::id::Id;
use crate::service::attendees::{AttendeeView, ItemError, MeetingDetails};
use crate::service::{Answer, Body, ServiceError};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const AWS_RETRY_AFTER: HeaderName = HeaderName::from_static("x-amz-retry-after");

/// A reply as bytes, before it is sent or damaged.
pub(super) struct Reply {
    pub(super) head: Parts,
    pub(super) body: Bytes,
}

impl Reply {
    /// Tells which methods a path supports, as a 405 has to.
    pub(super) fn allow(&mut self, methods: &'static str) {
        self.head.headers.insert(ALLOW, HeaderValue::from_static(methods));
    }
}

/// Renders an answer.
pub(super) fn reply(answer: &Answer, request_id: Id) -> Reply {
    let request_id = request_id.to_string();
    let body = match &answer.body {
        Body::Empty => Bytes::new(),
        Body::Meeting(details) => json(&MeetingAnswer { meeting: meeting(details) }),
        Body::Attendee(view) => json(&AttendeeAnswer { attendee: attendee(view) }),
        Body::Batch { attendees, errors } => json(&BatchAnswer {
            attendees: attendees.iter().map(attendee).collect(),
            errors: errors.iter().map(item_error).collect(),
        }),
        Body::Page { attendees, next_token } => {
            json(&PageAnswer { attendees: attendees.iter().map(attendee).collect(), next_token: next_token.as_deref() })
        }
        Body::Error(error) => json(&error_body(error, &request_id)),
    };
    let (mut head, ()) = Response::new(()).into_parts();
    head.status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = &mut head.headers;
    if !body.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Ok(value) = HeaderValue::try_from(&request_id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Body::Error(error) = &answer.body
        && let Ok(value) = HeaderValue::try_from(&*error.type_name)
    {
        headers.insert(ERROR_TYPE, value);
    }
    if let Some(seconds) = answer.hints.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(millis) = answer.hints.aws_retry_after {
        headers.insert(AWS_RETRY_AFTER, HeaderValue::from(millis));
    }
    reject::dress(Reply { head, body }, answer, &request_id)
}

fn json(value: &impl Serialize) -> Bytes {
    // These types serialise into memory without a way to fail.
    serde_json::to_vec(value).map(Bytes::from).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MeetingAnswer<'a> {
    meeting: MeetingJson<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttendeeAnswer<'a> {
    attendee: AttendeeJson<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchAnswer<'a> {
    attendees: Vec<AttendeeJson<'a>>,
    errors: Vec<ItemErrorJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PageAnswer<'a> {
    attendees: Vec<AttendeeJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorJson<'a> {
    code: &'a str,
    message: &'a str,
    request_id: &'a str,
}

fn error_body<'a>(error: &'a ServiceError, request_id: &'a str) -> ErrorJson<'a> {
    ErrorJson { code: error.code(), message: &error.message, request_id }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ItemErrorJson<'a> {
    external_user_id: &'a str,
    error_code: &'a str,
    error_message: &'a str,
}

fn item_error(error: &ItemError) -> ItemErrorJson<'_> {
    ItemErrorJson { external_user_id: &error.external_user_id, error_code: error.code, error_message: &error.message }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttendeeJson<'a> {
    external_user_id: &'a str,
    attendee_id: String,
    join_token: String,
    capabilities: CapabilitiesJson,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CapabilitiesJson {
    audio: &'static str,
    video: &'static str,
    content: &'static str,
}

fn attendee(view: &AttendeeView) -> AttendeeJson<'_> {
    let Capabilities { audio, video, content } = view.capabilities;
    AttendeeJson {
        external_user_id: &view.external_user_id,
        attendee_id: view.id.to_string(),
        join_token: view.join_token(),
        capabilities: CapabilitiesJson { audio: audio.name(), video: video.name(), content: content.name() },
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MeetingJson<'a> {
    meeting_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting_host_id: Option<&'a str>,
    external_meeting_id: &'a str,
    media_region: &'a str,
    media_placement: MediaPlacementJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting_features: Option<FeaturesJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_meeting_id: Option<String>,
    tenant_ids: &'a [String],
    meeting_arn: String,
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

fn meeting(details: &MeetingDetails) -> MeetingJson<'_> {
    let (id, region) = (details.id, &details.media_region);
    // No media server stands behind a mock: RFC 2606 keeps `.invalid` from ever naming a host.
    let at = |scheme: &str, name: &str| format!("{scheme}://{name}.{region}.mock.invalid/{id}");
    MeetingJson {
        meeting_id: id.to_string(),
        meeting_host_id: details.host_id.as_deref(),
        external_meeting_id: &details.external_id,
        media_region: region,
        media_placement: MediaPlacementJson {
            audio_host_url: format!("audio.{region}.mock.invalid:3478"),
            audio_fallback_url: at("wss", "fallback"),
            signaling_url: at("wss", "signal"),
            turn_control_url: at("https", "turn"),
            screen_data_url: at("wss", "screen-data"),
            screen_viewing_url: at("wss", "screen-viewing"),
            screen_sharing_url: at("wss", "screen-sharing"),
            event_ingestion_url: at("https", "events"),
        },
        meeting_features: details.features.as_ref().map(features),
        primary_meeting_id: details.primary_id.map(|id| id.to_string()),
        tenant_ids: &details.tenant_ids,
        meeting_arn: details.arn(),
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
    echo_reduction: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResolutionJson {
    max_resolution: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MaxCountJson {
    max_count: i64,
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
        audio: features.echo_reduction.map(|available| AudioJson { echo_reduction: echo(available) }),
        video: features.video.map(|resolution| ResolutionJson { max_resolution: video(resolution) }),
        content: features.content.map(|resolution| ResolutionJson { max_resolution: content(resolution) }),
        attendee: features.max_count.map(|max_count| MaxCountJson { max_count }),
    }
}
