//! Figure 6: how many questions a human is asked in a run, and in runs of the same subject after it.
//!
//! Matters are labelled pairs of the matcher's corpus, so that the same matter comes in two wordings that people
//! wrote, about a text that people wrote. Everything goes through `decide` and the ledger; a human answers all.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use synod_consensus::{
    Answer, Ballot, Decided, Decision, Entry, Evidence, Finding, Human, Input, Member, Next,
    Policy, RawFinding, Real, Severity, Shape, Table, Vote, Votes, content_hash, decide,
    entry_after, settle::Disposition,
};

use crate::count;
use crate::families::{Matter, Word};
use crate::labelled::{Label, Pair, pairs};

/// Runs of one subject after the first.
const RERUNS: usize = 4;

/// Errors of families correlate by this.
const RHO: f64 = 0.45;

/// Of the matters one family finds by itself, this many are real, and as many are not.
const OWN: std::ops::RangeInclusive<usize> = 2..=5;

/// The same model finds this share of its own findings again: of each matter, somewhere between.
const AGAIN: std::ops::Range<f64> = 0.19..0.45;

/// Others raise it with this chance, if they see it: two agents named the same matter in 0 of 147 pairs.
const BY_OTHERS: f64 = 0.01;

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Raise a part of what they see, in one of two wordings, as grave as they feel.
    Models,
    /// Raise all that they see, always in the same words.
    Rules,
}

/// One thing that might be raised about a subject.
struct Hidden {
    home: usize,
    again: f64,
    severity: Severity,
    words: Matter,
    wordings: [RawFinding; 2],
}

struct Subject {
    inputs: Vec<Input>,
    hidden: Vec<Hidden>,
    matter_of: BTreeMap<String, usize>,
}

/// Of ten findings one is critical, four are important.
fn draw_severity(rng: &mut Rng) -> Severity {
    match rng.u8(0..10) {
        0 => Severity::Critical,
        1..=4 => Severity::Important,
        _ => Severity::Minor,
    }
}

impl Subject {
    fn draw(corpus: &[Pair], families: usize, rng: &mut Rng) -> Self {
        let folder = |pair: &Pair| pair.place.split(' ').next().unwrap().to_owned();
        let mut folders: Vec<String> = corpus.iter().map(folder).collect();
        folders.dedup();
        rng.shuffle(&mut folders);
        let mut subject = Self {
            inputs: Vec::new(),
            hidden: Vec::new(),
            matter_of: BTreeMap::new(),
        };
        let mut spare: Vec<[RawFinding; 2]> = Vec::new();
        for family in 0..families {
            for real in [1.0, 0.0] {
                for _ in 0..rng.usize(OWN) {
                    while spare.is_empty() {
                        let next = folders.pop().unwrap();
                        let here = corpus.iter().filter(|pair| folder(pair) == next);
                        spare = subject.open(&next, here);
                        rng.shuffle(&mut spare);
                    }
                    let mut words = Matter::draw(families, RHO, real, rng);
                    while words.words[family] == Word::No {
                        words = Matter::draw(families, RHO, real, rng);
                    }
                    let wordings = spare.pop().unwrap();
                    for wording in &wordings {
                        let number = subject.hidden.len();
                        subject.matter_of.insert(wording.claim.clone(), number);
                    }
                    subject.hidden.push(Hidden {
                        home: family,
                        again: AGAIN.start + rng.f64() * (AGAIN.end - AGAIN.start),
                        severity: draw_severity(rng),
                        words,
                        wordings,
                    });
                }
            }
        }
        subject
    }

    /// Takes a folder's documents in; what in it can be raised in two wordings.
    fn open<'p>(
        &mut self,
        folder: &str,
        here: impl Iterator<Item = &'p Pair>,
    ) -> Vec<[RawFinding; 2]> {
        let mut seen = BTreeSet::new();
        let mut matters = Vec::new();
        for (n, pair) in here.enumerate() {
            if n == 0 {
                self.inputs.extend(pair.inputs.iter().map(|input| Input {
                    path: format!("{folder}/{}", input.path),
                    text: input.text.clone(),
                }));
            }
            let anchored = pair
                .findings
                .iter()
                .all(|f| !f.quotes.is_empty() && f.about.is_none());
            let fresh = pair.findings.iter().all(|f| !seen.contains(&f.claim));
            if pair.label == Label::Same && anchored && fresh {
                seen.extend(pair.findings.iter().map(|f| f.claim.clone()));
                let mut wordings = pair.findings.clone();
                for quote in wordings.iter_mut().flat_map(|f| &mut f.quotes) {
                    quote.path = quote.path.take().map(|path| format!("{folder}/{path}"));
                }
                matters.push(wordings);
            }
        }
        matters
    }

    /// What one family says in one first round.
    fn answer(&self, family: usize, kind: Kind, rng: &mut Rng) -> Vec<RawFinding> {
        let mut said = Vec::new();
        for hidden in &self.hidden {
            let word = hidden.words.words[family];
            let own = hidden.home == family;
            if kind == Kind::Rules {
                said.extend(own.then(|| RawFinding {
                    answer: word.answer(),
                    severity: hidden.severity,
                    ..hidden.wordings[0].clone()
                }));
                continue;
            }
            let chance = match word {
                Word::No => 0.0,
                Word::Yes(_) if own => hidden.again,
                Word::Yes(_) => BY_OTHERS,
            };
            if rng.f64() >= chance {
                continue;
            }
            let mut finding = hidden.wordings[rng.usize(0..2)].clone();
            finding.answer = word.answer();
            // Severity agreed in half of the cases.
            finding.severity = if rng.bool() {
                hidden.severity
            } else {
                draw_severity(rng)
            };
            said.push(finding);
        }
        said
    }
}

#[derive(Debug, Clone, Copy)]
struct Gate {
    kind: Kind,
    families: usize,
    ballot: bool,
    audit_permille: u32,
}

impl Gate {
    fn policy(self, run: &str) -> Policy {
        Policy {
            quorum: self.families,
            roster_size: self.families,
            table: Table::default(),
            arbiter: None,
            ballot: self.ballot,
            audit_permille: self.audit_permille,
            seed: run.to_owned(),
            shape: Shape::Findings,
            record: synod_consensus::TrackRecord::default(),
        }
    }

    fn run(self, subject: &Subject, run: &str, ledger: &[Entry], rng: &mut Rng) -> Vec<Finding> {
        let members = (0..self.families).map(|family| Member {
            agent: format!("agent-{family}"),
            family: format!("family-{family}"),
            execution_id: format!("e-{family}"),
            attempt_id: format!("a-{family}"),
            result: Ok(Answer {
                findings: subject.answer(family, self.kind, rng),
                cleared: Vec::new(),
            }),
            range: None,
        });
        let members = members.collect();
        let mut evidence = Evidence::of(members, subject.inputs.clone(), self.policy(run));
        evidence.ledger = ledger.to_vec();
        let first = decide(&evidence);
        let Next::Ballot(keys) = &first.next else {
            return first.findings;
        };
        let about: BTreeMap<&str, usize> = first
            .findings
            .iter()
            .map(|f| (f.key.as_str(), subject.matter_of[&f.text]))
            .collect();
        let vote = |word: Word| Vote {
            real: match word {
                Word::No => Real::No,
                Word::Yes(_) => Real::Yes,
            },
            answer: word.answer(),
            same_as: Vec::new(),
        };
        let word = |key: &str, family: usize| subject.hidden[about[key]].words.words[family];
        let ballot = |family: usize| Ballot {
            agent: format!("agent-{family}"),
            family: format!("family-{family}"),
            execution_id: format!("b-{family}"),
            attempt_id: format!("ba-{family}"),
            result: Ok(Votes {
                votes: keys
                    .iter()
                    .map(|key| (key.clone(), vote(word(key, family))))
                    .collect(),
                ..Votes::default()
            }),
        };
        evidence.ballots = Some((0..self.families).map(ballot).collect());
        decide(&evidence).findings
    }
}

/// Why something is asked in a rerun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// Nobody had raised the matter before.
    New,
    /// A human has answered it in a run before, but its entry was not met.
    OtherWords,
    /// It was raised before and watched.
    Watched,
    /// It was raised before and noted, or settled by the table.
    Before,
    /// To check on a decision.
    Audit,
}

#[derive(Default)]
struct Told {
    /// Questions of the first run, then of each rerun, of every subject.
    runs: [Vec<usize>; RERUNS + 1],
    /// Questions of all reruns.
    why: BTreeMap<Why, usize>,
    /// Matters that a human had answered and that were raised again in a rerun.
    raised_again: usize,
    /// Of those, how many were asked again.
    asked_again: usize,
}

/// Runs each subject again and again, with what the ledger kept.
fn tell(gate: Gate, corpus: &[Pair], seed: u64, subjects: usize) -> Told {
    let mut rng = Rng::with_seed(seed);
    let mut told = Told::default();
    for _ in 0..subjects {
        let subject = Subject::draw(corpus, gate.families, &mut rng);
        let content = content_hash(&subject.inputs);
        let mut ledger: BTreeMap<String, Entry> = BTreeMap::new();
        let (mut raised, mut answered) = (BTreeSet::new(), BTreeSet::new());
        for run in 0..=RERUNS {
            let name = format!("run-{run}");
            let known: Vec<Entry> = ledger.values().cloned().collect();
            let findings = gate.run(&subject, &name, &known, &mut rng);
            let mut asked = 0;
            for finding in &findings {
                let matter = subject.matter_of[&finding.text];
                let is_asked = finding.decision == Decision::Ask;
                asked += usize::from(is_asked);
                if run > 0 && is_asked {
                    let why = why(
                        finding,
                        answered.contains(&matter),
                        raised.contains(&matter),
                    );
                    *told.why.entry(why).or_default() += 1;
                }
                if run > 0 && answered.contains(&matter) {
                    told.raised_again += 1;
                    told.asked_again += usize::from(is_asked);
                }
                let disposition = match subject.hidden[matter].words.truth {
                    Word::No => Disposition::Dismiss,
                    right @ Word::Yes(_) => Disposition::Answer(right.answer().unwrap_or_default()),
                };
                let decided = Decided {
                    gate: "clarify",
                    subject: "subject",
                    run: &name,
                    at_us: i64::try_from(run).unwrap(),
                    content_hash: &content,
                    human: is_asked.then_some(Human {
                        disposition: &disposition,
                        by: "somebody",
                        from: "here",
                        bulk: false,
                    }),
                };
                if let Some(entry) = entry_after(finding, &decided, &known) {
                    ledger.insert(entry.id.clone(), entry);
                }
            }
            for finding in &findings {
                let matter = subject.matter_of[&finding.text];
                raised.insert(matter);
                if finding.decision == Decision::Ask {
                    answered.insert(matter);
                }
            }
            told.runs[run].push(asked);
        }
    }
    told
}

fn why(finding: &Finding, answered: bool, raised: bool) -> Why {
    if finding.audited.is_some() {
        Why::Audit
    } else if finding.cell.contains("watched since an earlier run") {
        Why::Watched
    } else if answered {
        Why::OtherWords
    } else if raised {
        Why::Before
    } else {
        Why::New
    }
}

/// The nearest rank: at 50 the median, at 90 what nine in ten runs do not exceed.
fn percentile(counts: &[usize], percent: usize) -> usize {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

fn subjects() -> usize {
    count("SYNOD_SUBJECTS", 4)
}

fn measure(name: &str, gate: Gate, seeds: std::ops::RangeInclusive<u64>) -> Told {
    let mut all = Told::default();
    let corpus = pairs();
    for seed in seeds.clone() {
        let told = tell(gate, &corpus, seed, subjects());
        for (all, runs) in all.runs.iter_mut().zip(told.runs) {
            all.extend(runs);
        }
        for (why, n) in told.why {
            *all.why.entry(why).or_default() += n;
        }
        all.raised_again += told.raised_again;
        all.asked_again += told.asked_again;
    }
    let runs = all.runs.iter();
    let runs = runs.map(|run| format!("{} / {}", percentile(run, 50), percentile(run, 90)));
    let of = |why| all.why.get(&why).copied().unwrap_or(0);
    println!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} of {} |",
        runs.collect::<Vec<_>>().join(" | "),
        of(Why::New),
        of(Why::OtherWords),
        of(Why::Watched),
        of(Why::Before),
        of(Why::Audit),
        all.asked_again,
        all.raised_again,
    );
    all
}

fn head(seeds: &std::ops::RangeInclusive<u64>) {
    println!(
        "\n{} subjects of each of seeds {seeds:?}; questions: median / p90",
        subjects()
    );
    println!(
        "| roster | first run | rerun 1 | 2 | 3 | 4 | new | other words | watched | noted before | audit | answered matters asked again |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
}

fn models(families: usize, ballot: bool) -> Gate {
    Gate {
        kind: Kind::Models,
        families,
        ballot,
        audit_permille: 0,
    }
}

#[test]
fn a_rerun_by_rules_asks_nothing() {
    let seeds = 1..=3;
    head(&seeds);
    let rules = Gate {
        kind: Kind::Rules,
        ..models(1, false)
    };
    let told = measure("rules", rules, seeds);
    assert!(percentile(&told.runs[0], 50) > 0, "{:?}", told.runs);
    for rerun in &told.runs[1..] {
        assert_eq!(percentile(rerun, 100), 0, "{rerun:?}");
    }
}

/// Models raise, each time, mostly what they did not raise before: the ledger cannot have decided about that.
#[test]
fn a_rerun_by_models_asks_mostly_about_what_nobody_had_raised() {
    let seeds = 1..=3;
    head(&seeds);
    for (name, families, ballot) in [
        ("1 family", 1, false),
        ("2 families, no ballot", 2, false),
        ("2 families", 2, true),
        ("3 families, no ballot", 3, false),
        ("3 families", 3, true),
        ("5 families, no ballot", 5, false),
        ("5 families", 5, true),
    ] {
        let told = measure(name, models(families, ballot), seeds.clone());
        // Without the ledger every one of them would be asked again whose cell says ask.
        assert!(2 * told.asked_again < told.raised_again, "{name}");
        let of = |why| told.why.get(&why).copied().unwrap_or(0);
        if ballot {
            let others = [Why::OtherWords, Why::Watched, Why::Before].map(of);
            assert!(
                others.iter().all(|n| *n < of(Why::New)),
                "{name}: {others:?}"
            );
            let last = percentile(&told.runs[RERUNS], 50);
            assert!(last < percentile(&told.runs[0], 50), "{:?}", told.runs);
        }
    }
    let audit_permille = 100;
    let audited = Gate {
        audit_permille,
        ..models(3, true)
    };
    measure("3 families, audit 0.1", audited, seeds);
}
