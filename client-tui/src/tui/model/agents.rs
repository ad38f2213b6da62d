//! Agents, providers, what waits, and gates: one list of sections, and where in it somebody is.

use jiff::Timestamp;

use super::cursor::Cursor;

/// A part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What is configured to run.
    Agents,
    /// The units of concurrency.
    Providers,
    /// Executions of one provider that wait for a place.
    Waiting,
    /// The gates known.
    Gates,
    /// The daemon.
    Daemon,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Nothing, between two sections.
    Space,
    /// The heading of a section, safe to show.
    Heading(Section, String),
    /// The titles of a section's columns.
    Titles(Section),
    /// An agent, by its name.
    Agent(String),
    /// A provider, by its name.
    Provider(String),
    /// An execution that waits, by its id.
    Waiting(String),
    /// A gate, by its name.
    Gate(String),
    /// A line to read, safe to show.
    Note(Note, String),
}

/// What a line to read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// Something is degraded.
    Warning,
    /// A fact.
    Fact,
    /// What is not listed, or that there is nothing.
    Aside,
}

impl Row {
    /// Whether it can be selected.
    pub fn is_place(&self) -> bool {
        match self {
            // Lines to read, too: so that all of them can be scrolled to.
            Self::Agent(_)
            | Self::Provider(_)
            | Self::Waiting(_)
            | Self::Gate(_)
            | Self::Note(..) => true,
            Self::Space | Self::Heading(..) | Self::Titles(_) => false,
        }
    }
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct AgentsPlace {
    /// What is shown.
    pub rows: Vec<Row>,
    /// Where.
    pub cursor: Cursor,
    /// The selected row: it stays selected wherever it moves.
    pub selected: Option<Row>,
    /// The provider whose waiting executions are listed: the selected one, or the selected agent's.
    pub provider: Option<String>,
    /// When the configuration was read.
    pub read: Option<Timestamp>,
}
