//! The calendar, read once where a run begins.

use std::time::SystemTime;

use jiff::Timestamp;

use crate::units::Nanos;

/// A moment of the calendar in UTC; names run folders and dates reports. Never used to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallClock(Timestamp);

impl WallClock {
    /// The machine's calendar time, now.
    #[expect(clippy::disallowed_methods, reason = "the one owner of calendar time")]
    pub fn now() -> Self {
        Self(Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Reads an RFC 3339 time, as [`WallClock::rfc3339`] writes it.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// `2026-11-22T04:05:06.789Z`.
    pub fn rfc3339(self) -> String {
        format!("{:.3}", self.0)
    }

    /// `20261122T040506Z`: fit for a folder's name, and sorted as text in order of time.
    pub fn compact(self) -> String {
        self.0.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    /// The same for libraries that want it in the standard's type.
    pub fn system_time(self) -> SystemTime {
        self.0.into()
    }

    /// The time since 1970-01-01; zero before.
    pub fn since_epoch(self) -> Nanos {
        Nanos::new(u64::try_from(self.0.as_nanosecond()).unwrap_or(0))
    }

    /// Seconds since 1970-01-01, with a fraction.
    pub fn unix_seconds(self) -> f64 {
        self.0.as_nanosecond() as f64 / 1e9
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_being_written_down() {
        let moment = WallClock::parse("2026-11-22T04:05:06.789Z").expect("a valid time");
        assert_eq!(moment.rfc3339(), "2026-11-22T04:05:06.789Z");
        assert_eq!(moment.compact(), "20261122T040506Z");
        assert_eq!(moment.since_epoch(), Nanos::from_millis(1_795_320_306_789));
        assert!((moment.unix_seconds() - 1_795_320_306.789).abs() < 1e-3);
    }
}
