//! Probes in real time: one transport, whose connections stay warm from one stretch to the next, on the thread that asks.

use std::collections::VecDeque;
use std::sync::Arc;

use super::halt::{Halt, HaltSwitch};
use super::live::{Live, Ready, RunError, public_url};
use crate::api::{Reply, Stamps, WireError};
use crate::lane::{AttemptId, Draws, Limiters, Phase};
use crate::plan::{Plan, Step, Stretch, Until};
use crate::record::{Progress, RunStart, Sight, Sighting};
use crate::retry::Classifier;
use crate::schedule::Stripe;
use crate::time::WallClock;
use crate::transport::{Alarm, Http1, Transport, TransportKind, Wire};
use crate::units::Nanos;

/// How long a probe is waited for where its policy sets no timeout.
const PATIENCE: Nanos = Nanos::from_secs(30);

/// Why no probe could be sent.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The target could not be made ready.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A pool that the operation draws from is empty.
    #[error("`{0}` draws from a pool that the setup left empty; let a step of `setup` publish into it")]
    NoData(String),
}

/// Sends probes over real connections. Neither the plan's own rate limit nor its retries apply to them: a discovery has to see every
/// answer of the service, and at the instants that it chose.
pub struct LiveProber {
    live: Live,
    ready: Ready,
    /// One for each variant.
    steps: Vec<Step>,
    transport: Box<dyn Transport>,
    /// Wakes the transport when someone stops it; kept, because the switch holds it weakly.
    _alarm: Alarm,
    draws: Draws,
    /// The instant zero of the probing by the clock.
    zero: Nanos,
    epoch: Nanos,
    /// When the last stretch had its last reply, by the clock.
    last: Nanos,
    stretches: u32,
    serial: u32,
}

/// The transport is anything that can send, which says nothing of itself.
impl std::fmt::Debug for LiveProber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveProber").field("ready", &self.ready).field("steps", &self.steps).finish_non_exhaustive()
    }
}

/// A stretch under way.
struct UnderWay {
    stretch: Stretch,
    /// The instant that its shots count from, by the clock.
    begin: Nanos,
    /// The place of the next shot.
    next: usize,
    seen: Vec<Sighting>,
    /// Attempts whose replies are awaited: serial number, place among the sightings, and when they are given up; the oldest first.
    awaited: VecDeque<(u32, usize, Nanos)>,
    throttled: u32,
    failed: u32,
}

impl UnderWay {
    fn is_over(&self, until: Until) -> bool {
        until.throttled.is_some_and(|most| self.throttled >= most)
            || until.failed.is_some_and(|most| self.failed >= most)
    }

    /// When the next shot is due, unless it has to wait for a reply or there is none.
    fn next_due(&self) -> Option<Nanos> {
        let may = !self.stretch.serial || self.awaited.is_empty();
        self.stretch.shots.get(self.next).filter(|_| may).map(|shot| self.begin + shot.at)
    }
}

impl LiveProber {
    /// Makes the target ready: starts the embedded service where that is the target, and runs the plan's setup. `steps` has one step
    /// for each variant.
    ///
    /// # Errors
    /// [`ProbeError::Run`].
    pub fn open(
        plan: Arc<Plan>,
        steps: Vec<Step>,
        halt: HaltSwitch,
        progress: &mut dyn Progress,
    ) -> Result<Self, ProbeError> {
        let mut live = Live { plan, lanes: 1, start: RunStart::default(), halt, trace: false };
        let ready = live.set_up(progress)?;
        let (plan, keys) = (Arc::clone(&live.plan), ready.keys.as_ref());
        let transport: Box<dyn Transport> = match TransportKind::of(&plan.transport) {
            TransportKind::Http1 => {
                Box::new(Http1::new(Arc::clone(&plan), &ready.url, keys, ready.clock).map_err(RunError::from)?)
            }
            TransportKind::Reqwest => {
                Box::new(Wire::new(Arc::clone(&plan), &ready.url, keys, ready.clock).map_err(RunError::from)?)
            }
        };
        let alarm = transport.alarm();
        live.halt.wake(&alarm);
        let none = Arc::from([]);
        let share = ready.legacy.lane_plan(&plan, Phase::Measure, none, Stripe::WHOLE, Limiters::default(), false);
        let zero = ready.clock.now();
        let epoch = WallClock::now().since_epoch();
        Ok(Self {
            draws: Draws::new(share),
            transport,
            _alarm: alarm,
            zero,
            epoch,
            last: zero,
            stretches: 0,
            serial: 0,
            live,
            ready,
            steps,
        })
    }

    /// Undoes what the setup did, where the plan says how.
    ///
    /// # Errors
    /// [`ProbeError::Run`].
    pub fn close(self, progress: &mut dyn Progress) -> Result<(), ProbeError> {
        drop(self.transport);
        Ok(self.live.tear_down(self.ready, progress)?)
    }

    /// The kind of its transport, and the name of the timer that it waits by; for reports.
    pub fn transport(&self) -> (&'static str, String) {
        let plan = &self.live.plan.transport;
        let kind = TransportKind::of(plan);
        (kind.name(plan.version), kind.timer())
    }

    /// Where it sends to, without credentials and query.
    pub fn url(&self) -> String {
        self.live.plan.secrets.mask(&public_url(&self.ready.url))
    }

    /// The time since the Unix epoch at the instant zero of the probing.
    pub(crate) fn epoch_now(&self) -> Nanos {
        self.epoch
    }

    /// The time since the begin of the probing.
    pub(crate) fn elapsed(&self) -> Nanos {
        self.ready.clock.now() - self.zero
    }

    /// Sends a stretch; see [`Prober::probe`](crate::runner::Prober::probe).
    pub(crate) fn send_stretch(&mut self, stretch: &Stretch) -> Result<Vec<Sighting>, ProbeError> {
        let clock = self.ready.clock;
        let mut way = UnderWay {
            begin: clock.now().max(self.last + stretch.quiet),
            next: 0,
            seen: Vec::with_capacity(stretch.shots.len()),
            awaited: VecDeque::new(),
            throttled: 0,
            failed: 0,
            stretch: stretch.clone(),
        };
        self.stretches += 1;
        loop {
            let stopped = self.live.halt.level() == Halt::Everything;
            let over = stopped || way.is_over(stretch.until);
            if !over && way.next_due().is_some_and(|due| due <= clock.now()) {
                self.send(&mut way)?;
                continue;
            }
            if let Some((attempt, reply)) = self.transport.next_reply() {
                self.settle(&mut way, attempt, &reply);
                continue;
            }
            let now = clock.now();
            while let Some(&(serial, place, until)) = way.awaited.front()
                && (stopped || until <= now)
            {
                let attempt = AttemptId::new(place as u32, serial);
                self.transport.cancel(attempt);
                let stamps = Stamps { sent: way.seen[place].sent + self.zero, first_byte: now, done: now };
                self.settle(&mut way, attempt, &Reply::broken(WireError::Timeout, stamps));
            }
            let next = if over { None } else { way.next_due() };
            let timeout = way.awaited.iter().map(|(_, _, until)| *until).min();
            let Some(until) = [next, timeout].into_iter().flatten().min() else { break };
            self.transport.wait(until);
        }
        // A silence counts from the last reply.
        self.last = way.seen.iter().map(|sighting| sighting.done + self.zero).fold(self.last, Nanos::max);
        Ok(way.seen)
    }

    fn step(&self, variant: u32) -> &Step {
        self.steps.get(variant as usize).unwrap_or(&self.steps[0])
    }

    fn send(&mut self, way: &mut UnderWay) -> Result<(), ProbeError> {
        let shot = way.stretch.shots[way.next];
        way.next += 1;
        let step = self.step(shot.variant).clone();
        let plan = &self.live.plan;
        let no_data = || ProbeError::NoData(plan.exchanges[step.exchange].operation.to_string());
        let input = self.draws.next(&step).ok_or_else(no_data)?;
        let patience = plan.policies.get(step.policy).and_then(|policy| policy.attempt_timeout).unwrap_or(PATIENCE);
        let now = self.ready.clock.now();
        let (place, serial) = (way.seen.len(), self.serial);
        self.serial += 1;
        way.seen.push(Sighting {
            stretch: self.stretches - 1,
            variant: shot.variant,
            due: way.begin + shot.at - self.zero,
            sent: now - self.zero,
            done: Nanos::MAX,
            sight: Sight::Broken("no answer yet".into()),
            hints: crate::api::Hints::default(),
            claim: None,
        });
        way.awaited.push_back((serial, place, now + patience));
        self.transport.send(AttemptId::new(place as u32, serial), input);
        Ok(())
    }

    /// Writes down what came of a probe.
    fn settle(&self, way: &mut UnderWay, attempt: AttemptId, reply: &Reply) {
        let awaited = |&(serial, place, _): &(u32, usize, Nanos)| AttemptId::new(place as u32, serial) == attempt;
        let Some(index) = way.awaited.iter().position(awaited) else { return };
        let Some((_, place, _)) = way.awaited.remove(index) else { return };
        let sighting = &mut way.seen[place];
        let step = self.steps.get(sighting.variant as usize).unwrap_or(&self.steps[0]);
        let plan = &self.live.plan;
        let classifier = plan.policies.get(step.policy).map(|policy| &policy.classifier);
        let sight = Sight::of(reply, &plan.exchanges[step.exchange], classifier.unwrap_or(&Classifier::default()));
        sighting.sight = match sight {
            // What the wire says may repeat what it was sent.
            Sight::Failed(text) => Sight::Failed(plan.secrets.mask(&text)),
            other => other,
        };
        // An attempt that broke before it left has no instant of sending but the one at which it was handed over.
        if reply.stamps.sent >= sighting.sent + self.zero {
            sighting.sent = reply.stamps.sent - self.zero;
        }
        sighting.done = (reply.stamps.done - self.zero).max(sighting.sent);
        sighting.hints = reply.hints;
        sighting.claim = reply.claim.as_deref().copied();
        way.throttled += u32::from(sighting.is_throttled());
        way.failed += u32::from(sighting.is_trouble());
    }
}
