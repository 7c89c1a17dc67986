# Habits, each a line that anyone could type. `just` alone lists them.

default:
    @just --list

# Formatting and lints, as CI judges them
check:
    cargo fmt --all --check && cargo clippy --all-targets --all-features -- -D warnings

# Everything that needs Rust alone
test:
    cargo test

# What the hot path costs
bench:
    cargo bench

# loadline beside wrk, oha and whichever other tool is installed: under ten minutes of load on loopback
peers:
    cargo bench --bench peers

# Whether this tree's generator is slower than the last release's, or than REF's
gate *REF:
    benches/served/gate {{REF}}

# A batch of creates against the embedded service, and its report
demo:
    cargo run --release -- run scenarios/batch-create.yaml

# Everything that has to hold before a change goes in
ci:
    .ci/run
