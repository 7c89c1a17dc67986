//! Typed answers. The HTTP front renders them; the in-process transport and the simulator read them as they are.

use std::borrow::Cow;
use std::sync::Arc;

use super::attendees::{AttendeeView, ItemError, MeetingDetails};
use super::caller::Namespace;
use super::config::{RejectBody, WireFault};
use crate::limit::Quota;
use crate::units::Nanos;

/// What the service answers, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What was asked for, or the error.
    pub body: Body,
    /// When to come back, if the answer says so.
    pub hints: Hints,
    /// Waiting for a worker and the service time; the front waits that long before it answers. The effect on the state
    /// is there from the start.
    pub delay: Nanos,
    /// How the answer is to be damaged on its way.
    pub fault: Option<WireFault>,
    /// What a refusal by a limiter tells besides; absent in every other answer.
    pub refusal: Option<Refusal>,
}

impl Answer {
    /// A good answer without delay.
    pub(crate) const fn ok(status: u16, body: Body) -> Self {
        Self {
            status,
            body,
            hints: Hints { retry_after: None, aws_retry_after: None },
            delay: Nanos::ZERO,
            fault: None,
            refusal: None,
        }
    }

    /// An error without delay, such as a front gives for what is wrong before the service is asked.
    pub fn error(error: ServiceError) -> Self {
        Self { status: error.status, ..Self::ok(0, Body::Error(error)) }
    }
}

/// What an answer carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing: the operation has no output.
    Empty,
    /// A meeting.
    Meeting(Arc<MeetingDetails>),
    /// A meeting, and what became of the attendees that were to be created in it.
    MeetingWithAttendees(Arc<MeetingDetails>, Batch),
    /// An attendee.
    Attendee(AttendeeView),
    /// What became of the items of a batch.
    Batch(Batch),
    /// A page of meetings.
    Meetings {
        /// The entries, in the order of their creation.
        meetings: Vec<Arc<MeetingDetails>>,
        /// Leads to the next page; absent on the last.
        next_token: Option<String>,
    },
    /// A page of attendees.
    Page {
        /// The entries, in the order of their creation.
        attendees: Vec<AttendeeView>,
        /// Leads to the next page; absent on the last.
        next_token: Option<String>,
    },
    /// Tags: keys and values.
    Tags(Vec<(String, String)>),
    /// An error.
    Error(ServiceError),
}

/// What became of the items of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The attendees that exist now, in the order of the request.
    pub attendees: Vec<AttendeeView>,
    /// The items that were refused.
    pub errors: Vec<ItemError>,
}

/// The headers that tell a client when to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// `x-amz-retry-after`, in milliseconds.
    pub aws_retry_after: Option<u64>,
}

/// An error in the service's own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// The type, as `x-amzn-ErrorType` names it.
    pub type_name: Cow<'static, str>,
    /// What people read.
    pub message: Cow<'static, str>,
    /// The ARN that the error is about, where the type carries one.
    pub resource_name: Option<Box<str>>,
}

impl ServiceError {
    /// An error of any type.
    pub fn new(status: u16, type_name: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, type_name: type_name.into(), message: message.into(), resource_name: None }
    }

    /// 400: the request breaks a constraint or a rule.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "BadRequestException", message)
    }

    /// 400: a quota is exhausted.
    pub(crate) fn limit_exceeded(namespace: Namespace, message: impl Into<Cow<'static, str>>) -> Self {
        let type_name = match namespace {
            Namespace::Meetings => "LimitExceededException",
            Namespace::Legacy => "ResourceLimitExceededException",
        };
        Self::new(400, type_name, message)
    }

    /// 400: a resource would have too many tags. The legacy namespace has no type of its own for that.
    pub(crate) fn too_many_tags(namespace: Namespace, arn: Option<&str>) -> Self {
        let message = "The maximum number of tags has been reached";
        match namespace {
            Namespace::Meetings => {
                Self { resource_name: arn.map(Into::into), ..Self::new(400, "TooManyTagsException", message) }
            }
            Namespace::Legacy => Self::limit_exceeded(namespace, message),
        }
    }

    /// 404: there is no such meeting or attendee. The angle brackets are the real service's.
    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(404, "NotFoundException", format!("{what} <{id}> not found"))
    }

    /// 404: the ARN names nothing.
    pub(crate) fn resource_not_found(namespace: Namespace, arn: &str) -> Self {
        let absent = Self::not_found("Resource", arn);
        match namespace {
            Namespace::Meetings => {
                Self { type_name: "ResourceNotFoundException".into(), resource_name: Some(arn.into()), ..absent }
            }
            Namespace::Legacy => absent,
        }
    }

    /// 404: the request leads to no operation.
    pub fn unknown_operation() -> Self {
        Self::new(404, "UnknownOperationException", "There is no such operation")
    }

    /// 500: the service failed.
    pub(crate) fn failure() -> Self {
        Self::new(500, "ServiceFailureException", "The service encountered an unexpected error")
    }

    /// 503 by default: the service is down or overloaded.
    pub(crate) fn unavailable(status: u16) -> Self {
        Self::new(status, "ServiceUnavailableException", "The service is currently unavailable")
    }

    /// The short code of the body: the type without `Exception`.
    pub fn code(&self) -> &str {
        self.type_name.strip_suffix("Exception").unwrap_or(&self.type_name)
    }
}

/// Why a request was turned away before anything was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    /// What the client is told.
    pub error: ServiceError,
    /// When it should come back.
    pub hints: Hints,
    /// The shortest wait after which every limiter would accept, if nothing else came; zero where no limiter refused.
    pub wait: Nanos,
    /// How long the front waits before it says so.
    pub delay: Nanos,
    /// What it tells besides; absent where no limiter refused.
    pub refusal: Option<Refusal>,
}

/// What a refusal tells besides its error.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The form of the body.
    pub body: RejectBody,
    /// The limit that has to be waited for longest; absent where no header tells of it.
    pub limit: Option<Box<LimitState>>,
}

/// A limit, as headers tell of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitState {
    /// The limiter's name.
    pub name: Arc<str>,
    /// How much it allows, and how much is left.
    pub quota: Quota,
    /// When there is more; [`Nanos::MAX`] is never.
    pub wait: Nanos,
    /// Whether `RateLimit` and `RateLimit-Policy` tell of it.
    pub ratelimit: bool,
    /// Whether `X-RateLimit-Limit`, `-Remaining` and `-Reset` tell of it.
    pub x_ratelimit: bool,
}

impl LimitState {
    /// Whole seconds until there is more, rounded up; `None` where there never is.
    pub fn reset(&self) -> Option<u64> {
        (self.wait < Nanos::MAX).then(|| self.wait.as_nanos().div_ceil(1_000_000_000))
    }
}

impl Rejection {
    /// An error that no limiter is the reason for.
    pub(crate) fn error(error: ServiceError) -> Self {
        Self { error, hints: Hints::default(), wait: Nanos::ZERO, delay: Nanos::ZERO, refusal: None }
    }
}

impl From<Rejection> for Answer {
    fn from(rejection: Rejection) -> Self {
        let Rejection { error, hints, delay, refusal, .. } = rejection;
        Self { hints, delay, refusal, ..Self::error(error) }
    }
}
