//! How others speak to the engine.

use std::{collections::BTreeMap, time::Duration};

use synod_core::{
    decide::Rejection,
    input::{Command, Observation, Reply},
};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

/// How long the engine and those who report to it wait before they try again while there is no room.
pub(super) const FULL_PAUSE: Duration = Duration::from_millis(500);

/// A command with what makes a repeat recognisable.
#[derive(Debug)]
pub struct Request {
    pub id: String,
    /// Hash of everything that was asked; a repeat must be equal.
    pub payload_hash: String,
    pub command: Command,
}

/// The answer to a command: it is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    pub reply: Reply,
    pub revision: u64,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EngineError {
    /// A business no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The same request id with another payload.
    #[error(
        "request id {id} was used before for something else; use a fresh id for each intention"
    )]
    RequestReused { id: String },
    /// No room for the commit. Nothing changed.
    #[error("{message}")]
    Full { message: String },
    /// The daemon is ending, or has failed.
    #[error("the daemon is ending; try again: the next call starts it anew")]
    Gone,
}

/// Numbers of the moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gauges {
    pub running: u32,
    pub queued: u32,
    pub by_provider: BTreeMap<String, (u32, u32)>,
    pub revision: u64,
    pub warnings: Vec<String>,
}

/// What the engine's thread takes in.
#[derive(Debug)]
pub(super) enum Message {
    Command {
        request: Box<Request>,
        answer: oneshot::Sender<Result<Committed, EngineError>>,
    },
    Observe {
        observations: Vec<Observation>,
        /// Told the revision after the commit.
        done: oneshot::Sender<Result<u64, EngineError>>,
    },
    Gauges(oneshot::Sender<Gauges>),
    /// Look at the deadlines: one has come.
    Tick,
    /// End, leaving agents running.
    Stop,
}

/// A handle to the engine; clones share it.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(super) inbox: mpsc::Sender<Message>,
}

impl Engine {
    /// Carries out a command; answers after the commit.
    pub async fn command(&self, request: Request) -> Result<Committed, EngineError> {
        let (answer, answered) = oneshot::channel();
        let request = Box::new(request);
        self.inbox
            .send(Message::Command { request, answer })
            .await
            .map_err(|_| EngineError::Gone)?;
        answered.await.map_err(|_| EngineError::Gone)?
    }

    /// Reports what was seen; gives the revision after the commit. The observations of one call are one step.
    ///
    /// While there is no room for the commit it reports again and again: what was seen must not be lost, and
    /// seeing it twice changes nothing. The only error is that the engine has gone.
    pub async fn observe(&self, observations: Vec<Observation>) -> Result<u64, EngineError> {
        loop {
            match self.report(observations.clone()).await {
                Err(EngineError::Full { .. }) => tokio::time::sleep(FULL_PAUSE).await,
                result => return result,
            }
        }
    }

    async fn report(&self, observations: Vec<Observation>) -> Result<u64, EngineError> {
        let (done, committed) = oneshot::channel();
        self.inbox
            .send(Message::Observe { observations, done })
            .await
            .map_err(|_| EngineError::Gone)?;
        committed.await.map_err(|_| EngineError::Gone)?
    }

    /// Numbers of the moment.
    pub async fn gauges(&self) -> Result<Gauges, EngineError> {
        let (answer, answered) = oneshot::channel();
        self.inbox
            .send(Message::Gauges(answer))
            .await
            .map_err(|_| EngineError::Gone)?;
        answered.await.map_err(|_| EngineError::Gone)
    }

    /// Ends the engine after what it has already taken in.
    pub async fn stop(&self) {
        // Already gone is what is wanted.
        let _ = self.inbox.send(Message::Stop).await;
    }
}
