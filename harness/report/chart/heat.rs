//! The cells of a heat map as one stroked path for each class of colour, neighbours in a row merged: a twentieth of the
//! bytes of a rectangle for each cell, and no seams.

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

/// One path for each class, in units of cells, origin at the top left: to be stroked one unit wide, half a unit down.
pub(crate) fn cells(columns: usize, rows: usize, class: impl Fn(usize, usize) -> Option<usize>) -> [String; CLASSES] {
    let mut paths: [String; CLASSES] = Default::default();
    // Where each path stands, so that the next run in a row is a short relative move.
    let mut pens = [(usize::MAX, 0); CLASSES];
    for row in 0..rows {
        let y = rows - 1 - row;
        let mut start = 0;
        while start < columns {
            let here = class(start, row);
            let mut end = start + 1;
            while end < columns && class(end, row) == here {
                end += 1;
            }
            if let Some(class) = here.filter(|class| *class < CLASSES) {
                let (pen_row, pen_x) = pens[class];
                let _ = if pen_row == row {
                    write!(paths[class], "m{} 0h{}", start - pen_x, end - start)
                } else {
                    write!(paths[class], "M{start} {y}h{}", end - start)
                };
                pens[class] = (row, end);
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
        let grid = [[0, 0, 5, 5, 0, 5], [9, 9, 9, 9, 0, 0]];
        let paths = cells(6, 2, |column, row| class_of(grid[row][column], 9));
        assert_eq!(paths[CLASSES - 1], "M0 0h4");
        assert_eq!(paths[class_of(5, 9).expect("not empty")], "M2 1h2m1 0h1");
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
