//! The feed: what is committed goes to everybody who listens, and nobody waits for anybody.
//!
//! Owns joining (a snapshot or the changes missed, then what follows without a gap), and what happens to those
//! that fall behind. The changes are the store's; nothing here decides anything.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use prost::Message as _;
use synod_proto::v1;
use tokio::sync::{broadcast, mpsc};
use tonic::Status;

use crate::{
    rpc::status,
    store::{Reader, StoreError},
    wire::{self, Depth},
};

/// Commits kept for subscribers that are a little behind; those further behind read the database.
const RING: usize = 512;
/// Messages that may wait for one subscriber: with the transport's own window this bounds what a stuck one
/// costs.
const WAITING: usize = 16;
/// Changes read from the database at a time.
const PAGE: u32 = 256;
/// A live subscriber further behind than this gets a new snapshot instead of all that was missed.
const TOO_FAR: u64 = 5_000;
/// Heartbeats come no quicker than this, whatever is asked for.
const QUICKEST_HEARTBEAT: Duration = Duration::from_millis(50);
/// Bytes of ended runs in a snapshot: well below the largest message.
const LARGEST_SNAPSHOT: usize = synod_proto::MAX_MESSAGE / 4;
/// Ended runs in a snapshot.
const RECENT: u32 = 200;

/// What waits for one subscriber. Boxed, because a queue allocates many places at a time, and for somebody who
/// listens to an idle daemon they would be most of what it costs.
pub type Waiting = Box<Result<v1::SubscribeResponse, Status>>;

/// The changes of one commit.
#[derive(Debug)]
pub struct Commit {
    pub changes: Vec<v1::Change>,
    pub revision: u64,
}

/// Sends what is committed to whoever listens.
#[derive(Debug, Clone)]
pub struct Publisher {
    ring: broadcast::Sender<Arc<Commit>>,
    feed_id: Arc<str>,
    subscribers: Arc<AtomicU32>,
}

impl Publisher {
    /// A feed without listeners.
    #[must_use]
    pub fn new(feed_id: &str) -> Self {
        Self {
            ring: broadcast::channel(RING).0,
            feed_id: feed_id.into(),
            subscribers: Arc::default(),
        }
    }

    /// Sends one commit. Never waits.
    pub fn publish(&self, changes: &[v1::Change], revision: u64) {
        if self.ring.receiver_count() > 0 {
            // An error only says that the last listener left meanwhile.
            let _ = self.ring.send(Arc::new(Commit {
                changes: changes.to_vec(),
                revision,
            }));
        }
    }

    /// The feed's id.
    #[must_use]
    pub fn feed_id(&self) -> &str {
        &self.feed_id
    }

    /// How many listen now.
    #[must_use]
    pub fn subscribers(&self) -> u32 {
        self.subscribers.load(Ordering::Relaxed)
    }

    /// Serves one subscriber, in a task of its own.
    #[must_use]
    pub fn subscribe(
        &self,
        reader: Arc<Reader>,
        request: v1::SubscribeRequest,
        ending: tokio_util::sync::CancellationToken,
    ) -> mpsc::Receiver<Waiting> {
        let (to, stream) = mpsc::channel(WAITING);
        let left = to.clone();
        let goodbye = to.clone();
        // Listening begins before the state is read: nothing falls between.
        let subscription = Subscription {
            commits: self.ring.subscribe(),
            reader,
            feed_id: Arc::clone(&self.feed_id),
            to,
            last: 0,
            count: Guard::new(&self.subscribers),
        };
        tokio::spawn(async move {
            tokio::select! {
                () = subscription.serve(request) => {}
                // Noticed at once, not with the next commit, which may be long in coming.
                () = left.closed() => {}
                () = ending.cancelled() => {
                    // Said, so that whoever follows knows it from a crash. One that does not read is not waited for.
                    let _ = goodbye.try_send(Box::new(Err(status::stopped())));
                }
            }
        });
        stream
    }
}

/// Counts a subscriber as long as it lives.
#[derive(Debug)]
struct Guard(Arc<AtomicU32>);

impl Guard {
    fn new(count: &Arc<AtomicU32>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a subscription ends.
enum End {
    /// The listener has gone.
    Gone,
    /// The database could not be read.
    Failed(StoreError),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

struct Subscription {
    commits: broadcast::Receiver<Arc<Commit>>,
    reader: Arc<Reader>,
    feed_id: Arc<str>,
    to: mpsc::Sender<Waiting>,
    /// The last revision sent.
    last: u64,
    #[allow(dead_code, reason = "counts by living")]
    count: Guard,
}

impl Subscription {
    async fn serve(mut self, request: v1::SubscribeRequest) {
        if let Err(End::Failed(error)) = self.run(request).await {
            tracing::warn!(%error, "a subscription ends");
            // Gone already is as good.
            let _ = self
                .to
                .send(Box::new(Err(status::from_store(&error))))
                .await;
        }
    }

    async fn run(&mut self, request: v1::SubscribeRequest) -> Result<(), End> {
        let heartbeat = request
            .heartbeat
            .and_then(|every| Duration::try_from(every).ok())
            .map(|every| every.max(QUICKEST_HEARTBEAT));
        let newest = self.read(Reader::revision).await?;
        let same_feed = request.feed_id.is_empty() || *request.feed_id == *self.feed_id;
        match request.since_revision {
            Some(since) if same_feed && since <= newest => {
                let followed = !request.no_follow && !request.every_change;
                if followed && since > 0 && newest - since > TOO_FAR {
                    self.snapshot("fell-behind").await?;
                } else {
                    self.last = since;
                    self.catch_up(newest).await?;
                }
            }
            Some(_) if !same_feed => self.snapshot("other-feed").await?,
            Some(_) => self.snapshot("future-revision").await?,
            None => self.snapshot("requested").await?,
        }
        if request.no_follow {
            return Ok(());
        }
        loop {
            let Some(commit) = next(&mut self.commits, heartbeat).await else {
                let revision = self.last;
                self.send(v1::subscribe_response::Message::Heartbeat(v1::Heartbeat {
                    revision,
                }))
                .await?;
                continue;
            };
            match commit {
                Ok(commit) => self.take(&commit).await?,
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    let newest = self.read(Reader::revision).await?;
                    if newest.saturating_sub(self.last) > TOO_FAR && !request.every_change {
                        tracing::warn!(
                            behind = newest - self.last,
                            "a subscriber fell behind; it gets a new snapshot"
                        );
                        self.snapshot("fell-behind").await?;
                    } else {
                        self.catch_up(newest).await?;
                    }
                }
            }
        }
    }

    /// Sends what is new of a commit.
    async fn take(&mut self, commit: &Commit) -> Result<(), End> {
        if commit
            .changes
            .first()
            .is_some_and(|first| first.revision > self.last + 1)
        {
            return self.catch_up(commit.revision).await;
        }
        for change in &commit.changes {
            if change.revision > self.last {
                self.last = change.revision;
                self.send(v1::subscribe_response::Message::Change(change.clone()))
                    .await?;
            }
        }
        Ok(())
    }

    /// Sends the stored changes up to a revision, a page at a time.
    async fn catch_up(&mut self, to: u64) -> Result<(), End> {
        while self.last < to {
            let after = self.last;
            let page = self.read(move |reader| reader.changes(after, PAGE)).await?;
            if page.is_empty() {
                return Ok(());
            }
            for bytes in page {
                let Ok(change) = v1::Change::decode(bytes.as_slice()) else {
                    tracing::error!(after = self.last, "a stored change cannot be read");
                    return self.snapshot("fell-behind").await;
                };
                self.last = change.revision;
                self.send(v1::subscribe_response::Message::Change(change))
                    .await?;
            }
        }
        Ok(())
    }

    async fn snapshot(&mut self, cause: &str) -> Result<(), End> {
        let mut snapshot = self.read(snapshot).await?;
        cause.clone_into(&mut snapshot.cause);
        self.last = snapshot.revision;
        self.send(v1::subscribe_response::Message::Snapshot(snapshot))
            .await
    }

    async fn send(&self, message: v1::subscribe_response::Message) -> Result<(), End> {
        let response = v1::SubscribeResponse {
            feed_id: self.feed_id.to_string(),
            message: Some(message),
        };
        let sent = self.to.send(Box::new(Ok(response))).await;
        sent.map_err(|_| End::Gone)
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, End> {
        let reader = Arc::clone(&self.reader);
        match tokio::task::spawn_blocking(move || read(&reader)).await {
            Ok(result) => result.map_err(End::Failed),
            // The runtime is ending.
            Err(_) => Err(End::Gone),
        }
    }
}

/// The next commit, or nothing if a heartbeat is due first.
async fn next(
    commits: &mut broadcast::Receiver<Arc<Commit>>,
    heartbeat: Option<Duration>,
) -> Option<Result<Arc<Commit>, broadcast::error::RecvError>> {
    match heartbeat {
        None => Some(commits.recv().await),
        Some(every) => tokio::time::timeout(every, commits.recv()).await.ok(),
    }
}

/// The state now: live runs and the newest ended ones.
pub fn snapshot(reader: &Reader) -> Result<v1::Snapshot, StoreError> {
    let (revision, runs, older_runs) = reader.snapshot(RECENT)?;
    let whole = v1::Snapshot {
        revision,
        runs: runs
            .iter()
            .map(|parts| wire::compose(parts, Depth::Whole))
            .collect(),
        cause: "requested".to_owned(),
        older_runs,
    };
    Ok(bounded(whole))
}

/// Makes a snapshot fit into a message: the oldest ended runs are left out and counted; live ones stay, if need be
/// without their findings and questions, which GetRun has.
#[must_use]
pub fn bounded(mut snapshot: v1::Snapshot) -> v1::Snapshot {
    let mut room = LARGEST_SNAPSHOT;
    let before = snapshot.runs.len();
    snapshot.runs.retain_mut(|run| {
        let live = run.ended_at.is_none();
        if live && run.encoded_len() > room {
            run.findings.clear();
            run.questions.clear();
        }
        let size = run.encoded_len();
        let fits = live || size <= room;
        // Once one does not fit, no older one is kept either.
        room = if fits { room.saturating_sub(size) } else { 0 };
        fits
    });
    snapshot.older_runs += (before - snapshot.runs.len()) as u64;
    snapshot
}
