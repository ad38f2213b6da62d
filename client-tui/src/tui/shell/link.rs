//! The link to the daemon: a task of its own that connects, subscribes from the last revision, backs off up to a
//! second, and says what it does. It never starts a daemon.

use std::time::Duration;

use synod_proto::{
    PROTOCOL,
    v1::{Change, GetDaemonStatusRequest, GetDaemonStatusResponse},
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::fault;
use crate::{
    failure::Failure,
    link::{Away, Changes, Dial, FeedItem, Follow, Session, bounded, is_lost},
    tui::msg::{LinkNews, Msg},
};

/// Changes handed over together: few enough that a key never waits long for them to be applied.
const TOGETHER: usize = 256;
/// Changes decoded ahead of the loop.
const AHEAD: usize = 1024;
/// The first pause without a daemon, doubled up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Starts the task; it ends with the loop.
pub fn start(dial: Dial, to: mpsc::Sender<Msg>) {
    tokio::spawn(async move {
        fault::at(fault::Place::Task);
        // An error here means that nobody listens any more.
        let _ = link(dial, &to).await;
    });
}

/// Nobody listens any more.
struct Closed;

async fn say(to: &mpsc::Sender<Msg>, news: LinkNews) -> Result<(), Closed> {
    to.send(Msg::Link(news)).await.map_err(|_| Closed)
}

async fn link(dial: Dial, to: &mpsc::Sender<Msg>) -> Result<(), Closed> {
    let mut pause = FIRST_PAUSE;
    let mut place = Place::default();
    let mut how = Away::Lost;
    loop {
        match greet(&dial).await {
            Ok(Greeting::Ours(status)) => {
                say(to, LinkNews::Connected(status)).await?;
                let (began, revision) = (Instant::now(), place.revision);
                let followed = follow(&dial, &mut place, to).await?;
                // A daemon that answers but has no feed to give is asked less and less often, too.
                if place.revision != revision || began.elapsed() >= LONGEST_PAUSE {
                    pause = FIRST_PAUSE;
                }
                match followed {
                    Ok(away) => {
                        how = away;
                        say(to, LinkNews::Away(away)).await?;
                    }
                    Err(failure) => {
                        how = Away::Lost;
                        // A feed that cannot be gone on with is begun anew.
                        place = Place::default();
                        say(to, LinkNews::Refused(failure.to_string())).await?;
                    }
                }
            }
            Ok(Greeting::Nobody) => say(to, LinkNews::Away(how)).await?,
            Ok(Greeting::Other { theirs, version }) => {
                say(to, LinkNews::OtherProtocol { theirs, version }).await?;
            }
            Err(failure) => say(to, LinkNews::Refused(failure.to_string())).await?,
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

enum Greeting {
    /// A daemon of our protocol.
    Ours(Box<GetDaemonStatusResponse>),
    /// A daemon of another one.
    Other { theirs: u32, version: String },
    /// None.
    Nobody,
}

async fn greet(dial: &Dial) -> Result<Greeting, Failure> {
    let Some(channel) = dial.connect_only().await? else {
        return Ok(Greeting::Nobody);
    };
    let mut client = Session::supervisor_on(channel);
    match bounded(client.get_daemon_status(GetDaemonStatusRequest {})).await? {
        Ok(answer) => {
            let status = answer.into_inner();
            Ok(if status.protocol == PROTOCOL {
                Greeting::Ours(Box::new(status))
            } else {
                let (theirs, version) = (status.protocol, status.version);
                Greeting::Other { theirs, version }
            })
        }
        Err(status) if is_lost(&status) => Ok(Greeting::Nobody),
        Err(status) => Err(status.into()),
    }
}

/// Where in the feed we are.
#[derive(Debug, Default)]
struct Place {
    feed_id: String,
    revision: Option<u64>,
}

/// Hands the feed on until the connection is lost.
async fn follow(
    dial: &Dial,
    place: &mut Place,
    to: &mpsc::Sender<Msg>,
) -> Result<Result<Away, Failure>, Closed> {
    let session = match Session::attached(dial.clone()) {
        Ok(session) => session,
        Err(failure) => return Ok(Err(failure)),
    };
    let changes = Changes::new(session, place.revision, &place.feed_id, Follow::State);
    let (read, mut items) = mpsc::channel(AHEAD);
    // Reading is a task of its own, because waiting for an item must not be cut short.
    let reader = tokio::spawn(read_on(changes, read));
    let outcome = hand_on(&mut items, place, to).await;
    reader.abort();
    outcome
}

async fn read_on(mut changes: Changes, to: mpsc::Sender<Result<(FeedItem, String), Failure>>) {
    loop {
        let item = changes.next().await;
        let last = !matches!(item, Ok(FeedItem::Snapshot(_) | FeedItem::Change(_)));
        let item = item.map(|item| (item, changes.feed_id().to_owned()));
        if to.send(item).await.is_err() || last {
            return;
        }
    }
}

async fn hand_on(
    items: &mut mpsc::Receiver<Result<(FeedItem, String), Failure>>,
    place: &mut Place,
    to: &mpsc::Sender<Msg>,
) -> Result<Result<Away, Failure>, Closed> {
    let mut together: Vec<Change> = Vec::new();
    loop {
        let next = match items.try_recv() {
            Ok(item) if together.len() < TOGETHER => Some(item),
            Ok(item) => {
                say(to, LinkNews::Changes(std::mem::take(&mut together))).await?;
                Some(item)
            }
            Err(_) => {
                if !together.is_empty() {
                    say(to, LinkNews::Changes(std::mem::take(&mut together))).await?;
                }
                items.recv().await
            }
        };
        let Some(item) = next else {
            return Ok(Ok(Away::Lost));
        };
        let item = match item {
            Ok((item, feed_id)) => {
                place.feed_id = feed_id;
                item
            }
            Err(failure) => return Ok(Err(failure)),
        };
        match item {
            FeedItem::Change(change) => {
                place.revision = Some(change.revision);
                together.push(*change);
            }
            FeedItem::Snapshot(snapshot) => {
                if !together.is_empty() {
                    say(to, LinkNews::Changes(std::mem::take(&mut together))).await?;
                }
                place.revision = Some(snapshot.revision);
                let feed_id = place.feed_id.clone();
                let snapshot = Box::new(snapshot);
                say(to, LinkNews::Snapshot { feed_id, snapshot }).await?;
            }
            FeedItem::Away(away) => {
                if !together.is_empty() {
                    say(to, LinkNews::Changes(std::mem::take(&mut together))).await?;
                }
                return Ok(Ok(away));
            }
            FeedItem::End => return Ok(Ok(Away::Lost)),
        }
    }
}

#[cfg(test)]
mod tests;
