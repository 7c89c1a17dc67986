//! One lane in virtual time: its commands carried out, its events brought in, its seconds handed over.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use super::model::Model;
use super::network::Network;
use crate::api::{Input, Reply, Stamps, WireError};
use crate::lane::{AttemptId, Command, Event, Lane};
use crate::record::Interval;
use crate::units::Nanos;

/// The length of an interval.
const SECOND: Nanos = Nanos::from_secs(1);

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// A request arrives at the service.
    Arrival,
    /// A reply arrives at the client.
    Reply,
}

/// Requests and replies that are under way, by the instant at which they arrive and then in the order in which they left.
#[derive(Debug, Default)]
struct UnderWay {
    order: BinaryHeap<Reverse<(Nanos, u64, What, AttemptId)>>,
    requests: FxHashMap<AttemptId, Input>,
    replies: FxHashMap<AttemptId, (Nanos, Reply)>,
    next: u64,
}

impl UnderWay {
    fn push(&mut self, at: Nanos, what: What, attempt: AttemptId) {
        self.order.push(Reverse((at, self.next, what, attempt)));
        self.next += 1;
    }

    fn next_at(&self) -> Option<Nanos> {
        self.order.peek().map(|Reverse((at, ..))| *at)
    }

    fn pop(&mut self, now: Nanos) -> Option<(What, AttemptId)> {
        let Reverse((at, _, what, attempt)) = *self.order.peek()?;
        if at > now {
            return None;
        }
        self.order.pop();
        Some((what, attempt))
    }
}

/// Drives a lane until it is done; `each` gets every second. Returns when that was.
pub(super) fn drive(
    lane: &mut Lane,
    model: &Model,
    network: Network,
    begin: Nanos,
    mut each: impl FnMut(&Interval),
    mut spare: Interval,
) -> Nanos {
    let there = Nanos::new(network.round_trip.as_nanos() / 2);
    let back = network.round_trip - there;
    let mut under_way = UnderWay::default();
    let (mut now, mut next_second) = (begin, begin + SECOND);
    loop {
        while let Some(command) = lane.poll(now) {
            match command {
                Command::Send { attempt, input } => {
                    under_way.replies.insert(attempt, (now, Reply::broken(WireError::Timeout, Stamps::default())));
                    under_way.requests.insert(attempt, input);
                    under_way.push(now + there, What::Arrival, attempt);
                }
                Command::Cancel { attempt } => {
                    // A request that has left arrives all the same; nobody waits for its reply.
                    under_way.replies.remove(&attempt);
                }
            }
        }
        if lane.is_done(now) {
            return now;
        }
        let wake = [under_way.next_at(), lane.deadline()].into_iter().flatten().min();
        let wake = wake.map_or(next_second, |wake| wake.max(now));
        if wake >= next_second {
            now = next_second;
            next_second += SECOND;
            let full = lane.take_interval(spare);
            each(&full);
            spare = full;
            continue;
        }
        now = wake;
        match under_way.pop(now) {
            Some((What::Arrival, attempt)) => {
                let Some(input) = under_way.requests.remove(&attempt) else { continue };
                let (delay, reply) = model.ask(now, &input);
                if let Some(place) = under_way.replies.get_mut(&attempt) {
                    place.1 = reply;
                    under_way.push((now + delay) + back, What::Reply, attempt);
                }
            }
            Some((What::Reply, attempt)) => {
                let Some((sent, mut reply)) = under_way.replies.remove(&attempt) else { continue };
                (reply.stamps.sent, reply.stamps.first_byte, reply.stamps.done) = (sent, now, now);
                lane.handle(now, Event::Reply { attempt, reply });
            }
            None => {}
        }
    }
}
