//! What a plan will do, counted without sending anything: what `loadline check` prints.

use std::fmt;

use super::fault::excerpt;
use crate::plan::{Drive, KeySource, Plan, Signing, Step, Target, Workload};
use crate::retry::Policy;
use crate::units::Nanos;

/// What a plan will do.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// The scenario's name.
    pub name: String,
    /// The hosts that requests go to, with their ports.
    pub hosts: Vec<String>,
    /// As what requests are signed and with whose keys, where they are.
    pub signed: Option<String>,
    /// Why nothing may be sent, where that is so.
    pub refusal: Option<String>,
    /// How long the load lasts; `None` where that depends on the target's speed.
    pub duration: Option<Nanos>,
    /// The highest planned rate of flows, a second: the sum of the peaks of all open workloads, which need not coincide.
    pub peak_per_second: f64,
    /// What is sent before, during and after the measurement, in this order.
    pub rows: Vec<Row>,
    /// The most attempts that the run may send, by its caps.
    pub max_requests: u64,
    /// The longest that a call may take by its policy alone; `None` where nothing bounds it.
    pub longest_call: Option<Nanos>,
}

/// One operation of one workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The workload, or `setup`, `teardown`, `audit`.
    pub workload: String,
    /// The operation.
    pub operation: String,
    /// How many times the step is done; `None` where that depends on the target's speed.
    pub steps: Option<f64>,
    /// How many items these send together, where the step is a batch.
    pub items: Option<f64>,
    /// The most pages of each walk, where the step is one.
    pub pages: Option<u32>,
    /// The policy that judges its failures.
    pub policy: String,
    /// Attempts at most, with every retry and every page; `None` where `steps` is.
    pub worst_case: Option<f64>,
}

/// Counts what a plan will do.
pub fn forecast(plan: &Plan) -> Forecast {
    let workloads = || plan.workloads.iter();
    let ends: Option<Vec<Nanos>> = workloads().map(|each| Some(each.start + each.drive.duration()?)).collect();
    let audit = plan.audit.iter().map(|audit| &audit.workload);
    let all = plan.setup.iter().chain(workloads()).chain(audit).chain(&plan.teardown);
    let used = plan.policies.iter();
    let longest: Option<Vec<Nanos>> = used.map(Policy::worst_case).collect();
    Forecast {
        name: plan.name.clone(),
        hosts: vec![host(&plan.target)],
        signed: plan.transport.signing.as_ref().map(|signing| plan.secrets.mask(&signed(signing))),
        refusal: plan.refusal.as_ref().map(ToString::to_string),
        duration: ends.map(|ends| ends.into_iter().max().unwrap_or_default()),
        peak_per_second: workloads().map(peak).sum(),
        rows: all.flat_map(|workload| rows(plan, workload)).collect(),
        max_requests: plan.caps.max_requests,
        longest_call: longest.map(|longest| longest.into_iter().max().unwrap_or_default()),
    }
}

fn host(target: &Target) -> String {
    match target {
        Target::Mock { listen } => format!("the embedded mock on {}", listen.ip()),
        Target::Url(url) => {
            let port = url.port_or_known_default().map_or(String::new(), |port| format!(":{port}"));
            format!("{}{port}", url.host_str().unwrap_or_default())
        }
    }
}

fn signed(signing: &Signing) -> String {
    let keys = match &signing.keys {
        KeySource::Given(_) => "the scenario's keys".to_owned(),
        KeySource::Chain { profile: Some(profile) } => format!("keys of the profile {}", excerpt(profile)),
        KeySource::Chain { profile: None } => "keys that are looked for when the run begins".to_owned(),
    };
    format!("for {} in {}, with {keys}", excerpt(&signing.service), excerpt(&signing.region))
}

fn peak(workload: &Workload) -> f64 {
    match &workload.drive {
        Drive::Open { profile, .. } => profile.peak(),
        Drive::Closed(_) | Drive::Count(_) => 0.0,
    }
}

fn rows(plan: &Plan, workload: &Workload) -> Vec<Row> {
    let flows = match &workload.drive {
        Drive::Open { profile, .. } => Some(profile.count()),
        Drive::Count(iterations) => Some(iterations.count as f64),
        Drive::Closed(_) => None,
    };
    // The audit runs once for each member of a pool that is not filled yet.
    let flows = flows.filter(|_| plan.audit.as_ref().is_none_or(|audit| audit.workload.name != workload.name));
    let total: f64 = workload.flows.iter().map(|flow| f64::from(flow.weight)).sum();
    let mut rows = Vec::new();
    for flow in &workload.flows {
        let times = flows.map(|flows| flows * f64::from(flow.weight) / total.max(1.0));
        rows.extend(flow.steps.iter().map(|step| row(plan, step, times)));
    }
    rows
}

fn row(plan: &Plan, step: &Step, steps: Option<f64>) -> Row {
    let cell = &plan.cells[step.exchange];
    let policy = &plan.policies[step.policy];
    let pages = step.paginate.map(|paginate| paginate.max_pages);
    let attempts = f64::from(policy.most_attempts()) * f64::from(pages.unwrap_or(1));
    Row {
        workload: cell.workload.clone(),
        operation: cell.operation.clone(),
        steps,
        items: steps.zip(step.batch).map(|(steps, size)| steps * f64::from(size)),
        pages,
        policy: policy.name.clone(),
        worst_case: steps.map(|steps| steps * attempts),
    }
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.name)?;
        writeln!(f, "  target       {}", self.hosts.join(", "))?;
        if let Some(signed) = &self.signed {
            writeln!(f, "  signed       {signed}")?;
        }
        if let Some(refusal) = &self.refusal {
            writeln!(f, "  refused      {refusal}")?;
        }
        match self.duration {
            Some(duration) => writeln!(f, "  duration     {duration}")?,
            None => writeln!(f, "  duration     as long as the target takes")?,
        }
        if self.peak_per_second > 0.0 {
            writeln!(f, "  peak         {} flows a second", number(self.peak_per_second))?;
        }
        match self.longest_call {
            Some(longest) => writeln!(f, "  longest call {longest}, by its retry policy")?,
            None => writeln!(f, "  longest call nothing bounds it")?,
        }
        writeln!(f, "  cap          {} attempts", self.max_requests)?;
        writeln!(f)?;
        let header = ["workload", "operation", "times", "items", "pages at most", "policy", "attempts at most"];
        let mut table = vec![header.map(str::to_owned)];
        table.extend(self.rows.iter().map(Row::cells));
        let widths: Vec<usize> = (0..header.len())
            .map(|column| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
            .collect();
        for row in table {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
            writeln!(f, "  {}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

impl Row {
    fn cells(&self) -> [String; 7] {
        let known = |value: Option<f64>| value.map_or("?".to_owned(), number);
        [
            self.workload.clone(),
            self.operation.clone(),
            known(self.steps),
            self.items.map_or(String::new(), number),
            self.pages
                .map_or(String::new(), |pages| if pages == u32::MAX { "all".to_owned() } else { pages.to_string() }),
            self.policy.clone(),
            known(self.worst_case),
        ]
    }
}

fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
