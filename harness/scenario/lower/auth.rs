//! How requests prove who sends them, and where the secrets for that may stand.

use base64::Engine as _;

use super::target::scope_region;
use crate::api::Template;
use crate::plan::{KeySource, Keys, Signing};
use crate::scenario::fault::Fault;
use crate::scenario::mirror::target::Auth;
use crate::scenario::{Loaded, Node};

/// The keys of `auth` whose values nobody may read in a file.
const SECRETS: [&str; 4] = ["token", "password", "secret_key", "session_token"];

/// Headers that every request carries: those of the target, and the one that proves who sends it.
pub(super) fn headers(loaded: &Loaded) -> Vec<(Box<str>, Template)> {
    let Some(target) = &loaded.scenario.target else { return Vec::new() };
    let mut headers: Vec<(Box<str>, Template)> =
        target.headers.iter().flatten().map(|(name, value)| (name.into(), Template::literal(value))).collect();
    let authorization = match &target.auth {
        Some(Auth::Bearer { token }) => format!("Bearer {token}"),
        Some(Auth::Basic { user, password }) => {
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
        }
        Some(Auth::Sigv4 { .. }) | None => return headers,
    };
    headers.push(("authorization".into(), Template::literal(&authorization)));
    headers
}

/// How requests are signed, if they are.
pub(super) fn signing(loaded: &Loaded, faults: &mut Vec<Fault>) -> Option<Signing> {
    let auth = loaded.scenario.target.as_ref()?.auth.as_ref()?;
    let Auth::Sigv4 { service, region, access_key, secret_key, session_token, profile } = auth else { return None };
    let node = loaded.tree.at("target").at("auth");
    if cfg!(not(feature = "aws")) {
        let fault = Fault::new(node.span, "this build cannot sign requests");
        faults.push(fault.suggest("build it with the cargo feature `aws`, which is on by default"));
    }
    let keys = match (access_key, secret_key) {
        (Some(access_key), Some(secret_key)) => KeySource::Given(Keys {
            access_key: access_key.clone(),
            secret_key: secret_key.clone(),
            session_token: session_token.clone(),
        }),
        (None, None) => KeySource::Chain { profile: profile.clone() },
        _ => {
            let fault = Fault::new(node.span, "`access_key` and `secret_key` go together");
            faults.push(fault.suggest("write both, or neither: keys are then looked for where AWS's own tools look"));
            return None;
        }
    };
    match &keys {
        KeySource::Given(_) if profile.is_some() => {
            faults.push(Fault::new(node.key_span("profile"), "keys are either given or taken from a profile"));
        }
        KeySource::Chain { .. } if session_token.is_some() => {
            faults.push(Fault::new(
                node.key_span("session_token"),
                "`session_token` goes with `access_key` and `secret_key`",
            ));
        }
        _ => {}
    }
    Some(Signing { service: service.clone(), region: scope_region(loaded, region), keys })
}

/// Refuses secrets that stand in the file: files are shared, stored and quoted, and only what comes from the environment is
/// kept out of reports.
pub(super) fn secrets_from_environment(target: &Node, faults: &mut Vec<Fault>) {
    let auth = SECRETS.iter().filter_map(|key| target.get("auth")?.entry(key));
    let headers = target.get("headers").map(Node::entries).unwrap_or_default().iter();
    let headers = headers.filter(|entry| {
        ["authorization", "proxy-authorization", "cookie", "x-api-key"].contains(&&*entry.key.to_ascii_lowercase())
    });
    for entry in auth.chain(headers).filter(|entry| entry.value.masked.is_none() && entry.value.as_str().is_some()) {
        let fault =
            Fault::new(entry.value.span, format!("`{}` is a secret, and this file is no place for one", entry.key));
        faults.push(fault.suggest(format!("export it as a variable and write `{}: ${{env:NAME}}`", entry.key)));
    }
}
