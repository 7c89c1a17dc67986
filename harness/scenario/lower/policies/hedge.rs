//! `hedge`: a second attempt while the first is still under way.

use crate::retry::{HedgeAfter, HedgeSpec};
use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::policy as written;
use crate::units::{Nanos, Ratio};

/// Makes the hedging that is asked for; `None` where it is broken.
pub(super) fn hedge(
    written: &written::Hedge,
    node: &Node,
    before: Option<HedgeSpec>,
    faults: &mut Vec<Fault>,
) -> Option<HedgeSpec> {
    let max = written.max.or(before.map(|before| before.max)).unwrap_or(1);
    match after(&written.after) {
        Ok(after) => Some(HedgeSpec { after, max }),
        Err(message) => {
            let fault = Fault::new(node.at("after").span, message);
            faults.push(
                fault.suggest("write a time such as `50ms`, or a percentile of the client's latencies such as `p95`"),
            );
            None
        }
    }
}

fn after(text: &str) -> Result<HedgeAfter, String> {
    let text = text.trim();
    if let Some(percent) = text.strip_prefix('p').filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    {
        let percent: f64 = percent.parse().map_err(|_| format!("`{}` is no percentile", excerpt(text)))?;
        return match Ratio::new(percent / 100.0) {
            Ok(quantile) if percent > 0.0 && percent < 100.0 => Ok(HedgeAfter::Quantile(quantile)),
            _ => Err(format!("`{}` is no percentile: it must be above p0 and below p100", excerpt(text))),
        };
    }
    match text.parse() {
        Ok(Nanos::ZERO) => Err("a hedge after no time at all sends everything twice".to_owned()),
        Ok(after) => Ok(HedgeAfter::Fixed(after)),
        Err(_) => Err(format!("`{}` is neither a time nor a percentile", excerpt(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hedge_waits_for_a_time_or_a_percentile() {
        let quantile = |of: f64| Ok(HedgeAfter::Quantile(Ratio::new(of).expect("a ratio")));
        assert_eq!(after("p95"), quantile(0.95));
        assert_eq!(after("p50"), quantile(0.5));
        assert_eq!(after("250ms"), Ok(HedgeAfter::Fixed(Nanos::from_millis(250))));
        for bad in ["p0", "p100", "p101", "p9x", "0", "soon", "", "p", "95"] {
            assert!(after(bad).is_err(), "{bad}");
        }
    }
}
