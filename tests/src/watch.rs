//! Waiting for what a run becomes, on the status stream.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use synod_proto::v1::{self, subscribe_response::Message};
use synod_shared::{
    projection::{Applied, Projection},
    words::RunState,
};

use crate::{DEADLINE, World};

impl World {
    /// Waits until a run (its whole id, or its name) is as wanted, and returns it. A daemon that goes away meanwhile
    /// is waited for, not started.
    #[track_caller]
    pub fn wait_run(&self, id: &str, wanted: impl Fn(&v1::Run) -> bool) -> v1::Run {
        let deadline = Instant::now() + DEADLINE;
        let mut last = None;
        while Instant::now() < deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            let watch = self.watch_run(id, &wanted, &mut last);
            let runtime = self.runtime.as_ref().expect("a runtime until the end");
            let found = runtime.block_on(async { tokio::time::timeout(left, watch).await });
            if let Ok(Some(run)) = found {
                return run;
            }
            // The daemon is away: the next look finds it, or another one.
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("run {id} is not as wanted within {DEADLINE:?}, but {last:#?}");
    }

    /// Waits until a run has ended, or needs a human.
    #[track_caller]
    pub fn wait_end(&self, id: &str) -> v1::Run {
        self.wait_run(id, has_settled)
    }

    /// Waits until a run is in this state.
    #[track_caller]
    pub fn wait_state(&self, id: &str, state: &str) -> v1::Run {
        self.wait_run(id, |run| run.state == state)
    }

    /// Waits until all attempts of a run that were started have a process.
    #[track_caller]
    pub fn wait_running(&self, id: &str) -> v1::Run {
        self.wait_run(id, |run| {
            !run.executions.is_empty()
                && run.executions.iter().all(|execution| {
                    execution
                        .attempts
                        .last()
                        .is_some_and(|attempt| attempt.state == "running")
                })
        })
    }

    /// None: the daemon is not there (any more).
    async fn watch_run(
        &self,
        id: &str,
        wanted: &impl Fn(&v1::Run) -> bool,
        last: &mut Option<v1::Run>,
    ) -> Option<v1::Run> {
        let mut supervisor = self.supervisor();
        let request = v1::GetRunRequest {
            id: id.to_owned(),
            ..Default::default()
        };
        let run = supervisor.get_run(request).await.ok()?.into_inner().run?;
        let id = run.id.clone();
        if wanted(&run) {
            return Some(run);
        }
        let request = v1::SubscribeRequest::default();
        let mut stream = self
            .feed_client()
            .subscribe(request)
            .await
            .ok()?
            .into_inner();
        let mut known = Projection::default();
        while let Some(response) = stream.message().await.ok()? {
            match response.message? {
                Message::Snapshot(snapshot) => {
                    known = Projection::from_snapshot(&response.feed_id, &snapshot);
                    if !known.runs.contains_key(&id) {
                        // It has ended meanwhile, and so many newer ones before it that the snapshot leaves it out:
                        // no change will ever tell of it.
                        break;
                    }
                }
                Message::Change(change) => {
                    let applied = known.apply(&change);
                    assert!(!matches!(applied, Applied::Gap { .. }), "{applied:?}");
                }
                Message::Heartbeat(_) => continue,
            }
            if let Some(run) = known.compose_run(&id) {
                let found = wanted(&run);
                *last = Some(run);
                if found {
                    break;
                }
            }
        }
        // As the daemon tells it, findings and all.
        let request = v1::GetRunRequest {
            id,
            ..Default::default()
        };
        let run = supervisor.get_run(request).await.ok()?.into_inner().run?;
        wanted(&run).then_some(run)
    }
}

/// Whether a run goes on by itself no more.
pub(crate) fn has_settled(run: &v1::Run) -> bool {
    let ends: BTreeSet<&str> = BTreeSet::from(["awaiting-human"]);
    ends.contains(run.state.as_str())
        || run
            .state
            .parse::<RunState>()
            .is_ok_and(RunState::is_terminal)
}
