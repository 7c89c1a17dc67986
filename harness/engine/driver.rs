//! One lane in real time: its commands carried out, its events brought in, its seconds handed over.

use std::pin::pin;

use futures_util::future::{AbortHandle, Abortable, FutureExt as _};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use rustc_hash::FxHashMap;

use super::collector::Seconds;
use super::halt::HaltAt;
use crate::api::Reply;
use crate::lane::{AttemptId, Command, Event, Lane};
use crate::time::{MonotonicClock, Timer};
use crate::transport::Transport;
use crate::units::Nanos;

/// The length of an interval.
pub(super) const SECOND: Nanos = Nanos::from_secs(1);

/// Drives a lane until it is done. `begin` is when its phase begins; the lane stops at `halt`.
///
/// The loop waits for the first of four things: a reply, the lane's own deadline, the end of a second, a stop.
pub async fn drive<T: Transport>(
    lane: &mut Lane,
    transport: &T,
    timer: &impl Timer,
    clock: MonotonicClock,
    begin: Nanos,
    halt: &mut HaltAt,
    seconds: &mut Seconds,
) {
    let mut on_wire = OnWire::new();
    let mut next_second = begin + SECOND;
    let mut stopped = false;
    loop {
        seconds.round(clock.now());
        while let Some(command) = lane.poll(clock.now()) {
            match command {
                Command::Send { attempt, input } => on_wire.send(attempt, tagged(attempt, transport.send(input))),
                Command::Cancel { attempt } => on_wire.cancel(attempt),
            }
        }
        let now = clock.now();
        if lane.is_done(now) {
            return;
        }
        while next_second <= now {
            seconds.hand_over(lane, transport);
            next_second += SECOND;
        }
        let wake = lane.deadline().unwrap_or(Nanos::MAX).min(next_second);
        seconds.will_wait(wake);
        let timeout = pin!(timer.until(wake));
        tokio::select! {
            biased;
            () = halt.reached(), if !stopped => {
                stopped = true;
                lane.handle(clock.now(), Event::Stop);
            }
            Some((attempt, reply)) = on_wire.next() => {
                lane.handle(clock.now(), Event::Reply { attempt, reply });
                // Replies come in bunches; those that are there already are taken without another turn of the loop.
                while let Some(Some((attempt, reply))) = on_wire.next().now_or_never() {
                    lane.handle(clock.now(), Event::Reply { attempt, reply });
                }
            }
            () = timeout => {}
        }
    }
}

/// An attempt that remembers whose it is.
async fn tagged<F: Future>(attempt: AttemptId, future: F) -> (AttemptId, F::Output) {
    (attempt, future.await)
}

/// Attempts on the wire.
struct OnWire<F> {
    attempts: FuturesUnordered<Abortable<F>>,
    handles: FxHashMap<AttemptId, AbortHandle>,
}

impl<F: Future<Output = (AttemptId, Reply)>> OnWire<F> {
    fn new() -> Self {
        Self { attempts: FuturesUnordered::new(), handles: FxHashMap::default() }
    }

    fn send(&mut self, attempt: AttemptId, future: F) {
        let (handle, registration) = AbortHandle::new_pair();
        self.handles.insert(attempt, handle);
        self.attempts.push(Abortable::new(future, registration));
    }

    /// Gives an attempt up: its future is dropped, and with it its connection.
    fn cancel(&mut self, attempt: AttemptId) {
        if let Some(handle) = self.handles.remove(&attempt) {
            handle.abort();
        }
    }

    /// The next reply; pends for ever where nothing is on the wire.
    async fn next(&mut self) -> Option<(AttemptId, Reply)> {
        loop {
            match self.attempts.next().await {
                Some(Ok((attempt, output))) => {
                    self.handles.remove(&attempt);
                    return Some((attempt, output));
                }
                Some(Err(_aborted)) => {}
                None => std::future::pending::<()>().await,
            }
        }
    }
}
