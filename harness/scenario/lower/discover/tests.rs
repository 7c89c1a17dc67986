//! What the block comes to, and what it cannot be.

use std::path::Path;

use crate::scenario::{Faults, Flags, Input, Loaded, load, source};
use crate::units::Nanos;

fn loaded(discover: &str) -> Result<Loaded, Faults> {
    let text = format!(
        "name: probed
target: {{mock: attendees}}
setup:
  - call: CreateMeeting
    with: {{ClientRequestToken: one, MediaRegion: us-east-1, ExternalMeetingId: m}}
    publish: {{meetings: $.Meeting.MeetingId}}
workloads:
  - name: load
    arrivals: {{rate: 1/s, duration: 1s}}
    flow:
      - {{call: GetMeeting, with: {{MeetingId: \"{{{{ meetings.next }}}}\"}}}}
      - {{call: ListAttendees, with: {{MeetingId: \"{{{{ meetings.next }}}}\"}}}}
      - call: BatchCreateAttendee
        with: {{MeetingId: \"{{{{ meetings.next }}}}\"}}
        batch: {{size: 4, item: {{ExternalUserId: \"u-{{{{ seq }}}}\"}}}}
{discover}"
    );
    let source = source::text("scenario.yaml", text.into_bytes())?;
    let (folder, flags) = (Path::new(""), &Flags::default());
    load(Input { source: &source, folder, overrides: &[], flags, environment: &|_| None })
}

fn fault(discover: &str) -> String {
    let faults = match loaded(discover).and_then(|loaded| loaded.discover()) {
        Ok(task) => panic!("{task:?}"),
        Err(faults) => faults,
    };
    faults.render(false)
}

#[test]
fn the_operation_is_varied_in_one_thing_at_a_time() {
    let block = "discover: {operation: GetMeeting, requests: 500, duration: 30s, quiet: 2s, dimensions: [header.X-Api-Key, address, {header.X-Tenant: [a]}]}";
    let task = loaded(block).and_then(|loaded| loaded.discover()).expect("a task");
    assert_eq!(
        (task.rules.requests, task.rules.duration, task.rules.quiet),
        (500, Nanos::from_secs(30), Nanos::from_secs(2))
    );
    let variants: Vec<_> = task.rules.dimensions.iter().map(|it| (it.name.as_str(), it.variants.clone())).collect();
    assert_eq!(variants, [("header.X-Api-Key", vec![0, 1, 2, 3]), ("header.X-Tenant", vec![0, 4])]);
    let names = |variant: usize| {
        task.plan.exchanges[task.steps[variant].exchange].header_names().map(str::to_owned).collect::<Vec<_>>()
    };
    let has = |variant: usize, name: &str| names(variant).iter().any(|known| known == name);
    assert!(!has(0, "x-api-key") && has(1, "x-api-key") && has(4, "x-tenant") && !has(4, "x-api-key"));
    assert!(task.notes.iter().any(|note| note.contains("`address` is left out")), "{:?}", task.notes);
    // Claims of limits are read from every reply of a probe, and from no other.
    assert!(task.steps.iter().all(|step| task.plan.exchanges[step.exchange].wants.claims));
    assert_eq!(task.plan.exchanges.iter().filter(|exchange| exchange.wants.claims).count(), task.steps.len());
}

#[test]
fn a_batch_costs_as_many_items_as_it_has() {
    let block = "discover: {operation: BatchCreateAttendee, cost: batch.items}";
    let task = loaded(block).and_then(|loaded| loaded.discover()).expect("a task");
    let cost = task.rules.cost.expect("a cost");
    assert_eq!((cost.small, cost.large), ((1, 1), (2, 10)));
    assert_eq!(task.steps.iter().map(|step| step.batch).collect::<Vec<_>>(), [Some(4), Some(1), Some(10)]);
}

#[test]
fn what_is_not_clear_or_not_harmless_is_refused() {
    let several = fault("");
    assert!(several.contains("which operation is to be probed?") && several.contains("GetMeeting"), "{several}");
    let unknown = fault("discover: {operation: GetMeeting, dimensions: [cookie]}");
    assert!(unknown.contains("nothing that requests could differ in"), "{unknown}");
    let no_batch = fault("discover: {operation: GetMeeting, cost: batch.items}");
    assert!(no_batch.contains("has no items"), "{no_batch}");
    let none = fault("discover: {operation: GetMeetings}");
    assert!(none.contains("there is no operation `GetMeetings`"), "{none}");
}
