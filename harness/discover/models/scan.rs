//! The values of one number against which the fewest answers speak.

/// What came of a scan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::discover) struct Scanned {
    pub(in crate::discover) value: f64,
    /// From here …
    pub(in crate::discover) low: f64,
    /// … to here no more answers speak against it than the tolerance allows.
    pub(in crate::discover) high: f64,
    pub(in crate::discover) violations: u32,
}

/// Values from `low` to `high`, each by this share above the last.
pub(in crate::discover) fn grid(low: f64, high: f64, share: f64) -> Vec<f64> {
    let count = ((high / low).ln() / (1.0 + share).ln()).ceil().max(1.0) as i32;
    (0..=count).map(|index| low * (1.0 + share).powi(index)).collect()
}

/// The best of the values and what lies around it. `step` is how far apart the values are, as a share.
pub(in crate::discover) fn scan(values: &[f64], step: f64, against: impl Fn(f64) -> u32) -> Option<Scanned> {
    scan_with(values, step, 0, against)
}

/// The same where some answers are no firm evidence, so that this many more of them may speak against a value.
pub(in crate::discover) fn scan_with(
    values: &[f64],
    step: f64,
    doubtful: u32,
    against: impl Fn(f64) -> u32,
) -> Option<Scanned> {
    let judged: Vec<(u32, f64)> = values.iter().map(|&value| (against(value), value)).collect();
    let refined = valleys(&judged).into_iter().map(|start| refine(start, step, &against));
    let (best, value) = refined.min_by(|one, other| one.0.cmp(&other.0))?;
    let most = best + u32::from(best > 0) * (1 + best / 12) + doubtful;
    let edge = |up: bool| {
        let at = |distance: f64| if up { value * (1.0 + distance) } else { value / (1.0 + distance) };
        let mut out = 1e-5;
        while out < 20.0 && against(at(out)) <= most {
            out *= 2.0;
        }
        let (mut inside, mut outside) = (out / 2.0, out);
        for _ in 0..8 {
            let middle = 0.5 * (inside + outside);
            *(if against(at(middle)) <= most { &mut inside } else { &mut outside }) = middle;
        }
        at(outside)
    };
    let (low, high) = (edge(false), edge(true));
    Some(Scanned { value: 0.5 * (low + high), low, high, violations: best })
}

/// The middles of the deepest stretches of values, a few: the valley of the truth may be narrower than the distance of two values.
fn valleys(judged: &[(u32, f64)]) -> Vec<(u32, f64)> {
    let mut bottoms = Vec::new();
    let mut from = 0;
    for run in judged.chunk_by(|one, other| one.0 == other.0) {
        let to = from + run.len();
        let above =
            |place: Option<usize>| place.and_then(|place| judged.get(place)).is_none_or(|next| next.0 > run[0].0);
        if above(from.checked_sub(1)) && above(Some(to)) {
            bottoms.push(run[run.len() / 2]);
        }
        from = to;
    }
    bottoms.sort_by_key(|bottom| bottom.0);
    bottoms.truncate(5);
    bottoms
}

/// The best value near one, looked for nearer and nearer.
fn refine(start: (u32, f64), step: f64, against: &impl Fn(f64) -> u32) -> (u32, f64) {
    let (mut best, mut value) = start;
    let mut width = step;
    for _ in 0..6 {
        let near = (-6..=6).map(|place| value * (1.0 + width * f64::from(place) / 6.0));
        let around: Vec<(u32, f64)> = near.map(|value| (against(value), value)).collect();
        let least = around.iter().map(|(violations, _)| *violations).min().unwrap_or(best);
        if least <= best {
            let good: Vec<f64> = around.iter().filter(|near| near.0 == least).map(|near| near.1).collect();
            (best, value) = (least, good[good.len() / 2]);
            if good.len() > 6 {
                break;
            }
        }
        width /= 3.0;
    }
    (best, value)
}
