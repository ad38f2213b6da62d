//! What led to a change and came of it: the commands of its run, each with what followed, as lines of a tree.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::tui::model::cursor::Cursor;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// The run; none: the change belongs to none that it names.
    pub run: Option<String>,
    /// The change that was asked about, by its revision.
    pub event: u64,
    /// Executions whose steps are shown.
    pub unfolded: BTreeSet<String>,
    /// The tree.
    pub lines: Vec<Line>,
    /// Where in it.
    pub cursor: Cursor,
    /// The ring's generation and its first revision, the last revision looked at, and the last one shown.
    pub made_of: Option<(u64, u64, u64, Option<u64>)>,
}

/// A line of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How far it is indented.
    pub depth: u16,
    /// What happened, safe to show.
    pub words: String,
    /// The state that says how it looks.
    pub state: String,
    /// Its first and last revision; none for what is not here.
    pub revisions: Option<(u64, u64)>,
    /// When it happened.
    pub at: Option<Timestamp>,
    /// When the command it follows from was committed; none: it is the command, and its own time is shown.
    pub after: Option<Timestamp>,
    /// What the line is to somebody who presses Enter.
    pub is: Is,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Is {
    /// A step.
    Step,
    /// The change that was asked about.
    Event,
    /// An execution whose steps are not shown.
    Folded(String),
    /// An execution whose steps follow.
    Unfolded(String),
    /// What stands for changes that are not here.
    Missing,
}
