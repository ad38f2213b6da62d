//! What a run is made of, in the order it is shown, and the sums over it.

use jiff::Timestamp;
use synod_proto::v1::{Execution, Run};
use synod_shared::words::{ExecutionState, RunState};

use super::super::activity::Activity;

/// Where a run stands in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Questions wait for a human.
    NeedsYou,
    /// Under way.
    Live,
    /// Over.
    Finished,
}

impl Group {
    /// Of a run in this state. An unknown word is one of a newer daemon: whether the run has an end tells.
    pub(super) fn of(run: &Run) -> Self {
        match run.state.parse::<RunState>() {
            Ok(RunState::AwaitingHuman) => Self::NeedsYou,
            Ok(state) if state.is_terminal() => Self::Finished,
            Err(_) if run.ended_at.is_some() => Self::Finished,
            Ok(_) | Err(_) => Self::Live,
        }
    }

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NeedsYou => "needs you",
            Self::Live => "live",
            Self::Finished => "finished",
        }
    }
}

/// Sums over the executions of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// All of them.
    pub all: u32,
    /// Those that have ended.
    pub done: u32,
    /// Those with a process.
    pub running: u32,
    /// Those that wait for a place.
    pub queued: u32,
}

impl Tally {
    pub(super) fn count(&mut self, execution: &Execution, by: Step) {
        let Ok(state) = execution.state.parse::<ExecutionState>() else {
            return by.on(&mut self.all);
        };
        by.on(&mut self.all);
        match state {
            ExecutionState::Completed | ExecutionState::Failed | ExecutionState::Cancelled => {
                by.on(&mut self.done);
            }
            ExecutionState::Running | ExecutionState::Validating => by.on(&mut self.running),
            ExecutionState::Pending | ExecutionState::Queued | ExecutionState::Retrying => {
                by.on(&mut self.queued);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Up,
    Down,
}

impl Step {
    pub(super) fn on(self, number: &mut u32) {
        *number = match self {
            Self::Up => number.saturating_add(1),
            Self::Down => number.saturating_sub(1),
        };
    }
}

/// The parts of one run, by their ids, each list in the order it is shown.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// By seat.
    pub executions: Vec<String>,
    /// As the verdict has them.
    pub findings: Vec<String>,
    /// Most urgent first, settled ones last.
    pub questions: Vec<String>,
    /// Sums over the executions.
    pub tally: Tally,
    /// When any attempt printed last.
    pub last_output: Option<Timestamp>,
    /// How much was printed when.
    pub activity: Activity,
    /// Grows whenever a table of them has other rows or columns: agents or findings come, go or are others.
    pub shape: u64,
}

/// How a run came to a point where somebody wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The run's id.
    pub run: String,
    /// Its name.
    pub name: String,
    /// The state it reached.
    pub state: String,
    /// What that means for the list.
    pub group: Group,
}

impl Turn {
    /// Of a run in the state it reached; none while it is simply under way.
    pub(super) fn of(run: &Run) -> Option<Self> {
        let group = Group::of(run);
        (group != Group::Live).then(|| Self {
            run: run.id.clone(),
            name: run.name.clone(),
            state: run.state.clone(),
            group,
        })
    }
}
