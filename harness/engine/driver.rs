//! One lane in real time: its commands carried out, its events brought in, its seconds handed over.

use super::collector::Seconds;
use super::halt::{Halt, HaltSwitch};
use crate::lane::{Command, Event, Lane};
use crate::time::MonotonicClock;
use crate::transport::Transport;
use crate::units::Nanos;

/// The length of an interval.
pub(super) const SECOND: Nanos = Nanos::from_secs(1);

/// Drives a lane until it is done. `begin` is when its phase begins; the lane stops once the halt is at `level`.
///
/// The loop runs on the lane's own thread and waits in one place only: for a reply, for the lane's own deadline, for the end
/// of a second or for a halt, whichever comes first. A reply is handled before the next one is read, so that a call which
/// follows from it leaves at once.
pub fn drive<T: Transport>(
    lane: &mut Lane,
    transport: &mut T,
    clock: MonotonicClock,
    begin: Nanos,
    halt: &HaltSwitch,
    level: Halt,
    seconds: &mut Seconds,
) {
    let alarm = transport.alarm();
    halt.wake(&alarm);
    let mut next_second = begin + SECOND;
    let mut stopped = false;
    loop {
        let now = clock.now();
        seconds.round(now);
        while let Some(command) = lane.poll(now) {
            match command {
                Command::Send { attempt, input } => transport.send(attempt, input),
                Command::Cancel { attempt } => transport.cancel(attempt),
            }
        }
        while next_second <= now {
            seconds.hand_over(lane, transport);
            next_second += SECOND;
        }
        if !stopped && halt.level() >= level {
            stopped = true;
            lane.handle(now, Event::Stop);
            continue;
        }
        if let Some((attempt, reply)) = transport.next_reply() {
            lane.handle(reply.stamps.done.max(now), Event::Reply { attempt, reply });
            continue;
        }
        if lane.is_done(now) {
            return;
        }
        let until = lane.deadline().unwrap_or(Nanos::MAX).min(next_second);
        seconds.will_wait(until);
        transport.wait(until);
    }
}
