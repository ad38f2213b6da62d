//! A synthetic gate through all its rounds: what families say about matters, and what `decide` makes of it.

use std::collections::BTreeMap;

use fastrand::Rng;
use synod_consensus::ruling::Arbitration;
use synod_consensus::{
    Answer, Arbiter, Ballot, Evidence, Finding, Input, Member, Next, Outcome, Policy, Quote,
    RawFinding, Real, Resolvability, Ruling, Rulings, Severity, Shape, Table, Vote, Votes, decide,
};

use crate::families::{Matter, Word};

/// Matters of one gate, half of them important, half minor.
pub const MATTERS: usize = 6;

/// How often a family that sees a matter raises it by itself: one in three of a model's findings are those it
/// made before.
pub const RAISES: f64 = 0.32;

/// Who decides what the table puts to an arbiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disputes {
    Ask,
    /// One more family, as good as the others and as correlated with them.
    Arbitrate,
}

pub fn severity(matter: usize) -> Severity {
    if matter.is_multiple_of(2) {
        Severity::Important
    } else {
        Severity::Minor
    }
}

fn quote(matter: usize) -> String {
    format!("R-{matter}: In case {matter} something happens.")
}

fn claim(matter: usize) -> String {
    format!("Rule R-{matter} leaves open what is to happen")
}

fn raised(matter: usize, word: Word) -> RawFinding {
    RawFinding {
        kind: "ambiguity".into(),
        claim: claim(matter),
        severity: severity(matter),
        resolvability: Resolvability::SuggestFix,
        answer: word.answer(),
        options: Vec::new(),
        reasoning: None,
        suggested_fix: None,
        quotes: vec![Quote {
            path: None,
            text: quote(matter),
        }],
        about: None,
        matter: None,
        place: None,
    }
}

fn member(family: usize, findings: Vec<RawFinding>) -> Member {
    Member {
        agent: format!("agent-{family}"),
        family: format!("family-{family}"),
        execution_id: format!("e-{family}"),
        attempt_id: format!("a-{family}"),
        result: Ok(Answer {
            findings,
            cleared: Vec::new(),
        }),
        range: None,
    }
}

fn vote(word: Word) -> Vote {
    Vote {
        real: match word {
            Word::No => Real::No,
            Word::Yes(_) => Real::Yes,
        },
        answer: word.answer(),
        same_as: Vec::new(),
    }
}

fn ruling(word: Word) -> Ruling {
    match word {
        Word::No => Ruling::Overrule { reason: None },
        Word::Yes(_) => Ruling::Uphold {
            answer: word.answer(),
            reason: None,
        },
    }
}

/// The matter a finding is about: all of one matter say it in the same words.
pub fn matter_of(finding: &Finding) -> usize {
    (0..MATTERS).find(|n| claim(*n) == finding.text).unwrap()
}

/// Of `matters`, each with a word of every family of the roster (and a last one of the arbiter, if there is
/// one), what is decided once nothing is due any more.
pub fn hold(matters: &[Matter], table: Table, disputes: Disputes, rng: &mut Rng) -> Outcome {
    let (families, arbiter) = match disputes {
        Disputes::Ask => (matters[0].words.len(), None),
        Disputes::Arbitrate => {
            let arbiter = matters[0].words.len() - 1;
            let name = Arbiter {
                agent: format!("agent-{arbiter}"),
                family: format!("family-{arbiter}"),
            };
            (arbiter, Some(name))
        }
    };
    let members = (0..families).map(|family| {
        let seen = matters.iter().map(|matter| matter.words[family]);
        let seen = seen.enumerate().filter(|(_, word)| *word != Word::No);
        let raises = seen.filter(|_| rng.f64() < RAISES);
        member(family, raises.map(|(n, word)| raised(n, word)).collect())
    });
    let inputs = vec![Input {
        path: "spec.md".into(),
        text: (0..MATTERS).map(|n| quote(n) + "\n\n").collect(),
    }];
    let policy = Policy {
        quorum: families,
        roster_size: families,
        table,
        arbiter,
        ballot: true,
        audit_permille: 0,
        seed: String::new(),
        shape: Shape::Findings,
        record: synod_consensus::TrackRecord::default(),
    };
    let mut evidence = Evidence::of(members.collect(), inputs, policy);
    loop {
        let outcome = decide(&evidence);
        let of_key: BTreeMap<&str, usize> = outcome
            .findings
            .iter()
            .map(|finding| (finding.key.as_str(), matter_of(finding)))
            .collect();
        match &outcome.next {
            Next::Done => return outcome,
            Next::Ballot(keys) => {
                let ballot = |family: usize| Ballot {
                    agent: format!("agent-{family}"),
                    family: format!("family-{family}"),
                    execution_id: format!("b-{family}"),
                    attempt_id: format!("ba-{family}"),
                    result: Ok(Votes {
                        votes: keys
                            .iter()
                            .map(|key| (key.clone(), matters[of_key[key.as_str()]].words[family]))
                            .map(|(key, word)| (key, vote(word)))
                            .collect(),
                        ..Votes::default()
                    }),
                };
                evidence.ballots = Some((0..families).map(ballot).collect());
            }
            Next::Arbitrate(keys) => {
                evidence.arbitration = Some(Arbitration {
                    agent: format!("agent-{families}"),
                    family: format!("family-{families}"),
                    execution_id: "d".into(),
                    attempt_id: "da".into(),
                    result: Ok(Rulings {
                        rulings: keys
                            .iter()
                            .map(|key| (key.clone(), matters[of_key[key.as_str()]].words[families]))
                            .map(|(key, word)| (key, ruling(word)))
                            .collect(),
                        ..Rulings::default()
                    }),
                });
            }
        }
    }
}
