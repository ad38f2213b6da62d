//! The list of runs: which rows there are, and which one is selected.

use std::sync::Arc;

use super::{cursor::Cursor, known::Group};

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// The heading of a group, with the number of its runs.
    Heading(Group, usize),
    /// A run, by its id.
    Run(Arc<str>),
    /// Ended runs that are not here, so many.
    Older(u64),
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct RunsPlace {
    /// What is shown.
    pub rows: Vec<Row>,
    /// Where.
    pub cursor: Cursor,
    /// The selected run: it stays selected wherever it moves.
    pub selected: Option<Arc<str>>,
    /// Only what matches; empty: everything.
    pub filter: String,
    /// The list and the filter the rows were made of.
    pub made_of: Option<(u64, u64, String)>,
    /// The page of older runs to ask for next; none: all are here.
    pub next_page: Option<String>,
}

impl RunsPlace {
    /// The id of the selected run.
    pub fn run(&self) -> Option<&str> {
        match self.rows.get(self.cursor.index) {
            Some(Row::Run(id)) => Some(id),
            Some(Row::Heading(..) | Row::Older(_)) | None => None,
        }
    }
}
