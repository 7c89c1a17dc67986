//! The one place where a lane waits: for its sockets, for an instant, for an alarm.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mio::event::Source;
use mio::{Events, Interest, Poll, Token, Waker};

use super::spin::{MARGIN, SpinBudget};
#[cfg(target_os = "linux")]
use super::timer::KernelTimer;
use crate::time::MonotonicClock;
use crate::units::Nanos;

/// The alarm's token; connections count up from zero and never get here.
const ALARM: Token = Token(usize::MAX);
/// The timer's token.
const TIMER: Token = Token(usize::MAX - 1);
/// How many events are taken at a time.
const EVENTS: usize = 1_024;

/// What can be done with a socket now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Readiness {
    /// The number under which it was registered.
    pub(super) key: usize,
    pub(super) readable: bool,
    pub(super) writable: bool,
    /// The peer sends nothing more, or the socket is broken: what is there has to be read to its end.
    pub(super) ending: bool,
}

/// The lane's event queue and its timer.
#[derive(Debug)]
pub(super) struct Waiting {
    clock: MonotonicClock,
    poll: Poll,
    events: Events,
    /// What the last wait brought and nobody has taken yet, in reverse.
    ready: Vec<Readiness>,
    #[cfg(target_os = "linux")]
    timer: KernelTimer,
    spin: SpinBudget,
    spun: Nanos,
    alarm: Arc<Waker>,
    /// Whether the alarm was rung.
    rung: bool,
}

impl Waiting {
    pub(super) fn new(clock: MonotonicClock) -> io::Result<Self> {
        let poll = Poll::new()?;
        let alarm = Arc::new(Waker::new(poll.registry(), ALARM)?);
        Ok(Self {
            clock,
            #[cfg(target_os = "linux")]
            timer: KernelTimer::register(poll.registry(), TIMER)?,
            poll,
            events: Events::with_capacity(EVENTS),
            ready: Vec::with_capacity(EVENTS),
            spin: SpinBudget::new(clock.now()),
            spun: Nanos::ZERO,
            alarm,
            rung: false,
        })
    }

    /// The timer's name in reports.
    pub(super) fn timer_name() -> &'static str {
        if cfg!(target_os = "linux") { "timerfd, short spin" } else { "event queue, short spin" }
    }

    /// Watches a socket from here on; it stops being watched when it is closed.
    pub(super) fn watch(&self, source: &mut impl Source, key: usize) -> io::Result<()> {
        self.poll.registry().register(source, Token(key), Interest::READABLE | Interest::WRITABLE)
    }

    /// What rings the alarm from another thread.
    pub(super) fn alarm(&self) -> Arc<Waker> {
        Arc::clone(&self.alarm)
    }

    /// Whether the alarm was rung since the last time this was asked.
    pub(super) fn take_rung(&mut self) -> bool {
        std::mem::take(&mut self.rung)
    }

    /// How much was spun away since the last time this was asked.
    pub(super) fn take_spun(&mut self) -> Nanos {
        std::mem::take(&mut self.spun)
    }

    /// The next socket that something can be done with.
    pub(super) fn next(&mut self) -> Option<Readiness> {
        self.ready.pop()
    }

    /// Waits until a socket is ready, the alarm is rung or the instant has come; may return for no reason.
    ///
    /// The kernel wakes a thread some tens of microseconds late. Where arrivals are few, that is spared them: the wait ends
    /// a moment early and the rest is spun away, within a budget.
    pub(super) fn wait(&mut self, until: Nanos) {
        if !self.ready.is_empty() {
            return;
        }
        let now = self.clock.now();
        if until <= now {
            self.take_events(Some(Duration::ZERO));
            return;
        }
        let spin_from = if self.spin.affords(now) { until.saturating_sub(MARGIN) } else { until };
        if now < spin_from {
            self.sleep(now, spin_from);
        }
        if spin_from < until && self.ready.is_empty() && !self.rung {
            self.spin(until);
        }
    }

    #[cfg(target_os = "linux")]
    fn sleep(&mut self, now: Nanos, until: Nanos) {
        // Should the timer fail, the queue's own timeout is coarser and still right.
        let timeout = self.timer.arm(now, until).err().map(|_| Duration::from(until - now));
        self.take_events(timeout);
    }

    #[cfg(not(target_os = "linux"))]
    fn sleep(&mut self, now: Nanos, until: Nanos) {
        self.take_events(Some(Duration::from(until - now)));
    }

    /// Looks at the sockets over and over until the instant has come; not where it is still far, after a wait that ended early.
    fn spin(&mut self, until: Nanos) {
        let began = self.clock.now();
        if began + MARGIN < until {
            return;
        }
        let mut now = began;
        while now < until && self.ready.is_empty() && !self.rung {
            self.take_events(Some(Duration::ZERO));
            now = self.clock.now();
        }
        self.spin.spent(now - began);
        self.spun += now - began;
    }

    fn take_events(&mut self, timeout: Option<Duration>) {
        // An interrupted wait has brought nothing, which the caller takes for a wait that ended for no reason.
        if self.poll.poll(&mut self.events, timeout).is_err() {
            return;
        }
        for event in &self.events {
            match event.token() {
                ALARM => self.rung = true,
                #[cfg(target_os = "linux")]
                TIMER => self.timer.fired(),
                Token(key) => self.ready.push(Readiness {
                    key,
                    readable: event.is_readable(),
                    writable: event.is_writable(),
                    ending: event.is_read_closed() || event.is_error(),
                }),
            }
        }
        // The first event first: whoever has waited longest.
        self.ready.reverse();
    }
}
