//! Data files: read, checked and, where asked for, shuffled.

use std::path::Path;

use serde_json::Value;

use crate::plan::{Feeder, FeederOrder};
use crate::rng::{Key, Purpose};
use crate::scenario::fault::Fault;
use crate::scenario::mirror::target::{Data, Order};
use crate::scenario::{Loaded, Node};

type Table = (Vec<String>, Vec<Box<[Value]>>);

/// Every data file, in the order of the scenario.
pub(super) fn feeders(loaded: &Loaded, seed: u64, faults: &mut Vec<Fault>) -> Vec<Feeder> {
    let node = loaded.tree.at("data");
    let data = loaded.scenario.data.iter().flatten();
    let mut feeders = Vec::new();
    for (number, (name, each)) in data.enumerate() {
        match table(each, node.at(name), &loaded.folder) {
            Ok((columns, mut rows)) => {
                if each.order == Some(Order::Shuffled) {
                    shuffle(&mut rows, seed, number as u64);
                }
                let order =
                    if each.order == Some(Order::Random) { FeederOrder::Random } else { FeederOrder::Sequential };
                feeders.push(Feeder { name: name.to_owned(), columns, rows, order });
            }
            Err(fault) => {
                faults.push(*fault);
                // Templates that name it are not wrong on top of that.
                feeders.push(Feeder {
                    name: name.to_owned(),
                    columns: Vec::new(),
                    rows: Vec::new(),
                    order: FeederOrder::Sequential,
                });
            }
        }
    }
    feeders
}

fn table(data: &Data, node: &Node, folder: &Path) -> Result<Table, Box<Fault>> {
    let (key, path) = match (&data.csv, &data.json) {
        (Some(path), None) => ("csv", path),
        (None, Some(path)) => ("json", path),
        _ => {
            let fault = Fault::new(node.span, "a data file is either `csv` or `json`");
            return Err(Box::new(fault.suggest("write for example `{csv: people.csv}`")));
        }
    };
    let place = node.at(key).span;
    let path = folder.join(path);
    let fault = |message: String| Box::new(Fault::new(place, format!("{}: {message}", path.display())));
    let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => fault("there is no such file".to_owned()),
        _ => fault(format!("the file cannot be read: {error}")),
    })?;
    let (columns, rows) = if key == "csv" { csv(&bytes) } else { json_lines(&bytes) }.map_err(&fault)?;
    if rows.is_empty() {
        return Err(fault("the file has no rows".to_owned()));
    }
    Ok((columns, rows))
}

fn csv(bytes: &[u8]) -> Result<Table, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let columns: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(|name| name.trim().to_owned()).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        rows.push(record.iter().map(Value::from).collect());
    }
    Ok((columns, rows))
}

fn json_lines(bytes: &[u8]) -> Result<Table, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())?;
    let mut columns: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = index + 1;
        let row: serde_json::Map<String, Value> =
            serde_json::from_str(line).map_err(|error| format!("line {number} is not a JSON object: {error}"))?;
        if rows.is_empty() {
            columns = row.keys().cloned().collect();
        }
        let cell = |column: &String| row.get(column).cloned().ok_or_else(|| format!("line {number} has no `{column}`"));
        rows.push(columns.iter().map(cell).collect::<Result<_, _>>()?);
    }
    Ok((columns, rows))
}

/// The shuffle of Fisher and Yates (Durstenfeld, 1964), each draw keyed by its position.
fn shuffle(rows: &mut [Box<[Value]>], seed: u64, feeder: u64) {
    for last in (1..rows.len()).rev() {
        let key = Key { seed, purpose: Purpose::Shuffle, client: feeder, call: last as u64, attempt: 0 };
        rows.swap(last, key.below(last as u64 + 1) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_keeps_every_row_and_depends_on_the_seed() {
        let rows: Vec<Box<[Value]>> = (0..100).map(|n| vec![Value::from(n)].into_boxed_slice()).collect();
        let shuffled = |seed| {
            let mut rows = rows.clone();
            shuffle(&mut rows, seed, 0);
            rows
        };
        assert_eq!(shuffled(1), shuffled(1));
        assert_ne!(shuffled(1), shuffled(2));
        let mut sorted = shuffled(1);
        sorted.sort_by_key(|row| row[0].as_u64());
        assert_eq!(sorted, rows);
    }

    #[test]
    fn a_line_that_is_no_object_is_named() {
        let check = |text: &str, part: &str| {
            let message = json_lines(text.as_bytes()).expect_err(text);
            assert!(message.contains(part), "{message}");
        };
        check("{\"a\": 1}\n[2]\n", "line 2 is not a JSON object");
        check("{\"a\": 1}\n\n{\"b\": 1}\n", "line 3 has no `a`");
        assert_eq!(
            json_lines(b"{\"a\": 1}\n{\"a\": [2], \"b\": 3}\n").map(|(columns, rows)| (columns.len(), rows.len())),
            Ok((1, 2))
        );
    }
}
