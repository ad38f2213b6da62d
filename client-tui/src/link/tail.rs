//! One attempt's output from an offset on: each byte exactly once, whatever happens to the daemon meanwhile.

use std::num::NonZeroU64;

use synod_proto::v1::{TailOutputRequest, TailOutputResponse};
use tokio::sync::mpsc;
use tonic::Status;

use super::session::{Away, Patience, Session, bounded, ended_in_order, is_lost};
use crate::failure::Failure;

/// Pieces of output waiting for a slow terminal. Each is at most a message; the daemon reads on from the file
/// when we are ready, so nothing is lost by a small number.
const PIECES: usize = 8;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// What the agent said, ran and waited for, as text; of a plain command its standard output.
    Transcript,
}

/// What comes next.
#[derive(Debug)]
pub enum TailItem {
    /// More output.
    Piece(TailOutputResponse),
    /// The daemon went away; output goes on when there is one again.
    Away(Away),
    /// Reading failed for good.
    Failed(Failure),
}

/// Reads output in a task of its own. The channel closes after the last byte; when nobody listens any more the
/// reading ends at once, though nothing may be printed for hours.
pub fn tail(session: Session, request: TailOutputRequest) -> mpsc::Receiver<TailItem> {
    let (to, items) = mpsc::channel(PIECES);
    tokio::spawn(async move {
        let read = tokio::select! {
            read = read(session, request, &to) => read,
            () = to.closed() => return,
        };
        if let Err(failure) = read {
            // Whoever asked may have stopped listening.
            let _ = to.send(TailItem::Failed(failure)).await;
        }
    });
    items
}

/// A request for the output of an attempt, an execution or a run.
pub fn request(id: &str, output: Output, follow: bool) -> TailOutputRequest {
    TailOutputRequest {
        attempt: id.to_owned(),
        offset: 0,
        follow,
        stream: match output {
            Output::Stdout => "stdout",
            Output::Stderr => "stderr",
            Output::Transcript => "transcript",
        }
        .to_owned(),
        limit: 0,
    }
}

/// A request for some bytes of an attempt's output: as many as are there now, from `offset` on, at most `limit`.
pub fn part(id: &str, output: Output, offset: u64, limit: NonZeroU64) -> TailOutputRequest {
    TailOutputRequest {
        offset,
        limit: limit.get(),
        ..request(id, output, false)
    }
}

/// A request for an attempt's output from `offset` on, for as long as it prints.
pub fn from(id: &str, output: Output, offset: u64) -> TailOutputRequest {
    TailOutputRequest {
        offset,
        ..request(id, output, true)
    }
}

async fn read(
    mut session: Session,
    mut request: TailOutputRequest,
    to: &mpsc::Sender<TailItem>,
) -> Result<(), Failure> {
    let mut patience = Patience::default();
    loop {
        let lost = match read_on(&session, &mut request, &mut patience, to).await? {
            Ended::Complete => return Ok(()),
            Ended::Lost(status) => status,
        };
        // Without following it is a question like any other, and a daemon is started to answer it.
        if request.follow {
            patience.note(Away::of(&lost));
        }
        if to.send(TailItem::Away(patience.away())).await.is_err() {
            return Ok(());
        }
        session.reconnect(&mut patience, &lost).await?;
    }
}

/// Whether the daemon said that there is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Said,
    NotSaid,
}

enum Ended {
    Complete,
    Lost(Status),
}

async fn read_on(
    session: &Session,
    request: &mut TailOutputRequest,
    patience: &mut Patience,
    to: &mpsc::Sender<TailItem>,
) -> Result<Ended, Failure> {
    let mut feed = session.feed();
    let mut stream = match bounded(feed.tail_output(request.clone())).await? {
        Ok(answer) => answer.into_inner(),
        Err(status) if is_lost(&status) => return Ok(Ended::Lost(status)),
        Err(status) => return Err(status.into()),
    };
    let mut said = End::NotSaid;
    loop {
        match stream.message().await {
            Ok(Some(piece)) => {
                patience.renew();
                if piece.data.is_empty() {
                    said = End::Said;
                }
                // Resumed by another attempt, offsets would mean nothing.
                if !piece.attempt_id.is_empty() {
                    request.attempt.clone_from(&piece.attempt_id);
                }
                let complete = piece.complete;
                let piece = fresh(piece, &mut request.offset);
                let limit = NonZeroU64::new(request.limit);
                let left = limit.map(|limit| limit.get().saturating_sub(piece.data.len() as u64));
                if (complete || !piece.data.is_empty())
                    && to.send(TailItem::Piece(piece)).await.is_err()
                {
                    return Ok(Ended::Complete);
                }
                // Asked again, the rest of the limit holds; and none left would mean none at all.
                request.limit = left.unwrap_or(0);
                if complete || left == Some(0) {
                    return Ok(Ended::Complete);
                }
            }
            // Without following, a message without bytes ends what is there. A daemon that was stopped meanwhile
            // may have had no room left to say so.
            Ok(None) if !request.follow && said == End::Said => return Ok(Ended::Complete),
            Ok(None) => return Ok(Ended::Lost(ended_in_order())),
            Err(status) if is_lost(&status) => return Ok(Ended::Lost(status)),
            Err(status) => return Err(status.into()),
        }
    }
}

/// The part of a piece that lies behind the offset, which moves to its end.
fn fresh(mut piece: TailOutputResponse, offset: &mut u64) -> TailOutputResponse {
    let known = offset.saturating_sub(piece.offset);
    let known = usize::try_from(known).unwrap_or(usize::MAX);
    piece.data.drain(..known.min(piece.data.len()));
    piece.offset = piece.offset.max(*offset);
    *offset = piece.offset + piece.data.len() as u64;
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_a_limit_and_following_none() {
        let limit = NonZeroU64::new(7).unwrap();
        let asked = part("a1", Output::Stderr, 5, limit);
        let of = |request: &TailOutputRequest| (request.offset, request.limit, request.follow);
        assert_eq!(of(&asked), (5, 7, false));
        assert_eq!(asked.stream, "stderr");
        assert_eq!(of(&from("a1", Output::Stdout, 9)), (9, 0, true));
    }

    fn piece(offset: u64, data: &[u8]) -> TailOutputResponse {
        TailOutputResponse {
            offset,
            data: data.to_vec(),
            ..TailOutputResponse::default()
        }
    }

    #[test]
    fn bytes_that_were_read_before_are_not_read_again() {
        let mut offset = 4;
        assert_eq!(fresh(piece(0, b"abcdef"), &mut offset).data, b"ef");
        assert_eq!(offset, 6);
        assert!(fresh(piece(2, b"cd"), &mut offset).data.is_empty());
        assert_eq!(offset, 6);
        assert_eq!(fresh(piece(6, b"gh"), &mut offset).data, b"gh");
        assert_eq!(offset, 8);
    }
}
