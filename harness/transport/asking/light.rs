//! The light way: where nobody looks at what an operation does, only the books are kept.
//!
//! An exchange may take it where its answer is known beforehand, whatever is drawn while the run goes on. These rules decide, and
//! anything else goes the full way:
//!
//! * nothing is captured from its replies, and it is no walk over pages;
//! * every operation that is measured creates or reads: nothing is listed, changed or deleted meanwhile, and no meeting ends by itself;
//! * what it takes from pools is there for good: the setup has filled them, and no measured step adds to them;
//! * no limiter looks at its path, its query or its body;
//! * a create has no quota to meet, and nobody lists in the audit or the teardown what it made;
//! * a rehearsal with the shortest and the longest values that its templates can take ends well, for each member of the pools.

use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;

use super::full::Made;
use crate::api::{Attempt, Exchange, Hole, Input, Sequence, Values};
use crate::plan::{Local, Plan, Sink, Step, Workload};
use crate::service::config::Quotas;
use crate::service::{Answer, Caller, Identity, OperationKind, Service};
use crate::units::Nanos;

/// The most rehearsals of one exchange; more would take longer than they save.
const MOST_REHEARSALS: usize = 10_000;

/// A number that takes as many digits as the sequence ever will.
const LONGEST: u64 = 9_000_000_000_000_000_000;

/// What is known of an exchange that goes the light way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Light {
    operation: OperationKind,
    /// Who asks; the client's number is each attempt's own.
    caller: Caller,
    /// What is answered where nothing comes in between.
    status: u16,
}

impl Light {
    /// Asks the service.
    pub(super) fn ask(self, service: &mut Service, input: &Input, now: Nanos) -> Answer {
        let items = input.items.as_ref().map_or(1, |items| items.len() as u32);
        let caller = self.caller.of_client(input.values.client);
        service.handle_unseen(now, caller, self.operation, items, self.status)
    }
}

/// The measured exchanges that may go the light way.
pub(super) fn measured(plan: &Plan, service: &mut Service, now: Nanos, pools: &[Arc<[Value]>]) -> Vec<(usize, Light)> {
    let Some(scene) = Scene::new(plan, service, pools) else { return Vec::new() };
    let caller = service.caller(&Identity::default());
    let mut found = Vec::new();
    for step in steps(&plan.workloads) {
        let exchange = &plan.exchanges[step.exchange];
        let Some(operation) = known(plan, exchange) else { continue };
        let rehearsal = Rehearsal { scene: &scene, step, exchange, operation, caller };
        if let Some(status) = rehearsal.may_be_light(service).then(|| rehearsal.hold(service, now)).flatten() {
            found.push((step.exchange, Light { operation, caller, status }));
        }
    }
    found
}

fn steps(workloads: &[Workload]) -> impl Iterator<Item = &Step> {
    workloads.iter().flat_map(|workload| &workload.flows).flat_map(|flow| &flow.steps)
}

/// The attendees service's own operation behind an exchange; none where the scenario describes it.
fn known(plan: &Plan, exchange: &Exchange) -> Option<OperationKind> {
    let own = plan.service.own.iter().any(|own| own.name == exchange.operation);
    OperationKind::from_name(&exchange.operation).filter(|_| !own)
}

fn creates(operation: OperationKind) -> bool {
    use OperationKind as Op;
    matches!(
        operation,
        Op::CreateMeeting | Op::CreateAttendee | Op::BatchCreateAttendee | Op::CreateMeetingWithAttendees
    )
}

fn reads(operation: OperationKind) -> bool {
    matches!(operation, OperationKind::GetMeeting | OperationKind::GetAttendee)
}

/// What all exchanges of a run have in common.
struct Scene<'a> {
    plan: &'a Plan,
    pools: &'a [Arc<[Value]>],
    /// Whether pools grow while the run is measured, by pool.
    growing: Vec<bool>,
    /// Whether the audit or the teardown looks at what was created.
    looked_at: bool,
    quotas: Quotas,
}

impl<'a> Scene<'a> {
    /// None where no exchange can be light.
    fn new(plan: &'a Plan, service: &Service, pools: &'a [Arc<[Value]>]) -> Option<Self> {
        let operation = |step: &Step| known(plan, &plan.exchanges[step.exchange]);
        let calm = |step: &Step| operation(step).is_none_or(|operation| creates(operation) || reads(operation));
        if !steps(&plan.workloads).all(calm) || service.config().meeting_lifetime.is_some() {
            return None;
        }
        let mut growing = vec![false; plan.pools.len()];
        for sink in steps(&plan.workloads).flat_map(|step| &step.sinks) {
            if let Sink::Pool(pool) = *sink {
                growing[pool] = true;
            }
        }
        let deletes =
            |step: &Step| matches!(operation(step), Some(OperationKind::DeleteMeeting | OperationKind::DeleteAttendee));
        let looked_at = plan.audit.is_some() || !steps(&plan.teardown).all(deletes);
        Some(Self { plan, pools, growing, looked_at, quotas: service.config().quotas })
    }
}

/// One exchange before it is settled.
struct Rehearsal<'a> {
    scene: &'a Scene<'a>,
    step: &'a Step,
    exchange: &'a Exchange,
    operation: OperationKind,
    caller: Caller,
}

impl Rehearsal<'_> {
    /// The rules that can be told from the plan.
    fn may_be_light(&self, service: &Service) -> bool {
        let Self { scene, step, exchange, operation, .. } = self;
        let plain = exchange.wants.captures.is_empty()
            && exchange.wants.keys.is_none()
            && step.sinks.is_empty()
            && step.paginate.is_none();
        let fixed = |local: &Local| matches!(local, Local::Pool { pool, .. } if !scene.growing[*pool]);
        let combinations = self.choices().map(<[Value]>::len).try_fold(1_usize, usize::checked_mul);
        // What leads to a meeting is tried for every value that it can have.
        let taken = |hole: &Hole| matches!(hole, Hole::Local(_));
        let led = ["MeetingId", "AttendeeId"].into_iter().filter_map(|name| exchange.parameter(name));
        let mut led = led.map(|value| value.as_text().is_some_and(|text| text.holes().all(taken)));
        let allowed = plain
            && led.all(|led| led)
            && step.locals.iter().all(fixed)
            && combinations.is_some_and(|count| (1..=MOST_REHEARSALS).contains(&count))
            && service.judges_by_size(*operation);
        allowed && (reads(*operation) || self.may_create())
    }

    fn may_create(&self) -> bool {
        use OperationKind as Op;
        let Quotas { attendees_per_meeting, meetings } = self.scene.quotas;
        let unlimited = match self.operation {
            Op::CreateMeeting => meetings.is_none(),
            Op::CreateAttendee | Op::BatchCreateAttendee => attendees_per_meeting.is_none(),
            // A meeting that is made together with its attendees may say itself how many it takes.
            _ => false,
        };
        // A replica counts against its primary meeting. And names that are taken from anywhere cannot be tried beforehand.
        let bounded = |hole: &Hole| matches!(hole, Hole::Seq | Hole::Uuid(_) | Hole::User | Hole::Item);
        unlimited
            && !self.scene.looked_at
            && self.exchange.parameter("PrimaryMeetingId").is_none()
            && self.exchange.body_holes_are(&bounded)
    }

    /// The members that each local is taken from.
    fn choices(&self) -> impl Iterator<Item = &[Value]> {
        let pools = self.scene.pools;
        self.step.locals.iter().map(move |local| match *local {
            Local::Pool { pool, .. } => pools.get(pool).map_or(&[][..], |members| members),
            Local::Capture { .. } | Local::Cell { .. } => &[],
        })
    }

    /// The status of every rehearsal, where all are alike and end well.
    fn hold(&self, service: &mut Service, now: Nanos) -> Option<u16> {
        let choices: Vec<&[Value]> = self.choices().collect();
        let count: usize = choices.iter().map(|members| members.len()).product();
        let mut status = None;
        for combination in 0..count {
            let mut rest = combination;
            let mut locals = Vec::with_capacity(choices.len());
            for members in &choices {
                locals.push(members[rest % members.len()].clone());
                rest /= members.len();
            }
            // What is written in a create does not depend on where it is made.
            if creates(self.operation) && combination > 0 {
                let made = Made::new(self.exchange, self.operation, &self.input(locals, 0, 0));
                if !service.takes_any_number(self.caller, made.meeting()) {
                    return None;
                }
                continue;
            }
            for (number, user) in [(0, 0), (LONGEST, u64::from(u32::MAX))] {
                let seen = self.once(service, now, &self.input(locals.clone(), number, user))?;
                if status.is_some_and(|known| known != seen) {
                    return None;
                }
                status = Some(seen);
            }
        }
        status
    }

    fn once(&self, service: &mut Service, now: Nanos, input: &Input) -> Option<u16> {
        let made = Made::new(self.exchange, self.operation, input);
        let into_meeting = matches!(self.operation, OperationKind::CreateAttendee | OperationKind::BatchCreateAttendee);
        if into_meeting && !service.takes_any_number(self.caller, made.meeting()) {
            return None;
        }
        let body = if made.body.is_empty() { "null" } else { &made.body };
        let body = serde_json::from_str(body).ok()?;
        service.rehearse(now, self.caller, made.address(), &body)
    }

    fn input(&self, locals: Vec<Value>, number: u64, user: u64) -> Input {
        let seq = Sequence { first: number, stride: 1 };
        let values = Values { seed: self.scene.plan.seed, call: number, client: 0, user, seq, locals };
        Input {
            exchange: self.step.exchange,
            values: Rc::new(values),
            items: self.step.batch.map(|size| (0..size).collect()),
            page: None,
            attempt: Attempt::default(),
        }
    }
}
