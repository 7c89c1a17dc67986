//! Values with units: durations, rates and ratios that cannot be mixed up or be out of range.
//!
//! No bare `u64` or `f64` crosses a module where one of these would do.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A span of time in whole nanoseconds, or an instant counted from an origin that the context names.
///
/// Range 0 to 2⁶⁴ − 1 ns (584 years). All arithmetic saturates: a deadline beyond the range is "never", and a
/// difference below zero is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nanos(u64);

impl Nanos {
    /// No time at all; also the origin.
    pub const ZERO: Self = Self(0);
    /// The longest span; as a deadline it means "never".
    pub const MAX: Self = Self(u64::MAX);

    /// From whole nanoseconds.
    pub const fn new(nanos: u64) -> Self {
        Self(nanos)
    }

    /// From whole microseconds, saturating.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros.saturating_mul(1_000))
    }

    /// From whole milliseconds, saturating.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// From whole seconds, saturating.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// From seconds, rounded to the nearest nanosecond. Negative and NaN become zero, too large becomes [`Nanos::MAX`].
    pub fn from_secs_f64(secs: f64) -> Self {
        Self((secs * 1e9).round() as u64)
    }

    /// Whole nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Milliseconds.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// `self + other`, saturating.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// `self − other`, or zero where `other` is longer.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The span multiplied by a factor, saturating; a negative or NaN factor gives zero.
    #[must_use]
    pub fn scale(self, factor: f64) -> Self {
        Self((self.0 as f64 * factor).round() as u64)
    }
}

impl Add for Nanos {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl AddAssign for Nanos {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Nanos {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.saturating_sub(other)
    }
}

impl Mul<u64> for Nanos {
    type Output = Self;
    fn mul(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Sum for Nanos {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl From<Duration> for Nanos {
    fn from(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }
}

impl From<Nanos> for Duration {
    fn from(nanos: Nanos) -> Self {
        Self::from_nanos(nanos.0)
    }
}

/// Prints the largest unit that keeps the number at one or above: `1.5s`, `250ms`, `12.3us`; at most three decimals.
impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, unit) = match self.0 {
            0 => return f.write_str("0s"),
            n if n % 3_600_000_000_000 == 0 => (n as f64 / 3.6e12, "h"),
            n if n >= 60_000_000_000 && n % 60_000_000_000 == 0 => (n as f64 / 6e10, "m"),
            n if n >= 1_000_000_000 => (n as f64 / 1e9, "s"),
            n if n >= 1_000_000 => (n as f64 / 1e6, "ms"),
            n if n >= 1_000 => (n as f64 / 1e3, "us"),
            n => (n as f64, "ns"),
        };
        write!(f, "{}{unit}", short(value))
    }
}

/// Why a text is not a duration, a rate or a ratio; each message says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// A number without a unit.
    #[error("`{0}` has no unit; write `{0}s`, `{0}ms` or `{0}m`")]
    NoDurationUnit(String),
    /// Not a duration at all.
    #[error("`{0}` is not a duration; write a number and a unit, such as `250ms`, `2s`, `1m30s` or `1h`")]
    NotADuration(String),
    /// A rate without a unit.
    #[error("`{0}` has no unit; write `{0}/s` or `{0}/min`")]
    NoRateUnit(String),
    /// Not a rate at all.
    #[error("`{0}` is not a rate; write a number a time unit, such as `50/s`, `600/min` or `5/100ms`")]
    NotARate(String),
    /// A rate that nothing could follow.
    #[error("a rate must be above zero and at most 10,000,000/s, not `{0}`")]
    RateOutOfRange(String),
    /// Not a ratio at all.
    #[error("`{0}` is not a ratio; write a percentage such as `5%`, or a number from 0 to 1 such as `0.05`")]
    NotARatio(String),
}

/// Accepts one or more numbers with units, largest first: `250ms`, `1.5s`, `1m30s`, `2h`.
impl FromStr for Nanos {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let trimmed = text.trim();
        let not_a_duration = || UnitError::NotADuration(text.to_owned());
        if trimmed.parse::<f64>().is_ok_and(f64::is_finite) {
            return if trimmed == "0" { Ok(Self::ZERO) } else { Err(UnitError::NoDurationUnit(trimmed.to_owned())) };
        }
        let mut rest = trimmed;
        let mut total = Self::ZERO;
        let mut last_scale = f64::INFINITY;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(not_a_duration)?;
            let (number, tail) = rest.split_at(digits);
            let letters = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            let number: f64 = number.parse().map_err(|_| not_a_duration())?;
            let scale = seconds_in(unit).ok_or_else(not_a_duration)?;
            if scale >= last_scale {
                return Err(not_a_duration());
            }
            last_scale = scale;
            total += Self::from_secs_f64(number * scale);
            rest = tail;
        }
        if trimmed.is_empty() { Err(not_a_duration()) } else { Ok(total) }
    }
}

fn seconds_in(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" | "sec" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    })
}

/// Events in a second, above zero and finite.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// The highest rate that is accepted, a second; far above what one machine can send.
    pub const MAX_PER_SECOND: f64 = 1e7;

    /// From events in a second.
    ///
    /// # Errors
    /// [`UnitError::RateOutOfRange`] unless `0 < per_second <= 10,000,000`.
    pub fn per_second(per_second: f64) -> Result<Self, UnitError> {
        if per_second > 0.0 && per_second <= Self::MAX_PER_SECOND {
            Ok(Self(per_second))
        } else {
            Err(UnitError::RateOutOfRange(format!("{}/s", short(per_second))))
        }
    }

    /// The nearest rate there is: for numbers that were computed and not typed. Whatever is no number becomes the smallest rate.
    pub fn nearest(per_second: f64) -> Self {
        if per_second.is_nan() { Self(1e-9) } else { Self(per_second.clamp(1e-9, Self::MAX_PER_SECOND)) }
    }

    /// Events in a second.
    pub fn as_per_second(self) -> f64 {
        self.0
    }

    /// The even spacing between events.
    pub fn interval(self) -> Nanos {
        Nanos::from_secs_f64(1.0 / self.0)
    }

    /// The rate multiplied by a factor.
    ///
    /// # Errors
    /// As [`Rate::per_second`].
    pub fn scale(self, factor: f64) -> Result<Self, UnitError> {
        Self::per_second(self.0 * factor)
    }
}

/// Prints `50/s`; slower than one in a second as `30/min`, slower than one in a minute as `2/h`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_minute = self.0 * 60.0;
        let per_hour = self.0 * 3_600.0;
        if self.0 >= 1.0 || (self.0 * 1e3).fract() == 0.0 {
            write!(f, "{}/s", short(self.0))
        } else if per_minute >= 1.0 {
            write!(f, "{}/min", short(per_minute))
        } else {
            write!(f, "{}/h", short(per_hour))
        }
    }
}

/// Accepts a number and a time unit: `50/s`, `600/min`, `10/h`, `5/100ms`.
impl FromStr for Rate {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let trimmed = text.trim();
        let not_a_rate = || UnitError::NotARate(text.to_owned());
        let Some((count, span)) = trimmed.split_once('/') else {
            return Err(match trimmed.parse::<f64>() {
                Ok(_) => UnitError::NoRateUnit(trimmed.to_owned()),
                Err(_) => not_a_rate(),
            });
        };
        let count: f64 = count.trim().parse().map_err(|_| not_a_rate())?;
        let span = span.trim();
        let seconds = match seconds_in(span) {
            Some(seconds) => seconds,
            None => span.parse::<Nanos>().map_err(|_| not_a_rate())?.as_secs_f64(),
        };
        if seconds <= 0.0 {
            return Err(not_a_rate());
        }
        Self::per_second(count / seconds).map_err(|_| UnitError::RateOutOfRange(trimmed.to_owned()))
    }
}

/// A share, from zero to one in nearly all uses; above one where a context says so (amplification, jitter).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Ratio(f64);

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self(0.0);

    /// From a plain number; `0.05` is five per cent.
    ///
    /// # Errors
    /// [`UnitError::NotARatio`] for negative, infinite and NaN.
    pub fn new(ratio: f64) -> Result<Self, UnitError> {
        if ratio.is_finite() && ratio >= 0.0 { Ok(Self(ratio)) } else { Err(UnitError::NotARatio(ratio.to_string())) }
    }

    /// The plain number.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Prints a percentage: `5%`, `0.1%`.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", short(self.0 * 100.0))
    }
}

/// Accepts `5%` and `0.05`.
impl FromStr for Ratio {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let trimmed = text.trim();
        let not_a_ratio = || UnitError::NotARatio(text.to_owned());
        let (number, divisor) = match trimmed.strip_suffix('%') {
            Some(number) => (number.trim_end(), 100.0),
            None => (trimmed, 1.0),
        };
        let number: f64 = number.parse().map_err(|_| not_a_ratio())?;
        Self::new(number / divisor).map_err(|_| not_a_ratio())
    }
}

/// A number with at most three decimals and no trailing zeros, as people write it.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

macro_rules! serde_as_text {
    ($($unit:ty),*) => {$(
        impl Serialize for $unit {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $unit {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
serde_as_text!(Rate, Ratio);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_carry_units() {
        let check = |text: &str, nanos: u64| assert_eq!(text.parse::<Nanos>(), Ok(Nanos::new(nanos)), "{text}");
        check("250ms", 250_000_000);
        check("2s", 2_000_000_000);
        check("1m30s", 90_000_000_000);
        check("1.5h", 5_400_000_000_000);
        check("10us", 10_000);
        check("0", 0);
    }

    #[test]
    fn a_bad_duration_says_what_to_write() {
        let check = |text: &str, part: &str| {
            let message = text.parse::<Nanos>().expect_err(text).to_string();
            assert!(message.contains(part), "{text}: {message}");
        };
        check("250", "write `250s`");
        check("5 parsecs", "not a duration");
        check("", "not a duration");
        check("30s1m", "not a duration");
        check("-1s", "not a duration");
        check("1..5s", "not a duration");
    }

    #[test]
    fn rates_carry_units() {
        let check = |text: &str, per_second: f64| {
            let rate = text.parse::<Rate>().expect(text).as_per_second();
            assert!((rate - per_second).abs() < 1e-9 * per_second, "{text}: {rate}");
        };
        check("50/s", 50.0);
        check("600/min", 10.0);
        check("5/100ms", 50.0);
        check("7200/h", 2.0);
        for bad in ["50", "0/s", "-1/s", "1e9/s", "fast", "5/0s", "NaN/s"] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ratios_are_percentages_or_numbers() {
        assert_eq!("5%".parse(), Ratio::new(0.05));
        assert_eq!("0.05".parse(), Ratio::new(0.05));
        assert!("-1%".parse::<Ratio>().is_err());
        assert!("half".parse::<Ratio>().is_err());
    }

    #[test]
    fn what_is_printed_is_what_people_write() {
        assert_eq!(Nanos::from_millis(1_500).to_string(), "1.5s");
        assert_eq!(Nanos::from_secs(120).to_string(), "2m");
        assert_eq!(Nanos::from_micros(12).to_string(), "12us");
        assert_eq!(Rate::per_second(50.0).expect("in range").to_string(), "50/s");
        assert_eq!(Rate::per_second(10.0 / 60.0).expect("in range").to_string(), "10/min");
        assert_eq!(Ratio::new(0.001).expect("in range").to_string(), "0.1%");
    }

    proptest! {
        #[test]
        fn whole_milliseconds_survive_printing_and_reading(millis in 0_u64..100_000_000) {
            let span = Nanos::from_millis(millis);
            prop_assert_eq!(span.to_string().parse::<Nanos>(), Ok(span));
        }

        #[test]
        fn no_text_makes_parsing_panic(text in "\\PC{0,20}") {
            let _ = text.parse::<Nanos>();
            let _ = text.parse::<Rate>();
            let _ = text.parse::<Ratio>();
        }
    }
}
