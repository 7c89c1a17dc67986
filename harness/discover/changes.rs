//! Whether the limiter was another one later on than it was at first.

use super::book::Book;
use super::judge::unexplained;
use super::{Fit, explain, explain_class};

/// What the first part and the last part say, where each is explained well and both together are not. A limiter that errs now
/// and then does so in each part, too.
pub(super) fn found(book: &Book, whole: &Fit) -> Option<String> {
    let seen = &book.plain;
    let share = whole.options.noise.get().max(unexplained(whole));
    let mut best: Option<(f64, String)> = None;
    for cut in [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] {
        let number = seen.get((seen.len() as f64 * cut) as usize)?.stretch;
        let place = seen.partition_point(|seen| seen.stretch < number);
        // The models begin with a limiter that is as new: after a silence, or they have to be told what came before.
        let (first, last) = seen.split_at(place);
        if first.len() < 40 || last.len() < 40 {
            continue;
        }
        let Some(before) = explain(&book.log_of(first)).into_iter().next() else { continue };
        let Some(after) = explain_class(&book.log_of(last), before.class) else { continue };
        let of = |fit: &Fit| fit.options.noise.get().max(unexplained(fit));
        let parts = (of(&before) * first.len() as f64 + of(&after) * last.len() as f64) / seen.len() as f64;
        let moved = before.parameters.iter().find_map(|was| {
            let is = after.parameters.iter().find(|is| is.name == was.name)?;
            let apart = is.low > was.high * 1.05 || is.high < was.low * 0.95;
            apart.then_some((*was, *is))
        });
        if let Some((was, is)) = moved
            && parts < 0.3 * share
            && best.as_ref().is_none_or(|(known, _)| parts < *known)
        {
            let at = first.last().map_or(0.0, |seen| seen.done.as_secs_f64());
            let why = format!(
                "a {} explains what was seen until about {at:.0} s with a {} of {:.4}{unit}, and what came later with {:.4}{unit}, \
                 but not both: the limit changed while it was looked at. Look again when it is left alone",
                before.class.title(),
                was.name.word(),
                was.value,
                is.value,
                unit = was.name.unit()
            );
            best = Some((parts, why));
        }
    }
    best.map(|(_, why)| why)
}
