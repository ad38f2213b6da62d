//! What a run is made of, in the order it is shown, and the sums over it.

use jiff::Timestamp;
use synod_proto::v1::{Execution, Run};
use synod_shared::words::{ExecutionState, RunState};

use crate::render::{Tone, clean, tone_of, usage::is_structured};

use super::{super::activity::Activity, spent::Spent};

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
    /// Of a run in this state. An unknown word is one of a newer daemon: whether the run has an end tells. An agent
    /// that asks for permission while its run goes on needs somebody as much as a gate that asks.
    pub(super) fn of(run: &Run) -> Self {
        match run.state.parse::<RunState>() {
            Ok(RunState::AwaitingHuman) => Self::NeedsYou,
            Ok(state) if state.is_terminal() => Self::Finished,
            Err(_) if run.ended_at.is_some() => Self::Finished,
            Ok(_) | Err(_) if run.open_questions() > 0 => Self::NeedsYou,
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

/// What executions of a gate are asked for, in the order it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Round {
    /// An answer.
    Answers,
    /// A vote on what all of them found.
    Ballot,
    /// A ruling on what is in dispute.
    Arbiter,
}

impl Round {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Answers, Self::Ballot, Self::Arbiter];

    /// What an execution is asked for. An unknown word is one of a newer daemon: it stands with the answers.
    pub fn of(execution: &Execution) -> Self {
        match execution.part.as_str() {
            "ballot" => Self::Ballot,
            "arbiter" => Self::Arbiter,
            _ => Self::Answers,
        }
    }

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Answers => "ANSWERS",
            Self::Ballot => "BALLOT",
            Self::Arbiter => "ARBITER",
        }
    }
}

/// Sums over the executions of each round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rounds([Tally; 3]);

impl Rounds {
    /// Of one round.
    pub const fn tally(&self, round: Round) -> Tally {
        self.0[round as usize]
    }

    /// Executions of each round, in order.
    pub fn sizes(&self) -> [usize; 3] {
        self.0.map(|tally| tally.all as usize)
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Up,
    Down,
}

impl Step {
    pub(super) fn on<N: Number>(self, number: &mut N) {
        *number = match self {
            Self::Up => number.up(),
            Self::Down => number.down(),
        };
    }
}

/// What can be counted with.
pub(super) trait Number: Copy {
    fn up(self) -> Self;
    fn down(self) -> Self;
}

macro_rules! number {
    ($($name:ty),+) => {
        $(impl Number for $name {
            fn up(self) -> Self {
                self.saturating_add(1)
            }

            fn down(self) -> Self {
                self.saturating_sub(1)
            }
        })+
    };
}

number!(u32, u64, usize);

/// The parts of one run, by their ids, each list in the order it is shown.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Round by round, each by seat.
    pub executions: Vec<String>,
    /// As the verdict has them.
    pub findings: Vec<String>,
    /// Most urgent first, settled ones last.
    pub questions: Vec<String>,
    /// Sums over the executions.
    pub tally: Tally,
    /// The same for each round.
    pub rounds: Rounds,
    /// Executions whose agents tell what they do, step by step.
    pub structured: u32,
    /// What the attempts used.
    pub spent: Spent,
    /// When any attempt printed last.
    pub last_output: Option<Timestamp>,
    /// How much was printed when.
    pub activity: Activity,
    /// Grows whenever a table of them has other rows or columns: agents or findings come, go or are others.
    pub shape: u64,
}

impl Parts {
    /// Counts an execution in, or out again.
    pub(super) fn count(&mut self, execution: &Execution, by: Step) {
        self.tally.count(execution, by);
        self.rounds.0[Round::of(execution) as usize].count(execution, by);
        if is_structured(execution) {
            by.on(&mut self.structured);
        }
    }
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
    /// What there is to say about it.
    pub fn words(&self) -> String {
        let name = clean(&self.name);
        // While it goes on, somebody is needed by one of its agents.
        if self.group == Group::NeedsYou && self.state != RunState::AwaitingHuman.as_str() {
            return format!("{name}: an agent asks for permission");
        }
        format!("{name} {}", clean(&self.state))
    }

    /// How much that wants to be seen.
    pub fn tone(&self) -> Tone {
        match self.group {
            Group::NeedsYou => Tone::Warn,
            Group::Live | Group::Finished => tone_of(&self.state),
        }
    }

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
