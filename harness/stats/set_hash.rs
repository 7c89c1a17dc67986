//! A fingerprint of a set that does not depend on the order of its members.

use serde::{Deserialize, Serialize};

/// The count and the 128-bit fingerprint of a multiset of texts.
///
/// The fingerprint is the sum modulo 2¹²⁸ of the members' XXH3 hashes: adding is commutative, so lanes and pages may
/// come in any order. Two different multisets of the same size collide with a probability near 2⁻¹²⁸ unless someone
/// builds the collision on purpose; an audit of one's own names need not fear that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetHash {
    /// How many members there are.
    pub count: u64,
    sum: u128,
}

impl SetHash {
    /// Adds one member.
    pub fn insert(&mut self, member: &str) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(xxhash_rust::xxh3::xxh3_128(member.as_bytes()));
    }

    /// Adds all members of another set.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum = self.sum.wrapping_add(other.sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(members: &[&str]) -> SetHash {
        let mut set = SetHash::default();
        for member in members {
            set.insert(member);
        }
        set
    }

    #[test]
    fn order_does_not_matter_but_membership_and_count_do() {
        assert_eq!(of(&["a", "b", "c"]), of(&["c", "a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["a", "c"]));
        assert_ne!(of(&["a", "b"]), of(&["a", "b", "b"]));
        let mut halves = of(&["a"]);
        halves.merge(of(&["b", "c"]));
        assert_eq!(halves, of(&["a", "b", "c"]));
    }
}
