//! What was read from one execution's output: an answer, a ballot or rulings, by the part it plays.

use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::ballot::Votes;
use crate::ruling::Rulings;

/// The valid word of one execution. Told apart by its one required key, so that what an earlier version stored
/// (answers alone) is read as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Said {
    Answer(Answer),
    Ballot(Votes),
    Rulings(Rulings),
}
