//! Agents, providers, what waits, and gates: one list of sections, and where in it somebody is.

use jiff::Timestamp;

use synod_proto::v1::GetCalibrationResponse;

use super::{cursor::Cursor, load::Load};

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
    /// How often agents and families were right.
    Figures,
    /// Planted faults that were found.
    Recall,
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
    /// The figures of an agent or of a family, by its place among those.
    Figures(Of, usize),
    /// What an agent found of one kind of planted fault, by its place.
    Recall(usize),
    /// A line to read, safe to show.
    Note(Note, String),
}

/// Whose figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// An agent's.
    Agent,
    /// A family's.
    Family,
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
            | Self::Figures(..)
            | Self::Recall(_)
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
    /// How often agents were right, as it was read last.
    pub figures: Option<Box<GetCalibrationResponse>>,
    /// What became of the wish to read that.
    pub figures_load: Load,
    /// When the configuration was read.
    pub read: Option<Timestamp>,
}
