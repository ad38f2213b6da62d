//! What must be so after every test, whatever it did.

use std::collections::{BTreeMap, BTreeSet};

use synod_proto::v1::{
    self,
    change::{Entity, Lifecycle},
};
use synod_shared::{
    projection::{Applied, Projection},
    words::{AttemptState, ExecutionState},
};

use crate::{World, eventually, processes};

impl World {
    /// All three.
    #[track_caller]
    pub fn assert_invariants(&self) {
        self.assert_each_attempt_ended_once();
        self.assert_no_orphans();
        self.assert_feed_is_gapless_and_folds_to_the_tables();
    }

    /// Revisions have no gap; the changes, applied in order, give what the daemon reads from its tables.
    #[track_caller]
    pub fn assert_feed_is_gapless_and_folds_to_the_tables(&self) {
        // A picture of one revision: what runs meanwhile moves on.
        let (known, snapshot, runs) = eventually("a quiet moment of the feed", || {
            let (feed_id, before) = self.snapshot();
            let changes = self.feed();
            let runs = self.all_runs();
            let runs: Vec<v1::Run> = runs.iter().map(|run| self.run(&run.id)).collect();
            let (_, after) = self.snapshot();
            if before.revision != after.revision {
                return None;
            }
            let mut known = Projection::empty(&feed_id);
            for change in &changes {
                assert_eq!(
                    known.apply(change),
                    Applied::Applied,
                    "revision {}",
                    change.revision
                );
            }
            assert_eq!(
                known.revision, after.revision,
                "the feed ends where the tables stand"
            );
            Some((known, after, runs))
        });
        assert_eq!(
            runs.len(),
            known.runs.len(),
            "every run of the feed is listed"
        );
        for run in &runs {
            let read = without_final_texts(run.clone());
            assert_same("read by GetRun", &composed(&known, &run.id), &read);
        }
        for run in &snapshot.runs {
            let mut folded = composed(&known, &run.id);
            // Counted for lists and single runs only.
            folded.executions_done = run.executions_done;
            assert_same("in the snapshot", &folded, run);
        }
    }

    /// No process carries the mark of an attempt that has ended, or of none at all.
    #[track_caller]
    pub fn assert_no_orphans(&self) {
        eventually("no process without a live attempt", || {
            let alive = self.agents_alive();
            let live: BTreeSet<String> = self
                .all_runs()
                .into_iter()
                .flat_map(|run| run.executions)
                .flat_map(|execution| execution.attempts)
                .filter(|attempt| !attempt_has_ended(&attempt.state))
                .map(|attempt| attempt.id)
                .collect();
            alive
                .iter()
                .filter_map(|&pid| processes::variable(pid, "SYNOD_ATTEMPT"))
                .all(|mark| live.contains(&mark))
                .then_some(())
        });
    }

    /// Each attempt was started once at most and ended once at most, and nothing that ended goes on.
    #[track_caller]
    pub fn assert_each_attempt_ended_once(&self) {
        let mut attempts: BTreeMap<String, bool> = BTreeMap::new();
        let mut executions: BTreeMap<String, String> = BTreeMap::new();
        let mut told: BTreeMap<(String, &str), u32> = BTreeMap::new();
        for change in self.feed() {
            let revision = change.revision;
            match &change.entity {
                Some(Entity::Attempt(attempt)) => {
                    let ended = attempt_has_ended(&attempt.state);
                    let before = attempts.insert(attempt.id.clone(), ended);
                    assert!(
                        before != Some(true),
                        "revision {revision} changes attempt {}, which had ended",
                        attempt.id
                    );
                }
                Some(Entity::Execution(execution)) => {
                    let before = executions.insert(execution.id.clone(), execution.state.clone());
                    let had_ended = before.as_deref().is_some_and(execution_has_ended);
                    assert!(
                        !had_ended || before.as_deref() == Some(execution.state.as_str()),
                        "revision {revision}: execution {} leaves {before:?}",
                        execution.id
                    );
                }
                Some(_) | None => {}
            }
            let event = match change.lifecycle {
                Some(Lifecycle::AgentStarted(event)) => Some((event.attempt_id, "started")),
                Some(Lifecycle::AgentCompleted(event)) => Some((event.attempt_id, "ended")),
                Some(Lifecycle::AgentFailed(event)) => Some((event.attempt_id, "ended")),
                Some(_) | None => None,
            };
            if let Some(key) = event {
                *told.entry(key).or_default() += 1;
            }
        }
        for ((attempt, event), times) in &told {
            assert_eq!(*times, 1, "attempt {attempt} {event} {times} times");
        }
        for (attempt, ended) in &attempts {
            let told = told.contains_key(&(attempt.clone(), "ended"));
            assert_eq!(
                *ended, told,
                "attempt {attempt}: its state and what was told of its end"
            );
        }
    }
}

fn attempt_has_ended(state: &str) -> bool {
    state
        .parse::<AttemptState>()
        .expect("a state")
        .is_terminal()
}

fn execution_has_ended(state: &str) -> bool {
    state
        .parse::<ExecutionState>()
        .expect("a state")
        .is_terminal()
}

/// A run as the feed tells it, with the one number that is counted where it is read.
fn composed(known: &Projection, id: &str) -> v1::Run {
    let mut run = known
        .compose_run(id)
        .expect("a run that is listed was told");
    let done = run
        .executions
        .iter()
        .filter(|execution| execution_has_ended(&execution.state));
    run.executions_done = Some(done.count() as u32);
    run
}

/// Final messages are read from the kept output when somebody asks for a run, and never stored.
pub fn without_final_texts(mut run: v1::Run) -> v1::Run {
    for execution in &mut run.executions {
        for attempt in &mut execution.attempts {
            attempt.final_text = None;
            attempt.final_text_bytes = None;
        }
    }
    run
}

/// As JSON, line by line: a run is too long to look for the difference.
#[track_caller]
fn assert_same(place: &str, folded: &v1::Run, read: &v1::Run) {
    if folded == read {
        return;
    }
    let lines = |run: &v1::Run| {
        let text = format!("{:#}", synod_shared::json::to_json(run).unwrap());
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (ours, theirs) = (lines(folded), lines(read));
    let only = |these: &[String], those: &[String]| {
        let missing = these.iter().filter(|line| !those.contains(line));
        missing.cloned().collect::<Vec<_>>().join("\n")
    };
    panic!(
        "run {} differs.\n--- only folded:\n{}\n--- only {place}:\n{}",
        read.name,
        only(&ours, &theirs),
        only(&theirs, &ours)
    );
}
