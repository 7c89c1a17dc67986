//! One lane in virtual time: its commands carried out, its events brought in, its seconds handed over.

use std::ops::ControlFlow;

use super::model::Model;
use super::under_way::{Request, UnderWay};
use crate::lane::{Command, Event, Lane};
use crate::record::Interval;
use crate::units::Nanos;

/// The length of an interval.
const SECOND: Nanos = Nanos::from_secs(1);

/// Hands over the seconds of a lane.
pub(super) struct Seconds<'a> {
    /// Gets every full second; may end the phase.
    pub(super) each: &'a mut dyn FnMut(&Interval) -> ControlFlow<()>,
    /// The buffer that is not in use.
    pub(super) spare: Interval,
}

/// Drives a lane from `begin` until it is done, and returns when that was. Without `seconds` nobody is asked in between.
pub(super) fn drive(
    lane: &mut Lane,
    model: &mut Model,
    under_way: &mut UnderWay,
    begin: Nanos,
    mut seconds: Option<Seconds<'_>>,
) -> Nanos {
    let mut now = begin;
    let mut next_second = if seconds.is_some() { begin + SECOND } else { Nanos::MAX };
    loop {
        while let Some(command) = lane.poll(now) {
            match command {
                Command::Send { attempt, input } => under_way.send(now, attempt, input),
                // A request that has left arrives all the same; nobody waits for its reply.
                Command::Cancel { .. } => {}
            }
        }
        // What is sent without a way there arrives at once.
        arrive(model, under_way, now);
        if lane.is_done(now) {
            return now;
        }
        let wake = match (under_way.next_at(), lane.deadline()) {
            (Some(one), Some(other)) => one.min(other),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => {
                // Nothing will ever happen: whoever waits for a reply that was swallowed, and has set no timeout, would wait
                // for ever. The grace time ends it.
                lane.handle(now, Event::Stop);
                if lane.deadline().is_none() && !lane.is_done(now) {
                    return now;
                }
                continue;
            }
        };
        if wake >= next_second {
            now = next_second;
            next_second += SECOND;
            if let Some(Seconds { each, spare }) = &mut seconds {
                let full = lane.take_interval(std::mem::take(spare));
                let go = each(&full);
                *spare = full;
                if go.is_break() {
                    lane.handle(now, Event::Stop);
                }
            }
            continue;
        }
        now = now.max(wake);
        arrive(model, under_way, now);
        // One reply at a time: what follows from it leaves before the next is looked at.
        if let Some(mut coming) = under_way.come(now) {
            (coming.reply.stamps.first_byte, coming.reply.stamps.done) = (now, now);
            lane.handle(now, Event::Reply { attempt: coming.attempt, reply: coming.reply });
        }
    }
}

/// Puts all requests to the service that have arrived there.
fn arrive(model: &mut Model, under_way: &mut UnderWay, now: Nanos) {
    while let Some(Request { sent, attempt, input }) = under_way.arrived(now) {
        let (delay, mut reply) = model.ask(now, &input);
        reply.stamps.sent = sent;
        under_way.reply(now + delay, attempt, reply);
    }
}
