//! Some runs, whole, each time one of their parts has changed.

use std::collections::BTreeMap;

use synod_proto::v1::{Change, Execution, GetRunRequest, Run, Snapshot, change::Entity};
use synod_shared::projection::{Applied, Projection};
use tokio::sync::mpsc;

use super::{
    changes::{Changes, FeedItem, Follow},
    session::{Away, Session},
};
use crate::failure::Failure;

/// States waiting to be shown. One that is shown late holds the next ones back, and the daemon then sends a
/// snapshot instead of what was missed.
const STATES: usize = 64;

/// What is told about the runs.
#[derive(Debug)]
pub enum WatchItem {
    /// A run as it is now, with all its parts.
    Run(Box<Run>),
    /// The daemon went away; more comes when there is one again.
    Away(Away),
    /// Watching failed for good.
    Failed(Failure),
}

/// Watches runs in a task of its own; each is told at once, as it stands, and then at every change.
pub fn watch(session: Session, ids: Vec<String>) -> mpsc::Receiver<WatchItem> {
    let (to, items) = mpsc::channel(STATES);
    tokio::spawn(async move {
        if let Err(failure) = follow(session, ids, &to).await {
            // Whoever asked may have stopped listening.
            let _ = to.send(WatchItem::Failed(failure)).await;
        }
    });
    items
}

/// A run by its id or name, whole.
pub async fn get_run(session: &mut Session, id: &str) -> Result<Run, Failure> {
    ask(session, id, Texts::Wanted).await
}

/// The same without what its agents said at last: for whoever looks for the run itself.
pub async fn look_up(session: &mut Session, id: &str) -> Result<Run, Failure> {
    ask(session, id, Texts::LeftOut).await
}

/// Whether the agents' final messages are wanted: the daemon reads them from what they printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texts {
    Wanted,
    LeftOut,
}

async fn ask(session: &mut Session, id: &str, texts: Texts) -> Result<Run, Failure> {
    if id.trim().is_empty() {
        return Err(Failure::Input(
            "expected an id or a name, found an empty word; `synod ps --all` lists them".to_owned(),
        ));
    }
    let answer = session
        .call(|mut daemon| {
            let request = GetRunRequest {
                id: id.to_owned(),
                without_final_texts: texts == Texts::LeftOut,
            };
            async move { daemon.get_run(request).await }
        })
        .await?;
    answer
        .run
        .ok_or_else(|| Failure::Protocol(format!("the daemon found {id} but sent no run")))
}

async fn follow(
    mut session: Session,
    ids: Vec<String>,
    to: &mpsc::Sender<WatchItem>,
) -> Result<(), Failure> {
    let mut watched = Watched::default();
    for id in &ids {
        watched.read(look_up(&mut session, id).await?);
    }
    let since = watched.oldest();
    watched.known.revision = since;
    if !tell_all(&watched, to).await {
        return Ok(());
    }
    let mut changes = Changes::new(session.clone(), Some(since), "", Follow::State);
    loop {
        match changes.next().await? {
            FeedItem::Change(change) => {
                if let Some(run) = watched.apply(*change)
                    && !tell(&watched, &run, to).await
                {
                    return Ok(());
                }
            }
            FeedItem::Snapshot(snapshot) => {
                watched = watched.anew(&mut session, &snapshot).await?;
                if !tell_all(&watched, to).await {
                    return Ok(());
                }
            }
            FeedItem::Away(away) => {
                if to.send(WatchItem::Away(away)).await.is_err() {
                    return Ok(());
                }
            }
            FeedItem::End => return Ok(()),
        }
    }
}

async fn tell_all(watched: &Watched, to: &mpsc::Sender<WatchItem>) -> bool {
    for id in watched.read_at.keys() {
        if !tell(watched, id, to).await {
            return false;
        }
    }
    true
}

/// False when nobody listens any more.
async fn tell(watched: &Watched, id: &str, to: &mpsc::Sender<WatchItem>) -> bool {
    match watched.known.compose_run(id) {
        Some(run) => to.send(WatchItem::Run(Box::new(run))).await.is_ok(),
        None => !to.is_closed(),
    }
}

/// What is known of the watched runs, and of nothing else.
#[derive(Default)]
struct Watched {
    known: Projection,
    /// Each run's id, and the revision that last changed it when it was read whole: changes up to it are part
    /// of it. The revision of the whole feed would not do: something may have changed between the two reads.
    read_at: BTreeMap<String, u64>,
}

impl Watched {
    fn read(&mut self, run: Run) {
        self.read_at.insert(run.id.clone(), run.revision);
        let known = Projection::from_snapshot(
            "",
            &Snapshot {
                runs: vec![run],
                ..Snapshot::default()
            },
        );
        self.known.runs.extend(known.runs);
        self.known.executions.extend(known.executions);
        self.known.attempts.extend(known.attempts);
        self.known.progress.extend(known.progress);
        self.known.findings.extend(known.findings);
        self.known.questions.extend(known.questions);
        self.known.verdicts.extend(known.verdicts);
    }

    fn oldest(&self) -> u64 {
        self.read_at.values().copied().min().unwrap_or_default()
    }

    /// Applies a change; the id of the watched run it was about.
    fn apply(&mut self, mut change: Change) -> Option<String> {
        let about = change
            .entity
            .as_ref()
            .and_then(|entity| self.run_of(entity))
            .filter(|run| {
                self.read_at
                    .get(run)
                    .is_some_and(|read_at| change.revision > *read_at)
            });
        if about.is_none() {
            // Not ours, or known: only the revision counts.
            change.entity = None;
        }
        match self.known.apply(&change) {
            Applied::Applied => about,
            Applied::AlreadyKnown => None,
            Applied::Gap { .. } => {
                // The feed has no gaps and resumes where it was cut; whole values make up for one all the same.
                self.known.revision = change.revision - 1;
                self.known.apply(&change);
                about
            }
        }
    }

    fn run_of(&self, entity: &Entity) -> Option<String> {
        match entity {
            Entity::Run(run) => Some(run.id.clone()),
            Entity::Execution(Execution { run_id, .. }) => Some(run_id.clone()),
            Entity::Attempt(attempt) => Some(attempt.run_id.clone()),
            Entity::Progress(progress) => Some(progress.run_id.clone()),
            Entity::Finding(finding) => Some(finding.run_id.clone()),
            Entity::Question(question) => Some(question.run_id.clone()),
            Entity::Verdict(verdict) => Some(verdict.run_id.clone()),
            Entity::Ledger(entry) => Some(entry.run_id.clone()),
            Entity::Deleted(deleted) => {
                let id = &deleted.id;
                let run_of_attempt = |id: &String| self.known.attempts.get(id).map(|a| &a.run_id);
                match deleted.kind.as_str() {
                    "run" | "verdict" => Some(id),
                    "execution" => self.known.executions.get(id).map(|e| &e.run_id),
                    "attempt" | "progress" => run_of_attempt(id),
                    "finding" => self.known.findings.get(id).map(|f| &f.run_id),
                    "question" => self.known.questions.get(id).map(|q| &q.run_id),
                    _ => None,
                }
                .cloned()
            }
        }
    }

    /// The same runs out of a snapshot; those it does not hold are asked for.
    async fn anew(&self, session: &mut Session, snapshot: &Snapshot) -> Result<Self, Failure> {
        let mut anew = Self::default();
        for id in self.read_at.keys() {
            match snapshot.runs.iter().find(|run| run.id == *id) {
                // A snapshot may leave out findings of ended runs; an ended run is read whole.
                Some(run) if run.ended_at.is_none() => anew.read(run.clone()),
                Some(_) | None => anew.read(look_up(session, id).await?),
            }
        }
        anew.known.revision = snapshot.revision;
        Ok(anew)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, state: &str, revision: u64) -> Run {
        Run {
            id: id.into(),
            state: state.into(),
            revision,
            ..Run::default()
        }
    }

    fn change(revision: u64, entity: Entity) -> Change {
        Change {
            revision,
            entity: Some(entity),
            ..Change::default()
        }
    }

    #[test]
    fn a_change_older_than_the_run_as_read_does_not_take_it_back() {
        let mut watched = Watched::default();
        watched.read(run("a", "executing", 5));
        watched.read(run("b", "passed", 8));
        watched.known.revision = watched.oldest();
        let told: Vec<Option<String>> = [
            change(6, Entity::Run(run("b", "executing", 6))),
            change(7, Entity::Run(run("a", "deciding", 7))),
            change(8, Entity::Run(run("c", "pending", 8))),
            change(9, Entity::Run(run("b", "rejected", 9))),
        ]
        .map(|change| watched.apply(change))
        .to_vec();
        assert_eq!(told, [None, Some("a".into()), None, Some("b".into())]);
        assert_eq!(watched.known.runs.len(), 2);
        assert_eq!(watched.known.compose_run("b").unwrap().state, "rejected");
    }
}
