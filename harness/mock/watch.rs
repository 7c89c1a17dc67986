//! What a connection is doing and since when, so that one sweep over all of them finds those that take too long.
//!
//! Time counts in ticks of that sweep: a request moves a few numbers, sets no timer and reads no clock for it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Waker};

use super::settings::Limits;
use crate::units::Nanos;

/// How often connections are looked over.
pub(super) const TICK: Nanos = Nanos::from_millis(250);

/// How long a connection may go on being read after its last reply, so that the reply is not lost to a reset.
const LINGER: Nanos = Nanos::from_secs(2);

/// One connection, as the sweep sees it.
#[derive(Debug)]
pub(super) struct Watch {
    /// The present tick, shared by all connections.
    now: Rc<Cell<u32>>,
    /// When the present stage began.
    since: Cell<u32>,
    stage: Cell<Stage>,
    /// Requests that have not got the whole of their reply.
    open: Cell<u32>,
    /// When a write began to wait for the client.
    stuck: Cell<Option<u32>>,
    /// Whether it is still unknown what the client speaks.
    fresh: Cell<bool>,
    /// Whether many requests share the connection, as in HTTP/2.
    shared: Cell<bool>,
    /// Whether a request has come whole and its reply is due: then the end of the client's side means nothing.
    answering: Cell<bool>,
    /// Whether input was left unread, which a close would answer with a reset.
    unread: Cell<bool>,
    /// Whoever was told that there is nothing to read, where in truth the client's side has ended.
    reader: RefCell<Option<Waker>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Between requests.
    Idle,
    /// In the middle of a head.
    Head,
    /// Behind the last reply.
    Lingering,
}

impl Watch {
    pub(super) fn new(now: Rc<Cell<u32>>) -> Rc<Self> {
        let since = Cell::new(now.get());
        Rc::new(Self {
            now,
            since,
            stage: Cell::new(Stage::Idle),
            open: Cell::new(0),
            stuck: Cell::new(None),
            fresh: Cell::new(true),
            shared: Cell::new(false),
            answering: Cell::new(false),
            unread: Cell::new(false),
            reader: RefCell::new(None),
        })
    }

    fn enter(&self, stage: Stage) {
        self.stage.set(stage);
        self.since.set(self.now.get());
    }

    /// It is known now what the client speaks.
    pub(super) fn known(&self) {
        self.fresh.set(false);
    }

    /// Whether it is still unknown what the client speaks, so that hyper does not have the connection yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.fresh.get()
    }

    /// The connection speaks HTTP/2: its bytes belong to no request by themselves.
    pub(super) fn share(&self) {
        self.shared.set(true);
        self.enter(Stage::Idle);
    }

    /// Bytes have come.
    pub(super) fn read(&self) {
        if self.open.get() == 0 {
            if self.shared.get() {
                self.enter(Stage::Idle);
            } else if self.stage.get() == Stage::Idle {
                self.enter(Stage::Head);
            }
        }
    }

    /// A write waits for the client, or does not any more.
    pub(super) fn write(&self, waits: bool) {
        if !waits {
            self.stuck.set(None);
        } else if self.stuck.get().is_none() {
            self.stuck.set(Some(self.now.get()));
        }
    }

    /// A head has come whole.
    pub(super) fn begin(self: &Rc<Self>) -> Busy {
        self.open.set(self.open.get() + 1);
        self.stage.set(Stage::Idle);
        Busy(Rc::clone(self))
    }

    /// Input will be left unread.
    pub(super) fn leave_unread(&self) {
        self.unread.set(true);
    }

    /// Whether to go on reading behind the last reply.
    pub(super) fn lingers(&self) -> bool {
        let lingers = self.unread.get() || self.stage.get() != Stage::Idle;
        if lingers && self.stage.get() != Stage::Lingering {
            self.enter(Stage::Lingering);
        }
        lingers
    }

    /// Whether the end of the client's side is not to be told yet. A client that has said its last word still gets its
    /// reply; hyper would take the end for a client that went away.
    pub(super) fn hides_end(&self, cx: &Context<'_>) -> bool {
        let hides = self.answering.get() && !self.shared.get();
        if hides {
            *self.reader.borrow_mut() = Some(cx.waker().clone());
        }
        hides
    }

    /// Whether the client takes longer than it may.
    pub(super) fn is_late(&self, limits: &Limits) -> bool {
        let longer = |since: u32, limit: Nanos| {
            u64::from(self.now.get().wrapping_sub(since)) > limit.as_nanos().div_ceil(TICK.as_nanos())
        };
        if self.stuck.get().is_some_and(|since| longer(since, limits.write_timeout)) {
            return true;
        }
        let limit = match self.stage.get() {
            Stage::Lingering => LINGER,
            _ if self.open.get() > 0 => return false,
            Stage::Idle => limits.idle_timeout,
            Stage::Head => limits.head_timeout,
        };
        longer(self.since.get(), limit)
    }
}

/// A request under way; lives until the last byte of its reply is on its way, or the reply was given up.
#[derive(Debug)]
pub(super) struct Busy(Rc<Watch>);

impl Busy {
    /// The request has come whole, and will be answered.
    pub(super) fn answering(&self) {
        self.0.answering.set(true);
    }

    /// The reply will not end by itself: from now on only the client's leaving ends it.
    pub(super) fn never_ends(&self) {
        self.0.answering.set(false);
        self.wake_reader();
    }

    /// The connection that it came on.
    pub(super) fn watch(&self) -> &Watch {
        &self.0
    }

    fn wake_reader(&self) {
        if let Some(reader) = self.0.reader.borrow_mut().take() {
            reader.wake();
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let watch = &self.0;
        watch.open.set(watch.open.get() - 1);
        watch.answering.set(false);
        if watch.open.get() == 0 {
            watch.since.set(watch.now.get());
        }
        self.wake_reader();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        connections: 1,
        head_timeout: Nanos::from_secs(1),
        body_timeout: Nanos::from_secs(1),
        idle_timeout: Nanos::from_secs(3),
        write_timeout: Nanos::from_secs(2),
    };

    struct Clock(Rc<Cell<u32>>);

    impl Clock {
        fn pass(&self, ticks: u32) {
            self.0.set(self.0.get() + ticks);
        }
    }

    fn watch() -> (Clock, Rc<Watch>) {
        let now = Rc::new(Cell::new(100));
        (Clock(Rc::clone(&now)), Watch::new(now))
    }

    #[test]
    fn a_head_has_less_time_than_a_pause_and_a_reply_has_all_of_it() {
        let (clock, watch) = watch();
        clock.pass(10);
        assert!(!watch.is_late(&LIMITS), "idle");
        watch.read();
        clock.pass(4);
        watch.read();
        assert!(!watch.is_late(&LIMITS), "a second of a head");
        clock.pass(1);
        assert!(watch.is_late(&LIMITS), "further bytes win no time");
        let busy = watch.begin();
        clock.pass(1_000);
        assert!(!watch.is_late(&LIMITS), "answering");
        drop(busy);
        clock.pass(12);
        assert!(!watch.is_late(&LIMITS), "idle again");
        clock.pass(1);
        assert!(watch.is_late(&LIMITS));
    }

    #[test]
    fn a_client_that_reads_nothing_is_late_also_while_it_is_answered() {
        let (clock, watch) = watch();
        let _busy = watch.begin();
        watch.write(true);
        clock.pass(8);
        watch.write(true);
        assert!(!watch.is_late(&LIMITS));
        clock.pass(1);
        assert!(watch.is_late(&LIMITS));
        watch.write(false);
        assert!(!watch.is_late(&LIMITS));
    }
}
