//! One gate from its first round to its end, as the daemon plays it, beside what must come of it.

use serde_json::{Value, json};
use synod_consensus::decide::Arbiter;
use synod_consensus::table::Families;
use synod_consensus::{
    Answer, Arbitration, Ballot, Decided, Disposition, Entry, Evidence, FailReason, Human, Member,
    Next, Outcome, Policy, RULES, RawFinding, Reading, Schema, Severity, Shape, Sheet, Table,
    Votes, ballot, content_hash, decide, entry_after, extract, ruling,
};

use crate::Figures;
use crate::chance::Chance;
use crate::judge::{Truth, judge};
use crate::seat::{PARTS, Part, Printed, SOUND, play};
use crate::world::{World, finding};

pub struct Schemas {
    answer: Schema,
    ballot: Schema,
    ruling: Schema,
}

impl Schemas {
    pub fn new() -> Self {
        Self {
            answer: Schema::clarify().unwrap(),
            ballot: ballot::schema().unwrap(),
            ruling: ruling::schema().unwrap(),
        }
    }
}

pub struct Gate {
    world: World,
    /// Agents with their families.
    roster: Vec<(String, &'static str)>,
    policy: Policy,
    /// What its agents do.
    parts: &'static [Part],
}

impl Gate {
    pub fn new(chance: &mut Chance, schemas: &Schemas, n: u64) -> Self {
        let size = 1 + chance.below(5);
        let families = ["x", "y", "z", "w", RULES];
        let roster: Vec<(String, &'static str)> = (0..size)
            .map(|n| (format!("agent-{n}"), *chance.pick(&families)))
            .collect();
        let arbiter = chance.one_in(2).then(|| Arbiter {
            agent: "judge".into(),
            family: (*chance.pick(&["judges", "x"])).into(),
        });
        let policy = Policy {
            quorum: chance.below(size + 1),
            roster_size: size,
            // Mostly as little as a gate may ask for: what is settled easily is where something might slip through.
            table: Table {
                families: *chance.pick(&[Families::TWO, Families::TWO, Families::default()]),
                ..Table::default()
            },
            arbiter,
            ballot: !chance.one_in(4),
            audit_permille: *chance.pick(&[0, 0, 100]),
            seed: format!("run-{n}"),
            shape: Shape::Findings,
            record: synod_consensus::TrackRecord::default(),
        };
        Self {
            world: World::new(chance, &schemas.answer),
            roster,
            policy,
            parts: if chance.one_in(2) { &SOUND } else { &PARTS },
        }
    }

    pub fn play(&self, chance: &mut Chance, schemas: &Schemas, figures: &mut Figures) {
        figures.gates += 1;
        let (evidence, truth) = self.hold(&self.world, Vec::new(), chance, schemas, figures);
        let outcome = decide(&evidence);
        judge(&self.world, &evidence, &outcome, &truth, figures);
        if chance.one_in(3) {
            figures.reruns += 1;
            let ledger = remember(&evidence, &outcome, chance);
            let world = self.world.again(chance, &schemas.answer);
            let (evidence, truth) = self.hold(&world, ledger, chance, schemas, figures);
            judge(&world, &evidence, &decide(&evidence), &truth, figures);
        }
    }

    /// Holds every round that is due.
    fn hold(
        &self,
        world: &World,
        ledger: Vec<Entry>,
        chance: &mut Chance,
        schemas: &Schemas,
        figures: &mut Figures,
    ) -> (Evidence, Truth) {
        let mut truth = Truth {
            whole: true,
            ..Truth::default()
        };
        let mut members = Vec::new();
        for (agent, family) in &self.roster {
            let part = *chance.pick(self.parts);
            *figures.parts.entry(part).or_default() += 1;
            let list = (0..chance.below(4)).map(|_| finding(chance)).collect();
            let printed = play(part, "findings", list, world, chance);
            let read = read(&printed, &schemas.answer, world);
            figures.answers += u64::from(read.is_ok());
            members.push(heard(agent, family, &printed, read, &mut truth));
        }
        let models = self.roster.iter().any(|(_, family)| *family != RULES);
        truth.counting = members
            .iter()
            .filter(|member| member.result.is_ok() && (!models || member.family != RULES))
            .count();
        truth.families.sort_unstable();
        truth.families.dedup();
        let mut evidence = Evidence {
            by_rule: world.by_rule.clone(),
            ledger,
            ..Evidence::of(members, world.inputs.clone(), self.policy.clone())
        };
        loop {
            match decide(&evidence).next {
                Next::Done => return (evidence, truth),
                Next::Ballot(keys) => {
                    figures.ballots += 1;
                    evidence.ballots = Some(self.ballots(&evidence, &keys, world, chance, schemas));
                }
                Next::Arbitrate(keys) => {
                    figures.arbitrations += 1;
                    let arbiter = self.policy.arbiter.clone().unwrap();
                    let given = arbitrate(&arbiter, &evidence, &keys, world, chance, schemas);
                    evidence.arbitration = Some(given);
                }
            }
        }
    }

    fn ballots(
        &self,
        evidence: &Evidence,
        keys: &[String],
        world: &World,
        chance: &mut Chance,
        schemas: &Schemas,
    ) -> Vec<Ballot> {
        let voters = evidence
            .members
            .iter()
            .filter(|member| member.result.is_ok() && member.family != RULES);
        voters
            .map(|voter| {
                let sheet = Sheet::ballot(keys, &self.policy.seed, &voter.agent);
                let votes: Vec<Value> = (0..=keys.len())
                    .map(|_| {
                        let label = format!("F{}", 1 + chance.below(keys.len() + 1));
                        let other = format!("F{}", 1 + chance.below(keys.len() + 1));
                        json!({"finding": label, "real": chance.pick(&["yes", "yes", "no", "unsure"]),
                            "answer": chance.pick(&["200 ms", "2 s", ""]), "same_as": [other]})
                    })
                    .collect();
                let printed = play(no_fix(*chance.pick(self.parts)), "votes", votes, world, chance);
                let result = read(&printed, &schemas.ballot, world)
                    .map(|value| Votes::from_value(&value, &sheet).unwrap());
                Ballot {
                    agent: voter.agent.clone(),
                    family: voter.family.clone(),
                    execution_id: format!("b-{}", voter.agent),
                    attempt_id: String::new(),
                    result,
                }
            })
            .collect()
    }
}

/// Ballots and rulings have no fix in which an answer could stand.
fn no_fix(part: Part) -> Part {
    match part {
        Part::AnswerInsideAFix => Part::Answers,
        other => other,
    }
}

/// What was read must be what was printed.
fn heard(
    agent: &str,
    family: &'static str,
    printed: &Printed,
    read: Result<Value, FailReason>,
    truth: &mut Truth,
) -> Member {
    let result = read.map(|value| Answer::read(&Reading::Findings, &value).unwrap());
    match (&result, &printed.expected) {
        (Ok(answer), Some(expected)) => {
            let expected = Answer::from_value(&json!({"findings": expected})).unwrap();
            assert_eq!(*answer, expected);
            truth.families.push(family);
            truth.raw += answer.findings.len();
            let of = |severity| {
                let grave = |f: &&RawFinding| f.severity == severity;
                answer.findings.iter().filter(grave).count()
            };
            truth.critical += of(Severity::Critical);
            truth.important += of(Severity::Important);
        }
        (Err(_), None) => truth.whole = false,
        (got, expected) => panic!("read {got:?}, expected {expected:?}: {:?}", printed.output),
    }
    Member {
        agent: agent.into(),
        family: family.into(),
        execution_id: format!("e-{agent}"),
        attempt_id: String::new(),
        result,
        range: None,
    }
}

fn read(printed: &Printed, schema: &Schema, world: &World) -> Result<Value, FailReason> {
    let Some(output) = &printed.output else {
        return Err(FailReason {
            reason: "timeout".into(),
            detail: String::new(),
        });
    };
    let prompt = Some(world.prompt.as_bytes());
    match extract(output.as_bytes(), schema, &world.receipts, prompt) {
        Ok(found) => Ok(found.value),
        Err(invalid) => Err(FailReason {
            reason: invalid.reason().into(),
            detail: invalid.to_string(),
        }),
    }
}

fn arbitrate(
    arbiter: &Arbiter,
    evidence: &Evidence,
    keys: &[String],
    world: &World,
    chance: &mut Chance,
    schemas: &Schemas,
) -> Arbitration {
    let docket = Sheet::docket(keys, &evidence.policy.seed, &arbiter.agent);
    let rulings: Vec<Value> = (0..=keys.len())
        .map(|_| {
            let label = format!("D{}", 1 + chance.below(keys.len() + 1));
            json!({"finding": label, "ruling": chance.pick(&["uphold", "overrule", "abstain"]),
                "answer": chance.pick(&["200 ms", "2 s", "never", ""])})
        })
        .collect();
    let printed = play(
        no_fix(*chance.pick(&PARTS)),
        "rulings",
        rulings,
        world,
        chance,
    );
    let result = read(&printed, &schemas.ruling, world)
        .map(|value| synod_consensus::Rulings::from_value(&value, &docket).unwrap());
    Arbitration {
        agent: arbiter.agent.clone(),
        family: arbiter.family.clone(),
        execution_id: "j".into(),
        attempt_id: String::new(),
        result,
    }
}

/// What people and the table leave behind: somebody says something about half of what is open.
fn remember(evidence: &Evidence, outcome: &Outcome, chance: &mut Chance) -> Vec<Entry> {
    let content = content_hash(&evidence.inputs);
    let mut ledger = Vec::new();
    for finding in &outcome.findings {
        let said = [
            Disposition::MustFix,
            Disposition::Dismiss,
            Disposition::Later,
            Disposition::Answer("200 ms".into()),
        ];
        let said = chance.pick(&said);
        let open = finding.decision.is_open();
        if open && chance.one_in(2) {
            continue;
        }
        let decided = Decided {
            gate: "clarify",
            subject: "/spec",
            run: "an earlier run",
            at_us: 1,
            content_hash: &content,
            human: open.then_some(Human {
                disposition: said,
                by: "me",
                from: "here",
                bulk: false,
            }),
        };
        ledger.extend(entry_after(finding, &decided, &[]));
    }
    ledger
}
