//! Who finds faults that were planted: k of n, for each agent and sort of fault.
//!
//! Counts only. It plants nothing and does not judge whether a finding is the planted one.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Tally;

/// One agent, before one planted fault.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Probed {
    pub agent: String,
    /// The sort of fault: `number-deleted`, `limit-changed`, `task-dropped`.
    pub fault: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Found,
    Missed,
    /// No valid answer: neither found nor missed, and shown beside both.
    Unanswered,
}

/// Which faults a line is about. All of them together stand first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Faults {
    All,
    Sort(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recall {
    pub agent: String,
    pub faults: Faults,
    /// Found of those it answered about.
    pub tally: Tally,
    pub unanswered: u64,
}

impl fmt::Display for Recall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.tally)?;
        match self.unanswered {
            0 => Ok(()),
            n => write!(f, "; {n} unanswered"),
        }
    }
}

/// Sorted by agent, each with all faults first and then by sort.
pub fn recall(probed: &[Probed]) -> Vec<Recall> {
    let mut counts: BTreeMap<(&str, Faults), (Tally, u64)> = BTreeMap::new();
    for one in probed {
        for faults in [Faults::All, Faults::Sort(one.fault.clone())] {
            let (tally, unanswered) = counts.entry((&one.agent, faults)).or_default();
            match one.outcome {
                Outcome::Found => *tally += Tally::HIT,
                Outcome::Missed => *tally += Tally::MISS,
                Outcome::Unanswered => *unanswered += 1,
            }
        }
    }
    let line = |((agent, faults), (tally, unanswered)): ((&str, Faults), (Tally, u64))| Recall {
        agent: agent.to_owned(),
        faults,
        tally,
        unanswered,
    };
    counts.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_is_counted_by_agent_and_sort_and_silence_is_no_miss() {
        use Outcome::{Found, Missed, Unanswered};
        let mut probed = Vec::new();
        let mut add = |agent: &str, fault: &str, outcome, times| {
            let (agent, fault) = (agent.to_owned(), fault.to_owned());
            probed.extend(vec![
                Probed {
                    agent,
                    fault,
                    outcome
                };
                times
            ]);
        };
        add("b", "task-dropped", Missed, 5);
        add("a", "task-dropped", Found, 8);
        add("a", "task-dropped", Missed, 2);
        add("a", "limit-changed", Found, 3);
        add("a", "limit-changed", Unanswered, 4);
        let lines = recall(&probed);
        let text = |line: &Recall| format!("{} {:?}: {line}", line.agent, line.faults);
        assert_eq!(
            lines.iter().map(text).collect::<Vec<_>>(),
            [
                "a All: 11/13, 55–98 %; 4 unanswered",
                "a Sort(\"limit-changed\"): 3/3, too few; 4 unanswered",
                "a Sort(\"task-dropped\"): 8/10, 44–97 %",
                "b All: 0/5, 0–52 %",
                "b Sort(\"task-dropped\"): 0/5, 0–52 %",
            ]
        );
    }
}
