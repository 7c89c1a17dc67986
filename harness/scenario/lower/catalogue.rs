//! Catalogues of the user's own.

use crate::api::{self, BatchShape, Body, Catalogue, Creation, Dialect, JsonPath, Operation, Paging, Place, StatusSet};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::api as written;
use crate::scenario::mirror::value::{OneOrMany, Status, TextOr};
use crate::scenario::{Loaded, Node};

/// The catalogue of the namespace before the present one.
const LEGACY: &str = "attendees-legacy";

/// Whether the scenario speaks the legacy namespace.
pub(super) fn is_legacy(loaded: &Loaded) -> bool {
    matches!(&loaded.scenario.api, Some(TextOr::Text(name)) if name == LEGACY)
}

/// The operations that steps may call.
pub(super) fn catalogue(loaded: &Loaded, faults: &mut Vec<Fault>) -> Catalogue {
    if let Some((tree, catalogue)) = loaded.operations() {
        let tree = tree.at("operations");
        let operations = catalogue.operations.iter();
        return Catalogue {
            operations: operations.map(|(name, each)| operation(name, each, tree.at(name), faults)).collect(),
        };
    }
    match &loaded.scenario.api {
        Some(TextOr::Text(name)) if name == LEGACY => api::attendees_legacy(),
        Some(TextOr::Text(name)) if name != "attendees" => {
            let fault =
                Fault::new(loaded.tree.at("api").span, format!("there is no built-in catalogue `{}`", excerpt(name)));
            faults.push(fault.suggest(
                "write `attendees`, `attendees-legacy`, the path of a file such as `api.yaml`, or a block `operations`",
            ));
            Catalogue::default()
        }
        _ => api::attendees(),
    }
}

fn operation(name: &str, written: &written::Operation, node: &Node, faults: &mut Vec<Fault>) -> Operation {
    use written::Method;
    let (method, idempotent, body) = match written.method {
        Method::Get => ("GET", true, false),
        Method::Head => ("HEAD", true, false),
        Method::Post => ("POST", false, true),
        Method::Put => ("PUT", true, true),
        Method::Patch => ("PATCH", false, true),
        Method::Delete => ("DELETE", true, false),
        Method::Options => ("OPTIONS", true, false),
    };
    if !written.path.starts_with('/') {
        faults.push(Fault::new(node.at("path").span, "a path begins with `/`"));
    }
    if written.path.matches('{').count() != written.path.matches('}').count() {
        let fault = Fault::new(node.at("path").span, "the braces of this path do not match");
        faults.push(fault.suggest("write a parameter as `/things/{id}`"));
    }
    check_body_text(written, node, faults);
    super::auth::secrets_of_operation(node, faults);
    let pairs = |named: &Option<crate::scenario::mirror::value::Named<String>>| {
        named.iter().flatten().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    };
    let paging = written.paging.as_ref().and_then(|each| paging(each, node.at("paging"), faults));
    let items = paging.as_ref().and_then(|paging| paging.items.clone());
    Operation {
        name: name.to_owned(),
        method: method.to_owned(),
        path: written.path.clone(),
        query: pairs(&written.query),
        headers: pairs(&written.headers),
        body: match (&written.body_text, &written.body, body) {
            (Some(text), ..) => Body::Text(text.clone()),
            (None, Some(serde_json::Value::Bool(false)), _) | (None, None, false) => Body::Empty,
            (None, Some(body), _) => Body::Json(body.clone()),
            (None, None, true) => Body::Parameters,
        },
        batch: written.batch.as_ref().map(|each| batch(each, node.at("batch"), faults)),
        paging,
        success: written.success.as_ref().map_or(StatusSet::success(), statuses),
        idempotent: written.idempotent.unwrap_or(idempotent),
        creation: creation(written, items.as_deref(), node, faults),
    }
}

/// A body that is a text has no members, so nothing can be put into one.
fn check_body_text(written: &written::Operation, node: &Node, faults: &mut Vec<Fault>) {
    let Some(text) = node.entry("body_text") else { return };
    let into_body = |place: &Option<String>| place.as_deref().is_some_and(|place| place.starts_with("body."));
    let paged = written.paging.as_ref().is_some_and(|paging| into_body(&paging.send) || into_body(&paging.size));
    let other = match (&written.body, &written.batch) {
        (Some(_), _) => "body",
        (None, Some(_)) => "batch",
        (None, None) if paged => "paging",
        (None, None) => return,
    };
    let message = match other {
        "body" => "an operation has either `body` or `body_text`".to_owned(),
        other => format!("`{other}` needs a JSON body, and `body_text` is none"),
    };
    let fault = Fault::new(node.key_span(other), message);
    faults.push(fault.relate(text.key_span, "the text").suggest("keep one of the two"));
}

/// A set of statuses; each text has been checked by the schema's walk.
pub(super) fn statuses(written: &OneOrMany<Status>) -> StatusSet {
    let sets = written.0.iter().filter_map(|status| status.0.parse::<StatusSet>().ok());
    sets.fold(StatusSet::EMPTY, StatusSet::union)
}

fn batch(written: &written::Batch, node: &Node, faults: &mut Vec<Fault>) -> BatchShape {
    check_path(written.failed.as_deref(), node.at("failed"), faults);
    BatchShape {
        items: written.items.clone(),
        max: written.max,
        key: written.key.clone(),
        failed: written.failed.clone(),
        failed_key: written.failed_key.clone().or_else(|| written.key.clone()).unwrap_or_default(),
        failed_code: written.failed_code.clone().unwrap_or_default(),
        default_code: written.default_code.clone().unwrap_or_default(),
    }
}

fn paging(written: &written::Paging, node: &Node, faults: &mut Vec<Fault>) -> Option<Paging> {
    check_path(written.items.as_deref(), node.at("items"), faults);
    let size = written.size.as_deref().and_then(|text| place(text, node.at("size"), faults));
    let send = written.send.as_deref().map(|text| place(text, node.at("send"), faults));
    let dialect = written.dialect.unwrap_or(written::Dialect::Token);
    let mut need = |key: &str| {
        faults.push(Fault::new(node.span, format!("this dialect of paging needs `{key}`")));
        None
    };
    let dialect = match (dialect, send, &written.next) {
        (written::Dialect::Link, ..) => Dialect::Link,
        (_, None, _) => return need("send"),
        (_, Some(None), _) => return None,
        (written::Dialect::Token, Some(Some(_)), None) => return need("next"),
        (written::Dialect::Token, Some(Some(to)), Some(from)) => {
            if !from.starts_with("header.") {
                check_path(Some(from), node.at("next"), faults);
            }
            Dialect::Token { from: from.clone(), to }
        }
        (written::Dialect::Page, Some(Some(to)), _) => Dialect::Number { to, first: written.first.unwrap_or(1) },
        (written::Dialect::Offset, Some(Some(to)), _) => Dialect::Offset { to },
    };
    Some(Paging { dialect, size, max_size: written.max_size, items: written.items.clone() })
}

fn place(text: &str, node: &Node, faults: &mut Vec<Fault>) -> Option<Place> {
    let place = Place::parse(text);
    if place.is_none() {
        let fault = Fault::new(node.span, format!("`{}` is no place in a request", excerpt(text)));
        faults.push(fault.suggest("write `query.name`, `header.Name` or `body./pointer`"));
    }
    place
}

fn creation(
    written: &written::Operation,
    items: Option<&str>,
    node: &Node,
    faults: &mut Vec<Fault>,
) -> Option<Creation> {
    let parent = |marker: &written::Marker| marker.parent.clone().unwrap_or_default();
    match (&written.creates, &written.lists) {
        (Some(_), Some(_)) => {
            faults.push(Fault::new(node.key_span("lists"), "an operation either creates or lists"));
            None
        }
        (Some(marker), None) => Some(Creation::Creates { parent: parent(marker), key: marker.key.clone() }),
        (None, Some(marker)) => {
            let keys = match items {
                _ if marker.key.starts_with('$') => marker.key.clone(),
                Some(items) => format!("{}.{}", each(items), marker.key),
                None => {
                    let fault =
                        Fault::new(node.at("lists").span, "`lists` needs `paging.items`, or a JSONPath as `key`");
                    faults.push(fault.suggest("write for example `key: \"$.things[*].id\"`"));
                    return None;
                }
            };
            check_path(Some(&keys), node.at("lists").at("key"), faults);
            Some(Creation::Lists { parent: parent(marker), keys })
        }
        (None, None) => None,
    }
}

/// `$.things` names the list; `$.things[*]` its members.
fn each(items: &str) -> String {
    if items.ends_with("[*]") { items.to_owned() } else { format!("{items}[*]") }
}

fn check_path(text: Option<&str>, node: &Node, faults: &mut Vec<Fault>) {
    if let Some(Err(error)) = text.map(JsonPath::parse) {
        faults.push(Fault::new(node.span, error.to_string()));
    }
}
