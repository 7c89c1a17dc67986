//! Which workloads a search varies.

use crate::capacity::Vary;
use crate::plan::{Drive, Plan};
use crate::scenario::Loaded;
use crate::scenario::fault::{Fault, excerpt};

/// The places of the workloads whose load is varied; `None` where there are none.
pub(super) fn varied(
    plan: &Plan,
    vary: Vary,
    name: Option<&str>,
    loaded: &Loaded,
    faults: &mut Vec<Fault>,
) -> Option<Vec<usize>> {
    let list = loaded.tree.at("workloads");
    for (index, workload) in plan.workloads.iter().enumerate() {
        if matches!(workload.drive, Drive::Count(_)) {
            let message = format!(
                "the workload `{}` ends when it has done its number of flows, so that it is no constant load",
                excerpt(&workload.name)
            );
            let fault = Fault::new(list.nth(index).key_span("iterations"), message);
            faults.push(
                fault.suggest("write `arrivals: {rate: 50/s, duration: 10s}` or `users: {count: 4, duration: 10s}`"),
            );
        }
    }
    let fits = |drive: &Drive| match vary {
        Vary::Rate => matches!(drive, Drive::Open { .. }),
        Vary::Users => matches!(drive, Drive::Closed(_)),
    };
    let named = |index: &usize| name.is_none_or(|name| plan.workloads[*index].name == name);
    let varied: Vec<usize> =
        (0..plan.workloads.len()).filter(named).filter(|index| fits(&plan.workloads[*index].drive)).collect();
    if !varied.is_empty() {
        return Some(varied);
    }
    let place = if name.is_some() { loaded.tree.at("capacity").at("vary").span } else { list.span };
    let (what, advice) = match vary {
        Vary::Rate => ("rate", "give it `arrivals`, or vary users with `--journeys`"),
        Vary::Users => ("users", "give it `users`, or leave `--journeys` out and vary the rate"),
    };
    let message = match name {
        Some(name) => format!("the workload `{}` has no {what} to vary", excerpt(name)),
        None => format!("no workload has {what} to vary"),
    };
    faults.push(Fault::new(place, message).suggest(advice));
    None
}
