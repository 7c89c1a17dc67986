//! When the pairs are looked at, and what each look may spend.

use super::{Look, Rules};

/// The share of α that the first of two looks spends. Both shares add up to one, so that by Bonferroni the whole gate keeps its level
/// without further theory; the second look, which has more pairs and decides for good, gets more.
const FIRST_SHARE: f64 = 0.25;

/// The looks of a gate, in order: one, or two where it may be extended.
pub(super) fn looks(rules: &Rules) -> Vec<Look> {
    if rules.max_pairs <= rules.pairs {
        return vec![Look { pairs: rules.pairs, alpha: rules.alpha }];
    }
    vec![
        Look { pairs: rules.pairs, alpha: rules.alpha * FIRST_SHARE },
        Look { pairs: rules.max_pairs, alpha: rules.alpha * (1.0 - FIRST_SHARE) },
    ]
}
