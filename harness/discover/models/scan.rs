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
    let judged: Vec<(u32, f64)> = values.iter().map(|&value| (against(value), value)).collect();
    let least = judged.iter().map(|(violations, _)| *violations).min()?;
    // The middle of the first stretch of best values; then nearer and nearer.
    let first = judged.iter().position(|(violations, _)| *violations == least)?;
    let run = judged[first..].iter().take_while(|(violations, _)| *violations == least).count();
    let (mut best, mut value) = judged[first + run / 2];
    let mut width = step;
    for _ in 0..7 {
        let around: Vec<(u32, f64)> = (-6..=6)
            .map(|place| value * (1.0 + width * f64::from(place) / 6.0))
            .map(|value| (against(value), value))
            .collect();
        let least = around.iter().map(|(violations, _)| *violations).min()?;
        if least <= best {
            let good: Vec<f64> =
                around.iter().filter(|(violations, _)| *violations == least).map(|(_, value)| *value).collect();
            (best, value) = (least, good[good.len() / 2]);
            if good.len() > 6 {
                break;
            }
        }
        width /= 3.0;
    }
    let most = best + u32::from(best > 0) * (1 + best / 12);
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
