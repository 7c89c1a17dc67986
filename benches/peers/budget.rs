//! What is done in the time there is. The plan is made before anything starts, and what does not fit is named.

/// Something to do, with the time it is expected to take.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Planned<T> {
    pub(crate) job: T,
    /// The expected duration in seconds.
    pub(crate) seconds: f64,
    /// How easily it is done without: the highest goes first.
    pub(crate) rank: u8,
}

/// The expected duration of all, in seconds.
pub(crate) fn seconds<T>(planned: &[Planned<T>]) -> f64 {
    planned.iter().map(|each| each.seconds).sum()
}

/// Leaves out jobs until the rest fits into a time, in seconds: those of the highest rank first, and of these the last ones, so
/// that rounds stay whole as long as they can. Returns what stays, in its order, and what does not.
pub(crate) fn fit<T>(planned: Vec<Planned<T>>, budget: f64) -> (Vec<Planned<T>>, Vec<Planned<T>>) {
    let mut excess = seconds(&planned) - budget;
    let mut order: Vec<usize> = (0..planned.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse((planned[*index].rank, *index)));
    let mut out = vec![false; planned.len()];
    for index in order {
        if excess <= 0.0 {
            break;
        }
        excess -= planned[index].seconds;
        out[index] = true;
    }
    let mut left = Vec::new();
    let mut stays = Vec::new();
    for (each, out) in planned.into_iter().zip(out) {
        if out { left.push(each) } else { stays.push(each) }
    }
    (stays, left)
}
