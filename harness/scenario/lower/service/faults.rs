//! What goes wrong now and then.

use std::borrow::Cow;

use super::operations;
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::mock as written;
use crate::service::config::{Fault as ServiceFault, FaultKind, ResetAt, WireFault};
use crate::units::Ratio;

pub(super) fn fault(written: &written::Fault, node: &Node, faults: &mut Vec<Fault>) -> Option<ServiceFault> {
    let reset = written.reset.map(|reset| {
        WireFault::Reset(match reset {
            written::Reset::BeforeReply => ResetAt::BeforeReply,
            written::Reset::DuringReply => ResetAt::DuringReply,
            written::Reset::AfterReply => ResetAt::AfterReply,
        })
    });
    let flag = |flag: Option<bool>, fault| (flag == Some(true)).then_some(fault);
    let damages = [
        reset,
        written.slow_body.as_ref().map(|over| WireFault::SlowBody { over: over.0 }),
        flag(written.truncate, WireFault::Truncate),
        flag(written.garbage, WireFault::Garbage),
        flag(written.wrong_length, WireFault::WrongLength),
        flag(written.invalid_json, WireFault::InvalidJson),
        flag(written.stall, WireFault::Stall),
    ];
    let status = written.status.map(|status| FaultKind::Status {
        status,
        error_code: Cow::Owned(written.error_code.clone().unwrap_or_else(|| "InternalServerErrorException".to_owned())),
    });
    let mut kinds = damages.into_iter().flatten().map(FaultKind::Wire).chain(status);
    let kind = kinds.next();
    if kind.is_none() || kinds.next().is_some() {
        let fault = Fault::new(node.span, "a fault does exactly one thing");
        faults.push(fault.suggest(
            "give one of `reset`, `status`, `truncate`, `slow_body`, `garbage`, `wrong_length`, `invalid_json` and `stall`",
        ));
    }
    if written.chance.is_none() && written.every.is_none() {
        faults.push(Fault::new(node.span, "this fault never strikes").suggest("add `chance: 1%` or `every: 100`"));
    }
    if written.error_code.is_some() && written.status.is_none() {
        faults.push(Fault::new(node.key_span("error_code"), "`error_code` goes with `status`"));
    }
    let chance = written.chance.as_ref().map_or(Ratio::ZERO, |chance| chance.0);
    if chance.get() > 1.0 {
        faults.push(Fault::new(node.at("chance").span, "a chance is at most 100%"));
    }
    let operations = operations(written.operations.as_deref(), node.at("operations"), faults);
    Some(ServiceFault { operations, chance, every: written.every, kind: kind? })
}
