//! Connecting to the socket, with or without starting a daemon behind it.

use std::{io, path::PathBuf};

use hyper_util::rt::TokioIo;
use synod_shared::paths::Paths;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

use super::start;
use crate::failure::Failure;

/// Whom to call, and how to wake them.
#[derive(Debug, Clone)]
pub struct Dial {
    /// Where things live.
    pub paths: Paths,
    /// The socket given on the command line, to be passed on to a daemon we start.
    pub socket_argument: Option<PathBuf>,
}

/// What stands behind a socket.
#[derive(Debug)]
pub enum Answer {
    /// Somebody listens.
    Listening,
    /// Nobody does, for this reason.
    Silent(io::Error),
}

impl Dial {
    /// Whether somebody listens now.
    pub async fn probe(&self) -> Result<Answer, Failure> {
        match UnixStream::connect(&self.paths.socket).await {
            Ok(_) => Ok(Answer::Listening),
            Err(error) => match error.kind() {
                io::ErrorKind::PermissionDenied => Err(Failure::PermissionDenied {
                    socket: self.socket(),
                }),
                _ => Ok(Answer::Silent(error)),
            },
        }
    }

    /// A channel to the daemon that runs, or none.
    pub async fn connect_only(&self) -> Result<Option<Channel>, Failure> {
        match self.probe().await? {
            Answer::Listening => self.channel().map(Some),
            Answer::Silent(_) => Ok(None),
        }
    }

    /// A channel to the daemon, which is started if none answers.
    pub async fn connect_or_start(&self) -> Result<Channel, Failure> {
        match self.probe().await? {
            Answer::Listening => {}
            Answer::Silent(why) => start::start(self, &why).await?,
        }
        self.channel()
    }

    /// The socket's path, for messages.
    pub fn socket(&self) -> String {
        self.paths.socket.display().to_string()
    }

    /// A channel to whoever listens when it is used.
    pub fn channel(&self) -> Result<Channel, Failure> {
        // The name is not looked up anywhere: the connector knows only the socket.
        let endpoint = Endpoint::try_from("http://synod.localhost")
            .map_err(|error| Failure::Protocol(format!("cannot name the daemon: {error}")))?;
        let socket = self.paths.socket.clone();
        Ok(endpoint.connect_with_connector_lazy(service_fn(move |_| {
            let socket = socket.clone();
            async move { UnixStream::connect(socket).await.map(TokioIo::new) }
        })))
    }
}
