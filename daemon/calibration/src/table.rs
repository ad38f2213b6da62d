//! The table of agents and families: counts, intervals, and what they do not say.
//!
//! People's decisions and the arbiter's stand in columns of their own. Nothing here ranks
//! anybody ([`crate::Weight`] does), and nothing is hidden for being unflattering.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::observation::{Judge, Judged, Sampling, Share};
use crate::tally::FEWEST;
use crate::voice::{self, Voice};
use crate::{Estimate, Tally};

/// Whose words are counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// One voice for all its agents: their majority; a tie is not counted.
    Family(String),
    Agent(String),
}

/// On what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    Everything,
    Gate(String),
    Kind { gate: String, kind: String },
}

/// How often somebody was right. A hit is a word that the judge agreed with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    pub who: Who,
    pub scope: Scope,
    /// Items that were put to a human anyway.
    pub asked: Tally,
    /// Items decided without a human, and drawn for the audit.
    pub audited: Tally,
    /// Items the arbiter decided. Not part of anything else here.
    pub arbiter: Tally,
    /// Over all items, not only those that were asked.
    pub estimate: Option<Estimate>,
    pub caveat: Caveat,
}

impl Line {
    /// All human outcomes as they came: k of n, unweighted.
    pub fn human(&self) -> Tally {
        self.asked + self.audited
    }
}

/// What must be said beside the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caveat {
    /// No human has judged anything.
    NoHuman,
    /// Biased: agents agree on the easy items, and those were not asked.
    OnlyAsked,
    /// Biased still: so few of the others were seen that nothing can be said of them.
    TooFewAudited { audited: u64 },
    /// The estimate stands for all items of runs with an audit. `left_out` were asked in runs
    /// without one; they are in the plain count only.
    Weighed { left_out: u64 },
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHuman => f.write_str("no human has judged any of it"),
            Self::OnlyAsked => f.write_str(
                "counts only what was asked; without audit nothing is known of what was not, \
                 and that is mostly what all agree on",
            ),
            Self::TooFewAudited { audited } => write!(
                f,
                "counts mostly what was asked; {audited} of the others audited, {FEWEST} are \
                 needed to weigh them"
            ),
            Self::Weighed { left_out: 0 } => {
                f.write_str("estimated over all, each audited item for those it stands for")
            }
            Self::Weighed { left_out } => write!(
                f,
                "estimated over all, each audited item for those it stands for; {left_out} asked \
                 in runs without audit are left out"
            ),
        }
    }
}

/// Counts everything, once for each agent and family and scope, in the order of these.
pub fn table(judged: &[Judged]) -> Vec<Line> {
    let agents = voice::of_agents(judged);
    let families = voice::of_families(&agents);
    let mut lines: BTreeMap<(Who, Scope), Counts> = BTreeMap::new();
    let mut add = |kinds: Kinds<'_>, who: fn(String) -> Who| {
        for ((name, gate, kind), counts) in kinds {
            let (gate, kind) = (gate.to_owned(), kind.to_owned());
            for scope in [
                Scope::Everything,
                Scope::Gate(gate.clone()),
                Scope::Kind { gate, kind },
            ] {
                let line = lines.entry((who(name.to_owned()), scope)).or_default();
                line.merge(&counts);
            }
        }
    };
    add(by_kind(&families, |judged| &judged.family), Who::Family);
    add(by_kind(&agents, |judged| &judged.agent), Who::Agent);
    lines
        .into_iter()
        .map(|((who, scope), counts)| counts.line(who, scope))
        .collect()
}

/// Counts by name, gate and kind.
type Kinds<'a> = BTreeMap<(&'a str, &'a str, &'a str), Counts>;

fn by_kind<'a>(voices: &[Voice<'a>], name: fn(&Judged) -> &str) -> Kinds<'a> {
    let mut kinds = Kinds::new();
    for voice in voices {
        let judged = voice.judged;
        let key = (name(judged), judged.gate.as_str(), judged.kind.as_str());
        kinds.entry(key).or_default().add(*voice);
    }
    kinds
}

#[derive(Debug, Default)]
struct Counts {
    /// Asked in runs with an audit.
    asked: Tally,
    /// Asked in runs without one.
    asked_alone: Tally,
    audited: BTreeMap<Share, Tally>,
    arbiter: Tally,
}

impl Counts {
    fn add(&mut self, voice: Voice<'_>) {
        let tally = match voice.judged.judge {
            Judge::Human(Sampling::Asked { audit: Some(_) }) => &mut self.asked,
            Judge::Human(Sampling::Asked { audit: None }) => &mut self.asked_alone,
            Judge::Human(Sampling::Audited { share }) => self.audited.entry(share).or_default(),
            Judge::Arbiter => &mut self.arbiter,
        };
        *tally += if voice.right { Tally::HIT } else { Tally::MISS };
    }

    fn merge(&mut self, other: &Self) {
        self.asked += other.asked;
        self.asked_alone += other.asked_alone;
        for (share, tally) in &other.audited {
            *self.audited.entry(*share).or_default() += *tally;
        }
        self.arbiter += other.arbiter;
    }

    fn line(self, who: Who, scope: Scope) -> Line {
        let audited: Tally = self.audited.values().copied().sum();
        let estimate = Estimate::weigh(self.asked, &self.audited);
        let asked = self.asked + self.asked_alone;
        let caveat = match (estimate, audited.of(), asked.of()) {
            (Some(_), _, _) => Caveat::Weighed {
                left_out: self.asked_alone.of(),
            },
            (None, 0, 0) => Caveat::NoHuman,
            (None, 0, _) => Caveat::OnlyAsked,
            (None, audited, _) => Caveat::TooFewAudited { audited },
        };
        Line {
            who,
            scope,
            asked,
            audited,
            arbiter: self.arbiter,
            estimate,
            caveat,
        }
    }
}
