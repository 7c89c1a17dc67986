//! Which requests share a bucket: drain it for one value, and look at once whether another is let in.

use super::book::Book;
use super::pace::pace;
use super::stretches::{as_variant, stretch, volley};
use super::{Dimension, Fit, Rules, ScopeLine, Sharing};
use crate::plan::Stretch;
use crate::units::Nanos;

/// What was asked about scopes, and what was found.
#[derive(Clone, Debug)]
pub(super) struct Scopes {
    dimensions: Vec<Dimension>,
    /// What a bucket holds, as it is known when its scope is asked.
    burst: u64,
    rate: f64,
    pub(super) lines: Vec<ScopeLine>,
}

impl Scopes {
    pub(super) fn new(rules: &Rules) -> Self {
        Self { dimensions: rules.dimensions.clone(), burst: 0, rate: 0.0, lines: Vec::new() }
    }

    /// Requests and seconds that it needs, for buckets of this size.
    pub(super) fn needs(&self, burst: u64) -> (u64, f64) {
        let variants: usize = self.dimensions.iter().skip(self.lines.len()).map(|known| known.variants.len()).sum();
        (variants as u64 * (burst + 4), 3.0 * (self.dimensions.len() - self.lines.len()) as f64)
    }

    /// Drains the buckets of each value of the next dimension, one right after the other.
    pub(super) fn next(&mut self, book: &Book, fit: &Fit) -> Option<Stretch> {
        let dimension = self.dimensions.get(self.lines.len())?;
        let pace = pace(fit.kind);
        self.burst = pace.burst as u64;
        self.rate = if pace.rate.is_finite() { pace.rate } else { 0.0 };
        let count = self.burst + 4;
        let left = book.requests_left();
        if count * dimension.variants.len() as u64 > left {
            return None;
        }
        // Far enough apart that they arrive in this order, near enough that next to nothing comes back.
        let step = book.timing().1.scale(4.0);
        let places = dimension.variants.iter().zip(0_u64..);
        let shots = places.flat_map(|(&variant, place)| as_variant(volley(count, step * place), variant)).collect();
        let quiet = pace.period.clamp(0.5, 12.0_f64.min((book.seconds_left() - 1.0).max(0.5)));
        Some(stretch(Nanos::from_secs_f64(quiet), shots))
    }

    /// Concludes from what was let in of each value.
    pub(super) fn take(&mut self, book: &Book) {
        let Some(dimension) = self.dimensions.get(self.lines.len()) else { return };
        let last = book.last();
        let let_in =
            |variant: u32| last.iter().filter(|seen| seen.variant == variant && seen.is_accepted()).count() as u64;
        let each: Vec<u64> = dimension.variants.iter().map(|&variant| let_in(variant)).collect();
        let span = last.iter().map(|seen| seen.sent).max().unwrap_or_default()
            - last.first().map_or(Nanos::ZERO, |seen| seen.sent);
        let slack = 1 + (self.rate * (span.as_secs_f64() + 2.0 * book.timing().1.as_secs_f64())).ceil() as u64;
        let (first, others) = each.split_first().map_or((0, &[][..]), |(first, others)| (*first, others));
        let enough = |count: u64| count + 1 >= self.burst.min(first.max(1));
        let name = &dimension.name;
        let list = each.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let (sharing, why) = if others.is_empty() || first == 0 {
            (Sharing::Unknown, format!("nothing was let in for the first {name}: nothing to compare with"))
        } else if others.iter().all(|&count| count <= slack.min(first / 2)) {
            let why = format!("with the bucket drained by one {name}, others got nothing either: let in were {list}");
            (Sharing::Shared, why)
        } else if others.iter().all(|&count| enough(count)) {
            (
                Sharing::Separate,
                format!("one right after the other, each {name} got as much as the first: let in were {list}"),
            )
        } else if others.iter().any(|&count| count > slack) {
            let why = format!(
                "each {name} has its own, yet together they get less than that many times as much: let in were {list}, \
                 about {} in all at once",
                each.iter().sum::<u64>()
            );
            (Sharing::Hierarchy, why)
        } else {
            (Sharing::Unknown, format!("too little was let in to tell: {list}"))
        };
        self.lines.push(ScopeLine { dimension: name.clone(), sharing, why });
    }

    /// The dimensions that split a limiter into buckets, in the words of the grammar where it has one.
    pub(super) fn words(&self) -> Vec<String> {
        let separate = |line: &&ScopeLine| matches!(line.sharing, Sharing::Separate | Sharing::Hierarchy);
        let word = |line: &ScopeLine| match line.dimension.to_ascii_lowercase().as_str() {
            "header.x-api-key" => Some("api_key"),
            "header.authorization" | "account" => Some("account"),
            "path" => Some("path"),
            "address" | "client" => Some("client"),
            "region" => Some("region"),
            "operation" => Some("operation"),
            _ => None,
        };
        let mut words: Vec<String> = self.lines.iter().filter(separate).filter_map(word).map(str::to_owned).collect();
        if words.is_empty() {
            words.push("global".to_owned());
        }
        words
    }

    /// Dimensions that were not asked about for want of requests or time.
    pub(super) fn skipped(&self) -> impl Iterator<Item = &Dimension> {
        self.dimensions.iter().skip(self.lines.len())
    }
}
