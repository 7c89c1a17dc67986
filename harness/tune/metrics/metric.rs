//! Measures by name.

use super::{Metrics, Recovery};

/// A measure by name, for tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// The share of calls that succeed; more is better.
    SuccessRatio,
    /// Goodput; more is better.
    Goodput,
    /// Attempts over calls; less is better.
    Amplification,
    /// Attempts a second at the server; less is better.
    ServerLoad,
    /// The share of rejected attempts; less is better.
    RejectFraction,
    /// The median response of calls that succeed; less is better.
    P50,
    /// Its 90th percentile; less is better.
    P90,
    /// Its 99th percentile; less is better.
    P99,
    /// The 99th percentile of all calls; less is better.
    P99All,
    /// From first begin to last end; less is better.
    Completion,
    /// The most attempts in a second; less is better.
    PeakLoad,
    /// Jain's index; more is better.
    Fairness,
    /// The Fano factor; less is better.
    Fano,
    /// The time to recover from the longest trigger; less is better, and infinite where it does not.
    Recovery,
}

impl Metric {
    /// All of them, in the order of tables.
    pub const ALL: [Self; 14] = [
        Self::SuccessRatio,
        Self::Goodput,
        Self::Amplification,
        Self::ServerLoad,
        Self::RejectFraction,
        Self::P50,
        Self::P90,
        Self::P99,
        Self::P99All,
        Self::Completion,
        Self::PeakLoad,
        Self::Fairness,
        Self::Fano,
        Self::Recovery,
    ];

    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::SuccessRatio => "success_ratio",
            Self::Goodput => "goodput",
            Self::Amplification => "amplification",
            Self::ServerLoad => "server_load",
            Self::RejectFraction => "reject_fraction",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P99 => "p99",
            Self::P99All => "p99_all",
            Self::Completion => "completion",
            Self::PeakLoad => "peak_load_1s",
            Self::Fairness => "fairness",
            Self::Fano => "fano",
            Self::Recovery => "recovery",
        }
    }

    /// What it is counted in: `s`, `1/s`, or `1` for a share or a plain number.
    pub fn unit(self) -> &'static str {
        match self {
            Self::P50 | Self::P90 | Self::P99 | Self::P99All | Self::Completion | Self::Recovery => "s",
            Self::Goodput | Self::ServerLoad | Self::PeakLoad => "1/s",
            Self::SuccessRatio | Self::Amplification | Self::RejectFraction | Self::Fairness | Self::Fano => "1",
        }
    }

    /// Which direction is the better one: 1.0 where more is better, -1.0 where less is.
    pub fn better(self) -> f64 {
        match self {
            Self::SuccessRatio | Self::Goodput | Self::Fairness => 1.0,
            _ => -1.0,
        }
    }
}

impl Metrics {
    /// A measure by name. NaN where there is nothing to see: a percentile without a success, a recovery without a
    /// trigger.
    pub fn get(&self, metric: Metric) -> f64 {
        let [p50, p90, p99, _] = self.response_ok_s;
        match metric {
            Metric::SuccessRatio => self.success_ratio,
            Metric::Goodput => self.goodput_per_s,
            Metric::Amplification => self.amplification,
            Metric::ServerLoad => self.server_load_per_s,
            Metric::RejectFraction => self.reject_fraction,
            Metric::P50 => p50,
            Metric::P90 => p90,
            Metric::P99 => p99,
            Metric::P99All => self.response_all_s[2],
            Metric::Completion => self.completion_s,
            Metric::PeakLoad => self.peak_load_1s,
            Metric::Fairness => self.jain,
            Metric::Fano => self.fano,
            Metric::Recovery => self.recovery.map_or(f64::NAN, Recovery::seconds),
        }
    }
}

impl Recovery {
    /// The time to meet the objective again, in seconds; infinite where it was not met again.
    pub fn seconds(self) -> f64 {
        self.slo_s.unwrap_or(f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_place_a_word_of_its_own_and_a_value() {
        for (place, metric) in Metric::ALL.into_iter().enumerate() {
            assert_eq!(metric as usize, place);
            assert_eq!(Metric::ALL.iter().filter(|other| other.word() == metric.word()).count(), 1);
        }
        let metrics =
            Metrics { response_ok_s: [1.0, 2.0, 3.0, 4.0], response_all_s: [5.0, 6.0, 7.0, 8.0], ..Metrics::default() };
        let of = |metric| metrics.get(metric);
        assert_eq!([of(Metric::P50), of(Metric::P90), of(Metric::P99), of(Metric::P99All)], [1.0, 2.0, 3.0, 7.0]);
        assert!(of(Metric::Recovery).is_nan());
    }

    #[test]
    fn what_does_not_recover_takes_for_ever() {
        let of = |slo_s| Metrics { recovery: Some(Recovery { slo_s, ..Recovery::default() }), ..Metrics::default() };
        assert_eq!(of(Some(2.5)).get(Metric::Recovery), 2.5);
        assert_eq!(of(None).get(Metric::Recovery), f64::INFINITY);
    }
}
