//! From method, path and query to an operation.

use std::borrow::Cow;

use http::Method;
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use crate::service::{OperationKind, ServiceError};

/// Where a request leads, with what path and query say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) operation: OperationKind,
    pub(super) meeting: String,
    pub(super) attendee: String,
    /// `max-results`, not yet a number.
    pub(super) max_results: Option<String>,
    pub(super) next_token: Option<String>,
}

/// A request that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoRoute {
    /// No operation has that path, or that value of `operation`.
    Unknown,
    /// The path exists for other methods, which are listed.
    Method(&'static str),
}

impl From<&NoRoute> for ServiceError {
    fn from(no_route: &NoRoute) -> Self {
        match no_route {
            NoRoute::Unknown => Self::new(404, "UnknownOperationException", "There is no such operation"),
            NoRoute::Method(allowed) => {
                let message = format!("The path does not support that method; it supports {allowed}");
                Self::new(405, "MethodNotAllowedException", message)
            }
        }
    }
}

/// Finds the operation. The value of `operation` is part of the route: an unknown one never means the operation
/// without it.
pub(super) fn find(method: &Method, path: &str, query: Option<&str>) -> Result<Route, NoRoute> {
    use OperationKind as Op;
    let query: Vec<(Cow<'_, str>, Cow<'_, str>)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect();
    let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref());
    let segments: Vec<String> = path
        .trim_start_matches('/')
        .split('/')
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let select = |choices: &[(Method, Option<&str>, Op)], allowed| {
        if choices.iter().all(|(known, ..)| known != method) {
            return Err(NoRoute::Method(allowed));
        }
        let fits =
            |(known, value, _): &&(Method, Option<&str>, Op)| known == method && *value == parameter("operation");
        choices.iter().find(fits).map(|&(.., operation)| operation).ok_or(NoRoute::Unknown)
    };
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let (operation, meeting, attendee) = match segments[..] {
        ["meetings"] => (select(&[(post, None, Op::CreateMeeting)], "POST")?, "", ""),
        ["meetings", meeting] => {
            let choices = [(get, None, Op::GetMeeting), (delete, None, Op::DeleteMeeting)];
            (select(&choices, "GET, DELETE")?, meeting, "")
        }
        ["meetings", meeting, "attendees"] => {
            let batch = (post.clone(), Some("batch-create"), Op::BatchCreateAttendee);
            let choices = [(get, None, Op::ListAttendees), (post, None, Op::CreateAttendee), batch];
            (select(&choices, "GET, POST")?, meeting, "")
        }
        ["meetings", meeting, "attendees", attendee] => {
            let choices = [(get, None, Op::GetAttendee), (delete, None, Op::DeleteAttendee)];
            (select(&choices, "GET, DELETE")?, meeting, attendee)
        }
        _ => return Err(NoRoute::Unknown),
    };
    let lists = operation == Op::ListAttendees;
    let owned = |name| parameter(name).filter(|_| lists).map(str::to_owned);
    Ok(Route {
        operation,
        meeting: meeting.to_owned(),
        attendee: attendee.to_owned(),
        max_results: owned("max-results"),
        next_token: owned("next-token"),
    })
}

#[cfg(test)]
mod tests {
    use http::Uri;

    use super::*;

    #[test]
    fn method_path_and_operation_decide() {
        let check = |method: Method, uri: &str, expected: Result<&str, NoRoute>| {
            let uri: Uri = uri.parse().expect(uri);
            let found = find(&method, uri.path(), uri.query()).map(|route| route.operation.name());
            assert_eq!(found, expected, "{method} {uri}");
        };
        check(Method::POST, "/meetings", Ok("CreateMeeting"));
        check(Method::POST, "/meetings?operation=other", Err(NoRoute::Unknown));
        check(Method::GET, "/meetings", Err(NoRoute::Method("POST")));
        check(Method::GET, "/meetings/m", Ok("GetMeeting"));
        check(Method::DELETE, "/meetings/m", Ok("DeleteMeeting"));
        check(Method::PUT, "/meetings/m", Err(NoRoute::Method("GET, DELETE")));
        check(Method::POST, "/meetings/m/attendees", Ok("CreateAttendee"));
        check(Method::POST, "/meetings/m/attendees?operation=batch-create", Ok("BatchCreateAttendee"));
        check(Method::POST, "/meetings/m/attendees?operation=", Err(NoRoute::Unknown));
        check(Method::GET, "/meetings/m/attendees?x=1", Ok("ListAttendees"));
        check(Method::GET, "/meetings/m/attendees/a", Ok("GetAttendee"));
        check(Method::DELETE, "/meetings/m/attendees/a", Ok("DeleteAttendee"));
        check(Method::GET, "/", Err(NoRoute::Unknown));
        check(Method::GET, "/meetings/m/attendees/a/b", Err(NoRoute::Unknown));
    }

    #[test]
    fn segments_and_parameters_are_decoded() {
        let query = Some("max-results=5&next-token=x%2By");
        let route = find(&Method::GET, "/meetings/a%2Fb/attendees", query).expect("a route");
        assert_eq!(route.meeting, "a/b");
        assert_eq!((route.max_results.as_deref(), route.next_token.as_deref()), (Some("5"), Some("x+y")));
    }
}
