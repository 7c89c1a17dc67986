//! What one attempt carries: values, from which the request is rendered by the wire alone.

use std::rc::Rc;

use serde_json::Value;

use super::cursor::Cursor;

/// Consecutive numbers of one stripe: `first`, `first + stride`, `first + 2·stride` …
///
/// `{{ seq }}` is unique in the whole run: lane `i` of `n` draws from the stripe that starts at `i` with stride `n`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The first number.
    pub first: u64,
    /// The distance between two numbers.
    pub stride: u64,
}

impl Sequence {
    /// The number at an index.
    pub fn nth(self, index: u64) -> u64 {
        self.first + index * self.stride
    }
}

/// The values of a call, fixed when it starts and the same for each of its attempts and pages.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// The run's seed.
    pub seed: u64,
    /// The call's number, unique in the run; keys every draw of the templates.
    pub call: u64,
    /// The client that the call belongs to.
    pub client: u64,
    /// `{{ user }}`: the user of a closed workload, the client of an open one.
    pub user: u64,
    /// `{{ seq }}`: one number a call, or one an item of a batch.
    pub seq: Sequence,
    /// Captured values, picks from pools and cells of data files, in the order of the step's `locals`.
    pub locals: Vec<Value>,
}

/// Which attempt of which call it is: what SDKs tell a service, so that it can tell a retry from a new call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// The call's number, unique in the run; each page of a walk is a call of its own.
    pub call: u64,
    /// The attempt's number, from 1.
    pub number: u32,
    /// The most attempts that the call may make.
    pub max: u32,
}

/// Everything that one attempt sends.
#[derive(Clone, Debug)]
pub struct Input {
    /// Which exchange of the plan it is.
    pub exchange: usize,
    /// The call's values.
    pub values: Rc<Values>,
    /// The batch items to send, by index; `None` for a call that is no batch.
    pub items: Option<Rc<[u32]>>,
    /// Which page; `None` for the first one or for a call that is no walk.
    pub page: Option<Cursor>,
    /// Which attempt it is; the only part that differs from one attempt to the next.
    pub attempt: Attempt,
}
