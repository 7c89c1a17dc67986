//! One line for each term of the field, said where the term first stands.

/// A term, how it may be spelt, and what it means.
type Term = (&'static str, &'static [&'static str], &'static str);

const TERMS: &[Term] = &[
    (
        "full jitter",
        &["full jitter", "full_jitter", "full-jitter"],
        "each wait is drawn between nothing and an upper bound that doubles, so that clients that failed together do not come back together",
    ),
    ("equal jitter", &["equal jitter", "equal_jitter", "equal-jitter"], "half of each wait is fixed and half is drawn"),
    (
        "decorrelated jitter",
        &["decorrelated"],
        "each wait is drawn between the base and three times the wait before it",
    ),
    (
        "jitter",
        &["no jitter", "no_jitter", "no-jitter"],
        "a random part of each wait; without it, clients that failed together come back together",
    ),
    ("backoff", &["backoff"], "the wait before an attempt is made again"),
    (
        "budget",
        &["budget", "quota", "token_bucket"],
        "how many retries a client may make beside its successes; it keeps retries a small share of the load when everything fails",
    ),
    ("circuit breaker", &["breaker", "circuit"], "a client that sees most attempts fail stops asking for a while"),
    ("hedging", &["hedge", "hedging"], "a second attempt while the first is still under way"),
    ("adaptive", &["adaptive", "cubic"], "the client slows its own sending down when it is throttled"),
    ("success", &["success"], "the share of calls that ended well, retries included"),
    ("p99", &["p99"], "99 of 100 calls that succeed are done in this time, waits and retries included"),
    (
        "amplification",
        &["amplification", "× load", "x load"],
        "attempts for each call: 1 is no retry at all, 3 is three times the load",
    ),
    ("goodput", &["goodput"], "calls that end well, a second; what the load is good for"),
    (
        "recovery",
        &["recovery", "recovers", "recover"],
        "the time from the end of a disturbance until calls are as good as before it",
    ),
    (
        "fairness",
        &["fairness"],
        "Jain's index over clients: 1 is equal success for all, 1/N is one client that gets everything",
    ),
    (
        "metastable",
        &["metastable", "does not recover"],
        "the cause is gone, but the retries that it set off keep the service down",
    ),
    ("vulnerable from", &["vulnerable"], "the shortest disturbance that leaves it down for good"),
    ("relapse", &["relapse"], "it recovered and fell back"),
];

/// Explains each term once.
#[derive(Default)]
pub(super) struct Glossary {
    said: Vec<&'static str>,
}

impl Glossary {
    /// The terms that a text uses and that were not explained before.
    pub(super) fn explain(&mut self, text: &str) -> Vec<(&'static str, &'static str)> {
        let text = text.to_lowercase();
        let mut new = Vec::new();
        for (term, spellings, meaning) in TERMS {
            if !self.said.contains(term) && spellings.iter().any(|spelling| text.contains(spelling)) {
                self.said.push(term);
                new.push((*term, *meaning));
            }
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_explained_where_it_first_stands_and_never_again() {
        let mut glossary = Glossary::default();
        let terms = |new: Vec<(&'static str, &str)>| new.iter().map(|(term, _)| *term).collect::<Vec<_>>();
        assert_eq!(terms(glossary.explain("Full-jitter base 0.2 s, 98.9 % success")), ["full jitter", "success"]);
        assert_eq!(terms(glossary.explain("full_jitter with a budget")), ["budget"]);
        assert!(glossary.explain("nothing to explain").is_empty());
    }
}
