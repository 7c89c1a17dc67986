//! Whose signatures are good.

use super::operations;
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::mock as written;
use crate::service::config::{Authentication, Credential};

/// Whether requests have to be signed, and by whom.
pub(super) fn authentication(mock: &written::Mock, node: &Node, faults: &mut Vec<Fault>) -> Authentication {
    let strict = mock.authentication == Some(written::Authentication::Strict);
    let written = mock.credentials.as_deref().unwrap_or_default();
    if !strict {
        if mock.credentials.is_some() {
            let fault =
                Fault::new(node.key_span("credentials"), "nobody looks at `credentials` unless signatures count");
            faults.push(fault.suggest("add `authentication: strict`, or remove them"));
        }
        return Authentication::Lenient;
    }
    if written.is_empty() {
        let fault =
            Fault::new(node.at("authentication").span, "`authentication: strict` without `credentials` serves nobody");
        faults.push(fault.suggest("add `credentials: [{access_key: …, secret_key: '${env:NAME}'}]`"));
    }
    let credentials = written.iter().enumerate();
    Authentication::Strict(
        credentials.map(|(index, each)| credential(each, node.at("credentials").nth(index), faults)).collect(),
    )
}

fn credential(written: &written::Credential, node: &Node, faults: &mut Vec<Fault>) -> Credential {
    for key in ["secret_key", "session_token"] {
        if node.get(key).is_some_and(|value| value.masked.is_none()) {
            let fault = Fault::new(node.at(key).span, format!("a `{key}` in a file ends up in reports"));
            faults.push(fault.suggest("write `${env:NAME}`"));
        }
    }
    Credential {
        access_key: written.access_key.clone(),
        secret_key: written.secret_key.clone(),
        session_token: written.session_token.clone(),
        deny: operations(written.deny.as_deref(), &[], node.at("deny"), faults),
    }
}
