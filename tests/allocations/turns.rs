//! A lane in virtual time with everything that a transport does for it but the socket: each request is rendered into buffers
//! that are used again, each reply is read from bytes that were there before.

use std::path::Path;
use std::sync::Arc;

use http::HeaderMap;
use loadline::api::{Exchange, Extracted, Hints, Input, Reply, Stamps, WireError, find_error_code};
use loadline::lane::{Command, Event, Lane, LanePlan, Limiters, Phase};
use loadline::plan::Plan;
use loadline::record::{Interval, Ledger};
use loadline::scenario::{self, Flags};
use loadline::schedule::Stripe;
use loadline::units::Nanos;
use serde_json::Value;

/// A reply: status and body.
pub(crate) type Answer = (u16, Vec<u8>);

/// A lane and its surroundings.
pub(crate) struct Turns {
    plan: Arc<Plan>,
    lane: Lane,
    now: Nanos,
    next_second: Nanos,
    spare: Interval,
    target: String,
    headers: String,
    scratch: String,
    body: String,
    no_fields: HeaderMap,
    /// The replies, given in turn.
    answers: Vec<Answer>,
    /// Attempts that were answered.
    pub(crate) attempts: usize,
    /// Those of them that were answered well.
    pub(crate) successes: usize,
}

impl Turns {
    /// The measured part of a scenario. Every pool has a thousand members; the answers are given in turn, round and round.
    pub(crate) fn new(yaml: &str, answers: Vec<Answer>) -> Self {
        let source = scenario::source::text("test.yaml", yaml.as_bytes().to_vec()).expect("a text");
        let input = scenario::Input {
            source: &source,
            folder: Path::new("."),
            overrides: &[],
            flags: &Flags::default(),
            environment: &|_| None,
        };
        let loaded = scenario::load(input).unwrap_or_else(|faults| panic!("{faults}\n{yaml}"));
        let plan = Arc::new(loaded.plan().unwrap_or_else(|faults| panic!("{faults}\n{yaml}")));
        let members: Arc<[Value]> = (0..1_000).map(|n| Value::from(format!("meeting-{n:06}"))).collect();
        let share = LanePlan {
            run: Arc::clone(&plan),
            phase: Phase::Measure,
            workloads: plan.workloads.clone().into(),
            stripe: Stripe::WHOLE,
            limiters: Limiters::new(&plan.rate_limits),
            pools: plan.pools.iter().map(|_| Arc::clone(&members)).collect(),
            audited: Arc::new(Ledger::default()),
            first_seq: 0,
            trace: false,
        };
        Self {
            lane: Lane::new(share, Nanos::ZERO),
            now: Nanos::ZERO,
            next_second: Nanos::from_secs(1),
            spare: Interval::new(plan.exchanges.len(), plan.clients as usize),
            plan,
            target: String::new(),
            headers: String::new(),
            scratch: String::new(),
            body: String::new(),
            no_fields: HeaderMap::new(),
            answers,
            attempts: 0,
            successes: 0,
        }
    }

    /// On until so many more attempts were answered.
    pub(crate) fn run(&mut self, attempts: usize) {
        let end = self.attempts + attempts;
        while self.attempts < end {
            while let Some(command) = self.lane.poll(self.now) {
                if let Command::Send { attempt, input } = command {
                    let reply = self.exchange(&input);
                    // As transports do it: nothing of the request is held when its reply is handed over.
                    drop(input);
                    self.lane.handle(self.now, Event::Reply { attempt, reply });
                }
            }
            let deadline = self.lane.deadline().expect("the load does not end");
            self.now = self.now.max(deadline);
            if self.now >= self.next_second {
                self.next_second = self.now + Nanos::from_secs(1);
                let empty = std::mem::take(&mut self.spare);
                self.spare = self.lane.take_interval(empty);
            }
        }
    }

    /// Renders a request and reads its reply.
    fn exchange(&mut self, input: &Input) -> Reply {
        let exchange = &self.plan.exchanges[input.exchange];
        self.target.clear();
        exchange.write_target(input, &mut self.target);
        self.headers.clear();
        exchange.write_headers(input, &mut self.scratch, &mut |name, value| {
            self.headers.extend([name, ": ", value, "\r\n"]);
        });
        self.body.clear();
        assert_eq!(exchange.write_body(input, &mut self.body), exchange.has_body());
        let (status, body) = &self.answers[self.attempts % self.answers.len()];
        self.attempts += 1;
        let done = self.now + Nanos::from_micros(300);
        let stamps = Stamps { sent: self.now, first_byte: done, done };
        let reply = read(exchange, input, *status, &self.no_fields, body, stamps);
        self.successes += usize::from(reply.status == Ok(200) && exchange.success.contains(*status));
        reply
    }
}

fn read(exchange: &Exchange, input: &Input, status: u16, fields: &HeaderMap, body: &[u8], stamps: Stamps) -> Reply {
    let (error_code, hints) = (None, Hints::default());
    if !exchange.success.contains(status) {
        let error_code = find_error_code(fields, body);
        return Reply { status: Ok(status), error_code, hints, extracted: Extracted::default(), claim: None, stamps };
    }
    match exchange.read(input, "127.0.0.1:1", status, fields, body) {
        Ok(extracted) => Reply { status: Ok(status), error_code, hints, extracted, claim: None, stamps },
        Err(_) => Reply::broken(WireError::BadBody, stamps),
    }
}
