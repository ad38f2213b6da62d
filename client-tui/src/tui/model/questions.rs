//! The questions: which rows there are, which one is read, what was sent, and what was written but not sent.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ratatui::text::Line;

use super::cursor::Cursor;
use crate::tui::keys::Action;

/// Where a question stands in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Waits for an answer.
    Waiting,
    /// Put off; it still waits.
    PutOff,
    /// Settled, or never answered because its run came to its end.
    Settled,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// The heading of a run's questions in a part, with their number.
    Run(Part, String, usize),
    /// The heading of a section of the text: `path:heading`.
    Section(String),
    /// A question, by its id.
    Question(Part, String),
}

/// How many questions there are in each part, whatever the filter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Those that wait.
    pub waiting: usize,
    /// Those put off.
    pub put_off: usize,
    /// Those that are settled.
    pub settled: usize,
}

/// Whether settled questions are in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Settled {
    /// Only what waits.
    #[default]
    Hidden,
    /// Below what waits.
    Shown,
}

impl Settled {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Hidden => Self::Shown,
            Self::Shown => Self::Hidden,
        }
    }
}

/// What the screen is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// The list, and the selected question beside it where there is room.
    #[default]
    List,
    /// The selected question alone.
    Whole,
}

/// What the rows were made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeOf {
    /// Which state, and which of its versions.
    pub state: (u64, u64, bool),
    /// The one run, if it is one.
    pub only: Option<String>,
    /// The filter.
    pub filter: String,
    /// Whether settled ones are shown.
    pub settled: Settled,
    /// A settled question that is kept where it is.
    pub held: Option<(Part, String)>,
}

/// What the lines of the question that is read were made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinesOf {
    /// The question, its revision and its finding's.
    pub question: (String, u64, u64),
    /// The text it stands for: what an answer is bound to.
    pub content_hash: String,
    /// Which state, and the run's own word.
    pub state: (u64, bool, String),
    /// Columns.
    pub width: u16,
    /// What time makes of it: how long ago it was answered.
    pub ago: String,
    /// Whether an answer is under way, or a draft is kept.
    pub mark: Option<Mark>,
}

/// What somebody here did about a question that the feed does not tell of yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// An answer is under way.
    Sending,
    /// Text was written and not sent.
    Draft,
}

/// The key that answered a question last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// What the key does.
    pub by: Action,
    /// The question.
    pub question: String,
    /// When the key was pressed last.
    pub at: Timestamp,
}

/// An answer that is under way: until the daemon took it, and the feed tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The revision the question had when it was sent.
    pub revision: u64,
    /// What the daemon said.
    pub reply: SentReply,
}

/// What the daemon said to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentReply {
    /// Nothing yet.
    Awaited,
    /// It took it.
    Taken,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct QuestionsPlace {
    /// Only this run's.
    pub only: Option<String>,
    /// What is shown.
    pub rows: Vec<Row>,
    /// Where.
    pub cursor: Cursor,
    /// The selected question: it stays selected wherever it moves.
    pub selected: Option<String>,
    /// A question that changed while it was looked at: it stays in this part until it is left.
    pub held: Option<(Part, String)>,
    /// Only what matches; empty: everything.
    pub filter: String,
    /// Whether settled ones are shown.
    pub settled: Settled,
    /// What the screen is used for.
    pub reading: Reading,
    /// How many there are.
    pub counts: Counts,
    /// What the rows were made of.
    pub made_of: Option<MadeOf>,

    /// The question that is read, as lines.
    pub lines: Vec<Line<'static>>,
    /// What they were made of.
    pub lines_of: Option<LinesOf>,
    /// The first line shown.
    pub top: usize,

    /// The key that answered last: held down, it is not meant for the question that comes next.
    pub answered: Option<Answered>,
    /// Questions whose answer is under way.
    pub sent: BTreeMap<String, Sent>,
    /// What was written for a question and is not known to be taken.
    pub drafts: BTreeMap<String, String>,
    /// How many of these somebody who wanted to leave was told of.
    pub told_unsent: usize,
    /// The question whose text was on the screen to its last line, and what that was made of.
    pub read: Option<(String, u64, u64)>,
    /// When the question that was looked at was withdrawn last.
    pub shifted: Option<Timestamp>,
    /// A question of which an answer from here was refused: if somebody else was faster, the list moves on.
    pub beaten: Option<String>,
    /// The run whose last question was settled here.
    pub done_with: Option<String>,
}

impl QuestionsPlace {
    /// What somebody here did about a question.
    pub fn mark(&self, question: &str) -> Option<Mark> {
        if self.sent.contains_key(question) {
            Some(Mark::Sending)
        } else {
            self.drafts.contains_key(question).then_some(Mark::Draft)
        }
    }

    /// The question in a row, if there is one.
    pub fn question_at(&self, row: usize) -> Option<&str> {
        match self.rows.get(row) {
            Some(Row::Question(_, id)) => Some(id),
            Some(Row::Run(..) | Row::Section(_)) | None => None,
        }
    }

    /// Questions written for and not sent.
    pub fn unsent(&self) -> usize {
        let unsent = self.drafts.keys().filter(|id| !self.sent.contains_key(*id));
        unsent.count()
    }
}
