//! Calls to the daemon that outlive it: a call whose answer was lost is sent again, with the same request
//! id, to the daemon that runs by then.

use std::{future::Future, time::Duration};

use synod_proto::{
    MAX_MESSAGE,
    v1::{status_feed_client::StatusFeedClient, supervisor_client::SupervisorClient},
};
use tokio::time::{Instant, sleep, timeout};
use tonic::{Response, Status, transport::Channel};
use tonic_types::StatusExt as _;

use super::dial::Dial;
use crate::failure::Failure;

/// Most time one call may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// Most time without a daemon until we give up.
const WITHOUT_DAEMON: Duration = Duration::from_secs(30);
/// The first pause between two attempts to reach a daemon; doubled up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A connection that is made anew when the daemon has gone. Clones reconnect each for itself.
#[derive(Debug, Clone)]
pub struct Session {
    dial: Dial,
    channel: Channel,
    absent: Absent,
}

/// What is done when no daemon is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// One is started, unless it was stopped on purpose.
    Start,
    /// Somebody else starts one: `daemon stop` must be possible while a screen is attached.
    Await,
}

impl Session {
    /// Connects, starting a daemon if none answers.
    pub async fn open(dial: Dial) -> Result<Self, Failure> {
        let channel = dial.connect_or_start().await?;
        Ok(Self {
            dial,
            channel,
            absent: Absent::Start,
        })
    }

    /// On a daemon that is or will be there; never starts one.
    pub fn attached(dial: Dial) -> Result<Self, Failure> {
        let channel = dial.channel()?;
        Ok(Self {
            dial,
            channel,
            absent: Absent::Await,
        })
    }

    /// A client for commands and queries on a channel.
    pub fn supervisor_on(channel: Channel) -> SupervisorClient<Channel> {
        SupervisorClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE)
    }

    /// A client for the feed.
    pub fn feed(&self) -> StatusFeedClient<Channel> {
        StatusFeedClient::new(self.channel.clone())
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE)
    }

    /// Sends a call, again if the connection was lost before its answer came.
    pub async fn call<T, F>(
        &mut self,
        ask: impl Fn(SupervisorClient<Channel>) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        let mut patience = Patience::default();
        loop {
            let client = Self::supervisor_on(self.channel.clone());
            match bounded(ask(client)).await? {
                Ok(answer) => return Ok(answer.into_inner()),
                Err(status) if is_lost(&status) => self.reconnect(&mut patience, &status).await?,
                Err(status) => return Err(status.into()),
            }
        }
    }

    /// Connects anew, starting a daemon if necessary; pauses between attempts and gives up in the end. For a
    /// follower whose daemon was told to end none is started, and there is no end to the attempts: the person
    /// who stopped it meant it, and what it had started goes on.
    pub async fn reconnect(
        &mut self,
        patience: &mut Patience,
        lost: &Status,
    ) -> Result<(), Failure> {
        if patience.away() == Away::Stopped {
            return self.await_daemon(patience).await;
        }
        let mut why = None;
        loop {
            if !patience.pause().await {
                return Err(why.unwrap_or_else(|| {
                    Failure::Unreachable(format!(
                        "the connection to the daemon at {} was lost again and again: {}",
                        self.dial.socket(),
                        lost.message(),
                    ))
                }));
            }
            let connected = match self.absent {
                Absent::Start => self.dial.connect_or_start().await.map(Some),
                Absent::Await => self.dial.connect_only().await,
            };
            match connected {
                Ok(Some(channel)) => {
                    self.channel = channel;
                    return Ok(());
                }
                Ok(None) => {}
                // A daemon that is going may still hold its lock, a starting one may be slow.
                Err(failure @ Failure::Unreachable(_)) => why = Some(failure),
                Err(failure) => return Err(failure),
            }
        }
    }
}

impl Session {
    /// Connects when somebody else has started a daemon.
    async fn await_daemon(&mut self, patience: &mut Patience) -> Result<(), Failure> {
        loop {
            patience.pause_on().await;
            if let Some(channel) = self.dial.connect_only().await? {
                self.channel = channel;
                return Ok(());
            }
        }
    }
}

/// Waits for one answer, at most for the deadline.
pub async fn bounded<T>(
    answer: impl Future<Output = Result<Response<T>, Status>>,
) -> Result<Result<Response<T>, Status>, Failure> {
    timeout(DEADLINE, answer).await.map_err(|_| {
        Failure::Unreachable(format!(
            "the daemon took the call but did not answer within {} s; \
             `synod daemon status` tells how it is",
            DEADLINE.as_secs()
        ))
    })
}

/// Whether the connection failed or the daemon is going, rather than having answered. A status that a daemon
/// sent has no source; one made here, from a broken connection, has.
pub fn is_lost(status: &Status) -> bool {
    std::error::Error::source(status).is_some() || status.code() == tonic::Code::Unavailable
}

/// `ErrorInfo.reason` of a daemon that was asked to end.
const ENDING: &str = "daemon-ending";

/// The end of a stream that was to go on for ever: only a daemon that ends in order closes one so.
pub fn ended_in_order() -> Status {
    let details = tonic_types::ErrorDetails::with_error_info(
        ENDING,
        "synod",
        std::collections::HashMap::<String, String>::new(),
    );
    Status::with_error_details(tonic::Code::Unavailable, "the daemon ended", details)
}

/// How a daemon went away under a follower.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Away {
    /// The connection broke: another daemon is started.
    #[default]
    Lost,
    /// It was asked to end: nobody but the user starts another.
    Stopped,
}

impl Away {
    /// What a lost stream's last status tells.
    pub fn of(status: &Status) -> Self {
        match status.get_details_error_info() {
            Some(info) if info.reason == ENDING => Self::Stopped,
            Some(_) | None => Self::Lost,
        }
    }
}

/// How long attempts to reach a daemon have gone on, and how long to pause before the next.
#[derive(Debug, Default)]
pub struct Patience {
    since: Option<Instant>,
    pauses: u32,
    away: Away,
}

impl Patience {
    /// Notes how the daemon went away. Once it was stopped, a broken connection is its end, not a crash, until
    /// something arrived again.
    pub fn note(&mut self, away: Away) {
        if away == Away::Stopped {
            self.away = away;
        }
    }

    /// How the daemon went away.
    pub fn away(&self) -> Away {
        self.away
    }

    /// Whether no attempt was made since something arrived.
    pub fn is_untried(&self) -> bool {
        self.pauses == 0
    }

    /// Forgets the attempts made: something arrived.
    pub fn renew(&mut self) {
        *self = Self::default();
    }

    /// Pauses before the next attempt; false when it is time to give up.
    async fn pause(&mut self) -> bool {
        let since = *self.since.get_or_insert_with(Instant::now);
        if since.elapsed() > WITHOUT_DAEMON {
            return false;
        }
        self.pause_on().await;
        true
    }

    /// Pauses before the next attempt, however long it has been.
    async fn pause_on(&mut self) {
        sleep(pause_before(self.pauses)).await;
        self.pauses = self.pauses.saturating_add(1);
    }
}

fn pause_before(attempt: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(attempt))
        .min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_20_ms_up_to_a_second_and_stay_there() {
        let millis: Vec<u128> = (0..8).map(|n| pause_before(n).as_millis()).collect();
        assert_eq!(millis, [20, 40, 80, 160, 320, 640, 1000, 1000]);
        assert_eq!(pause_before(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn a_daemon_that_was_stopped_stays_stopped_until_something_arrives() {
        let mut patience = Patience::default();
        patience.note(Away::of(&ended_in_order()));
        patience.note(Away::of(&Status::unavailable("broken")));
        assert_eq!(patience.away(), Away::Stopped);
        patience.renew();
        assert_eq!(patience.away(), Away::Lost);
    }

    #[test]
    fn a_refusal_is_not_a_lost_connection() {
        assert!(!is_lost(&Status::not_found("no such run")));
        assert!(is_lost(&Status::unavailable("the daemon is going")));
        assert!(is_lost(&Status::from_error(Box::new(
            std::io::Error::from(std::io::ErrorKind::BrokenPipe)
        ))));
    }
}
