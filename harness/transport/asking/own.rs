//! Operations that the scenario describes: what `mock.models` says they answer.

use serde_json::Value;

use super::reply::{fault_delay, reply_of};
use crate::api::{CaptureSource, Context, Cursor, Exchange, Extracted, Input, NextPage, Reply, Sequence, Values};
use crate::service::config::OwnOperation;
use crate::service::{Amounts, Body, Demand, Identity, OperationKind, Service};
use crate::units::Nanos;

/// An own operation of the plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    /// Its place in the service's configuration.
    pub(super) place: u16,
}

impl Own {
    /// Asks the service.
    pub(super) fn ask(self, service: &mut Service, exchange: &Exchange, input: &Input, now: Nanos) -> (Nanos, Reply) {
        let operation = OperationKind::Own(self.place);
        let items = input.items.as_ref().map_or(1, |items| items.len() as u32);
        let caller = service.caller(&Identity { client: input.values.client, ..Identity::default() });
        let path = exchange.render_path(input);
        let status = service.config().own[usize::from(self.place)].status;
        let demand = Demand { operation, items, path: &path, amounts: &Carried { exchange, input } };
        let answer = service.handle_plainly(now, caller, &demand, status);
        let mut reply = reply_of(exchange, input, &answer);
        let model = &service.config().own[usize::from(self.place)];
        if answer.body == Body::Empty && reply.status.is_ok_and(|status| exchange.success.contains(status)) {
            reply.extracted = extracted(model, exchange, input, answer.status, service.performed());
        }
        (answer.delay + fault_delay(&answer), reply)
    }
}

/// The numbers that the parameters of a step say, for limiters that charge by one of them.
#[derive(Debug)]
struct Carried<'a> {
    exchange: &'a Exchange,
    input: &'a Input,
}

impl Amounts for Carried<'_> {
    fn query(&self, name: &str) -> Option<u32> {
        let text = self.exchange.parameter(name)?.as_text()?.fill(&self.exchange.context(self.input))?;
        text.parse().ok().filter(|&number| number > 0)
    }

    fn body(&self, name: &str) -> Option<u32> {
        self.query(name)
    }
}

/// What a good answer holds. `number` is that of the request.
fn extracted(model: &OwnOperation, exchange: &Exchange, input: &Input, status: u16, number: u64) -> Extracted {
    let page = model.items.map(|items| Page::of(items, exchange, input));
    let (first, listed) = page.map_or((number, 1), |page| (page.first, page.listed));
    let value = |name: &str, at: u64| {
        let seq = Sequence { first: at, stride: 1 };
        let values = Values { seq, ..Values::clone(&input.values) };
        let context = Context { values: &values, item: None, ..exchange.context(input) };
        model.capture(name).and_then(|template| template.fill(&context)).map_or(Value::Null, Value::from)
    };
    let named = exchange.wants.captures.iter().zip(&exchange.capture_names);
    let captures = named.map(|(source, name)| match source {
        CaptureSource::Status => Value::from(status),
        CaptureSource::Body(_) | CaptureSource::Header(_) => value(name, first),
        CaptureSource::Every(_) => (first..first + listed).map(|at| value(name, at)).collect(),
    });
    Extracted {
        captures: captures.collect(),
        next: page.and_then(|page| page.next(exchange, input)),
        listed: page.map_or(0, |page| page.listed as u32),
        ..Extracted::default()
    }
}

/// A page of a listing.
#[derive(Clone, Copy, Debug)]
struct Page {
    /// The place of its first item, from 0.
    first: u64,
    /// How many items are on it.
    listed: u64,
    /// How many items there are in all.
    items: u64,
}

impl Page {
    fn of(items: u64, exchange: &Exchange, input: &Input) -> Self {
        let written = match exchange.wants.next {
            Some(NextPage::Number { page_size, .. } | NextPage::Offset { page_size }) => Some(page_size),
            _ => None,
        };
        let size = exchange.page_size.or(written).map_or(items, u64::from).max(1);
        let first = match &input.page {
            None => 0,
            Some(Cursor::Token(token)) => token.as_str().and_then(|token| token.parse().ok()).unwrap_or(items),
            Some(Cursor::Link(address)) => {
                address.rsplit_once('=').and_then(|(_, place)| place.parse().ok()).unwrap_or(items)
            }
            Some(Cursor::Number(number)) => number.saturating_sub(exchange.first_page).saturating_mul(size),
            Some(Cursor::Offset(offset)) => *offset,
        };
        Self { first, listed: items.saturating_sub(first).min(size), items }
    }

    /// What leads to the next page, in the dialect that the exchange reads.
    fn next(self, exchange: &Exchange, input: &Input) -> Option<Cursor> {
        let place = self.first + self.listed;
        let more = place < self.items;
        match exchange.wants.next.as_ref()? {
            NextPage::Body(_) | NextPage::Header(_) => more.then(|| Cursor::Token(Value::from(place.to_string()))),
            NextPage::Link => more.then(|| Cursor::Link(format!("/?from={place}").into())),
            // Whoever counts pages or items goes on after a full page, whether or not there is more.
            NextPage::Number { first, page_size } => {
                let number = if let Some(Cursor::Number(number)) = input.page { number } else { *first };
                (self.listed >= u64::from(*page_size)).then_some(Cursor::Number(number + 1))
            }
            NextPage::Offset { page_size } => (self.listed >= u64::from(*page_size)).then_some(Cursor::Offset(place)),
        }
    }
}
