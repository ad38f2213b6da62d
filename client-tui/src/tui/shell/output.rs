//! Bytes of output, read for the screen: one read, one following and one search at a time, each a task that tells
//! the loop. A new wish of a kind ends the one before. No daemon is started for any of them.

mod length;
mod prompt;
mod search;

use std::{num::NonZeroU64, time::Duration};

use synod_proto::v1::TailOutputRequest;
use tokio::{
    sync::mpsc,
    task::AbortHandle,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    failure::Failure,
    link::{self, Dial, Output, Session, TailItem, tail_from, tail_part},
    tui::{
        model::output::pages::page_floor,
        msg::{Msg, OutputNews, OutputWish, Stream},
    },
};

/// A follower takes so many bytes in one `PACE`, and waits with the rest: what is printed faster than this nobody
/// reads.
const TAKEN: u64 = 1024 * 1024;
/// After so many `PACE`s in which that was taken, the follower looks how far behind it is.
const SATURATED: u32 = 8;
/// A follower that is further behind than this goes on near the end: what lies between is read when somebody
/// scrolls there.
const BEHIND: u64 = 1024 * 1024;
/// A frame of the screen.
const PACE: Duration = Duration::from_millis(33);
/// Before a daemon that could not be reached is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// See the module.
pub struct Outputs {
    dial: Dial,
    to: mpsc::Sender<Msg>,
    reading: Task,
    following: Task,
    searching: Task,
}

/// A task that ends when another takes its place.
#[derive(Default)]
struct Task(Option<AbortHandle>);

impl Task {
    fn replace(&mut self, with: Option<AbortHandle>) {
        if let Some(before) = std::mem::replace(&mut self.0, with) {
            before.abort();
        }
    }
}

/// The loop has ended.
struct Closed;

impl Outputs {
    /// Reads over this way, told to that loop.
    pub fn new(dial: Dial, to: mpsc::Sender<Msg>) -> Self {
        Self {
            dial,
            to,
            reading: Task::default(),
            following: Task::default(),
            searching: Task::default(),
        }
    }

    /// Begins what is wished for.
    pub fn wish(&mut self, wish: OutputWish) {
        match wish {
            OutputWish::Read {
                ticket,
                attempt,
                stream,
                offset,
                limit,
            } => {
                let Some(limit) = NonZeroU64::new(limit) else {
                    return;
                };
                let request = tail_part(&attempt, which(stream), offset, limit);
                let teller = self.teller(ticket, stream);
                let task = tokio::spawn(async move {
                    // The loop has gone: nobody to tell.
                    let _ = read(teller, request).await;
                });
                self.reading.replace(Some(task.abort_handle()));
            }
            OutputWish::Follow {
                ticket,
                attempt,
                stream,
                offset,
            } => {
                let request = tail_from(&attempt, which(stream), offset);
                let teller = self.teller(ticket, stream);
                let task = tokio::spawn(async move {
                    // As above.
                    let _ = follow(teller, request).await;
                });
                self.following.replace(Some(task.abort_handle()));
            }
            OutputWish::Unfollow => self.following.replace(None),
            OutputWish::Search {
                ticket,
                attempt,
                stream,
                needle,
                from,
                until,
                direction,
            } => {
                let what = search::What {
                    attempt,
                    output: which(stream),
                    needle,
                    from,
                    until,
                    direction,
                };
                let teller = self.teller(ticket, stream);
                let task = tokio::spawn(async move {
                    // As above.
                    let _ = search::search(teller, what).await;
                });
                self.searching.replace(Some(task.abort_handle()));
            }
            OutputWish::StopSearch => self.searching.replace(None),
        }
    }

    fn teller(&self, ticket: u64, stream: Stream) -> Teller {
        Teller {
            source: match stream {
                Stream::Stdout | Stream::Stderr | Stream::Transcript => Source::Printed,
                Stream::Prompt => Source::Given,
            },
            dial: self.dial.clone(),
            to: self.to.clone(),
            ticket,
        }
    }
}

/// Where bytes come from.
#[derive(Clone, Copy)]
enum Source {
    /// What an attempt printed.
    Printed,
    /// What it was given.
    Given,
}

/// What a task needs to read and to tell.
struct Teller {
    source: Source,
    dial: Dial,
    to: mpsc::Sender<Msg>,
    ticket: u64,
}

impl Teller {
    async fn say(&self, news: OutputNews) -> Result<(), Closed> {
        let sent = self.to.send(Msg::Output(news)).await;
        sent.map_err(|_| Closed)
    }

    async fn bytes(&self, offset: u64, bytes: Vec<u8>) -> Result<(), Closed> {
        let ticket = self.ticket;
        self.say(OutputNews::Bytes {
            ticket,
            offset,
            bytes,
        })
        .await
    }

    async fn end(&self, offset: u64) -> Result<(), Closed> {
        let ticket = self.ticket;
        self.say(OutputNews::End { ticket, offset }).await
    }

    async fn away(&self) -> Result<(), Closed> {
        let ticket = self.ticket;
        self.say(OutputNews::Away { ticket }).await
    }

    async fn failed(&self, failure: &Failure) -> Result<(), Closed> {
        let (ticket, why) = (self.ticket, failure.to_string());
        self.say(OutputNews::Failed { ticket, why }).await
    }

    fn tail(&self, request: TailOutputRequest) -> Result<mpsc::Receiver<TailItem>, Failure> {
        let session = Session::attached(self.dial.clone())?;
        Ok(match self.source {
            Source::Printed => link::tail(session, request),
            Source::Given => prompt::tail(session, request),
        })
    }
}

fn which(stream: Stream) -> Output {
    match stream {
        // The prompt is another source: of it there is one.
        Stream::Stdout | Stream::Prompt => Output::Stdout,
        Stream::Stderr => Output::Stderr,
        Stream::Transcript => Output::Transcript,
    }
}

/// Reads once; a daemon that is away is waited for.
async fn read(teller: Teller, mut request: TailOutputRequest) -> Result<(), Closed> {
    let behind = request.offset + request.limit;
    loop {
        let mut items = match teller.tail(request.clone()) {
            Ok(items) => items,
            Err(failure) => return teller.failed(&failure).await,
        };
        let failure = loop {
            match items.recv().await {
                Some(TailItem::Piece(piece)) => {
                    request.offset = piece.offset + piece.data.len() as u64;
                    request.limit = behind.saturating_sub(request.offset);
                    teller.bytes(piece.offset, piece.data).await?;
                    if request.limit == 0 {
                        return teller.end(request.offset).await;
                    }
                }
                Some(TailItem::Away(_)) => teller.away().await?,
                Some(TailItem::Failed(failure)) => break failure,
                None => return teller.end(request.offset).await,
            }
        };
        wait(&teller, &failure).await?;
        if !matches!(failure, Failure::Unreachable(_)) {
            return Ok(());
        }
    }
}

/// Follows to the end, at a pace; a daemon that is away is waited for.
async fn follow(teller: Teller, mut request: TailOutputRequest) -> Result<(), Closed> {
    let mut pace = Pace::default();
    loop {
        let failure = match follow_on(&teller, &mut request, &mut pace).await? {
            Followed::ToTheEnd => return teller.end(request.offset).await,
            Followed::Behind => {
                pace = Pace::default();
                match length::at_least(&teller, &request).await {
                    Ok(length) => {
                        // The daemon's own count may be as far behind as we are, so the file itself tells.
                        if length > request.offset.saturating_add(BEHIND) {
                            request.offset = page_floor(length);
                        }
                        continue;
                    }
                    Err(failure) => failure,
                }
            }
            Followed::Failed(failure) => failure,
        };
        wait(&teller, &failure).await?;
        if !matches!(failure, Failure::Unreachable(_)) {
            return Ok(());
        }
    }
}

enum Followed {
    ToTheEnd,
    Behind,
    Failed(Failure),
}

async fn follow_on(
    teller: &Teller,
    request: &mut TailOutputRequest,
    pace: &mut Pace,
) -> Result<Followed, Closed> {
    let mut items = match teller.tail(request.clone()) {
        Ok(items) => items,
        Err(failure) => return Ok(Followed::Failed(failure)),
    };
    loop {
        match items.recv().await {
            Some(TailItem::Piece(piece)) => {
                let (offset, length) = (piece.offset, piece.data.len() as u64);
                request.offset = offset + length;
                if length > 0 {
                    teller.bytes(offset, piece.data).await?;
                }
                if piece.complete {
                    return Ok(Followed::ToTheEnd);
                }
                pace.took(length).await;
                if pace.saturated >= SATURATED {
                    return Ok(Followed::Behind);
                }
            }
            Some(TailItem::Away(_)) => teller.away().await?,
            Some(TailItem::Failed(failure)) => return Ok(Followed::Failed(failure)),
            None => return Ok(Followed::ToTheEnd),
        }
    }
}

/// A daemon that could not be reached is away; another failure is for good.
async fn wait(teller: &Teller, failure: &Failure) -> Result<(), Closed> {
    if matches!(failure, Failure::Unreachable(_)) {
        teller.away().await?;
        sleep(AGAIN).await;
        Ok(())
    } else {
        teller.failed(failure).await
    }
}

/// How much was taken since when.
#[derive(Default)]
struct Pace {
    since: Option<Instant>,
    taken: u64,
    /// How many times in a row as much was taken as is.
    saturated: u32,
}

impl Pace {
    async fn took(&mut self, bytes: u64) {
        let now = Instant::now();
        let since = *self.since.get_or_insert(now);
        if now.duration_since(since) >= PACE {
            // Less came than there was time for: this is what is printed now.
            self.since = Some(now);
            self.taken = 0;
            self.saturated = 0;
        }
        self.taken += bytes;
        if self.taken >= TAKEN {
            sleep_until(since + PACE).await;
            self.since = None;
            self.taken = 0;
            self.saturated += 1;
        }
    }
}
