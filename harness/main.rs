//! The `loadline` program: everything is in the library.

use std::process::ExitCode;

/// reqwest allocates a dozen times for each request. On a lane that does nothing else the system's allocator took about a
/// sixth of the samples of `perf record`; this one takes about half of that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    loadline::cli::main()
}
