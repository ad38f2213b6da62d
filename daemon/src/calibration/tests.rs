//! What becomes of a run that is stored: who is counted for what, by whose judgement.

use std::{collections::BTreeMap, time::Duration};

use synod_calibration::{Judge, Said, Sampling, Share, Truth, recall::Outcome as Met};
use synod_consensus::{
    Answer, Arbiter, Arbitration, Ballot, Disposition, Evidence, Input, Member, Policy, Quote,
    RawFinding, Real, Resolvability, Ruling, Rulings, Said as Heard, Severity, Shape, Table,
    TrackRecord, Vote, Votes, decide,
    probe::{Sort, plant},
};
use synod_core::{
    decide::finding_id,
    entity::{
        About, AgentSpec, Deadlines, Definition, Execution, Finding, GateWork, Part, Patience,
        Probe, Question, Run, Seat, Settlement, Verdict, Voting, Work,
    },
    time::Now,
};
use synod_shared::{
    ids::{ExecutionId, RunId},
    words::{ExecutionState, RunState},
};

use super::{Record, judged, measured};
use crate::store::GateRun;

const SPEC: &str = "- FR-1 The page shall answer soon.\n- FR-2 The page shall be blue.\n";
const AGENTS: [(&str, &str); 3] = [("a", "red"), ("b", "green"), ("c", "blue")];

/// A run of [`AGENTS`] over a text, as it is stored.
struct Stored {
    run: GateRun,
}

fn raw(claim: &str, quote: &str) -> RawFinding {
    RawFinding {
        kind: "ambiguity".into(),
        claim: claim.into(),
        severity: Severity::Critical,
        resolvability: Resolvability::NeedHuman,
        answer: None,
        options: Vec::new(),
        reasoning: None,
        suggested_fix: None,
        quotes: vec![Quote {
            path: None,
            text: quote.into(),
        }],
        about: None,
        matter: None,
        place: None,
    }
}

fn member(n: usize, findings: Vec<RawFinding>) -> Member {
    Member {
        agent: AGENTS[n].0.into(),
        family: AGENTS[n].1.into(),
        execution_id: format!("e{n}"),
        attempt_id: format!("t{n}"),
        result: Ok(Answer {
            findings,
            cleared: Vec::new(),
        }),
        range: None,
    }
}

fn evidence(text: &str, members: Vec<Member>) -> Evidence {
    Evidence {
        policy: Policy {
            quorum: 1,
            roster_size: members.len(),
            table: Table::default(),
            arbiter: None,
            ballot: false,
            audit_permille: 0,
            seed: "seed".into(),
            shape: Shape::Findings,
            record: synod_consensus::TrackRecord::default(),
        },
        members,
        by_rule: Vec::new(),
        inputs: vec![Input {
            path: "spec.md".into(),
            text: text.into(),
        }],
        ballots: None,
        arbitration: None,
        ledger: Vec::new(),
    }
}

impl Stored {
    fn of(evidence: Evidence) -> Self {
        let now = Now {
            utc_us: 1,
            mono_us: 1,
            boot_id: "boot".into(),
        };
        let id = RunId::from_bytes([7; 16]);
        let outcome = decide(&evidence);
        let gate = GateWork {
            gate: "clarify".into(),
            version: 1,
            roster: AGENTS
                .iter()
                .map(|(agent, family)| Seat {
                    agent: (*agent).into(),
                    family: (*family).into(),
                    voting: Voting::Votes,
                })
                .collect(),
            policy: evidence.policy.clone(),
            deadlines: Deadlines {
                partial_after: Duration::from_secs(1),
                fail_after: Duration::from_secs(2),
            },
            key: "key".into(),
            receipts: BTreeMap::new(),
            planted: Vec::new(),
            opened: now.clone(),
            repair: 0,
            arbiter: None,
            rounds: Vec::new(),
            definition: Definition::default(),
            content_hash: String::new(),
            diff: None,
            patience: Patience::default(),
            probe: None,
        };
        let findings = (0..)
            .zip(&outcome.findings)
            .map(|(position, content)| Finding {
                voices: synod_core::entity::Voices::InFull,
                id: finding_id(id, &content.key),
                run: id,
                content: content.clone(),
                possibly_same: Vec::new(),
                position,
            });
        let run = GateRun {
            findings: findings.collect(),
            questions: Vec::new(),
            verdict: Verdict {
                run: id,
                gate: "clarify".into(),
                state: RunState::AwaitingHuman,
                line: String::new(),
                answered: evidence.members.iter().map(|m| m.agent.clone()).collect(),
                missing: Vec::new(),
                weighed: None,
                decided_at_us: 1,
            },
            said: Vec::new(),
            run: Run {
                id,
                name: "clarify/spec#1".into(),
                state: RunState::AwaitingHuman,
                reason: None,
                work: Work::Gate(Box::new(gate.clone())),
                subject: "/spec".into(),
                created: now,
                ended_at_us: None,
                executions: Vec::new(),
                request_id: String::new(),
                stop: None,
                open_questions: 0,
                workspace: None,
            },
            gate: Box::new(gate),
        };
        Self { run }
    }

    fn finding(&self, claim: &str) -> &Finding {
        let mut all = self.run.findings.iter();
        all.find(|finding| finding.content.text == claim).unwrap()
    }

    fn say(&mut self, claim: &str, disposition: Disposition, bulk: bool) {
        let finding = self.finding(claim).clone();
        self.run.questions.push(Question {
            id: finding.id,
            run: finding.run,
            text: claim.into(),
            severity: "critical".into(),
            options: Vec::new(),
            recommended: None,
            content_hash: String::new(),
            rank: 0,
            section: String::new(),
            position: 0,
            settled: Some(Settlement {
                disposition,
                by: "somebody".into(),
                at_us: 2,
                bulk,
                from: String::new(),
            }),
            about: About::Finding,
            asked: None,
            reminders: 0,
            due_at_us: None,
            audit: false,
        });
    }

    /// Agent, what it said, what is true, by whom.
    fn judged(&self) -> Vec<(String, Said, Truth, Judge)> {
        judged(&self.run)
            .into_iter()
            .map(|judged| (judged.agent, judged.said, judged.truth, judged.judge))
            .collect()
    }
}

const ASKED: Judge = Judge::Human(Sampling::Asked { audit: None });

fn row(agent: &str, said: Said, truth: Truth, judge: Judge) -> (String, Said, Truth, Judge) {
    (agent.to_owned(), said, truth, judge)
}

/// `a` and `b` raise one thing, `c` votes against it; `a` raises another, on which `b` is unsure.
fn voted() -> Stored {
    let mut evidence = evidence(
        SPEC,
        vec![
            member(
                0,
                vec![
                    raw("soon is vague", "answer soon"),
                    raw("which blue?", "be blue"),
                ],
            ),
            member(1, vec![raw("soon is vague", "answer soon")]),
            member(2, vec![]),
        ],
    );
    let key = |claim: &str| {
        let findings = decide(&evidence).findings;
        findings.into_iter().find(|f| f.text == claim).unwrap().key
    };
    let vote = |real| Vote {
        real,
        answer: None,
        same_as: Vec::new(),
    };
    let ballot = |n: usize, votes: Vec<(String, Vote)>| Ballot {
        agent: AGENTS[n].0.into(),
        family: AGENTS[n].1.into(),
        execution_id: format!("b{n}"),
        attempt_id: format!("v{n}"),
        result: Ok(Votes {
            votes: votes.into_iter().collect(),
            ..Votes::default()
        }),
    };
    evidence.ballots = Some(vec![
        // What it raised it has said: this is no second word.
        ballot(0, vec![(key("soon is vague"), vote(Real::No))]),
        ballot(1, vec![(key("which blue?"), vote(Real::Unsure))]),
        ballot(2, vec![(key("soon is vague"), vote(Real::No))]),
    ]);
    Stored::of(evidence)
}

#[test]
fn raising_and_voting_yes_is_real_voting_no_is_not_and_unsure_is_no_word() {
    let mut stored = voted();
    stored.say("soon is vague", Disposition::MustFix, false);
    stored.say("which blue?", Disposition::Dismiss, false);
    let mut judged = stored.judged();
    judged.sort_by(|a, b| a.0.cmp(&b.0).then(a.2.cmp(&b.2)));
    assert_eq!(
        judged,
        [
            row("a", Said::Real, Truth::Real, ASKED),
            row("a", Said::Real, Truth::NotReal, ASKED),
            row("b", Said::Real, Truth::Real, ASKED),
            row("c", Said::NotReal, Truth::Real, ASKED),
        ]
    );
}

#[test]
fn what_is_put_off_answered_in_bulk_or_not_answered_is_no_truth() {
    let mut stored = voted();
    assert_eq!(stored.judged(), []);
    stored.say("soon is vague", Disposition::Later, false);
    stored.say("which blue?", Disposition::Dismiss, true);
    assert_eq!(stored.judged(), []);
}

#[test]
fn runs_know_of_their_families_once_people_have_judged_each_thirty_times() {
    let mut stored = voted();
    stored.say("soon is vague", Disposition::MustFix, false);
    let judged = judged(&stored.run);
    let words = |n: usize| {
        let mut record = Record::default();
        record.add(&stored.run);
        record.judged = (0..n).flat_map(|_| judged.clone()).collect();
        for (n, word) in record.judged.iter_mut().enumerate() {
            word.item = format!("{}", n / judged.len());
        }
        record.of_families("clarify")
    };
    assert_eq!(words(29), TrackRecord::default());
    let known = words(30);
    let weight = |n: usize| known.weights_permille[AGENTS[n].1];
    // Two were right each time, the third never.
    assert_eq!((weight(0), weight(1), weight(2)), (1000, 1000, 500));
    // Nothing was audited: how alike they err is not known.
    assert_eq!(known.correlation_permille, None);
    assert_eq!(words(30).weights_permille.len(), AGENTS.len());
}

#[test]
fn a_duplicate_is_what_its_original_is() {
    let mut stored = voted();
    let original = stored.finding("soon is vague").id.to_string();
    stored.say("which blue?", Disposition::DuplicateOf(original), false);
    assert_eq!(stored.judged(), []);
    stored.say("soon is vague", Disposition::Answer("2 s".into()), false);
    let truths: Vec<Truth> = stored
        .judged()
        .into_iter()
        .map(|(_, _, truth, _)| truth)
        .collect();
    assert_eq!(truths, [Truth::Real; 4]);
}

#[test]
fn a_duplicate_of_what_was_answered_in_bulk_is_no_truth() {
    let mut stored = voted();
    let original = stored.finding("soon is vague").id.to_string();
    stored.say("which blue?", Disposition::DuplicateOf(original), false);
    stored.say("soon is vague", Disposition::Dismiss, true);
    assert_eq!(stored.judged(), []);
}

#[test]
fn the_arbiters_word_stands_beside_the_humans() {
    let disputed = || {
        let mut raw = raw("soon is vague", "answer soon");
        raw.severity = Severity::Important;
        raw.resolvability = Resolvability::SuggestFix;
        raw
    };
    let mut evidence = evidence(
        SPEC,
        vec![
            member(0, vec![disputed()]),
            member(1, vec![]),
            member(2, vec![]),
        ],
    );
    let key = decide(&evidence).findings[0].key.clone();
    let no = Vote {
        real: Real::No,
        answer: None,
        same_as: Vec::new(),
    };
    evidence.policy.arbiter = Some(Arbiter {
        agent: "judge".into(),
        family: "grey".into(),
    });
    evidence.ballots = Some(vec![Ballot {
        agent: "b".into(),
        family: "green".into(),
        execution_id: "b1".into(),
        attempt_id: "v1".into(),
        result: Ok(Votes {
            votes: BTreeMap::from([(key.clone(), no)]),
            ..Votes::default()
        }),
    }]);
    evidence.arbitration = Some(Arbitration {
        agent: "judge".into(),
        family: "grey".into(),
        execution_id: "r".into(),
        attempt_id: "w".into(),
        result: Ok(Rulings {
            rulings: BTreeMap::from([(key, Ruling::Overrule { reason: None })]),
            repeated: Vec::new(),
            invented: Vec::new(),
        }),
    });
    let ruled = [
        row("a", Said::Real, Truth::NotReal, Judge::Arbiter),
        row("b", Said::NotReal, Truth::NotReal, Judge::Arbiter),
    ];
    assert_eq!(Stored::of(evidence.clone()).judged(), ruled);

    // Everything is audited: a human says otherwise, and both are kept.
    evidence.policy.audit_permille = 1000;
    let mut stored = Stored::of(evidence);
    assert!(stored.finding("soon is vague").content.audited.is_some());
    stored.say("soon is vague", Disposition::MustFix, false);
    let share = Share::of_permille(1000).unwrap();
    let audited = Judge::Human(Sampling::Audited { share });
    let mut judged = stored.judged();
    assert_eq!(judged.split_off(2), ruled);
    assert_eq!(
        judged,
        [
            row("a", Said::Real, Truth::Real, audited),
            row("b", Said::NotReal, Truth::Real, audited),
        ]
    );
}

#[test]
fn what_was_asked_anyway_in_a_run_with_an_audit_says_so() {
    let mut stored = voted();
    stored.run.gate.policy.audit_permille = 100;
    stored.say("which blue?", Disposition::Dismiss, false);
    let audit = Share::of_permille(100);
    let asked = Judge::Human(Sampling::Asked { audit });
    assert_eq!(
        stored.judged(),
        [row("a", Said::Real, Truth::NotReal, asked)]
    );
}

#[test]
fn whoever_cleared_a_check_said_that_it_is_not_real() {
    let mut failed = raw("FR-1 has no unit", "answer soon");
    failed.kind = "measurable".into();
    failed.matter = Some("FR-1/measurable".into());
    let mut evidence = evidence(SPEC, vec![member(0, vec![failed]), member(1, vec![])]);
    evidence.policy.shape = Shape::Checks;
    let cleared = Answer {
        findings: Vec::new(),
        cleared: vec!["FR-1/measurable".into()],
    };
    evidence.members[1].result = Ok(cleared.clone());
    let mut stored = Stored::of(evidence);
    let execution = Execution {
        id: ExecutionId::from_bytes([1; 16]),
        run: stored.run.run.id,
        agent: AgentSpec {
            family: "green".into(),
            ..AgentSpec::program("b", Vec::new(), "/".into())
        },
        position: 1,
        state: ExecutionState::Completed,
        reason: None,
        detail: String::new(),
        queued_at_us: 0,
        queue_seq: 0,
        ended_at_us: None,
        stop: None,
        attempts: Vec::new(),
        part: Part::Answer,
    };
    stored.run.said = vec![(execution, Heard::Answer(cleared))];
    let claim = stored.run.findings[0].content.text.clone();
    stored.say(&claim, Disposition::Dismiss, false);
    assert_eq!(
        stored.judged(),
        [
            row("a", Said::Real, Truth::NotReal, ASKED),
            row("b", Said::NotReal, Truth::NotReal, ASKED),
        ]
    );
}

#[test]
fn what_the_daemon_found_by_itself_is_nobodys_word() {
    let mut evidence = evidence(SPEC, vec![member(0, vec![])]);
    evidence.by_rule = vec![raw("an instruction to reviewers", "answer soon")];
    let mut stored = Stored::of(evidence);
    stored.say("an instruction to reviewers", Disposition::MustFix, false);
    assert_eq!(stored.judged(), []);
}

#[test]
fn each_agent_of_a_probe_is_measured_by_its_own_findings() {
    let text = "- FR-1 The page shall answer within 5 s.\n\nMore.\n\nMore.\n\n\
        - FR-2 The page shall end within 7 s.\n\nMore.\n";
    let inputs = [Input {
        path: "spec.md".into(),
        text: text.into(),
    }];
    let planted = plant(&inputs, &[Sort::NumberDeleted], 1);
    let [fault] = planted.key.faults.as_slice() else {
        panic!("{:?}", planted.key);
    };
    assert_eq!(planted.key.controls.len(), 1);
    let (here, there) = match fault.line {
        1 => ("shall answer", "shall end"),
        _ => ("shall end", "shall answer"),
    };
    let found = raw("how soon?", here);
    let chance = raw("which page?", there);
    let stored = Stored::of(evidence(
        &planted.inputs[0].text,
        vec![member(0, vec![found]), member(1, vec![chance])],
    ));
    let probe = Probe {
        seed: 1,
        faults: serde_json::to_value(&planted.key).unwrap(),
    };
    let (probed, compared) = measured(&stored.run, &probe);
    let outcomes = |all: &[synod_calibration::Probed]| -> Vec<Met> {
        all.iter().map(|probed| probed.outcome).collect()
    };
    assert_eq!(
        outcomes(&probed),
        [Met::Found, Met::Missed, Met::Unanswered]
    );
    assert_eq!(
        outcomes(&compared),
        [Met::Missed, Met::Found, Met::Unanswered]
    );
    assert!(probed.iter().all(|probed| probed.fault == "number-deleted"));

    // The same faults once more, and other ones.
    let mut record = Record::default();
    record.add_probe(&stored.run, &probe);
    record.add_probe(&stored.run, &probe);
    let of = |record: &Record, agent: &str| {
        let all = record.probed.iter();
        all.filter(|probed| probed.agent == agent).count()
    };
    assert_eq!(
        (of(&record, "a"), of(&record, "c")),
        (1, 2),
        "what nobody answered is counted beside"
    );
    let mut key = planted.key.clone();
    key.controls.clear();
    let other = Probe {
        seed: 2,
        faults: serde_json::to_value(&key).unwrap(),
    };
    record.add_probe(&stored.run, &other);
    assert_eq!((of(&record, "a"), record.compared.len()), (2, 4));

    let unknown = Probe {
        seed: 1,
        faults: serde_json::Value::Null,
    };
    assert_eq!(measured(&stored.run, &unknown), (Vec::new(), Vec::new()));
}
