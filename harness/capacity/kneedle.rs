//! Kneedle: the bend of a curve that rises ever less.

/// Where a curve that rises ever less bends, by the offline form of Kneedle; `None` where it does not. Points come with x from low to high.
///
/// Source: V. Satopää, J. Albrecht, D. Irwin, B. Raghavan, "Finding a 'Kneedle' in a haystack: detecting knee points in system behavior",
/// 2011, section III, without its smoothing. Both axes are stretched to 0…1. Of the height over the diagonal every local maximum is a
/// candidate; it is a knee where the height falls below it by `sensitivity` mean steps of x before the next maximum. The paper finds 1 a good
/// `sensitivity`. The first knee is taken.
pub fn kneedle(points: &[(f64, f64)], sensitivity: f64) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    let low = points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max);
    let (wide, tall) = (last.0 - first.0, high - low);
    if points.len() < 3 || wide <= 0.0 || tall <= 0.0 {
        return None;
    }
    let over: Vec<f64> = points.iter().map(|point| (point.1 - low) / tall - (point.0 - first.0) / wide).collect();
    let step = 1.0 / (points.len() - 1) as f64;
    let tops: Vec<usize> =
        (1..over.len() - 1).filter(|at| over[at - 1] < over[*at] && over[at + 1] <= over[*at]).collect();
    let knee = tops.iter().enumerate().find(|(index, top)| {
        let end = tops.get(index + 1).copied().unwrap_or(over.len());
        let threshold = over[**top] - sensitivity * step;
        over[**top..end].iter().any(|height| *height < threshold)
    });
    knee.map(|(_, top)| points[*top].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_paper_bends_where_the_paper_says() {
        // Its figure 2: y = −1/x + 5 at ten x from 0 to 1 …, whose knee it gives as about 0.22.
        let points: Vec<(f64, f64)> = (0..10)
            .map(|index| {
                let x = f64::from(index) / 9.0;
                (x, -1.0 / (x + 0.1) + 5.0)
            })
            .collect();
        let knee = kneedle(&points, 1.0).expect("it bends");
        assert!((knee - 2.0 / 9.0).abs() < 1e-9, "{knee}");
    }

    #[test]
    fn what_does_not_bend_has_no_knee() {
        let line: Vec<(f64, f64)> = (0..10).map(|x| (f64::from(x), f64::from(x))).collect();
        let flat: Vec<(f64, f64)> = (0..10).map(|x| (f64::from(x), 3.0)).collect();
        assert_eq!(kneedle(&line, 1.0), None);
        assert_eq!(kneedle(&flat, 1.0), None);
        assert_eq!(kneedle(&[], 1.0), None);
    }
}
