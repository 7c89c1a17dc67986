//! A latency histogram: HdrHistogram in nanoseconds, with the exact sum, minimum and maximum beside it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer as _, V2DeflateSerializer};
use serde::{Deserialize, Serialize};

use crate::units::Nanos;

/// A distribution of durations.
///
/// Resolution: 0.1 % of the value (three significant digits) or 512 ns, whichever is coarser. Range: 0 to one hour; what is
/// longer counts as one hour in the percentiles, while `max` and `mean` stay exact. Merging is associative and
/// commutative. Memory is taken at the first record and then constant: about 180 KiB.
#[derive(Clone, Debug, Default)]
pub struct LatencyHistogram {
    /// Absent until something is recorded: most operations never use most of their clocks.
    counts: Option<Box<Histogram<u64>>>,
    sum: u64,
    min: u64,
    max: u64,
}

/// Why a stored histogram cannot be read back.
#[derive(Debug, thiserror::Error)]
#[error("a stored histogram is damaged ({0}); the journal was cut or edited")]
pub struct HistogramError(String);

impl LatencyHistogram {
    /// The smallest duration told apart from zero.
    pub const LOWEST: Nanos = Nanos::new(1_000);
    /// The longest duration told apart from longer ones.
    pub const HIGHEST: Nanos = Nanos::from_secs(3_600);
    /// Significant decimal digits.
    pub const SIGNIFICANT_DIGITS: u8 = 3;

    /// An empty distribution.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one duration. Allocates at the very first record only.
    pub fn record(&mut self, duration: Nanos) {
        self.record_n(duration, 1);
    }

    /// Adds the same duration `n` times.
    pub fn record_n(&mut self, duration: Nanos, n: u64) {
        if n == 0 {
            return;
        }
        let nanos = duration.as_nanos();
        self.min = if self.is_empty() { nanos } else { self.min.min(nanos) };
        self.max = self.max.max(nanos);
        self.sum = self.sum.saturating_add(nanos.saturating_mul(n));
        self.counts
            .get_or_insert_with(|| Box::new(empty_counts()))
            .saturating_record_n(nanos.min(Self::HIGHEST.as_nanos()), n);
    }

    /// Adds all that `other` holds.
    pub fn merge(&mut self, other: &Self) {
        let Some(theirs) = &other.counts else { return };
        if theirs.is_empty() {
            return;
        }
        self.min = if self.is_empty() { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.sum = self.sum.saturating_add(other.sum);
        let ours = self.counts.get_or_insert_with(|| Box::new(empty_counts()));
        // Both have the same bounds by construction, so the addition cannot be refused.
        let added = ours.add(theirs.as_ref());
        debug_assert!(added.is_ok());
    }

    /// Forgets everything but keeps the memory.
    pub fn reset(&mut self) {
        if let Some(counts) = &mut self.counts
            && !counts.is_empty()
        {
            counts.reset();
        }
        (self.sum, self.min, self.max) = (0, 0, 0);
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many durations were recorded.
    pub fn count(&self) -> u64 {
        self.counts.as_ref().map_or(0, |counts| counts.len())
    }

    /// The exact arithmetic mean; zero where there is none.
    pub fn mean(&self) -> Nanos {
        Nanos::new(self.sum.checked_div(self.count()).unwrap_or(0))
    }

    /// The exact sum.
    pub fn sum(&self) -> Nanos {
        Nanos::new(self.sum)
    }

    /// The exact shortest duration; zero where there is none.
    pub fn min(&self) -> Nanos {
        Nanos::new(self.min)
    }

    /// The exact longest duration; zero where there is none.
    pub fn max(&self) -> Nanos {
        Nanos::new(self.max)
    }

    /// The quantile `q` in [0, 1] by nearest rank: the ⌈q·n⌉-th smallest, rounded up to the histogram's resolution and never
    /// above the exact maximum. `None` where there are no samples.
    pub fn quantile(&self, q: f64) -> Option<Nanos> {
        let counts = self.counts.as_ref().filter(|counts| !counts.is_empty())?;
        let value = if q >= 1.0 { self.max } else { counts.value_at_quantile(q).clamp(self.min, self.max) };
        Some(Nanos::new(value))
    }

    /// How many samples lie above the quantile `q`: the evidence behind it.
    pub fn samples_above(&self, q: f64) -> u64 {
        let n = self.count();
        n - ((q * n as f64).ceil() as u64).min(n)
    }

    /// How many samples lie above a duration, within the histogram's resolution.
    pub fn count_above(&self, duration: Nanos) -> u64 {
        let Some(counts) = &self.counts else { return 0 };
        counts
            .iter_recorded()
            .filter(|bin| bin.value_iterated_to() > duration.as_nanos())
            .map(|bin| bin.count_at_value())
            .sum()
    }

    /// The recorded values with their counts, ascending; each value is the upper end of its bin.
    pub fn bins(&self) -> impl Iterator<Item = (Nanos, u64)> + '_ {
        self.counts.iter().flat_map(|counts| {
            counts.iter_recorded().map(|bin| (Nanos::new(bin.value_iterated_to()), bin.count_at_value()))
        })
    }

    /// The counts alone, for writers of HdrHistogram's own formats. `None` where nothing was ever recorded.
    pub fn counts(&self) -> Option<&Histogram<u64>> {
        self.counts.as_deref()
    }

    /// The form every HdrHistogram port reads: base64 of V2 with DEFLATE. Empty where there are no samples.
    pub fn to_base64(&self) -> String {
        let Some(counts) = self.counts.as_ref().filter(|counts| !counts.is_empty()) else { return String::new() };
        let mut bytes = Vec::new();
        match V2DeflateSerializer::new().serialize(counts, &mut bytes) {
            Ok(_) => BASE64.encode(bytes),
            // Writing into memory fails for counts beyond i64 alone, which nothing here can reach.
            Err(_) => String::new(),
        }
    }

    fn counts_from_base64(text: &str) -> Result<Option<Box<Histogram<u64>>>, HistogramError> {
        if text.is_empty() {
            return Ok(None);
        }
        let damaged = |error: &dyn std::fmt::Display| HistogramError(error.to_string());
        let bytes = BASE64.decode(text).map_err(|error| damaged(&error))?;
        let read: Histogram<u64> =
            Deserializer::new().deserialize(&mut bytes.as_slice()).map_err(|error| damaged(&format!("{error:?}")))?;
        let mut counts = empty_counts();
        counts.add(&read).map_err(|error| damaged(&error))?;
        Ok(Some(Box::new(counts)))
    }
}

fn empty_counts() -> Histogram<u64> {
    let histogram = Histogram::new_with_bounds(
        LatencyHistogram::LOWEST.as_nanos(),
        LatencyHistogram::HIGHEST.as_nanos(),
        LatencyHistogram::SIGNIFICANT_DIGITS,
    );
    #[expect(clippy::expect_used, reason = "the bounds are constants that satisfy the constructor")]
    histogram.expect("1 us to 1 h at three digits is a valid range")
}

/// How a histogram stands in the journal.
#[derive(Serialize, Deserialize)]
struct Stored {
    sum: u64,
    min: u64,
    max: u64,
    hdr: String,
}

impl Serialize for LatencyHistogram {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = Stored { sum: self.sum, min: self.min, max: self.max, hdr: self.to_base64() };
        // Most clocks of most operations are silent in most seconds: `null` keeps the journal short.
        (!self.is_empty()).then_some(stored).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for LatencyHistogram {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(stored) = Option::<Stored>::deserialize(deserializer)? else { return Ok(Self::new()) };
        let counts = Self::counts_from_base64(&stored.hdr).map_err(serde::de::Error::custom)?;
        Ok(Self { counts, sum: stored.sum, min: stored.min, max: stored.max })
    }
}

/// Equal where every count, the sum and both ends are equal.
impl PartialEq for LatencyHistogram {
    fn eq(&self, other: &Self) -> bool {
        self.count() == other.count()
            && (self.sum, self.min, self.max) == (other.sum, other.min, other.max)
            && self.bins().eq(other.bins())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(durations: &[u64]) -> LatencyHistogram {
        let mut histogram = LatencyHistogram::new();
        for &nanos in durations {
            histogram.record(Nanos::new(nanos));
        }
        histogram
    }

    #[test]
    fn an_empty_histogram_has_no_quantile_and_takes_no_memory() {
        let empty = LatencyHistogram::new();
        assert_eq!(empty.quantile(0.5), None);
        assert_eq!(empty.mean(), Nanos::ZERO);
        assert!(empty.counts().is_none());
    }

    #[test]
    fn a_duration_beyond_the_range_keeps_its_exact_maximum() {
        let histogram = of(&[Nanos::from_secs(7_200).as_nanos()]);
        assert_eq!(histogram.max(), Nanos::from_secs(7_200));
        assert_eq!(histogram.quantile(1.0), Some(Nanos::from_secs(7_200)));
    }

    #[test]
    fn a_damaged_store_is_refused() {
        let text = r#"{"sum":1,"min":1,"max":1,"hdr":"bm90IGEgaGlzdG9ncmFt"}"#;
        let error = serde_json::from_str::<LatencyHistogram>(text).expect_err("damaged");
        assert!(error.to_string().contains("damaged"), "{error}");
    }

    proptest! {
        #[test]
        fn quantiles_lie_within_the_resolution_of_the_nearest_rank(
            mut durations in prop::collection::vec(0_u64..60_000_000_000, 1..300),
            q in 0.0..1.0_f64,
        ) {
            let histogram = of(&durations);
            durations.sort_unstable();
            let rank = ((q * durations.len() as f64).ceil() as usize).max(1);
            let truth = durations[rank - 1] as f64;
            let seen = histogram.quantile(q).expect("not empty").as_nanos() as f64;
            prop_assert!((seen - truth).abs() <= (truth * 1e-3).max(512.0), "{seen} for {truth}");
        }

        #[test]
        fn merging_is_associative_and_commutative(
            a in prop::collection::vec(0_u64..4_000_000_000_000, 0..50),
            b in prop::collection::vec(0_u64..4_000_000_000_000, 0..50),
            c in prop::collection::vec(0_u64..4_000_000_000_000, 0..50),
        ) {
            let (a, b, c) = (of(&a), of(&b), of(&c));
            let merged = |parts: &[&LatencyHistogram]| {
                let mut sum = LatencyHistogram::new();
                for part in parts {
                    sum.merge(part);
                }
                sum
            };
            prop_assert!(merged(&[&merged(&[&a, &b]), &c]) == merged(&[&a, &merged(&[&b, &c])]));
            prop_assert!(merged(&[&a, &b]) == merged(&[&b, &a]));
        }

        #[test]
        fn what_is_stored_is_read_back(durations in prop::collection::vec(0_u64..4_000_000_000_000, 0..50)) {
            let histogram = of(&durations);
            let text = serde_json::to_string(&histogram).expect("serialises");
            let read: LatencyHistogram = serde_json::from_str(&text).expect("reads back");
            prop_assert!(read == histogram);
        }
    }
}
