//! The cells of a heat map as one path for each class of colour, neighbours in a row merged: a twentieth of the bytes of
//! a rectangle for each cell, and no seams.

use std::fmt::Write as _;

/// Classes of colour; class 0 is the faintest that is drawn.
pub(crate) const CLASSES: usize = 8;

/// The class of a count, by logarithm; none for an empty cell.
pub(crate) fn class_of(count: u64, fullest: u64) -> Option<usize> {
    if count == 0 {
        return None;
    }
    if fullest <= 1 {
        return Some(CLASSES - 1);
    }
    let share = (count as f64).ln() / (fullest as f64).ln();
    Some(((share * CLASSES as f64) as usize).min(CLASSES - 1))
}

/// One path for each class, in units of cells, origin at the top left.
pub(crate) fn cells(columns: usize, rows: usize, class: impl Fn(usize, usize) -> Option<usize>) -> [String; CLASSES] {
    let mut paths: [String; CLASSES] = Default::default();
    for row in 0..rows {
        let y = rows - 1 - row;
        let mut start = 0;
        while start < columns {
            let here = class(start, row);
            let mut end = start + 1;
            while end < columns && class(end, row) == here {
                end += 1;
            }
            if let Some(path) = here.and_then(|class| paths.get_mut(class)) {
                let width = end - start;
                let _ = write!(path, "M{start} {y}h{width}v1h-{width}z");
            }
            start = end;
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_class_are_one_rectangle() {
        let grid = [[0, 0, 5, 5], [9, 9, 9, 9]];
        let paths = cells(4, 2, |column, row| class_of(grid[row][column], 9));
        assert_eq!(paths[CLASSES - 1], "M0 0h4v1h-4z");
        assert_eq!(paths[class_of(5, 9).expect("not empty")], "M2 1h2v1h-2z");
        assert!(cells(0, 0, |_, _| None).iter().all(String::is_empty));
    }

    #[test]
    fn classes_rise_with_the_count() {
        assert_eq!(class_of(0, 100), None);
        assert_eq!(class_of(1, 100), Some(0));
        assert_eq!(class_of(100, 100), Some(CLASSES - 1));
        assert_eq!(class_of(1, 1), Some(CLASSES - 1));
    }
}
