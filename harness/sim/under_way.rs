//! Requests and replies between the client and the service, in the order in which they arrive.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use slab::Slab;

use super::network::Network;
use crate::api::{Input, Reply};
use crate::lane::AttemptId;
use crate::units::Nanos;

/// A request on its way.
#[derive(Debug)]
pub(super) struct Request {
    /// When it was sent.
    pub(super) sent: Nanos,
    pub(super) attempt: AttemptId,
    pub(super) input: Input,
}

/// A reply on its way.
#[derive(Debug)]
pub(super) struct Coming {
    pub(super) attempt: AttemptId,
    pub(super) reply: Reply,
}

/// What is under way.
///
/// Nothing is taken back from it: a request that has left arrives, whether or not anyone still waits for its reply, and the lane
/// drops a reply that comes too late by its number.
#[derive(Debug)]
pub(super) struct UnderWay {
    there: Nanos,
    back: Nanos,
    /// The way there takes all requests equally long, so they arrive in the order in which they left.
    requests: VecDeque<Request>,
    replies: Slab<Coming>,
    /// When each reply arrives; two of one instant in the order in which they left.
    order: BinaryHeap<Reverse<(Nanos, u64, usize)>>,
    /// Numbers the replies.
    number: u64,
}

impl UnderWay {
    pub(super) fn new(network: Network) -> Self {
        let there = Nanos::new(network.round_trip.as_nanos() / 2);
        let back = network.round_trip - there;
        let (requests, replies, order) = (VecDeque::new(), Slab::new(), BinaryHeap::new());
        Self { there, back, requests, replies, order, number: 0 }
    }

    /// A request leaves.
    pub(super) fn send(&mut self, sent: Nanos, attempt: AttemptId, input: Input) {
        self.requests.push_back(Request { sent, attempt, input });
    }

    /// A reply leaves. One that leaves at [`Nanos::MAX`] never does.
    pub(super) fn reply(&mut self, leaves: Nanos, attempt: AttemptId, reply: Reply) {
        let at = leaves + self.back;
        if at < Nanos::MAX {
            let place = self.replies.insert(Coming { attempt, reply });
            self.order.push(Reverse((at, self.number, place)));
            self.number += 1;
        }
    }

    /// When something arrives next.
    pub(super) fn next_at(&self) -> Option<Nanos> {
        let request = self.requests.front().map(|request| request.sent + self.there);
        let reply = self.order.peek().map(|Reverse((at, ..))| *at);
        [request, reply].into_iter().flatten().min()
    }

    /// The next request that has arrived at the service.
    pub(super) fn arrived(&mut self, now: Nanos) -> Option<Request> {
        let first = self.requests.front()?;
        if first.sent + self.there > now { None } else { self.requests.pop_front() }
    }

    /// The next reply that has arrived at the client.
    pub(super) fn come(&mut self, now: Nanos) -> Option<Coming> {
        let &Reverse((at, _, place)) = self.order.peek()?;
        if at > now {
            return None;
        }
        self.order.pop();
        Some(self.replies.remove(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Stamps, WireError};

    #[test]
    fn replies_come_by_their_instants_and_those_of_one_instant_in_the_order_in_which_they_left() {
        let mut under_way = UnderWay::new(Network { round_trip: Nanos::new(3) });
        let broken = || Reply::broken(WireError::Reset, Stamps::default());
        for (call, leaves) in [(0, 9), (1, 4), (2, 9), (3, 4)] {
            under_way.reply(Nanos::new(leaves), AttemptId::new(call, call), broken());
        }
        under_way.reply(Nanos::MAX, AttemptId::new(4, 4), broken());
        assert_eq!(under_way.next_at(), Some(Nanos::new(6)), "the longer half of an odd round trip is the way back");
        assert!(under_way.come(Nanos::new(5)).is_none());
        let order: Vec<AttemptId> =
            std::iter::from_fn(|| under_way.come(Nanos::MAX)).map(|coming| coming.attempt).collect();
        assert_eq!(order, [1, 3, 0, 2].map(|call| AttemptId::new(call, call)), "and one that never leaves never comes");
    }
}
