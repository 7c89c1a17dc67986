//! How requests prove who sends them, and where the secrets for that may stand.

use base64::Engine as _;

use super::target::scope_region;
use crate::api::Template;
use crate::plan::{KeySource, Keys, Signing};
use crate::scenario::fault::Fault;
use crate::scenario::mirror::target::Auth;
use crate::scenario::node::Entry;
use crate::scenario::{Loaded, Node};

/// The keys of `auth` whose values nobody may read in a file.
const SECRETS: [&str; 4] = ["token", "password", "secret_key", "session_token"];

/// The headers whose values nobody may read there either.
const SECRET_HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "x-api-key"];

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
    for entry in SECRETS.iter().filter_map(|key| target.get("auth")?.entry(key)) {
        refuse(entry, faults);
    }
    for entry in secret_headers(target) {
        refuse(entry, faults);
    }
}

/// Refuses secrets among the headers of an operation. What a template fills in, such as a token from an earlier reply, does not
/// stand in the file.
pub(super) fn secrets_of_operation(operation: &Node, faults: &mut Vec<Fault>) {
    let is_template = |entry: &&Entry| entry.value.as_str().is_some_and(|text| text.contains("{{"));
    for entry in secret_headers(operation).filter(|entry| !is_template(entry)) {
        refuse(entry, faults);
    }
}

fn secret_headers(owner: &Node) -> impl Iterator<Item = &Entry> {
    let headers = owner.get("headers").map(Node::entries).unwrap_or_default().iter();
    headers.filter(|entry| SECRET_HEADERS.contains(&&*entry.key.to_ascii_lowercase()))
}

fn refuse(entry: &Entry, faults: &mut Vec<Fault>) {
    if entry.value.masked.is_none() && entry.value.as_str().is_some() {
        let fault =
            Fault::new(entry.value.span, format!("`{}` is a secret, and this file is no place for one", entry.key));
        faults.push(fault.suggest(format!("export it as a variable and write `{}: ${{env:NAME}}`", entry.key)));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::plan::Plan;
    #[cfg(feature = "aws")]
    use crate::plan::{KeySource, Target};
    use crate::scenario::{Faults, Flags, Input, load, source};

    fn plan(target: &str) -> Result<Plan, Faults> {
        let text = format!(
            "name: a\ntarget: {target}\nworkloads: [{{name: w, iterations: {{count: 1}}, flow: [{{call: GetMeeting, with: {{MeetingId: m}}}}]}}]\n"
        );
        let source = source::text("scenario.yaml", text.into_bytes())?;
        let environment = |name: &str| (name == "SECRET").then(|| "hunter2-secret".to_owned());
        let (folder, flags) = (Path::new(""), &Flags::default());
        load(Input { source: &source, folder, overrides: &[], flags, environment: &environment })?.plan()
    }

    fn check_fault(target: &str, words: &[&str]) {
        let said = plan(target).map(|plan| plan.name).expect_err(target).to_string();
        assert!(words.iter().all(|word| said.contains(word)), "{words:?} in {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }

    const URL: &str = "url: 'http://127.0.0.1:1'";

    #[cfg(feature = "aws")]
    #[test]
    fn keys_are_given_or_looked_for() {
        let keys = |auth: &str| {
            let plan = plan(&format!("{{{URL}, auth: {{type: sigv4, service: chime, region: eu-west-1{auth}}}}}"));
            let plan = plan.unwrap_or_else(|faults| panic!("{faults}"));
            assert!(plan.transport.sdk_headers);
            assert!(!format!("{plan:?}").contains("hunter2"), "a plan shows no secret");
            plan.transport.signing.expect("signed").keys
        };
        assert_eq!(keys(""), KeySource::Chain { profile: None });
        assert_eq!(keys(", profile: team"), KeySource::Chain { profile: Some("team".to_owned()) });
        let given = keys(", access_key: AKID, secret_key: '${env:SECRET}'");
        assert!(matches!(given, KeySource::Given(keys) if keys.secret_key == "hunter2-secret"));
    }

    #[cfg(feature = "aws")]
    #[test]
    fn the_address_of_aws_need_not_be_written() {
        let plan = plan("{auth: {type: sigv4, service: chime, region: eu-west-1}, fips: true}");
        let plan = plan.unwrap_or_else(|faults| panic!("{faults}"));
        let url = "https://meetings-chime-fips.eu-west-1.amazonaws.com/".parse().expect("an address");
        assert_eq!(plan.target, Target::Url(url));
        assert!(plan.refusal.is_some(), "and nobody allowed it");
    }

    #[cfg(feature = "aws")]
    #[test]
    fn the_legacy_namespace_is_signed_for_its_own_region() {
        // The target is a line of the file, so another line can follow it.
        let plan = plan("{auth: {type: sigv4, service: chime, region: eu-west-1}}\napi: attendees-legacy");
        let plan = plan.unwrap_or_else(|faults| panic!("{faults}"));
        let url = "https://chime.us-east-1.amazonaws.com/".parse().expect("an address");
        assert_eq!(plan.target, Target::Url(url));
        assert_eq!(plan.transport.signing.map(|signing| signing.region).as_deref(), Some("us-east-1"));
    }

    #[cfg(feature = "aws")]
    #[test]
    fn what_does_not_go_together_is_refused() {
        let sigv4 = |rest: &str| format!("{{{URL}, auth: {{type: sigv4, service: chime, region: eu-west-1, {rest}}}}}");
        check_fault(&sigv4("access_key: AKID"), &["go together"]);
        check_fault(&sigv4("secret_key: '${env:SECRET}'"), &["go together"]);
        check_fault(&sigv4("access_key: AKID, secret_key: '${env:SECRET}', profile: team"), &["either given or taken"]);
        check_fault(&sigv4("session_token: '${env:SECRET}'"), &["goes with `access_key`"]);
        check_fault(&format!("{{{URL}, fips: true}}"), &["`fips` chooses"]);
        check_fault("{auth: {type: sigv4, service: chime, region: 'x.evil.example/'}}", &["like `us-east-1`"]);
        check_fault("{mock: attendees, auth: {type: sigv4, service: chime, region: a}}", &["goes with `url`"]);
    }

    #[cfg(not(feature = "aws"))]
    #[test]
    fn a_build_without_the_signer_says_how_to_get_one() {
        let target = format!("{{{URL}, auth: {{type: sigv4, service: chime, region: eu-west-1}}}}");
        check_fault(&target, &["this build cannot sign", "feature `aws`"]);
    }

    #[test]
    fn secrets_come_from_the_environment_alone() {
        check_fault(&format!("{{{URL}, auth: {{type: bearer, token: abc}}}}"), &["`token` is a secret", "${env:NAME}"]);
        check_fault(&format!("{{{URL}, auth: {{type: basic, user: me, password: abc}}}}"), &["`password` is a secret"]);
        check_fault(&format!("{{{URL}, headers: {{Cookie: abc}}}}"), &["`Cookie` is a secret"]);
        // The target is a line of the file, so another line can follow it.
        let operation = |value: &str| {
            format!(
                "{{{URL}}}\napi: {{operations: {{GetMeeting: {{method: GET, path: '/{{MeetingId}}', headers: {{Cookie: {value}}}}}}}}}"
            )
        };
        check_fault(&operation("abc"), &["`Cookie` is a secret"]);
        assert!(plan(&operation("'${env:SECRET}'")).is_ok());
        assert!(plan(&operation("'id={{ seq }}'")).is_ok());
        assert!(plan(&format!("{{{URL}, auth: {{type: bearer, token: '${{env:SECRET}}'}}}}")).is_ok());
        assert!(plan(&format!("{{{URL}, headers: {{Authorization: 'Bearer ${{env:SECRET}}'}}}}")).is_ok());
    }
}
