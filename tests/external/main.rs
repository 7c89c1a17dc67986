//! Tests that need programs from outside: Chromium and Python validators. `.ci/run` installs them.

fn main() {}
