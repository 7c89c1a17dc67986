//! From method, path and query to an operation.

use std::borrow::Cow;

use http::Method;
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use crate::service::{Address, Namespace, OperationKind, ServiceError};

/// Where a request leads, with what path and query say. Texts are borrowed where nothing in them had to be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route<'a> {
    pub(super) operation: OperationKind,
    meeting: Cow<'a, str>,
    attendee: Cow<'a, str>,
    max_results: Option<Cow<'a, str>>,
    next_token: Option<Cow<'a, str>>,
    arn: Option<Cow<'a, str>>,
}

impl Route<'_> {
    /// What the service has to know of it.
    pub(super) fn address(&self) -> Address<'_> {
        Address {
            operation: self.operation,
            meeting: &self.meeting,
            attendee: &self.attendee,
            max_results: self.max_results.as_deref(),
            next_token: self.next_token.as_deref(),
            arn: self.arn.as_deref(),
        }
    }
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
            NoRoute::Unknown => Self::unknown_operation(),
            NoRoute::Method(allowed) => {
                let message = format!("The path does not support that method; it supports {allowed}");
                Self::new(405, "MethodNotAllowedException", message)
            }
        }
    }
}

/// A way to use a path: the method, the value of `operation`, and what that means.
type Way = (Method, Option<&'static str>, OperationKind);

/// Finds the operation of a namespace. The value of `operation` is part of the route: an unknown one never means the
/// operation without it.
pub(super) fn find<'a>(
    namespace: Namespace,
    method: &Method,
    path: &'a str,
    query: Option<&'a str>,
) -> Result<Route<'a>, NoRoute> {
    use OperationKind as Op;
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const PUT: Method = Method::PUT;
    const DELETE: Method = Method::DELETE;
    let legacy = namespace == Namespace::Legacy;
    // The longest path has five segments; a sixth place tells that there are more.
    let mut segments = [const { Cow::Borrowed("") }; 6];
    let mut count = 0;
    for (place, segment) in segments.iter_mut().zip(path.strip_prefix('/').unwrap_or(path).split('/')) {
        *place = percent_decode_str(segment).decode_utf8_lossy();
        count += 1;
    }
    let [root, meeting, third, attendee, fifth, _] = segments;
    let (ways, allowed): (&[Way], _) = match (&*root, count, &*third, &*fifth) {
        ("meetings", 1, ..) => (
            &[
                (POST, None, Op::CreateMeeting),
                (POST, Some("create-attendees"), Op::CreateMeetingWithAttendees),
                (GET, None, Op::ListMeetings),
            ],
            if legacy { "GET, POST" } else { "POST" },
        ),
        ("meetings", 2, ..) => (&[(GET, None, Op::GetMeeting), (DELETE, None, Op::DeleteMeeting)], "GET, DELETE"),
        ("meetings", 3, "attendees", _) => (
            &[
                (GET, None, Op::ListAttendees),
                (POST, None, Op::CreateAttendee),
                (POST, Some("batch-create"), Op::BatchCreateAttendee),
            ],
            "GET, POST",
        ),
        ("meetings", 3, "tags", _) if legacy => (
            &[
                (GET, None, Op::ListMeetingTags),
                (POST, Some("add"), Op::TagMeeting),
                (POST, Some("delete"), Op::UntagMeeting),
            ],
            "GET, POST",
        ),
        ("meetings", 4, "attendees", _) if attendee == "capabilities" && !legacy => (
            &[
                (GET, None, Op::GetAttendee),
                (DELETE, None, Op::DeleteAttendee),
                (PUT, Some("batch-update-except"), Op::BatchUpdateAttendeeCapabilitiesExcept),
            ],
            "GET, PUT, DELETE",
        ),
        ("meetings", 4, "attendees", _) => {
            (&[(GET, None, Op::GetAttendee), (DELETE, None, Op::DeleteAttendee)], "GET, DELETE")
        }
        ("meetings", 5, "attendees", "capabilities") if !legacy => {
            (&[(PUT, None, Op::UpdateAttendeeCapabilities)], "PUT")
        }
        ("meetings", 5, "attendees", "tags") if legacy => (
            &[
                (GET, None, Op::ListAttendeeTags),
                (POST, Some("add"), Op::TagAttendee),
                (POST, Some("delete"), Op::UntagAttendee),
            ],
            "GET, POST",
        ),
        ("tags", 1, ..) => (
            &[
                (GET, None, Op::ListTagsForResource),
                (POST, Some("tag-resource"), Op::TagResource),
                (POST, Some("untag-resource"), Op::UntagResource),
            ],
            "GET, POST",
        ),
        _ => return Err(NoRoute::Unknown),
    };
    let parameters = Parameters::read(query);
    let mut fitting = ways.iter().filter(|(known, _, op)| known == method && op.is_in(namespace)).peekable();
    if fitting.peek().is_none() {
        return Err(NoRoute::Method(allowed));
    }
    let chosen = fitting.find(|(_, value, _)| *value == parameters.operation.as_deref());
    let &(.., operation) = chosen.ok_or(NoRoute::Unknown)?;
    let Parameters { max_results, next_token, arn, .. } = parameters;
    Ok(Route { operation, meeting, attendee, max_results, next_token, arn })
}

/// The query parameters that mean anything; of two with one name the first counts.
#[derive(Default)]
struct Parameters<'a> {
    operation: Option<Cow<'a, str>>,
    max_results: Option<Cow<'a, str>>,
    next_token: Option<Cow<'a, str>>,
    arn: Option<Cow<'a, str>>,
}

impl<'a> Parameters<'a> {
    fn read(query: Option<&'a str>) -> Self {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let place = match &*name {
                "operation" => &mut parameters.operation,
                "max-results" => &mut parameters.max_results,
                "next-token" => &mut parameters.next_token,
                "arn" => &mut parameters.arn,
                _ => continue,
            };
            place.get_or_insert(value);
        }
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found<'a>(namespace: Namespace, method: &Method, uri: &'a str) -> Result<Route<'a>, NoRoute> {
        let (path, query) = uri.split_once('?').map_or((uri, None), |(path, query)| (path, Some(query)));
        find(namespace, method, path, query)
    }

    #[test]
    fn method_path_and_operation_decide() {
        use NoRoute::{Method as Only, Unknown};
        const GONE: Result<&str, NoRoute> = Err(Unknown);
        // What the namespace of meetings makes of it, and what the legacy one does.
        let check = |method: &str, uri: &str, meetings: Result<&str, NoRoute>, legacy: Result<&str, NoRoute>| {
            let method = method.parse().expect("a method");
            for (namespace, expected) in [(Namespace::Meetings, meetings), (Namespace::Legacy, legacy)] {
                let found = found(namespace, &method, uri).map(|route| route.operation.name());
                assert_eq!(found, expected, "{namespace:?} {method} {uri}");
            }
        };
        let both = |method: &str, uri: &str, expected: Result<&str, NoRoute>| {
            check(method, uri, expected.clone(), expected);
        };
        both("POST", "/meetings", Ok("CreateMeeting"));
        both("POST", "/meetings?operation=create-attendees", Ok("CreateMeetingWithAttendees"));
        both("POST", "/meetings?operation=other", GONE);
        check("GET", "/meetings?max-results=1", Err(Only("POST")), Ok("ListMeetings"));
        check("DELETE", "/meetings", Err(Only("POST")), Err(Only("GET, POST")));
        both("GET", "/meetings/m", Ok("GetMeeting"));
        both("GET", "/%6Deetings/m", Ok("GetMeeting"));
        both("DELETE", "/meetings/m", Ok("DeleteMeeting"));
        both("DELETE", "/meetings/m?operation=x", GONE);
        both("PUT", "/meetings/m", Err(Only("GET, DELETE")));
        both("POST", "/meetings/m/attendees", Ok("CreateAttendee"));
        both("POST", "/meetings/m/attendees?operation=batch-create", Ok("BatchCreateAttendee"));
        both("POST", "/meetings/m/attendees?operation=", GONE);
        both("GET", "/meetings/m/attendees?x=1", Ok("ListAttendees"));
        both("GET", "/meetings/m/attendees/a", Ok("GetAttendee"));
        both("GET", "/meetings/m/attendees/capabilities", Ok("GetAttendee"));
        both("DELETE", "/meetings/m/attendees/a", Ok("DeleteAttendee"));
        both("PUT", "/meetings/m/attendees/a", Err(Only("GET, DELETE")));
        both("GET", "/meetings/m/attendees/a/b", GONE);
        both("GET", "/meetings/m/attendees/a/b/c", GONE);
        let only_meetings = |method, uri, name| check(method, uri, Ok(name), GONE);
        only_meetings("PUT", "/meetings/m/attendees/a/capabilities", "UpdateAttendeeCapabilities");
        let all = "/meetings/m/attendees/capabilities?operation=batch-update-except";
        check("PUT", all, Ok("BatchUpdateAttendeeCapabilitiesExcept"), Err(Only("GET, DELETE")));
        check("PUT", "/meetings/m/attendees/capabilities", GONE, Err(Only("GET, DELETE")));
        let capabilities = "/meetings/m/attendees/capabilities";
        check("PATCH", capabilities, Err(Only("GET, PUT, DELETE")), Err(Only("GET, DELETE")));
        check("GET", "/meetings/m/attendees/a/capabilities", Err(Only("PUT")), GONE);
        both("POST", "/tags?operation=tag-resource", Ok("TagResource"));
        both("POST", "/tags?operation=untag-resource", Ok("UntagResource"));
        both("POST", "/tags", GONE);
        both("GET", "/tags?arn=x", Ok("ListTagsForResource"));
        both("PUT", "/tags", Err(Only("GET, POST")));
        let only_legacy = |method, uri, name| check(method, uri, GONE, Ok(name));
        only_legacy("POST", "/meetings/m/tags?operation=add", "TagMeeting");
        only_legacy("POST", "/meetings/m/tags?operation=delete", "UntagMeeting");
        only_legacy("GET", "/meetings/m/tags", "ListMeetingTags");
        only_legacy("POST", "/meetings/m/attendees/a/tags?operation=add", "TagAttendee");
        only_legacy("POST", "/meetings/m/attendees/a/tags?operation=delete", "UntagAttendee");
        only_legacy("GET", "/meetings/m/attendees/a/tags", "ListAttendeeTags");
        check("PUT", "/meetings/m/tags", GONE, Err(Only("GET, POST")));
        both("POST", "/meetings/m/transcription?operation=start", GONE);
        both("GET", "/", GONE);
        both("GET", "", GONE);
        both("GET", "*", GONE);
    }

    #[test]
    fn segments_and_parameters_are_decoded() {
        let uri = "/meetings/a%2Fb/attendees?max-results=5&next-token=x%2By&next-token=z&arn=a%3Ab";
        let route = found(Namespace::Meetings, &Method::GET, uri).expect("a route");
        let expected = Address {
            meeting: "a/b",
            max_results: Some("5"),
            next_token: Some("x+y"),
            arn: Some("a:b"),
            ..Address::of(OperationKind::ListAttendees)
        };
        assert_eq!(route.address(), expected);
    }

    #[test]
    fn what_needs_no_decoding_is_borrowed() {
        let route = found(Namespace::Meetings, &Method::GET, "/meetings/m/attendees/a").expect("a route");
        assert!(matches!((&route.meeting, &route.attendee), (Cow::Borrowed("m"), Cow::Borrowed("a"))));
    }

    proptest! {
        #[test]
        fn any_path_and_query_lead_somewhere_or_nowhere(
            path in "(/(meetings|attendees|tags|capabilities|[%a-f0-9é]{0,6})){0,7}", query in "\\PC{0,40}",
        ) {
            for namespace in [Namespace::Meetings, Namespace::Legacy] {
                for method in [Method::GET, Method::POST, Method::PUT] {
                    if let Ok(route) = find(namespace, &method, &path, Some(&query)) {
                        prop_assert!(route.operation.is_in(namespace));
                    }
                }
            }
        }
    }
}
