//! How far the mean of a correlated series may be off: a bootstrap of blocks.

use crate::rng::{Key, Purpose};

/// Means of series that are put together from blocks of this one, drawn with their begin anywhere in it, as far from the mean of
/// all as they fall; in no order. Neighbours stay together within a block, so that the correlation of seconds with the next is kept.
///
/// Source: H. R. Künsch, "The jackknife and the bootstrap for general stationary observations", 1989. It knows what happens within a series
/// and nothing of how the next one would differ. `who` keeps the draws of two series apart.
pub fn block_bootstrap(series: &[f64], draws: u64, seed: u64, who: u64) -> Vec<f64> {
    let n = series.len();
    if n == 0 {
        return Vec::new();
    }
    // Ten seconds hold most of the correlation; of short series a third, so that blocks can differ at all.
    let length = (n / 3).clamp(1, 10);
    let blocks: Vec<f64> = series.windows(length).map(|block| block.iter().sum::<f64>() / length as f64).collect();
    let centre = blocks.iter().sum::<f64>() / blocks.len() as f64;
    let taken = n.div_ceil(length);
    let mean = |draw: u64| {
        let block = |index: usize| {
            let key = Key { seed, purpose: Purpose::Resample, client: who, call: draw, attempt: index as u64 };
            blocks[key.below(blocks.len() as u64) as usize]
        };
        (0..taken).map(block).sum::<f64>() / taken as f64 - centre
    };
    (0..draws).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(values: &[f64]) -> f64 {
        (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt()
    }

    #[test]
    fn correlated_series_are_less_sure() {
        let noise =
            |index: u64| Key { seed: 1, purpose: Purpose::Resample, client: 9, call: index, attempt: 0 }.normal();
        let independent: Vec<f64> = (0..60).map(noise).collect();
        let mut walk = 0.0;
        let correlated: Vec<f64> = (0..60)
            .map(|index| {
                walk = 0.8 * walk + 0.6 * noise(index);
                walk
            })
            .collect();
        let plain = spread(&block_bootstrap(&independent, 500, 1, 0));
        // Sixty of standard deviation 1 have a mean that is off by 1/√60 = 0.13.
        assert!((0.07..0.2).contains(&plain), "{plain}");
        assert!(spread(&block_bootstrap(&correlated, 500, 1, 0)) > 1.5 * plain);
        assert!(spread(&block_bootstrap(&[3.0; 20], 50, 1, 0)) < 1e-12);
        assert!(block_bootstrap(&[], 50, 1, 0).is_empty());
    }
}
