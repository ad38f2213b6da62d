//! The feed from a revision on: each change exactly once, whatever happens to the daemon meanwhile.

use synod_proto::v1::{
    Change, Snapshot, SubscribeRequest, SubscribeResponse, subscribe_response::Message,
};
use tonic::{Status, Streaming};

use super::session::{Away, Patience, Session, bounded, ended_in_order, is_lost};
use crate::failure::Failure;

/// What the feed says next.
#[derive(Debug)]
pub enum FeedItem {
    /// The state at a revision; what was known before is to be forgotten.
    Snapshot(Snapshot),
    /// The next change.
    Change(Box<Change>),
    /// The daemon went away; the next item comes when there is one again.
    Away(Away),
    /// All is said that was asked for.
    End,
}

/// What is wanted of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// How things stand, for ever: a reader that falls behind gets a snapshot instead of what it missed.
    State,
    /// Every change, for ever.
    EveryChange,
    /// Every change up to a revision.
    Until(u64),
}

impl Follow {
    /// Whether the stream has no end of its own. One that has is a question like any other, and a daemon is
    /// started to answer it.
    fn is_for_ever(self) -> bool {
        match self {
            Self::State | Self::EveryChange => true,
            Self::Until(_) => false,
        }
    }
}

/// A subscription that resumes. Its `next` is for one task that does nothing else: it is not to be cancelled
/// half-way, because it may be starting a daemon.
#[derive(Debug)]
pub struct Changes {
    session: Session,
    follow: Follow,
    /// The last revision seen.
    since: Option<u64>,
    /// The feed it belongs to, once known.
    feed_id: String,
    stream: Option<Streaming<SubscribeResponse>>,
    patience: Patience,
    lost: Option<Status>,
}

impl Changes {
    /// Changes after a revision; without one, a snapshot first.
    pub fn new(session: Session, since: Option<u64>, feed_id: &str, follow: Follow) -> Self {
        Self {
            session,
            follow,
            since,
            feed_id: feed_id.to_owned(),
            stream: None,
            patience: Patience::default(),
            lost: None,
        }
    }

    /// The feed that what was said last belongs to; empty before anything was.
    pub fn feed_id(&self) -> &str {
        &self.feed_id
    }

    /// The next item.
    pub async fn next(&mut self) -> Result<FeedItem, Failure> {
        loop {
            if let Some(lost) = self.lost.take() {
                self.session.reconnect(&mut self.patience, &lost).await?;
            }
            let Some(stream) = &mut self.stream else {
                match self.subscribe().await? {
                    Ok(stream) => self.stream = Some(stream),
                    Err(status) => {
                        if let Some(away) = self.lose(status)? {
                            return Ok(away);
                        }
                    }
                }
                continue;
            };
            match stream.message().await {
                Ok(Some(response)) => {
                    self.patience.renew();
                    if let Some(item) = self.take(response) {
                        return Ok(item);
                    }
                }
                Ok(None) if self.has_all() => return Ok(FeedItem::End),
                Ok(None) => {
                    if let Some(away) = self.lose(ended_in_order())? {
                        return Ok(away);
                    }
                }
                Err(status) => {
                    if let Some(away) = self.lose(status)? {
                        return Ok(away);
                    }
                }
            }
        }
    }

    async fn subscribe(&self) -> Result<Result<Streaming<SubscribeResponse>, Status>, Failure> {
        let request = SubscribeRequest {
            since_revision: self.since,
            feed_id: self.feed_id.clone(),
            heartbeat: None,
            no_follow: matches!(self.follow, Follow::Until(_)),
            every_change: self.since.is_some() && self.follow != Follow::State,
        };
        let mut feed = self.session.feed();
        let answer = bounded(feed.subscribe(request)).await?;
        Ok(answer.map(tonic::Response::into_inner))
    }

    fn has_all(&self) -> bool {
        match self.follow {
            Follow::Until(revision) => self.since.is_some_and(|since| since >= revision),
            Follow::State | Follow::EveryChange => false,
        }
    }

    /// Notes a lost connection; tells it once, not at every attempt.
    fn lose(&mut self, status: Status) -> Result<Option<FeedItem>, Failure> {
        if !is_lost(&status) {
            return Err(status.into());
        }
        let before = self.patience.away();
        // Where no stream had begun yet, somebody who follows is told all the same.
        let first = self.follow.is_for_ever() && self.patience.is_untried();
        if self.follow.is_for_ever() {
            self.patience.note(Away::of(&status));
        }
        let away = self.patience.away();
        let told_now = self.stream.take().is_some() || away != before || first;
        self.lost = Some(status);
        Ok(told_now.then_some(FeedItem::Away(away)))
    }

    fn take(&mut self, response: SubscribeResponse) -> Option<FeedItem> {
        let same_feed = self.feed_id.is_empty() || self.feed_id == response.feed_id;
        self.feed_id = response.feed_id;
        match response.message? {
            Message::Snapshot(snapshot) => {
                self.since = Some(snapshot.revision);
                if let Follow::Until(revision) = &mut self.follow {
                    // Of another feed, the revision asked for means nothing.
                    *revision = snapshot.revision.min(*revision);
                }
                Some(FeedItem::Snapshot(snapshot))
            }
            Message::Change(change) => {
                if same_feed && self.since.is_some_and(|since| change.revision <= since) {
                    return None;
                }
                self.since = Some(change.revision);
                Some(FeedItem::Change(Box::new(change)))
            }
            Message::Heartbeat(_) => None,
        }
    }
}
