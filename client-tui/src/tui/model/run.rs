//! The run looked at: which pane has the keys, what is selected in each, and the finding that is read.

pub mod matrix;
pub mod rounds;

use std::collections::BTreeMap;

use super::cursor::{Cursor, Motion};
use crate::render::Tone;
use matrix::Matrix;
use rounds::Rows;

/// What keys move in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// The executions.
    Executions,
    /// The findings; of a single agent, what became of it.
    Findings,
}

/// What became of the wish to read a run whole. None of both: it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// The answer is awaited.
    Asked,
    /// It could not be read, for this reason.
    Failed(String),
}

/// A place in a list that changes: what is selected stays selected wherever it moves.
#[derive(Debug, Clone, Default)]
pub struct Spot {
    /// Where.
    pub cursor: Cursor,
    /// What, by its id.
    pub selected: Option<String>,
}

impl Spot {
    /// Moves, and selects what is there.
    pub fn step(&mut self, motion: Motion, list: &[String]) {
        self.cursor.step(motion, list.len());
        self.selected = list.get(self.cursor.index).cloned();
    }

    /// Follows what is selected, and keeps it within the rows that are seen.
    pub fn settle_in(&mut self, list: &[String], rows: Rows, height: usize) {
        let top = self.cursor.top;
        self.settle(list, list.len());
        self.cursor.top = top;
        self.cursor.top = rows.window(self.cursor, height).start;
    }

    /// Follows what is selected, and keeps within the list.
    pub fn settle(&mut self, list: &[String], height: usize) {
        if list.get(self.cursor.index) != self.selected.as_ref()
            && let Some(wanted) = &self.selected
            && let Some(index) = list.iter().position(|id| id == wanted)
        {
            self.cursor.index = index;
        }
        self.cursor.settle(list.len(), height);
        self.selected = list.get(self.cursor.index).cloned();
    }
}

/// A line of a text, safe to show: what it is, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// Before the text, aside; may be blank. None: the text has the whole width.
    pub label: Option<String>,
    /// The text.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// A finding read in full.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// Which.
    pub finding: String,
    /// The first line shown.
    pub top: usize,
    /// All lines.
    pub rows: Vec<TextRow>,
    /// What they were made of: the state, the shape of the run's parts, the question's revision, the columns.
    pub made_of: Option<(u64, u64, u64, u16)>,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct RunPlace {
    /// The run all this is about.
    pub of: String,
    /// Where keys go; none: nobody has said so yet, so it is where there is something to see.
    pub pane: Option<Pane>,
    /// The executions.
    pub executions: Spot,
    /// The findings.
    pub findings: Spot,
    /// What became of a single agent: the first line shown.
    pub outcome: usize,
    /// The finding that is read instead.
    pub reader: Option<Reader>,
    /// Who stands in which column.
    pub matrix: Matrix,
    /// The state and the shape the matrix was made of.
    pub made_of: Option<(u64, u64)>,
    /// Runs that are not read whole.
    pub reading: BTreeMap<String, Reading>,
}

impl RunPlace {
    /// At the beginning of a run.
    pub fn restart(&mut self, run: &str) {
        let reading = std::mem::take(&mut self.reading);
        *self = Self {
            of: run.to_owned(),
            reading,
            ..Self::default()
        };
    }
}
