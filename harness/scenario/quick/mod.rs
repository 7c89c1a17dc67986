//! A scenario from one line of flags: what `loadline quick` is told, written as the file that says the same.
//!
//! ```text
//! flags ─quick→ text of a scenario ─load→ … → plan
//! ```
//!
//! The line is never planned in any other way, so that whatever it can do a file can do, and the file that is printed is the run.

mod address;
mod body;
mod desk;
mod header;
mod load;
mod typed;
mod yaml;

use serde_json::{Map, Value, json};

use super::fault::Faults;
use super::flags::exact;
use crate::plan::expression::Expression;
use crate::retry::NONE;
use crate::units::{Nanos, Rate};
use desk::Desk;

pub use load::{DEFAULT_CONNECTIONS, DEFAULT_DURATION};
pub use typed::Typed;

/// The methods that the grammar knows.
pub const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// One line: what to send where, how much, and how to judge it. What was not said is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// The address, query and login included; a scheme may be missing.
    pub url: String,
    /// Open loop: so many requests in a time unit.
    pub rate: Option<Typed<Rate>>,
    /// How long.
    pub duration: Option<Typed<Nanos>>,
    /// How many requests, in place of a duration.
    pub requests: Option<u64>,
    /// The most requests in flight; in a closed loop also the users. At least 1.
    pub connections: Option<u32>,
    /// Whether arrivals are spaced as those of independent users.
    pub poisson: bool,
    /// The first part, which no statistic counts.
    pub warm_up: Option<Typed<Nanos>>,
    /// One of [`METHODS`].
    pub method: Option<String>,
    /// Each `Name: value`.
    pub headers: Vec<String>,
    /// The body, to the byte.
    pub body: Option<String>,
    /// A preset of retry policies.
    pub retry: Option<String>,
    /// How long one attempt may take.
    pub timeout: Option<Typed<Nanos>>,
    /// What must hold.
    pub thresholds: Vec<String>,
    /// Hosts that may be loaded.
    pub allow_hosts: Vec<String>,
    /// The most requests that are sent.
    pub max_requests: Option<u64>,
    /// The seed of everything random.
    pub seed: Option<u64>,
}

/// A line as a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    /// The file's text.
    pub text: String,
    /// The variables that it takes secrets from which stood in the line, with their values.
    pub secrets: Vec<(String, String)>,
}

/// Names the variables, and never their values.
impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.secrets.iter().map(|(name, _)| name).collect();
        f.debug_struct("Written").field("text", &self.text).field("secrets", &names).finish()
    }
}

/// Writes a line as a file.
///
/// # Errors
/// Everything in it that cannot be read, at once. What only the scenario's own rules can tell is found when the text is loaded.
pub fn write(line: &Line) -> Result<Written, Faults> {
    let mut desk = Desk::default();
    let scenario = scenario(line, &mut desk);
    check_thresholds(&line.thresholds, &mut desk);
    let secrets = desk.faults()?;
    Ok(Written { text: format!("{}{}", head(&secrets), yaml::print(&scenario)), secrets })
}

/// What the file says of itself.
fn head(secrets: &[(String, String)]) -> String {
    let mut head = "# yaml-language-server: $schema=scenario.schema.json\n\
                    # Editors complete this file once `loadline schema scenario > scenario.schema.json` was run beside it.\n"
        .to_owned();
    for (name, _) in secrets {
        head.push_str("# It needs a secret from the environment: export ");
        head.push_str(name);
        head.push_str("=…\n");
    }
    head
}

fn scenario(line: &Line, desk: &mut Desk) -> Map<String, Value> {
    let address = address::read(&line.url, desk);
    let mut headers = header::read(&line.headers, desk);
    let method = method(line);
    let mut operation = map([("method", method.into())]);
    let mut with = Map::new();
    let mut target = Map::new();
    let mut shown = String::new();
    if let Some(address) = address {
        shown = address.shown;
        operation.insert("path".into(), address.path.into());
        if !address.query.is_empty() {
            operation.insert("query".into(), texts(address.query));
        }
        if let Value::Object(parameters) = texts(address.parameters) {
            with = parameters;
        }
        target.insert("url".into(), address.origin.into());
        if let Some((user, password)) = address.login {
            if headers.has("authorization") {
                let help = "take the login out of the URL, or leave the header out";
                desk.fault("--header", "the URL and a header both say who sends the requests", help);
            }
            target.insert("auth".into(), json!({"type": "basic", "user": user, "password": password}));
        }
    }
    match &line.body {
        Some(body) => body::write(body, &mut operation, &mut headers, desk),
        // The grammar's default for these methods is a body of parameters.
        None if matches!(method, "POST" | "PUT" | "PATCH") => {
            operation.insert("body".into(), false.into());
        }
        None => {}
    }
    if !headers.request.is_empty() {
        operation.insert("headers".into(), texts(headers.request));
    }
    if !headers.secret.is_empty() {
        target.insert("headers".into(), texts(headers.secret));
    }
    let name = capitalised(method);
    let mut step = map([("call", name.as_str().into())]);
    if !with.is_empty() {
        step.insert("with".into(), with.into());
    }
    let mut workload = map([("name", "quick".into())]);
    workload.extend(load::drive(line, desk));
    workload.insert("flow".into(), json!([step]));

    let mut scenario = map([
        ("name", "quick".into()),
        ("description", format!("{method} {shown}").into()),
        ("target", target.into()),
        ("api", json!({"operations": {name: operation}})),
    ]);
    scenario.extend(rules(line));
    scenario.insert("workloads".into(), json!([workload]));
    if !line.thresholds.is_empty() {
        scenario.insert("thresholds".into(), json!(line.thresholds));
    }
    if let Some(seed) = line.seed {
        scenario.insert("seed".into(), seed.into());
    }
    scenario
}

/// What bounds the requests and what is done when one fails.
fn rules(line: &Line) -> Map<String, Value> {
    let mut rules = Map::new();
    let mut safety = load::caps(line);
    if !line.allow_hosts.is_empty() {
        safety.insert("allow_hosts".into(), json!(line.allow_hosts));
    }
    if !safety.is_empty() {
        rules.insert("safety".into(), safety.into());
    }
    let users = line.rate.is_none().then_some(DEFAULT_CONNECTIONS);
    if let Some(connections) = line.connections.or(users) {
        rules.insert("transport".into(), json!({"connections": connections}));
    }
    match (&line.retry, &line.timeout) {
        (retry, Some(timeout)) => {
            let extends = retry.as_deref().unwrap_or(NONE);
            let policy = map([("extends", extends.into()), ("attempt_timeout", timeout.text.as_str().into())]);
            rules.insert("policies".into(), json!({"quick": policy}));
            rules.insert("retry".into(), "quick".into());
        }
        (Some(retry), None) => {
            rules.insert("retry".into(), retry.as_str().into());
        }
        (None, None) => {}
    }
    rules
}

/// Data implies POST, as it does to curl.
fn method(line: &Line) -> &str {
    line.method.as_deref().unwrap_or(if line.body.is_some() { "POST" } else { "GET" })
}

fn check_thresholds(thresholds: &[String], desk: &mut Desk) {
    for text in thresholds {
        if let Err(error) = text.parse::<Expression>() {
            let help = error.suggestion.unwrap_or_else(|| "write for example `p99(response) < 300ms`".to_owned());
            desk.fault_in("--threshold", text, error.at, error.message, help);
        }
    }
}

/// `Get` of `GET`: operations are named like methods of a client.
fn capitalised(method: &str) -> String {
    let (first, rest) = method.split_at(1);
    format!("{first}{}", rest.to_ascii_lowercase())
}

fn map<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn texts(pairs: Vec<(String, String)>) -> Value {
    Value::Object(pairs.into_iter().map(|(name, value)| (name, value.into())).collect())
}

#[cfg(test)]
mod tests;
