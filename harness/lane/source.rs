//! What starts flows: arrivals of the open model, users of the closed one.

use std::collections::VecDeque;

use super::plan::LanePlan;
use crate::plan::{Drive, Workload};
use crate::schedule::{Arrival, Arrivals, Stripe, Users};
use crate::units::Nanos;

/// A flow that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Its number in the workload.
    pub(super) number: u64,
    /// The user, where the workload has users.
    pub(super) user: Option<u32>,
    /// The planned instant.
    pub(super) due: Nanos,
}

/// Starts the flows of one workload.
#[derive(Debug)]
pub(super) struct Source {
    kind: Kind,
    /// The workload's begin, from the phase's begin.
    offset: Nanos,
    /// Nothing starts from here on, from the phase's begin.
    end: Nanos,
    /// Whether the end cut something off.
    cut: bool,
}

#[derive(Debug)]
enum Kind {
    Open {
        arrivals: Box<Arrivals>,
        /// The next one, looked ahead to.
        next: Option<Arrival>,
    },
    Users {
        users: Users,
        /// Users whose next round has fallen due.
        ready: VecDeque<Start>,
        /// Rounds that each user has begun.
        rounds: Vec<u64>,
        /// Users that are still to come in: this lane's, in order of time.
        coming: VecDeque<u32>,
        /// Users that will go on.
        active: u32,
    },
    Count {
        /// The next flow's number, and the distance to the one after it.
        next: u64,
        stride: u64,
        count: u64,
        /// Users that are free.
        free: VecDeque<(u32, Nanos)>,
        busy: u32,
    },
}

impl Source {
    pub(super) fn new(plan: &LanePlan, index: usize, workload: &Workload) -> Self {
        let stripe = plan.stripe;
        let kind = match &workload.drive {
            Drive::Open { profile, spacing } => {
                let mut arrivals =
                    Box::new(Arrivals::new(profile.clone(), *spacing, stripe, plan.run.seed, index as u64));
                let next = arrivals.next();
                Kind::Open { arrivals, next }
            }
            Drive::Closed(users) => {
                let in_time = |user: &u32| users.first_round(*user) < users.duration;
                let coming: VecDeque<u32> = owned(stripe, users.count).filter(in_time).collect();
                let active = coming.len() as u32;
                Kind::Users {
                    users: *users,
                    ready: VecDeque::new(),
                    rounds: vec![0; users.count as usize],
                    coming,
                    active,
                }
            }
            Drive::Count(iterations) => Kind::Count {
                next: stripe.index,
                stride: stripe.of,
                count: iterations.count,
                free: owned(stripe, iterations.users).map(|user| (user, Nanos::ZERO)).collect(),
                busy: 0,
            },
        };
        Self { kind, offset: workload.start, end: plan.run.caps.max_duration, cut: false }
    }

    /// When it next starts something by itself.
    pub(super) fn next_at(&self, begin: Nanos) -> Option<Nanos> {
        let from = begin + self.offset;
        match &self.kind {
            Kind::Open { next, .. } => next.map(|arrival| from + arrival.at),
            Kind::Users { ready, coming, users, .. } => {
                let coming = coming.front().map(|&user| from + users.first_round(user));
                ready.front().map(|start| start.due).into_iter().chain(coming).min()
            }
            Kind::Count { next, count, free, .. } => {
                (next < count).then(|| free.front()).flatten().map(|(_, since)| from.max(*since))
            }
        }
    }

    /// The next flow that is due.
    pub(super) fn pop(&mut self, now: Nanos, begin: Nanos) -> Option<Start> {
        let from = begin + self.offset;
        let due = self.next_at(begin).filter(|&due| due <= now)?;
        if due >= begin + self.end {
            self.cut();
            return None;
        }
        match &mut self.kind {
            Kind::Open { arrivals, next } => {
                let arrival = std::mem::replace(next, arrivals.next())?;
                Some(Start { number: arrival.index, user: None, due: from + arrival.at })
            }
            Kind::Users { ready, coming, users, rounds, .. } => {
                if ready.front().is_some_and(|start| start.due <= due) {
                    return ready.pop_front();
                }
                let user = coming.pop_front()?;
                rounds[user as usize] = 1;
                Some(Start { number: user.into(), user: Some(user), due: from + users.first_round(user) })
            }
            Kind::Count { next, stride, free, busy, .. } => {
                let (user, since) = free.pop_front()?;
                *busy += 1;
                let number = *next;
                *next += *stride;
                Some(Start { number, user: Some(user), due: from.max(since) })
            }
        }
    }

    /// Starts nothing any more. Flows that are under way keep their users: they are told of their end.
    fn cut(&mut self) {
        self.cut = true;
        match &mut self.kind {
            Kind::Open { next, .. } => *next = None,
            Kind::Users { users, ready, coming, .. } => {
                users.duration = self.end.saturating_sub(self.offset);
                ready.clear();
                coming.clear();
            }
            Kind::Count { next, count, .. } => *count = (*count).min(*next),
        }
    }

    /// A user's think time is over; the next round was planned for `due`.
    pub(super) fn wake(&mut self, user: u32, due: Nanos) {
        if let Kind::Users { users, ready, rounds, .. } = &mut self.kind {
            let round = rounds[user as usize];
            rounds[user as usize] += 1;
            ready.push_back(Start { number: u64::from(user) + round * u64::from(users.count), user: Some(user), due });
        }
    }

    /// A flow ended. Says when its user goes round again, where that has to be waited for.
    pub(super) fn ended(&mut self, seed: u64, user: u32, started: Nanos, begin: Nanos, now: Nanos) -> Option<Nanos> {
        let from = begin + self.offset;
        match &mut self.kind {
            Kind::Open { .. } => None,
            Kind::Users { users, rounds, active, .. } => {
                let round = rounds[user as usize];
                let next = users.next_round(seed, user, round, started - from, now - from);
                if next.is_none() {
                    *active -= 1;
                }
                next.map(|at| from + at)
            }
            Kind::Count { free, busy, .. } => {
                *busy -= 1;
                free.push_back((user, now));
                None
            }
        }
    }

    /// Whether nothing will start any more. A user on the last round, or a flow of a counted workload that is still under
    /// way, does not count as something that starts; a counted workload is given the time that its flows need.
    pub(super) fn is_done(&self, now: Nanos, begin: Nanos) -> bool {
        match &self.kind {
            Kind::Open { next, .. } => next.is_none(),
            Kind::Users { active, .. } => *active == 0 || self.last_start(begin).is_some_and(|last| last <= now),
            Kind::Count { next, count, busy, .. } => next >= count && *busy == 0,
        }
    }

    /// The instant from which users start no round, where there are users.
    pub(super) fn last_start(&self, begin: Nanos) -> Option<Nanos> {
        match &self.kind {
            Kind::Users { users, .. } => Some(begin + self.offset + users.duration),
            _ => None,
        }
    }

    /// Whether the cap on the duration cut something off.
    pub(super) fn was_cut(&self) -> bool {
        self.cut
    }
}

fn owned(stripe: Stripe, count: u32) -> impl Iterator<Item = u32> {
    (0..count).filter(move |&user| stripe.owns(user.into()))
}
