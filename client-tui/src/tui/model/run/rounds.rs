//! The rows of the executions' table: round by round, each with a heading where there are several.

use std::ops::Range;

use crate::tui::model::{
    cursor::Cursor,
    known::{Round, Rounds},
};

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// The heading of a round.
    Heading(Round),
    /// An execution, by its place in the list.
    Execution(usize),
}

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rows {
    sizes: [usize; 3],
}

impl Rows {
    /// Of the executions of a run.
    pub fn of(rounds: &Rounds) -> Self {
        Self {
            sizes: rounds.sizes(),
        }
    }

    /// Rows of a heading: none where there is one round.
    fn heading(self) -> usize {
        usize::from(self.sizes.iter().filter(|size| **size > 0).count() > 1)
    }

    /// The rounds there are, each with the rows of its heading and its executions.
    fn blocks(self) -> impl Iterator<Item = (Round, usize, usize)> {
        let heading = self.heading();
        let rounds = Round::ALL.into_iter().zip(self.sizes);
        let rounds = rounds.filter(|(_, size)| *size > 0);
        rounds.map(move |(round, size)| (round, heading, size))
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.blocks().map(|(_, heading, size)| heading + size).sum()
    }

    /// Where an execution stands.
    pub fn row_of(self, execution: usize) -> usize {
        let mut before = 0;
        let mut row = execution;
        for (_, heading, size) in self.blocks() {
            row += heading;
            before += size;
            if execution < before {
                break;
            }
        }
        row
    }

    /// What stands in a row.
    pub fn at(self, row: usize) -> Option<Row> {
        let (mut top, mut before) = (0, 0);
        for (round, heading, size) in self.blocks() {
            match row - top {
                within if within < heading => return Some(Row::Heading(round)),
                within if within < heading + size => {
                    return Some(Row::Execution(before + within - heading));
                }
                _ => {}
            }
            top += heading + size;
            before += size;
        }
        None
    }

    /// The rows to draw, for a cursor that counts executions and remembers the first row. A heading is seen with the
    /// first of its executions.
    pub fn window(self, cursor: Cursor, height: usize) -> Range<usize> {
        let index = self.row_of(cursor.index);
        let mut window = Cursor { index, ..cursor }.window(self.count(), height);
        let headed = index > 0 && matches!(self.at(index - 1), Some(Row::Heading(_)));
        if headed && window.start == index && height > 1 {
            window = window.start - 1..window.end.min(index - 1 + height);
        }
        window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(sizes: [usize; 3]) -> Rows {
        Rows { sizes }
    }

    #[test]
    fn one_round_needs_no_heading_and_several_have_one_each() {
        let one = rows([2, 0, 0]);
        assert_eq!(one.count(), 2);
        assert_eq!(one.at(1), Some(Row::Execution(1)));
        assert_eq!(one.at(2), None);
        let all = rows([2, 1, 1]);
        let found: Vec<Row> = (0..all.count()).filter_map(|row| all.at(row)).collect();
        assert_eq!(
            found,
            [
                Row::Heading(Round::Answers),
                Row::Execution(0),
                Row::Execution(1),
                Row::Heading(Round::Ballot),
                Row::Execution(2),
                Row::Heading(Round::Arbiter),
                Row::Execution(3),
            ]
        );
    }

    #[test]
    fn each_execution_stands_where_its_row_says() {
        for sizes in [
            [0, 0, 0],
            [3, 0, 0],
            [3, 2, 0],
            [3, 0, 1],
            [4, 3, 1],
            [0, 2, 1],
        ] {
            let rows = rows(sizes);
            for execution in 0..sizes.iter().sum() {
                let row = rows.row_of(execution);
                assert_eq!(rows.at(row), Some(Row::Execution(execution)), "{sizes:?}");
            }
        }
    }

    #[test]
    fn the_selected_execution_is_always_seen_and_the_first_of_a_round_with_its_heading() {
        let rows = rows([3, 2, 1]);
        for height in 1..12 {
            for top in 0..12 {
                for index in 0..6 {
                    let window = rows.window(Cursor { index, top }, height);
                    let row = rows.row_of(index);
                    assert!(window.contains(&row), "{index} {top} {height}");
                    assert!(window.len() <= height && window.end <= rows.count());
                    let first = matches!(rows.at(row - 1), Some(Row::Heading(_)));
                    assert!(!first || height == 1 || window.contains(&(row - 1)));
                }
            }
        }
    }
}
