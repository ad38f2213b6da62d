//! Facts about the projection: whole values, idempotence, gaps, and the way through a snapshot and back.

use proptest::prelude::*;
use prost_types::Timestamp;
use synod_proto::v1::{
    Anchor, Attempt, AttemptProgress, Change, Deleted, Execution, Finding, Question, Run, Verdict,
    change::Entity,
};

use super::*;

fn change(revision: u64, entity: Entity) -> Change {
    Change {
        revision,
        entity: Some(entity),
        ..Change::default()
    }
}

fn run(id: &str, revision: u64, seconds: i64) -> Run {
    Run {
        id: id.into(),
        name: format!("run-{id}"),
        state: "executing".into(),
        revision,
        created_at: Some(Timestamp { seconds, nanos: 0 }),
        ..Run::default()
    }
}

fn execution(id: &str, run: &str, position: u32, revision: u64) -> Execution {
    Execution {
        id: id.into(),
        run_id: run.into(),
        agent: format!("agent-{position}"),
        state: "running".into(),
        position: Some(position),
        revision,
        ..Execution::default()
    }
}

fn attempt(id: &str, execution: &str, number: u32, state: &str, revision: u64) -> Attempt {
    Attempt {
        id: id.into(),
        execution_id: execution.into(),
        run_id: "r1".into(),
        number,
        state: state.into(),
        revision,
        ..Attempt::default()
    }
}

fn progress(attempt: &str, bytes: u64, line: &str, revision: u64) -> AttemptProgress {
    AttemptProgress {
        attempt_id: attempt.into(),
        execution_id: "e1".into(),
        run_id: "r1".into(),
        output_bytes: bytes,
        last_line: line.into(),
        last_output_at: Some(Timestamp {
            seconds: 99,
            nanos: 0,
        }),
        lines: 3,
        revision,
        ..AttemptProgress::default()
    }
}

fn finding(id: &str, severity: &str, path: &str, start: u64) -> Finding {
    Finding {
        id: id.into(),
        run_id: "r1".into(),
        severity: severity.into(),
        anchors: vec![Anchor {
            path: path.into(),
            start: Some(start),
            ..Anchor::default()
        }],
        ..Finding::default()
    }
}

fn question(id: &str, state: &str, rank: i32) -> Question {
    Question {
        id: id.into(),
        run_id: "r1".into(),
        state: state.into(),
        rank,
        ..Question::default()
    }
}

fn fold(changes: &[Change]) -> Projection {
    let mut known = Projection::empty("feed");
    for change in changes {
        assert_eq!(known.apply(change), Applied::Applied);
    }
    known
}

#[allow(
    clippy::large_stack_arrays,
    reason = "changes are large, and this is a test"
)]
fn whole_run() -> Projection {
    fold(&[
        change(1, Entity::Run(run("r1", 1, 10))),
        change(2, Entity::Execution(execution("e2", "r1", 1, 2))),
        change(3, Entity::Execution(execution("e1", "r1", 0, 3))),
        change(4, Entity::Attempt(attempt("b", "e1", 1, "exited", 4))),
        change(5, Entity::Attempt(attempt("a", "e1", 2, "running", 5))),
        change(6, Entity::Progress(progress("a", 12, "reading", 6))),
        change(7, Entity::Finding(finding("f1", "minor", "a.md", 0))),
        change(8, Entity::Finding(finding("f2", "critical", "b.md", 5))),
        change(9, Entity::Finding(finding("f3", "critical", "a.md", 70))),
        change(10, Entity::Question(question("f1", "settled", 900))),
        change(11, Entity::Question(question("f3", "open", 100))),
        change(12, Entity::Question(question("f2", "open", 300))),
        change(
            13,
            Entity::Verdict(Verdict {
                run_id: "r1".into(),
                trust: "1 of 2 answered".into(),
                revision: 13,
                ..Verdict::default()
            }),
        ),
        change(14, Entity::Run(run("r0", 14, 20))),
    ])
}

#[test]
fn findings_and_questions_stand_as_the_verdict_has_them() {
    let found = |id: &str, position: u32| Finding {
        position: Some(position),
        ..finding(id, "critical", "a.md", 0)
    };
    let asked = |id: &str, state: &str, rank: i32, position: u32| Question {
        position: Some(position),
        ..question(id, state, rank)
    };
    let entities = [
        Entity::Run(run("r1", 1, 1)),
        Entity::Finding(found("f1", 2)),
        Entity::Finding(found("f2", 0)),
        Entity::Finding(found("f3", 1)),
        Entity::Question(asked("f1", "open", 330, 2)),
        Entity::Question(asked("f2", "settled", 330, 0)),
        Entity::Question(asked("f3", "open", 330, 1)),
        Entity::Question(asked("f4", "later", 400, 3)),
        Entity::Question(asked("f5", "open", 360, 4)),
    ];
    let changes: Vec<Change> = (1..)
        .zip(entities)
        .map(|(at, one)| change(at, one))
        .collect();
    let run = fold(&changes).compose_run("r1").unwrap();
    let ids: Vec<&str> = run.findings.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["f2", "f3", "f1"]);
    let ids: Vec<&str> = run.questions.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["f5", "f3", "f1", "f4", "f2"]);
}

#[test]
fn parts_are_put_in_their_places() {
    let composed = whole_run().compose_run("r1").unwrap();
    let ids = |of: Vec<&String>| of.into_iter().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        ids(composed.executions.iter().map(|e| &e.id).collect()),
        "e1 e2"
    );
    let first = &composed.executions[0];
    assert_eq!(ids(first.attempts.iter().map(|a| &a.id).collect()), "b a");
    assert_eq!(first.attempts[1].last_line, "reading");
    assert_eq!(first.attempts[1].output_bytes, Some(12));
    assert_eq!(
        ids(composed.findings.iter().map(|f| &f.id).collect()),
        "f3 f2 f1"
    );
    assert_eq!(
        ids(composed.questions.iter().map(|q| &q.id).collect()),
        "f2 f3 f1"
    );
    assert_eq!(composed.verdict.unwrap().trust, "1 of 2 answered");
    assert_eq!(composed.revision, 13);
}

#[test]
fn an_unknown_run_is_none_and_a_run_without_parts_is_whole() {
    let known = whole_run();
    assert_eq!(known.compose_run("r9"), None);
    assert_eq!(known.compose_run("r0"), Some(run("r0", 14, 20)));
}

#[test]
fn the_newest_run_stands_first_in_a_snapshot() {
    let snapshot = whole_run().to_snapshot("requested", 4);
    let ids: Vec<&str> = snapshot.runs.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(ids, ["r0", "r1"]);
    assert_eq!((snapshot.revision, snapshot.older_runs), (14, 4));
}

#[test]
fn a_change_seen_before_changes_nothing() {
    let mut known = whole_run();
    let before = known.clone();
    let old = change(5, Entity::Attempt(attempt("a", "e1", 2, "starting", 5)));
    assert_eq!(known.apply(&old), Applied::AlreadyKnown);
    assert_eq!(known, before);
}

#[test]
fn a_missing_change_is_said_and_nothing_is_guessed() {
    let mut known = whole_run();
    let before = known.clone();
    assert_eq!(
        known.apply(&change(16, Entity::Run(run("r7", 16, 1)))),
        Applied::Gap {
            expected: 15,
            found: 16
        }
    );
    assert_eq!(known, before);
}

#[test]
fn a_tombstone_removes_exactly_its_entity() {
    for (kind, id) in [
        ("run", "r1"),
        ("execution", "e1"),
        ("attempt", "a"),
        ("progress", "a"),
        ("finding", "f1"),
        ("question", "f1"),
        ("verdict", "r1"),
        ("of-a-newer-daemon", "x"),
    ] {
        let mut known = whole_run();
        let count = |p: &Projection| {
            p.runs.len()
                + p.executions.len()
                + p.attempts.len()
                + p.progress.len()
                + p.findings.len()
                + p.questions.len()
                + p.verdicts.len()
        };
        let before = count(&known);
        let deleted = Deleted {
            kind: kind.into(),
            id: id.into(),
        };
        assert_eq!(
            known.apply(&change(15, Entity::Deleted(deleted))),
            Applied::Applied
        );
        let gone = usize::from(kind != "of-a-newer-daemon");
        assert_eq!(before - count(&known), gone, "{kind}");
    }
}

#[test]
fn an_entity_of_a_newer_daemon_still_counts_as_a_revision() {
    let mut known = whole_run();
    let unknown = Change {
        revision: 15,
        ..Change::default()
    };
    assert_eq!(known.apply(&unknown), Applied::Applied);
    assert_eq!(known.revision, 15);
}

#[test]
fn an_ended_attempt_keeps_its_own_final_counts() {
    let mut ended = attempt("a", "e1", 1, "exited", 1);
    ended.output_bytes = Some(20);
    let composed = compose_attempt(&ended, Some(&progress("a", 12, "last", 2)));
    assert_eq!(composed.output_bytes, Some(20));
    assert_eq!(composed.last_line, "last");
    ended.state = "running".into();
    let composed = compose_attempt(&ended, Some(&progress("a", 12, "last", 2)));
    assert_eq!(composed.output_bytes, Some(12));
}

fn entity() -> impl Strategy<Value = Entity> {
    let id = |prefix: &'static str| (0..3_u8).prop_map(move |n| format!("{prefix}{n}"));
    let words = prop::sample::select(vec!["running", "exited", "open", "settled", "later"]);
    prop_oneof![
        (id("r"), 0..100_i64).prop_map(|(id, at)| Entity::Run(run(&id, 0, at))),
        (id("e"), id("r"), 0..4_u32)
            .prop_map(|(id, run, position)| Entity::Execution(execution(&id, &run, position, 0))),
        (id("a"), words.clone(), 1..4_u32, any::<u16>()).prop_map(|(id, state, number, bytes)| {
            let mut made = attempt(&id, &id.replace('a', "e"), number, state, 0);
            made.run_id = id.replace('a', "r");
            made.output_bytes = (state == "exited").then_some(u64::from(bytes));
            Entity::Attempt(made)
        }),
        (id("a"), any::<u16>(), "[a-z]{0,4}").prop_map(|(id, bytes, line)| Entity::Progress(
            progress(&id, u64::from(bytes), &line, 0)
        )),
        (id("f"), words.clone())
            .prop_map(|(id, path)| Entity::Finding(finding(&id, "minor", path, 1))),
        (id("f"), words, -5..5_i32)
            .prop_map(|(id, state, rank)| Entity::Question(question(&id, state, rank))),
        id("r").prop_map(|run_id| Entity::Verdict(Verdict {
            run_id,
            ..Verdict::default()
        })),
        (
            prop::sample::select(vec![
                "run",
                "execution",
                "attempt",
                "progress",
                "finding",
                "question",
                "verdict"
            ]),
            0..3_u8
        )
            .prop_map(|(kind, n)| {
                let prefix = match kind {
                    "run" | "verdict" => "r",
                    "execution" => "e",
                    "attempt" | "progress" => "a",
                    _ => "f",
                };
                Entity::Deleted(Deleted {
                    kind: kind.into(),
                    id: format!("{prefix}{n}"),
                })
            }),
    ]
}

fn history() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec(entity(), 0..40).prop_map(|entities| {
        (1..)
            .zip(entities)
            .map(|(revision, mut entity)| {
                match &mut entity {
                    Entity::Run(run) => run.revision = revision,
                    Entity::Execution(execution) => execution.revision = revision,
                    Entity::Attempt(attempt) => attempt.revision = revision,
                    Entity::Progress(progress) => progress.revision = revision,
                    Entity::Finding(finding) => finding.revision = revision,
                    Entity::Question(question) => question.revision = revision,
                    Entity::Verdict(verdict) => verdict.revision = revision,
                    Entity::Ledger(entry) => entry.revision = revision,
                    Entity::Deleted(_) => {}
                }
                change(revision, entity)
            })
            .collect()
    })
}

proptest! {
    /// However often and from wherever a reader resumes, it ends where one that saw everything stands.
    #[test]
    fn resuming_anywhere_ends_at_the_same_place(changes in history(), resumes in prop::collection::vec(any::<prop::sample::Index>(), 0..4)) {
        let whole = fold(&changes);
        let mut known = Projection::empty("feed");
        for from in resumes {
            let from = if changes.is_empty() { 0 } else { from.index(changes.len()) };
            let from = from.min(usize::try_from(known.revision).unwrap());
            for change in &changes[from..] {
                let gap = matches!(known.apply(change), Applied::Gap { .. });
                prop_assert!(!gap);
            }
        }
        for change in &changes {
            known.apply(change);
        }
        prop_assert_eq!(known, whole);
    }

    /// What is shown does not depend on whether a reader came by changes or by a snapshot.
    #[test]
    fn a_snapshot_shows_what_the_changes_show(changes in history()) {
        let whole = fold(&changes);
        let snapshot = whole.to_snapshot("requested", 0);
        let again = Projection::from_snapshot("feed", &snapshot);
        prop_assert_eq!(again.to_snapshot("requested", 0), snapshot);
        prop_assert_eq!(again.revision, whole.revision);
    }

    #[test]
    fn composing_one_run_and_all_runs_agree(changes in history()) {
        let whole = fold(&changes);
        for run in whole.compose_runs() {
            prop_assert_eq!(whole.compose_run(&run.id), Some(run));
        }
    }
}
