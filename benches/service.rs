//! The modelled service: one request each, in meetings that hold 100,000 attendees.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use loadline::service::attendees::request::{CreateMeeting, NewAttendee, Page, Request};
use loadline::service::config::{Quotas, Throttling};
use loadline::service::{Body, Caller, Identity, Service, ServiceConfig};
use loadline::units::Nanos;

const ATTENDEES: u32 = 100_000;

/// A service without limits, and one that calls it.
struct Fixture {
    service: Service,
    caller: Caller,
}

impl Fixture {
    fn new() -> Self {
        let quotas = Quotas { attendees_per_meeting: None, meetings: None };
        let config = ServiceConfig { throttling: Throttling::Off, quotas, ..ServiceConfig::default() };
        let mut service = Service::new(config).expect("a sound configuration");
        let caller = service.caller(&Identity::default());
        Self { service, caller }
    }

    fn ask(&mut self, request: &Request<'_>) -> Body {
        self.service.handle(Nanos::ZERO, self.caller, request).body
    }

    fn meeting(&mut self, token: &str) -> String {
        let (media_region, external_meeting_id) = (Some("us-east-1"), Some("meeting"));
        let asked = CreateMeeting {
            client_request_token: token,
            media_region,
            external_meeting_id,
            ..CreateMeeting::default()
        };
        match self.ask(&Request::CreateMeeting(asked)) {
            Body::Meeting(details) => details.id.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn create(&mut self, meeting: &str, number: u32) -> String {
        let name = format!("user-{number:07}");
        match self.ask(&Request::CreateAttendee { meeting, attendee: &NewAttendee::named(&name) }) {
            Body::Attendee(view) => view.id.to_string(),
            other => panic!("{other:?}"),
        }
    }

    /// The token that leads to the last page.
    fn last_token(&mut self, meeting: &str) -> String {
        let mut last = None;
        loop {
            let page = Page { max_results: Some(100), next_token: last.as_deref() };
            match self.ask(&Request::ListAttendees { meeting, page }) {
                Body::Page { next_token: Some(token), .. } => last = Some(token),
                Body::Page { next_token: None, .. } => return last.expect("more than one page"),
                other => panic!("{other:?}"),
            }
        }
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let mut fixture = Fixture::new();
    let meeting = fixture.meeting("first");
    let ids: Vec<String> = (0..ATTENDEES).map(|number| fixture.create(&meeting, number)).collect();
    let last = fixture.last_token(&meeting);
    let mut group = criterion.benchmark_group("service");
    group.throughput(Throughput::Elements(1));

    let mut turn = 0;
    group.bench_function("get_attendee", |bencher| {
        bencher.iter(|| {
            turn = (turn + 7_919) % ids.len();
            fixture.ask(&Request::GetAttendee { meeting: &meeting, attendee: black_box(&ids[turn]) })
        });
    });

    let growing = fixture.meeting("second");
    let mut number = 0;
    group.bench_function("create_attendee", |bencher| {
        bencher.iter(|| {
            number += 1;
            fixture.create(&growing, number)
        });
    });

    for (name, token) in [("first page of 100,000", None), ("last page of 100,000", Some(last.as_str()))] {
        let page = Page { max_results: Some(100), next_token: token };
        group.bench_function(name, |bencher| {
            bencher.iter(|| fixture.ask(&Request::ListAttendees { meeting: &meeting, page: black_box(page) }));
        });
    }
    group.finish();
    if std::env::args().any(|argument| argument == "memory") {
        memory();
    }
}

/// What a million attendees take, by the kernel's own account: `cargo bench -- memory`. Printed, not judged: criterion
/// measures time alone.
fn memory() {
    let Some(before) = resident() else { return };
    let mut fixture = Fixture::new();
    let meeting = fixture.meeting("large");
    for number in 0..1_000_000 {
        fixture.create(&meeting, number);
    }
    let after = resident().unwrap_or_default();
    black_box(&fixture);
    anstream::eprintln!("service/1,000,000 attendees: {} MB resident more than before", (after - before) / 1_000_000);
}

/// Resident memory in bytes; known on Linux alone.
fn resident() -> Option<i64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: i64 = pages.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4_096)
}
