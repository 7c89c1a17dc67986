//! Keyed randomness: every draw is a pure function of who asks and what for.
//!
//! Nothing is ever drawn in sequence. The same seed therefore gives the same plan, the same jitter and the same request
//! bodies whatever the order of events, the number of cores, and whoever renders the request.

/// What a draw is for. Two purposes never see related numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Purpose {
    /// Gaps between Poisson arrivals.
    Arrival = 1,
    /// The choice between the weighted flows of a workload.
    Flow = 2,
    /// The spread of a user's think time.
    Think = 3,
    /// The jitter of a backoff.
    Backoff = 4,
    /// The jitter added on top of a server's hint.
    Hint = 5,
    /// `{{ random(a, b) }}` in a template.
    Template = 6,
    /// `{{ uuid }}` in a template.
    Uuid = 7,
    /// `{{ pool.random }}` in a template.
    Pool = 8,
    /// The order of a shuffled data file.
    Shuffle = 9,
    /// A service time of the modelled service.
    Latency = 10,
    /// The throw of the dice for a fault.
    Fault = 11,
    /// Identifiers that the modelled service hands out.
    ServiceId = 12,
    /// A wrong decision of a noisy limiter.
    LimiterNoise = 13,
    /// Whether a client's own throttle drops an attempt.
    Throttle = 14,
    /// Which side of a gate comes first.
    Order = 15,
    /// A block of a series that is put together anew.
    Resample = 16,
}

/// Names one draw: (seed, purpose, client, call, attempt).
///
/// `call` and `attempt` are whatever counts the draws of that purpose; the documentation of the caller says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The run's seed.
    pub seed: u64,
    /// What the draw is for.
    pub purpose: Purpose,
    /// Who draws.
    pub client: u64,
    /// Which call (or arrival, row, item) it is for.
    pub call: u64,
    /// Which attempt (or hole, item) within it.
    pub attempt: u64,
}

impl Key {
    /// 64 random bits.
    pub fn bits(self) -> u64 {
        let mut state = mix(self.seed ^ 0x6c6f_6164_6c69_6e65);
        for part in [self.purpose as u64, self.client, self.call, self.attempt] {
            state = mix(state.wrapping_add(GOLDEN) ^ mix(part.wrapping_add(GOLDEN)));
        }
        state
    }

    /// A uniform number in [0, 1) with 53 random bits.
    pub fn unit(self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A uniform number in [0, `bound`); zero where `bound` is zero. The bias is below 2⁻⁶⁴ · `bound`.
    pub fn below(self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// An exponential variate with mean one. Uses `libm`, so that it is the same on every machine.
    pub fn exponential(self) -> f64 {
        -libm::log1p(-self.unit())
    }

    /// A standard normal variate by the Box–Muller transform (Box and Muller, 1958). Uses `libm`, so that it is the same
    /// on every machine.
    pub fn normal(self) -> f64 {
        let angle = Self { attempt: self.attempt ^ (1 << 63), ..self }.unit();
        libm::sqrt(2.0 * self.exponential()) * libm::cos(std::f64::consts::TAU * angle)
    }

    /// A version 4 UUID (RFC 9562, section 5.4) as 16 bytes.
    pub fn uuid(self) -> [u8; 16] {
        let low = Self { attempt: self.attempt ^ (1 << 63), ..self }.bits();
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.bits().to_be_bytes());
        bytes[8..].copy_from_slice(&low.to_be_bytes());
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        bytes
    }
}

/// The usual hexadecimal form of a UUID, lower case.
pub fn format_uuid(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    push_uuid(&mut text, bytes);
    text
}

/// Writes the usual hexadecimal form of a UUID, lower case.
pub fn push_uuid(out: &mut String, bytes: [u8; 16]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// 2⁶⁴ divided by the golden ratio: the increment of SplitMix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014; the
/// constants are Stafford's variant 13). A bijection in which every input bit reaches every output bit.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(call: u64) -> Key {
        Key { seed: 42, purpose: Purpose::Backoff, client: 3, call, attempt: 0 }
    }

    #[test]
    fn a_draw_depends_on_every_part_of_its_key_and_on_nothing_else() {
        let base = key(7);
        assert_eq!(base.bits(), key(7).bits());
        let others = [
            Key { seed: 43, ..base },
            Key { purpose: Purpose::Hint, ..base },
            Key { client: 4, ..base },
            Key { call: 8, ..base },
            Key { attempt: 1, ..base },
        ];
        for other in others {
            assert_ne!(base.bits(), other.bits(), "{other:?}");
        }
    }

    #[test]
    fn the_unit_draw_is_uniform() {
        let n = 100_000;
        let mut deciles = [0_u32; 10];
        for call in 0..n {
            deciles[(key(call).unit() * 10.0) as usize] += 1;
        }
        // 10,000 expected in each, standard deviation 95: five of them are 475.
        assert!(deciles.iter().all(|&count| count.abs_diff(10_000) < 475), "{deciles:?}");
    }

    #[test]
    fn variates_have_the_mean_and_variance_of_their_distribution() {
        let n = 100_000_u32;
        let moments = |draw: fn(Key) -> f64| {
            let (sum, squares) =
                (0..u64::from(n)).map(|call| draw(key(call))).fold((0.0, 0.0), |(s, q), x| (s + x, q + x * x));
            let mean = sum / f64::from(n);
            (mean, squares / f64::from(n) - mean * mean)
        };
        let (mean, variance) = moments(Key::exponential);
        assert!((mean - 1.0).abs() < 0.02 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        let (mean, variance) = moments(Key::normal);
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }

    #[test]
    fn a_uuid_is_of_version_four() {
        let text = format_uuid(key(1).uuid());
        assert_eq!(text.len(), 36);
        assert_eq!(&text[14..15], "4");
        assert!(matches!(&text[19..20], "8" | "9" | "a" | "b"));
    }

    #[test]
    fn below_stays_below() {
        assert_eq!(key(1).below(0), 0);
        assert!((0..1_000).all(|call| key(call).below(7) < 7));
    }
}
