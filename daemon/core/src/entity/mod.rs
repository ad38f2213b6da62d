//! What the daemon knows: runs, executions, attempts and what follows from them.
//!
//! Each is written whole: a change is the new value of one entity.

mod attempt;
mod execution;
mod gate;
mod question;
mod run;
mod verdict;

use serde::{Deserialize, Serialize};

pub use self::{
    attempt::{Attempt, End, Progress, Told},
    execution::{AgentSpec, Bounds, Execution, OrAnew, Prompted, Resume},
    gate::{Deadlines, Definition, GateWork, Part, Patience, Probe, Round, Seat, Voting},
    question::{About, Asked, Question, Settlement, disposition_word},
    run::{Run, Stop, Work},
    verdict::{Finding, LedgerEntry, Missing, Verdict, Voices, Weighed},
};

/// Any entity: what one change holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Entity {
    Run(Run),
    Execution(Execution),
    Attempt(Attempt),
    Progress(Progress),
    Finding(Finding),
    Question(Question),
    Verdict(Verdict),
    Ledger(LedgerEntry),
}
