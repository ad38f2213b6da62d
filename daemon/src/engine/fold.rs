//! `fold(feed) == tables`, whatever happens in whatever order and batches.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use proptest::prelude::*;
use prost::Message as _;
use synod_consensus::{
    Answer, Evidence, FailReason, Member, Policy, RawFinding, Resolvability, Rulings, Said,
    Severity, Table, Votes, decide as weigh,
};
use synod_core::{
    entity::{AgentSpec, Attempt, Deadlines, Definition, End, GateWork, Part, Patience, Run, Work},
    input::{
        AnswerRest, Command, Configured, Equal, Observation, Opening, Rest, SpawnAgent, SpawnGate,
        Weighing,
    },
    plan::{Plan, plan},
    state::{Limits, State},
    time::Now,
};
use synod_proto::v1;
use synod_shared::{
    ids::{ExecutionId, RunId},
    projection::{Applied, Projection},
    words::Reason,
};
use tokio::sync::oneshot;

use super::{batch::Batch, handle::Request, seen::Seen};
use crate::{
    store::{Reader, Store},
    wire,
};

#[derive(Debug, Clone)]
enum Act {
    Exec,
    Gate,
    Repeat(usize),
    Start(usize),
    Print(usize, u16),
    End(usize, bool),
    Read(usize, bool),
    Weigh,
    Cancel(usize),
    Rest(usize),
    Forget(usize),
    Pass(u16),
    Commit,
    /// The transaction is rolled back and the state loaded again, as after a full disk.
    Fail,
}

fn act() -> impl Strategy<Value = Act> {
    let index = 0..8usize;
    prop_oneof![
        2 => Just(Act::Exec),
        2 => Just(Act::Gate),
        1 => index.clone().prop_map(Act::Repeat),
        3 => index.clone().prop_map(Act::Start),
        3 => (index.clone(), any::<u16>()).prop_map(|(i, n)| Act::Print(i, n)),
        4 => (index.clone(), any::<bool>()).prop_map(|(i, well)| Act::End(i, well)),
        4 => (index.clone(), any::<bool>()).prop_map(|(i, valid)| Act::Read(i, valid)),
        3 => Just(Act::Weigh),
        1 => index.clone().prop_map(Act::Cancel),
        2 => index.clone().prop_map(Act::Rest),
        1 => index.prop_map(Act::Forget),
        1 => (1..900u16).prop_map(Act::Pass),
        4 => Just(Act::Commit),
        1 => Just(Act::Fail),
    ]
}

struct World {
    store: Store,
    state: State,
    seen: Seen,
    now: Now,
    runs: Vec<RunId>,
    requests: Vec<Command>,
}

impl World {
    fn load(&mut self) {
        let loaded = self.store.load().unwrap();
        let mut state = State::new(self.state.limits.clone());
        for entity in &loaded.entities {
            state.apply(entity);
        }
        for (execution, answer) in loaded.answers {
            state.apply_answer(execution, answer);
        }
        self.seen = Seen::of(&state);
        self.state = state;
    }
}

impl World {
    /// Ids of what the ledger holds.
    fn ledger(&self) -> Vec<String> {
        let mut statement = self
            .store
            .connection()
            .prepare("SELECT id FROM ledger ORDER BY id")
            .unwrap();
        let ids = statement.query_map([], |row| row.get(0)).unwrap();
        ids.map(Result::unwrap).collect()
    }
}

fn spec(name: &str, family: &str) -> AgentSpec {
    AgentSpec {
        provider: "local".to_owned(),
        family: family.to_owned(),
        ..AgentSpec::program(name, vec!["true".to_owned()], PathBuf::from("/"))
    }
}

fn exec() -> Command {
    Command::SpawnAgent(Box::new(SpawnAgent {
        run: RunId::mint(),
        execution: ExecutionId::mint(),
        request_id: "r".to_owned(),
        name: "exec/true".to_owned(),
        subject: "true".to_owned(),
        agent: spec("true", "local"),
        configured: Configured::CommandLine,
        workspace: None,
    }))
}

fn gate() -> Command {
    let seats = vec![
        (ExecutionId::mint(), spec("a", "x")),
        (ExecutionId::mint(), spec("b", "y")),
    ];
    Command::SpawnGate(Box::new(SpawnGate {
        run: RunId::mint(),
        request_id: "g".to_owned(),
        name: "clarify/spec".to_owned(),
        subject: "/spec".to_owned(),
        work: Box::new(GateWork {
            gate: "clarify".to_owned(),
            version: 1,
            roster: Vec::new(),
            policy: Policy {
                quorum: 1,
                roster_size: seats.len(),
                table: Table::default(),
                arbiter: None,
                ballot: false,
                audit_permille: 0,
                seed: String::new(),
                shape: synod_consensus::Shape::Findings,
                record: synod_consensus::TrackRecord::default(),
            },
            deadlines: Deadlines {
                partial_after: Duration::from_mins(10),
                fail_after: Duration::from_mins(20),
            },
            key: RunId::mint().to_string(),
            receipts: BTreeMap::new(),
            planted: Vec::new(),
            opened: Now {
                utc_us: 0,
                mono_us: 0,
                boot_id: String::new(),
            },
            repair: 1,
            arbiter: None,
            rounds: Vec::new(),
            definition: Definition::default(),
            content_hash: String::new(),
            diff: None,
            patience: Patience::default(),
            probe: None,
        }),
        seats,
        equal: Equal::Attach,
    }))
}

fn end(well: bool) -> End {
    let reason = if well {
        Reason::Completed
    } else {
        Reason::ExitNonzero
    };
    End {
        exit_code: Some(i32::from(!well)),
        duration_us: Some(2),
        output_bytes: 3,
        ..End::new(reason, String::new(), 9)
    }
}

fn answer(part: Part, valid: bool) -> Said {
    match part {
        Part::Answer => {}
        Part::Ballot => return Said::Ballot(Votes::default()),
        Part::Arbiter => return Said::Rulings(Rulings::default()),
    }
    let finding = RawFinding {
        kind: "ambiguity".to_owned(),
        claim: "a limit is missing".to_owned(),
        severity: Severity::Critical,
        resolvability: Resolvability::SuggestFix,
        answer: Some("ten".to_owned()),
        options: Vec::new(),
        reasoning: None,
        suggested_fix: None,
        quotes: Vec::new(),
        about: None,
        matter: None,
        place: None,
    };
    Said::Answer(Answer {
        cleared: Vec::new(),
        findings: if valid { vec![finding] } else { Vec::new() },
    })
}

/// What an act comes to in this state: a command or observations.
fn meaning(world: &World, act: &Act) -> (Option<Command>, Vec<Observation>) {
    let attempt = |index: usize| {
        let live: Vec<_> = world
            .state
            .live_attempts()
            .map(|attempt| attempt.id)
            .collect();
        live.get(index % live.len().max(1)).copied()
    };
    let run = |index: usize| world.runs.get(index % world.runs.len().max(1)).copied();
    let mut seen = Vec::new();
    let command = match act {
        Act::Exec => Some(exec()),
        Act::Gate => Some(gate()),
        Act::Cancel(index) => run(*index).map(|run| Command::CancelRun { run }),
        Act::Rest(index) => run(*index).map(|run| {
            Command::AnswerRest(AnswerRest {
                run,
                rest: if index % 2 == 0 {
                    Rest::Recommended
                } else {
                    Rest::Later
                },
                by: "t".to_owned(),
                from: "test".to_owned(),
            })
        }),
        Act::Forget(index) => {
            let kept: Vec<_> = world.ledger();
            kept.get(index % kept.len().max(1))
                .map(|entry| Command::ForgetLedgerEntry {
                    entry: entry.clone(),
                })
        }
        Act::Start(index) => {
            seen.extend(attempt(*index).map(|attempt| Observation::Started {
                attempt,
                pid: Some(1),
                at_us: 5,
                containment: "session".to_owned(),
            }));
            None
        }
        Act::Print(index, bytes) => {
            seen.extend(attempt(*index).map(|attempt| Observation::Progress {
                attempt,
                output_bytes: u64::from(*bytes),
                error_bytes: 0,
                lines: u64::from(*bytes / 10),
                last_line: "line".to_owned(),
                at_us: 6,
                told: None,
                transcript_bytes: 0,
            }));
            None
        }
        Act::End(index, well) => {
            seen.extend(attempt(*index).map(|attempt| Observation::Ended {
                attempt,
                end: end(*well),
            }));
            None
        }
        Act::Read(index, valid) => {
            let waiting: Vec<_> = world
                .state
                .validating()
                .map(|execution| (execution.id, execution.part))
                .collect();
            seen.extend(
                waiting
                    .get(index % waiting.len().max(1))
                    .map(|(execution, part)| Observation::Validated {
                        execution: *execution,
                        result: Ok(answer(*part, *valid)),
                    }),
            );
            None
        }
        Act::Weigh => {
            seen.extend(world.state.deciding().map(|run| {
                let Work::Gate(gate) = &run.work else {
                    unreachable!("only gates decide")
                };
                let members: Vec<Member> = world
                    .state
                    .speakers(run)
                    .into_iter()
                    .map(|execution| Member {
                        agent: execution.agent.name.clone(),
                        family: execution.agent.family.clone(),
                        execution_id: execution.id.to_string(),
                        attempt_id: String::new(),
                        result: match world.state.answer(execution.id) {
                            Some(Said::Answer(answer)) => Ok(answer.clone()),
                            Some(Said::Ballot(_) | Said::Rulings(_)) | None => Err(FailReason {
                                reason: "no-json".to_owned(),
                                detail: String::new(),
                            }),
                        },
                        range: None,
                    })
                    .collect();
                Observation::Weighed(Box::new(Weighing {
                    run: run.id,
                    outcome: weigh(&Evidence::of(members, Vec::new(), gate.policy.clone())),
                    sections: BTreeMap::new(),
                    ledger: Vec::new(),
                    outcome_hash: String::new(),
                    open: gate.rounds.is_empty().then(|| Opening {
                        part: Part::Ballot,
                        seats: vec![(ExecutionId::mint(), spec("a", "x"))],
                        keys: vec!["k".to_owned()],
                        receipts: BTreeMap::new(),
                        unheld: String::new(),
                    }),
                }))
            }));
            None
        }
        Act::Repeat(_) | Act::Pass(_) | Act::Commit | Act::Fail => None,
    };
    (command, seen)
}

/// Plays the acts up to the next commit or failure in one batch.
fn play(world: &mut World, acts: &[Act]) {
    let commands: Vec<_> = acts.iter().map(|act| (act, meaning(world, act))).collect();
    let fails = acts.iter().any(|act| matches!(act, Act::Fail));
    let mut replies = Vec::new();
    let mut batch = Batch::new(
        world.store.begin().unwrap(),
        &mut world.state,
        &mut world.seen,
        world.now.clone(),
    );
    for (act, (command, seen)) in commands {
        let (id, command) = match (act, command) {
            (Act::Repeat(index), _) if !world.requests.is_empty() => {
                let index = index % world.requests.len();
                (index, world.requests[index].clone())
            }
            (_, Some(command)) => {
                world.requests.push(command.clone());
                (world.requests.len() - 1, command)
            }
            _ => {
                if !seen.is_empty() {
                    batch.observe(seen, oneshot::channel().0).unwrap();
                }
                continue;
            }
        };
        let (answer, reply) = oneshot::channel();
        let request = Request {
            id: format!("request-{id}"),
            payload_hash: "same".to_owned(),
            command,
        };
        assert!(batch.command(request, answer).is_ok());
        replies.push(reply);
    }
    batch.tick().unwrap();
    batch.schedule().unwrap();
    if fails {
        drop(batch);
        world.load();
        return;
    }
    let Ok(outcome) = batch.commit() else {
        panic!("the commit failed")
    };
    outcome.answer();
    for mut reply in replies {
        if let Ok(Ok(committed)) = reply.try_recv()
            && !world.runs.contains(&committed.reply.run)
        {
            world.runs.push(committed.reply.run);
        }
    }
}

/// The feed, folded, and that its stored bytes are what is sent.
fn folded(reader: &Reader) -> Projection {
    let mut projection = Projection::empty("feed");
    for (index, bytes) in reader.changes(0, u32::MAX).unwrap().into_iter().enumerate() {
        let change = v1::Change::decode(bytes.as_slice()).unwrap();
        assert_eq!(change.revision, index as u64 + 1, "the feed has a gap");
        assert_eq!(
            change.encode_to_vec(),
            bytes,
            "the bytes stored are the bytes sent"
        );
        assert_eq!(projection.apply(&change), Applied::Applied);
    }
    projection
}

/// The ledger as the feed alone gives it: what was written, without what was forgotten since.
fn folded_ledger(reader: &Reader) -> BTreeMap<String, v1::LedgerEntry> {
    use v1::change::Entity;
    let mut ledger = BTreeMap::new();
    for bytes in reader.changes(0, u32::MAX).unwrap() {
        match v1::Change::decode(bytes.as_slice()).unwrap().entity {
            Some(Entity::Ledger(entry)) => drop(ledger.insert(entry.id.clone(), entry)),
            Some(Entity::Deleted(gone)) if gone.kind == "ledger" => drop(ledger.remove(&gone.id)),
            _ => {}
        }
    }
    ledger
}

fn assert_tables_equal(reader: &Reader, projection: &Projection, runs: &[RunId]) {
    let mut parts = 0;
    for id in runs {
        let stored = reader
            .run(&id.to_string())
            .unwrap()
            .expect("an acknowledged run is there");
        let own = &stored.run;
        assert_eq!(
            projection.runs.get(&id.to_string()),
            Some(&wire::run(&own.value, own.revision))
        );
        for row in &stored.executions {
            let found = projection.executions.get(&row.value.id.to_string());
            assert_eq!(found, Some(&wire::execution(&row.value, row.revision)));
        }
        for row in &stored.attempts {
            let found = projection.attempts.get(&row.value.id.to_string());
            assert_eq!(found, Some(&wire::attempt(&row.value, row.revision)));
        }
        for row in &stored.progress {
            let found = projection.progress.get(&row.value.attempt.to_string());
            assert_eq!(found, Some(&wire::progress(&row.value, row.revision)));
        }
        for row in &stored.findings {
            let found = projection.findings.get(&row.value.id.to_string());
            assert_eq!(found, Some(&wire::finding(&row.value, row.revision)));
        }
        for row in &stored.questions {
            let found = projection.questions.get(&row.value.id.to_string());
            assert_eq!(found, Some(&wire::question(&row.value, row.revision)));
        }
        if let Some(row) = &stored.verdict {
            let found = projection.verdicts.get(&id.to_string());
            assert_eq!(found, Some(&wire::verdict(&row.value, row.revision)));
        }
        parts += stored.executions.len() + stored.attempts.len() + stored.findings.len();
    }
    let known = projection.executions.len() + projection.attempts.len() + projection.findings.len();
    assert_eq!(
        (projection.runs.len(), known),
        (runs.len(), parts),
        "nothing in the feed is missing in the tables"
    );
}

/// What matters of a state: who is live, who waits, what is to be done.
fn picture(state: &State, now: &Now) -> (Vec<Run>, Vec<Attempt>, u32, Option<ExecutionId>, Plan) {
    (
        state.runs().cloned().collect(),
        state.live_attempts().cloned().collect(),
        state.queued(),
        state.next_in_queue().map(|execution| execution.id),
        plan(state, now),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// C1, C3: one write. Batches that fail leave nothing behind, repeats of requests make nothing new, and what
    /// is loaded is what was decided.
    #[test]
    fn the_folded_feed_is_the_tables(acts in proptest::collection::vec(act(), 1..100)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("synod.db");
        let (store, _) = Store::open(&path).unwrap();
        let mut world = World {
            store,
            state: State::new(Limits { max_running: 4, ..Limits::default() }),
            seen: Seen::default(),
            now: Now { utc_us: 1, mono_us: 1, boot_id: "boot".to_owned() },
            runs: Vec::new(),
            requests: Vec::new(),
        };
        for batch in acts.split_inclusive(|act| matches!(act, Act::Commit | Act::Fail)) {
            for act in batch {
                if let Act::Pass(seconds) = act {
                    world.now.mono_us += u64::from(*seconds) * 1_000_000;
                    world.now.utc_us += i64::from(*seconds) * 1_000_000;
                }
            }
            play(&mut world, batch);
        }
        let reader = Reader::open(&path).unwrap();
        let projection = folded(&reader);
        prop_assert_eq!(projection.revision, world.store.revision());
        let kept = reader.ledger("", "", None, 1_000).unwrap().entries;
        let kept: BTreeMap<String, v1::LedgerEntry> = kept
            .iter()
            .map(|row| (row.value.entry.id.clone(), wire::ledger_entry(&row.value, row.revision)))
            .collect();
        prop_assert_eq!(folded_ledger(&reader), kept);
        assert_tables_equal(&reader, &projection, &world.runs);
        // What a restart loads is what was decided, but for what has ended.
        let decided = world.state.clone();
        world.load();
        let mut live = decided;
        for run in world.runs.clone() {
            live.forget(run);
        }
        prop_assert_eq!(picture(&live, &world.now), picture(&world.state, &world.now));
    }
}
