//! Page depth in powers of two: page 1, 2–3, 4–7, 8–15 …

/// How many buckets there are; the last one has no upper end.
pub const DEPTH_BUCKETS: usize = 20;

/// The bucket of a page, which is counted from 1.
pub fn depth_bucket(page: u32) -> usize {
    (page.max(1).ilog2() as usize).min(DEPTH_BUCKETS - 1)
}

/// The first and the last page of a bucket.
pub fn depth_range(bucket: usize) -> (u32, u32) {
    let from = 1_u32 << bucket.min(DEPTH_BUCKETS - 1);
    (from, if bucket + 1 >= DEPTH_BUCKETS { u32::MAX } else { from * 2 - 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_in_its_buckets_range() {
        for page in [1, 2, 3, 4, 7, 8, 1_000, 1 << 19, u32::MAX] {
            let (from, to) = depth_range(depth_bucket(page));
            assert!((from..=to).contains(&page), "{page}: {from}..={to}");
        }
    }
}
