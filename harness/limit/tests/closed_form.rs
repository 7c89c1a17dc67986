//! Limiters under Poisson arrivals against what queueing theory says of them, within three standard errors.

use super::*;
use crate::rng::{Key, Purpose};

/// A run is cut into so many parts, whose scatter gives the standard error: neighbours in time depend on each other.
const BATCHES: u64 = 50;
const BATCH: u64 = 4_000;

fn draw(purpose: Purpose, call: u64) -> f64 {
    Key { seed: 1, purpose, client: 0, call, attempt: 0 }.exponential()
}

/// The mean of a measure over the batches agrees with the theory.
fn agrees(what: &str, theory: f64, batches: &[f64]) {
    let count = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / count;
    let variance = batches.iter().map(|batch| (batch - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let error = (variance / count).sqrt();
    assert!((mean - theory).abs() <= 3.0 * error, "{what}: {mean} ± {error}, and in theory {theory}");
    assert!(error < 0.05 * theory, "{what}: an error of {error} proves nothing of {theory}");
}

/// The share of Poisson arrivals at `per_second` that are refused, for each batch but the first, which starts from idle.
fn refused(kind: Kind, per_second: f64, mean_service: f64) -> Vec<f64> {
    let mut limiter = limiter(kind);
    let mut now = Nanos::ZERO;
    let mut shares = Vec::new();
    for batch in 0..BATCHES {
        let mut refused = 0_u32;
        for number in batch * BATCH..(batch + 1) * BATCH {
            now += Nanos::from_secs_f64(draw(Purpose::Arrival, number) / per_second);
            if accept(&mut limiter, now, 1) {
                let service = Nanos::from_secs_f64(draw(Purpose::Latency, number) * mean_service);
                limiter.finish(now, now + service, false);
            } else {
                refused += 1;
            }
        }
        shares.push(f64::from(refused) / BATCH as f64);
    }
    shares.split_off(1)
}

/// The loss of M/D/1/b, b places with the one in service. A token bucket is that queue: its missing tokens are the work that is
/// left, and a token is missed for exactly 1/rate. From the chain that is seen by those who leave (Takács, 1962).
fn loss_of_m_d_1(load: f64, places: usize) -> f64 {
    let mut arrivals = vec![(-load).exp()];
    for number in 1..places {
        arrivals.push(arrivals[number - 1] * load / number as f64);
    }
    // Unnormalised: what is left behind is n because it was 0 or 1..=n + 1 before, with as many arrivals as that takes.
    let mut left = vec![1.0];
    for n in 0..places - 1 {
        let came = left[0] * arrivals[n] + (1..=n).map(|before| left[before] * arrivals[n + 1 - before]).sum::<f64>();
        left.push((left[n] - came) / arrivals[0]);
    }
    let idle = left[0] / left.iter().sum::<f64>();
    1.0 - 1.0 / (idle + load)
}

/// Erlang's loss formula (1917).
fn erlang_b(load: f64, places: u32) -> f64 {
    (1..=places).fold(1.0, |loss, place| load * loss / (f64::from(place) + load * loss))
}

#[test]
fn the_formulas_know_their_simplest_cases() {
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    // With one place every arrival during the service is lost: ρ / (1 + ρ), whatever the service.
    close(loss_of_m_d_1(0.7, 1), 0.7 / 1.7);
    close(erlang_b(0.7, 1), 0.7 / 1.7);
    close(erlang_b(2.0, 2), 2.0 / (1.0 + 2.0 + 2.0));
}

#[test]
fn a_token_bucket_loses_what_m_d_1_b_loses() {
    for (load, burst) in [(0.8, 3), (1.0, 5), (2.0, 20), (0.95, 1)] {
        for kind in
            [Kind::TokenBucket { rate: rate(10.0), burst, refill: None }, Kind::Gcra { rate: rate(10.0), burst }]
        {
            let shares = refused(kind, 10.0 * load, 0.0);
            agrees(&format!("{kind:?} at a load of {load}"), loss_of_m_d_1(load, burst as usize), &shares);
        }
    }
}

#[test]
fn a_concurrency_limit_loses_what_erlang_says() {
    for (load, limit) in [(0.7, 1), (8.0, 10), (30.0, 20)] {
        let shares = refused(Kind::Concurrency { limit, queue: 0 }, 100.0, load / 100.0);
        agrees(&format!("{limit} places at a load of {load}"), erlang_b(load, limit), &shares);
    }
}

#[test]
fn a_fixed_window_accepts_the_smaller_of_poisson_and_limit() {
    for (mean, limit) in [(10.0_f64, 10_u32), (5.0, 8), (50.0, 20)] {
        let kind = Kind::FixedWindow { limit, window: Nanos::from_secs(1), align: Align::Epoch };
        let mut limiter = limiter(kind);
        let (mut windows, mut now, mut number) = (vec![0_u32; 4_000], Nanos::ZERO, 0);
        loop {
            now += Nanos::from_secs_f64(draw(Purpose::Arrival, number) / mean);
            number += 1;
            let Some(window) = windows.get_mut(now.as_secs_f64() as usize) else { break };
            *window += u32::from(accept(&mut limiter, now, 1));
        }
        // E[min(N, L)] = L − Σ (L − n) P(N = n) over n below L.
        let (mut chance, mut expected) = ((-mean).exp(), f64::from(limit));
        for n in 0..limit {
            expected -= f64::from(limit - n) * chance;
            chance *= mean / f64::from(n + 1);
        }
        let counts: Vec<f64> = windows.iter().map(|&count| f64::from(count)).collect();
        if mean > 2.0 * f64::from(limit) {
            assert!(counts.iter().all(|&count| count >= f64::from(limit)), "five standard deviations above the limit");
        } else {
            agrees(&format!("{limit} of {mean} a window"), expected, &counts);
        }
    }
}
