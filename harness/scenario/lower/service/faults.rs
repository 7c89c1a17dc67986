//! What goes wrong now and then.

use std::borrow::Cow;

use super::operations;
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::mock as written;
use crate::service::config::{Fault as ServiceFault, FaultKind, OwnOperation, ResetAt, Window, WireFault};
use crate::units::{Nanos, Ratio};

pub(super) fn fault(
    written: &written::Fault,
    own: &[OwnOperation],
    node: &Node,
    faults: &mut Vec<Fault>,
) -> Option<ServiceFault> {
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
        flag(written.duplicate, WireFault::Duplicate),
        flag(written.stall, WireFault::Stall),
    ];
    let status = written.status.map(|status| FaultKind::Status {
        status,
        error_code: Cow::Owned(written.error_code.clone().unwrap_or_else(|| "InternalServerErrorException".to_owned())),
    });
    let stall = written.stall_accept.as_ref().map(|lasts| FaultKind::StallAccept { lasts: lasts.0 });
    let mut kinds = damages.into_iter().flatten().map(FaultKind::Wire).chain(status).chain(stall);
    let kind = kinds.next();
    if kind.is_none() || kinds.next().is_some() {
        let fault = Fault::new(node.span, "a fault does exactly one thing");
        faults.push(fault.suggest(
            "give one of `reset`, `status`, `truncate`, `slow_body`, `garbage`, `wrong_length`, `invalid_json`, \
             `duplicate`, `stall` and `stall_accept`",
        ));
    }
    let during = (written.at.is_some() || written.lasting.is_some()).then(|| Window {
        at: written.at.as_ref().map_or(Nanos::ZERO, |at| at.0),
        lasts: written.lasting.as_ref().map_or(Nanos::MAX, |lasting| lasting.0),
    });
    let mut every = written.every;
    if written.chance.is_none() && every.is_none() {
        // A window by itself means all that comes in it.
        every = during.map(|_| 1);
        if every.is_none() {
            let fault = Fault::new(node.span, "this fault never strikes");
            faults.push(fault.suggest("add `chance: 1%`, `every: 100` or `at: 10s`"));
        }
    }
    if written.stall_accept.is_some() && written.operations.is_some() {
        let fault =
            Fault::new(node.key_span("operations"), "`stall_accept` strikes connections, whatever they are for");
        faults.push(fault.suggest("remove `operations`"));
    }
    if written.error_code.is_some() && written.status.is_none() {
        faults.push(Fault::new(node.key_span("error_code"), "`error_code` goes with `status`"));
    }
    let chance = written.chance.as_ref().map_or(Ratio::ZERO, |chance| chance.0);
    if chance.get() > 1.0 {
        faults.push(Fault::new(node.at("chance").span, "a chance is at most 100%"));
    }
    let operations = operations(written.operations.as_deref(), own, node.at("operations"), faults);
    Some(ServiceFault { operations, chance, every, during, kind: kind? })
}
