//! From values to places on the page, and where the ticks go.

/// Maps a range of values to a range of places, linearly or by logarithm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    lo: f64,
    hi: f64,
    from: f64,
    to: f64,
    log: bool,
}

impl Scale {
    /// Linear from zero to a round number at or above the largest value, so that heights compare.
    pub(crate) fn from_zero(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let top = values.filter(|v| v.is_finite()).fold(0.0, f64::max);
        let top = if top > 0.0 { top } else { 1.0 };
        let step = round_step(top / 4.0);
        Self { lo: 0.0, hi: (top / step - 1e-9).ceil() * step, from, to, log: false }
    }

    /// Linear between two values as they are. An empty or broken range becomes one of length one.
    pub(crate) fn between(lo: f64, hi: f64, from: f64, to: f64) -> Self {
        let lo = if lo.is_finite() { lo } else { 0.0 };
        let hi = if hi.is_finite() && hi > lo { hi } else { lo + 1.0 };
        Self { lo, hi, from, to, log: false }
    }

    /// Logarithmic around the positive values, with a little air; at least a factor of four, so that a flat line does not
    /// look wild.
    pub(crate) fn log(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let usable = values.filter(|v| v.is_finite() && *v > 0.0);
        let (lo, hi) = usable.fold((f64::INFINITY, 0.0_f64), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let (lo, hi) = if lo <= hi { (lo, hi) } else { (1.0, 10.0) };
        let stretch = (4.0 / (hi / lo)).max(1.0).sqrt() * 1.12;
        Self::log_between(lo / stretch, hi * stretch, from, to)
    }

    /// Logarithmic between two positive values as they are.
    pub(crate) fn log_between(lo: f64, hi: f64, from: f64, to: f64) -> Self {
        Self { lo, hi: hi.max(lo * 1.01), from, to, log: true }
    }

    /// The place of a value, kept within the range.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let value = value.clamp(self.lo, self.hi);
        let part = if self.log {
            (value / self.lo).ln() / (self.hi / self.lo).ln()
        } else {
            (value - self.lo) / (self.hi - self.lo)
        };
        self.from + part * (self.to - self.from)
    }

    /// Both ends of the range of values.
    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.lo, self.hi)
    }

    /// Round values for ticks: linear about four, logarithmic 1-2-5 while they are few, else powers of ten.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        if self.log { self.log_ticks() } else { self.linear_ticks(round_step((self.hi - self.lo) / 4.0)) }
    }

    /// Ticks of a time axis: steps that people count in.
    pub(crate) fn time_ticks(&self) -> Vec<f64> {
        const STEPS: [f64; 15] =
            [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 21_600.0, 86_400.0];
        let wanted = (self.hi - self.lo) / 8.0;
        let step = STEPS.into_iter().find(|step| *step >= wanted).unwrap_or_else(|| round_step(wanted));
        self.linear_ticks(step)
    }

    fn linear_ticks(&self, step: f64) -> Vec<f64> {
        let first = (self.lo / step).ceil();
        (0..=40).map(|k| (first + f64::from(k)) * step).take_while(|v| *v <= self.hi + step * 1e-6).collect()
    }

    fn log_ticks(&self) -> Vec<f64> {
        let (first, last) = (self.lo.log10().floor() as i32, self.hi.log10().ceil() as i32);
        let within = |factors: &[f64]| -> Vec<f64> {
            let all = (first..=last).flat_map(|power| factors.iter().map(move |f| f * 10_f64.powi(power)));
            all.filter(|v| *v >= self.lo * 0.999 && *v <= self.hi * 1.001).collect()
        };
        let fine = within(&[1.0, 2.0, 5.0]);
        if fine.len() <= 9 { fine } else { within(&[1.0]) }
    }
}

/// The round number (1, 2 or 5 times a power of ten) at or above a step.
fn round_step(step: f64) -> f64 {
    if !(step.is_finite() && step > 0.0) {
        return 1.0;
    }
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|f| f * power).find(|s| *s >= step * 0.999_999).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_scale_ends_on_a_round_number() {
        let check = |top: f64, end: f64| {
            let scale = Scale::from_zero([top].into_iter(), 100.0, 0.0);
            assert!((scale.ends().1 - end).abs() < end * 1e-9, "{top}: {:?}", scale.ends());
            assert!(scale.ticks().len() <= 6, "{top}");
        };
        check(105.0, 150.0);
        check(4.0, 4.0);
        check(0.0, 1.0);
        check(f64::NAN, 1.0);
        check(0.003, 0.003);
    }

    #[test]
    fn a_log_scale_bears_one_value_and_none() {
        for values in [vec![], vec![5.0], vec![0.0, -1.0, f64::NAN], vec![0.02, 4e6]] {
            let scale = Scale::log(values.iter().copied(), 100.0, 0.0);
            let ticks = scale.ticks();
            assert!(!ticks.is_empty() && ticks.len() < 16, "{values:?}: {ticks:?}");
            assert!(values.iter().all(|v| v.is_nan() || (0.0..=100.0).contains(&scale.at(*v))));
        }
    }

    #[test]
    fn time_ticks_are_those_of_a_clock() {
        assert_eq!(Scale::between(0.0, 30.0, 0.0, 1.0).time_ticks(), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
        assert_eq!(Scale::between(0.0, 600.0, 0.0, 1.0).time_ticks(), [0.0, 120.0, 240.0, 360.0, 480.0, 600.0]);
    }
}
