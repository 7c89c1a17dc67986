//! What a turn of the hot path costs.

fn main() {}
