//! What a turn of the hot path costs, one theme a module. `cargo bench -- lane` runs one of them.

mod gates;
mod lane;
mod limit;
mod once;
mod record;
mod report;
mod request;
mod retry;
mod scenario;
mod schedule;
mod served;
mod service;
mod sim;
mod synthetic;
mod tune;
mod verdict;

use criterion::Criterion;

fn main() {
    if once::run() || served::run() {
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    lane::bench(&mut criterion);
    schedule::bench(&mut criterion);
    record::bench(&mut criterion);
    limit::bench(&mut criterion);
    retry::bench(&mut criterion);
    gates::bench(&mut criterion);
    request::bench(&mut criterion);
    service::bench(&mut criterion);
    sim::bench(&mut criterion);
    scenario::bench(&mut criterion);
    report::bench(&mut criterion);
    tune::bench(&mut criterion);
    verdict::bench(&mut criterion);
    criterion.final_summary();
}
