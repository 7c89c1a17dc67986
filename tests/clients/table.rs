//! The table of `docs/clients.md`: which client performs which operation of which namespace.

use std::collections::{BTreeMap, BTreeSet};

/// The operations of both namespaces that a client performs: pairs of namespace and operation, by client.
pub(crate) type Ticks = BTreeMap<String, BTreeSet<(String, String)>>;

const PAGE: &str = include_str!("../../docs/clients.md");
const TICK: &str = "✓";

/// The cells of a row; `None` for a line that is no row.
fn cells(line: &str) -> Option<Vec<&str>> {
    Some(line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect())
}

/// What the page says.
pub(crate) fn ticks() -> Ticks {
    let mut rows = PAGE.lines().filter_map(cells).skip_while(|cells| cells[0] != "operation");
    let head = rows.next().expect("docs/clients.md has a table that begins with `operation`");
    assert_eq!(head[1], "namespace");
    let mut ticks: Ticks = head[2..].iter().map(|&client| (client.to_owned(), BTreeSet::new())).collect();
    for row in rows.skip(1).take_while(|row| row.len() == head.len()) {
        for (&client, _) in head.iter().zip(&row).skip(2).filter(|(_, cell)| **cell == TICK) {
            let of = ticks.get_mut(client).expect("made from the same row");
            of.insert((row[1].to_owned(), row[0].to_owned()));
        }
    }
    ticks
}
