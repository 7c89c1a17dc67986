//! `classify`, `retry_on`, `never_retry_on`: of which kind a failure is.

use super::super::catalogue;
use crate::api::{Noted, NotedHeaders, WireError};
use crate::retry::{Classifier, FailureKind, Rule, Verdict};
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::policy as written;
use crate::scenario::mirror::value::OneOrMany;

/// Writes a definition over a classification. Rules of the policy itself come before those of the one that it extends.
pub(super) fn apply(
    classifier: &mut Classifier,
    written: &written::Policy,
    node: &Node,
    noted: &mut NotedHeaders,
    faults: &mut Vec<Fault>,
) {
    let mut rules = Vec::new();
    if let Some(never) = &written.never_retry_on {
        let failure = Verdict::Failure(FailureKind::Permanent);
        rules.extend(any(never, failure, node.at("never_retry_on"), noted, faults));
    }
    for (index, rule) in written.classify.iter().flatten().enumerate() {
        let place = node.at("classify").nth(index);
        let verdict = verdict(rule.kind);
        if verdict == Verdict::Success && rule.when.transport.is_some() {
            let fault = Fault::new(place.at("when").key_span("transport"), "without a reply there is no success");
            faults.push(fault.suggest("name a `status`, a `code` or a `header`"));
        }
        rules.extend(all(&rule.when, verdict, place.at("when"), noted, faults));
    }
    rules.append(&mut classifier.rules);
    classifier.rules = rules;
    if let Some(on) = &written.retry_on {
        let failure = Verdict::Failure(FailureKind::Transient);
        let mut also = any(on, failure, node.at("retry_on"), noted, faults);
        also.append(&mut classifier.also_retried);
        classifier.also_retried = also;
    }
    classifier.bare_429 = match written.bare_429 {
        Some(written::Bare429::Throttling) => FailureKind::Throttling,
        Some(written::Bare429::Permanent) => FailureKind::Permanent,
        None => classifier.bare_429,
    };
}

fn verdict(written: written::FailureKind) -> Verdict {
    Verdict::Failure(match written {
        written::FailureKind::Throttling => FailureKind::Throttling,
        written::FailureKind::Transient => FailureKind::Transient,
        written::FailureKind::Timeout => FailureKind::Timeout,
        written::FailureKind::Permanent => FailureKind::Permanent,
        written::FailureKind::Success => return Verdict::Success,
    })
}

/// A rule for each entry: any of them fits.
fn any(
    written: &written::Matches,
    verdict: Verdict,
    node: &Node,
    noted: &mut NotedHeaders,
    faults: &mut Vec<Fault>,
) -> Vec<Rule> {
    let empty = Rule::always(verdict);
    let statuses = written.status.iter().map(|set| Rule { statuses: Some(catalogue::statuses(set)), ..empty.clone() });
    let codes = written.codes.iter().flat_map(|codes| &codes.0);
    let codes = codes.map(|code| Rule { code: Some(code.as_str().into()), ..empty.clone() });
    let headers = headers(written.header.as_ref(), node, noted, faults);
    let headers = headers.map(|headers| Rule { headers: Some(headers), ..empty.clone() });
    let failures = written.transport.iter().flat_map(|failures| &failures.0);
    let failures = failures.map(|failure| Rule { wire: Some(vec![wire(*failure)]), ..empty.clone() });
    statuses.chain(codes).chain(headers).chain(failures).collect()
}

/// A rule for each code: all else must fit with it.
fn all(
    written: &written::When,
    verdict: Verdict,
    node: &Node,
    noted: &mut NotedHeaders,
    faults: &mut Vec<Fault>,
) -> Vec<Rule> {
    let rule = Rule {
        statuses: written.status.as_ref().map(catalogue::statuses),
        code: None,
        headers: headers(written.header.as_ref(), node, noted, faults),
        wire: written.transport.as_ref().map(|failures| failures.0.iter().map(|failure| wire(*failure)).collect()),
        verdict,
    };
    if rule == Rule::always(verdict) && written.code.is_none() {
        let fault = Fault::new(node.span, "a rule without a condition would judge every reply alike");
        faults.push(fault.suggest("name a `status`, a `code`, a `header` or a `transport`"));
    }
    match &written.code {
        None => vec![rule],
        Some(codes) => codes.0.iter().map(|code| Rule { code: Some(code.as_str().into()), ..rule.clone() }).collect(),
    }
}

/// The set of header fields of which one is enough.
fn headers(
    written: Option<&OneOrMany<String>>,
    node: &Node,
    noted: &mut NotedHeaders,
    faults: &mut Vec<Fault>,
) -> Option<Noted> {
    let mut set = Noted::NONE;
    for name in &written?.0 {
        if let Some(one) = noted.note(name) {
            set = set.union(one);
        } else {
            let message = format!("policies look at more than {} header fields", NotedHeaders::MOST);
            faults.push(Fault::new(node.at("header").span, message).suggest("remove some of them"));
        }
    }
    Some(set)
}

fn wire(failure: written::TransportFailure) -> WireError {
    match failure {
        written::TransportFailure::Timeout => WireError::Timeout,
        written::TransportFailure::ConnectTimeout => WireError::ConnectTimeout,
        written::TransportFailure::Reset => WireError::Reset,
        written::TransportFailure::Refused => WireError::Refused,
        written::TransportFailure::Closed => WireError::Closed,
        written::TransportFailure::Dns => WireError::Dns,
    }
}
