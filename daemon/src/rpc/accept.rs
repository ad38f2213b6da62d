//! Accepting connections, as many as are bearable: of more, those that ask for nothing are hung up on.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::mpsc,
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::{Connected, UdsConnectInfo};

use super::{
    guests::{Admission, Guests, Seat},
    lenient::Lenient,
    listener::Listener,
};

/// Connections at a time. Each costs a descriptor and some tens of kilobytes.
const CONNECTIONS: usize = 512;
/// Connections accepted but not taken over by the server yet.
const WAITING: usize = 8;
/// How long nothing is accepted after an error: most are a lack of descriptors, which does not pass at once.
const PAUSE: Duration = Duration::from_millis(100);

/// The connections, one by one, until nobody takes them any more.
pub fn connections(mut listener: Listener) -> ReceiverStream<io::Result<Connection>> {
    let (to, accepted) = mpsc::channel(WAITING);
    let guests = Guests::new(CONNECTIONS);
    tokio::spawn(async move {
        let mut fullness = Fullness::Room;
        loop {
            let connection = tokio::select! {
                accepted = listener.accept() => accepted,
                () = to.closed() => return,
            };
            let stream = match connection {
                Ok(stream) => Lenient::new(stream),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            match guests.admit() {
                Admission::Admitted(seat) => {
                    fullness = Fullness::Room;
                    if to.send(Ok(Connection { stream, seat })).await.is_err() {
                        return;
                    }
                }
                Admission::Full => {
                    // Said once, not for each of thousands.
                    if matches!(fullness, Fullness::Room) {
                        tracing::warn!(CONNECTIONS, "no room for another connection");
                    }
                    fullness = Fullness::Full;
                }
            }
        }
    });
    ReceiverStream::new(accepted)
}

/// What the last newcomer met with.
enum Fullness {
    Room,
    Full,
}

/// A connection and the place it takes.
#[derive(Debug)]
pub struct Connection {
    stream: Lenient,
    seat: Seat,
}

impl Connected for Connection {
    type ConnectInfo = UdsConnectInfo;

    fn connect_info(&self) -> UdsConnectInfo {
        self.stream.connect_info()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.seat.poll_leave(context).is_ready() {
            // As if it had hung up itself.
            return Poll::Ready(Ok(()));
        }
        ready!(Pin::new(&mut this.stream).poll_read(context, into))?;
        if this.stream.has_asked() {
            this.seat.has_asked();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
