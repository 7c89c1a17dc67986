//! Sets of HTTP statuses, as scenario files write them: `2xx`, `200`, `[200, 404]`.

use std::fmt;
use std::str::FromStr;

/// A set of HTTP statuses from 100 to 599.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StatusSet {
    /// Bit `status - 100`.
    bits: [u64; 8],
}

/// Why a text names no status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a status; write a number from 100 to 599 or a class such as `2xx`")]
pub struct StatusError(String);

impl StatusSet {
    /// No status.
    pub const EMPTY: Self = Self { bits: [0; 8] };

    /// 200 to 299.
    pub fn success() -> Self {
        Self::EMPTY.with_range(200, 299)
    }

    /// The set and one status more; what lies outside 100 to 599 is ignored.
    #[must_use]
    pub fn with(self, status: u16) -> Self {
        self.with_range(status, status)
    }

    /// The set and all statuses from `first` to `last`.
    #[must_use]
    pub fn with_range(mut self, first: u16, last: u16) -> Self {
        for bit in (first.max(100)..=last.min(599)).map(|status| usize::from(status - 100)) {
            self.bits[bit / 64] |= 1 << (bit % 64);
        }
        self
    }

    /// The set and all statuses of another.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        self.bits.iter_mut().zip(other.bits).for_each(|(mine, theirs)| *mine |= theirs);
        self
    }

    /// Whether a status belongs to the set.
    pub fn contains(self, status: u16) -> bool {
        (100..600).contains(&status) && {
            let bit = usize::from(status - 100);
            self.bits[bit / 64] & (1 << (bit % 64)) != 0
        }
    }
}

impl FromStr for StatusSet {
    type Err = StatusError;

    fn from_str(text: &str) -> Result<Self, StatusError> {
        let word = text.trim();
        if let Some(class) = word.strip_suffix("xx").and_then(|class| class.parse::<u16>().ok())
            && (1..=5).contains(&class)
        {
            return Ok(Self::EMPTY.with_range(class * 100, class * 100 + 99));
        }
        match word.parse::<u16>() {
            Ok(status) if (100..600).contains(&status) => Ok(Self::EMPTY.with(status)),
            _ => Err(StatusError(text.to_owned())),
        }
    }
}

impl fmt::Debug for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries((100..600).filter(|&status| self.contains(status))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_single_statuses_are_understood() {
        let set = "2xx".parse::<StatusSet>().expect("a class").union("404".parse().expect("a status"));
        assert!(set.contains(200) && set.contains(299) && set.contains(404));
        assert!(!set.contains(300) && !set.contains(199) && !set.contains(0) && !set.contains(65_535));
        for bad in ["6xx", "99", "600", "ok", ""] {
            assert!(bad.parse::<StatusSet>().is_err(), "{bad}");
        }
    }
}
