//! Small scenarios for the tests of this module.

use std::path::Path;
use std::sync::Arc;

use super::{Arrivals, Candidate, Task, Weights};
use crate::plan::Plan;
use crate::plan::expression::Expression;
use crate::retry::{Policy, preset};
use crate::scenario::{self, Flags, Input};
use crate::sim::Network;

/// A plan that calls `GetMeeting`; `mock` and `workload` are in YAML's flow form.
pub(super) fn plan(mock: &str, workload: &str) -> Arc<Plan> {
    let yaml = format!(
        "name: small
target: {{mock: attendees}}
limiters:
  shared: {{type: token_bucket, rate: 20/s, burst: 10, scope: [account]}}
  each: {{type: token_bucket, rate: 2/s, burst: 1, scope: [client]}}
  window: {{type: fixed_window, limit: 30, window: 10s, scope: [account]}}
  places: {{type: concurrency, limit: 5, queue: 0, scope: [account]}}
mock: {mock}
retry: none
clients: 10
setup:
  - call: CreateMeeting
    with: {{ClientRequestToken: '{{{{ uuid }}}}', MediaRegion: us-east-1, ExternalMeetingId: small}}
    publish: {{meetings: $.Meeting.MeetingId}}
workloads:
  - name: steady
    {workload}
    flow:
      - call: GetMeeting
        with: {{MeetingId: '{{{{ meetings.next }}}}'}}
"
    );
    let source = scenario::source::text("small.yaml", yaml.as_bytes().to_vec()).expect("a text");
    let input = Input {
        source: &source,
        folder: Path::new("."),
        overrides: &[],
        flags: &Flags::default(),
        environment: &|_| None,
    };
    let plan = scenario::load(input).and_then(|loaded| loaded.plan());
    Arc::new(plan.unwrap_or_else(|faults| panic!("{faults}\n{yaml}")))
}

/// The limiter `name` alone, and every call taking 100 ms.
pub(super) fn behind(name: &str) -> String {
    format!("{{limits: [{{operations: [GetMeeting], all_of: [{name}]}}], latency: {{type: constant, value: 100ms}}}}")
}

/// A preset.
pub(super) fn policy(name: &str) -> Policy {
    preset(name).unwrap_or_else(|| panic!("no preset {name}"))
}

/// A comparison of presets.
pub(super) fn task(plan: Arc<Plan>, presets: &[&str]) -> Task {
    let candidate = |name: &&str| Candidate {
        name: (*name).to_owned(),
        base: (*name).to_owned(),
        swept: Vec::new(),
        policy: policy(name),
        yaml: format!("retry: {name}\n"),
    };
    Task {
        plan,
        candidates: presets.iter().map(candidate).collect(),
        arrivals: vec![Arrivals::Open],
        seeds: 3,
        trigger: None,
        require: Vec::new(),
        weights: Weights::default(),
        confirm: None,
        network: Network::default(),
    }
}

/// An expression of the scenario's language.
pub(super) fn expression(text: &str) -> Expression {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}
