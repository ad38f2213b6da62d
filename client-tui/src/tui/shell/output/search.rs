//! Text in a file of any size: it is read in pieces, taken apart as the screen takes it apart, made harmless, and
//! looked through. Only what is being looked through is in memory.

use std::num::NonZeroU64;

use tokio::{sync::mpsc, task::yield_now};

use super::{Closed, Teller, wait};
use crate::{
    failure::Failure,
    link::{Output, TailItem, tail_part},
    tui::{
        model::output::{
            needle::Needle,
            pages::{Need, Source},
            segments::{self, Begins, CELL, Ends, Segment},
        },
        msg::{Direction, OutputNews},
    },
};

/// Bytes of which the segments are looked through from the first to the last, on the way to the beginning.
const BLOCK: u64 = 32 * CELL;
/// What may have to be known before a byte to tell its segment.
const BEFORE: u64 = 4 * CELL;

/// What is looked for, and where.
pub struct What {
    pub attempt: String,
    pub output: Output,
    pub needle: String,
    pub from: u64,
    pub until: u64,
    pub direction: Direction,
}

/// Looks, and tells what it found.
pub async fn search(teller: Teller, mut what: What) -> Result<(), Closed> {
    let ticket = teller.ticket;
    let Some(needle) = Needle::new(&what.needle) else {
        return teller.say(OutputNews::NotFound { ticket }).await;
    };
    loop {
        let found = match what.direction {
            Direction::Forward => forward(&teller, &needle, &mut what).await,
            Direction::Backward => backward(&teller, &needle, &mut what).await,
        };
        match found {
            Ok(Some(offset)) => return teller.say(OutputNews::Found { ticket, offset }).await,
            Ok(None) => return teller.say(OutputNews::NotFound { ticket }).await,
            Err(Stopped::Closed) => return Err(Closed),
            Err(Stopped::Failed(failure)) => {
                wait(&teller, &failure).await?;
                if !matches!(failure, Failure::Unreachable(_)) {
                    return Ok(());
                }
            }
        }
    }
}

enum Stopped {
    Closed,
    Failed(Failure),
}

impl From<Closed> for Stopped {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

/// The first segment with it that begins at `from` or behind. What was looked through is not looked through again
/// if this is called once more.
async fn forward(
    teller: &Teller,
    needle: &Needle,
    what: &mut What,
) -> Result<Option<u64>, Stopped> {
    let base = (what.from / CELL * CELL).saturating_sub(BEFORE);
    let mut stretch = Stretch::new(base, what.until);
    let mut items = stretch.open(teller, what)?;
    while what.from < stretch.end {
        match look(&stretch, what.from, needle) {
            Ok((segment, Looked::There)) => return Ok(Some(segment.start)),
            Ok((segment, Looked::NotThere)) => what.from = segment.end,
            Err(Need(_)) => {
                stretch.forget(what.from);
                stretch.more(teller, &mut items).await?;
                // The link and the calls have their turn.
                yield_now().await;
            }
        }
    }
    Ok(None)
}

/// The last segment with it that begins before `from`.
async fn backward(
    teller: &Teller,
    needle: &Needle,
    what: &mut What,
) -> Result<Option<u64>, Stopped> {
    while what.from > 0 {
        let first = (what.from - 1) / CELL * CELL;
        let first = first.saturating_sub(BLOCK - CELL);
        let mut stretch = Stretch::new(first.saturating_sub(BEFORE), what.from);
        let mut items = stretch.open(teller, what)?;
        while !stretch.is_whole() {
            stretch.more(teller, &mut items).await?;
        }
        let mut at = first;
        let mut found = None;
        let mut boundary = None;
        while at < stretch.end {
            // What is there is whole, so nothing is missing.
            let Ok((segment, looked)) = look(&stretch, at, needle) else {
                break;
            };
            if segment.start >= first {
                boundary.get_or_insert(segment.start);
                if looked == Looked::There {
                    found = Some(segment.start);
                }
            }
            at = segment.end;
        }
        if found.is_some() {
            return Ok(found);
        }
        // The one that begins before this block and reaches into it belongs to the next.
        what.from = boundary.unwrap_or(first).min(what.from - 1);
        yield_now().await;
    }
    Ok(None)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    There,
    NotThere,
}

/// Looks through the segment around a byte.
fn look(stretch: &Stretch, at: u64, needle: &Needle) -> Result<(Segment, Looked), Need> {
    let segment = match stretch.last.get() {
        Some(last) if last.end == at && last.ends != Ends::Open => {
            let begins = match last.ends {
                Ends::Break => Begins::Within,
                Ends::LineFeed | Ends::Open => Begins::Line,
            };
            segments::beginning(stretch, at, begins)?
        }
        _ => segments::around(stretch, at)?,
    };
    let there = if let Some(text) = stretch.plain(&segment) {
        needle.is_in(text)
    } else {
        let text = segments::text(stretch, &segment)?;
        text.split('\n').any(|line| needle.is_in(line))
    };
    stretch.last.set(Some(segment));
    let looked = if there {
        Looked::There
    } else {
        Looked::NotThere
    };
    Ok((segment, looked))
}

/// A contiguous part of the file.
struct Stretch {
    base: u64,
    bytes: Vec<u8>,
    end: u64,
    /// The segment looked through last.
    last: std::cell::Cell<Option<Segment>>,
}

impl Stretch {
    fn new(base: u64, end: u64) -> Self {
        Self {
            base,
            bytes: Vec::new(),
            end,
            last: std::cell::Cell::new(None),
        }
    }

    fn open(
        &self,
        teller: &Teller,
        what: &What,
    ) -> Result<Option<mpsc::Receiver<TailItem>>, Stopped> {
        let Some(limit) = NonZeroU64::new(self.end.saturating_sub(self.base)) else {
            return Ok(None);
        };
        let request = tail_part(&what.attempt, what.output, self.base, limit);
        teller.tail(request).map(Some).map_err(Stopped::Failed)
    }

    fn is_whole(&self) -> bool {
        self.base + self.bytes.len() as u64 >= self.end
    }

    /// Takes in the next piece; where the file is shorter than was said, it ends there.
    async fn more(
        &mut self,
        teller: &Teller,
        items: &mut Option<mpsc::Receiver<TailItem>>,
    ) -> Result<(), Stopped> {
        let next = match items {
            Some(items) => items.recv().await,
            None => None,
        };
        match next {
            Some(TailItem::Piece(piece)) => self.bytes.extend_from_slice(&piece.data),
            Some(TailItem::Away(_)) => teller.away().await?,
            Some(TailItem::Failed(failure)) => return Err(Stopped::Failed(failure)),
            None => self.end = self.base + self.bytes.len() as u64,
        }
        Ok(())
    }

    /// Lets go of what is not needed to go on from here.
    fn forget(&mut self, from: u64) {
        let keep = (from / CELL * CELL).saturating_sub(BEFORE).max(self.base);
        let gone = usize::try_from(keep - self.base).unwrap_or(usize::MAX);
        self.bytes.drain(..gone.min(self.bytes.len()));
        self.base = keep;
    }

    /// A segment's text, if it is its bytes: nothing in it has to be made harmless.
    fn plain(&self, segment: &Segment) -> Option<&str> {
        let from = usize::try_from(segment.start.checked_sub(self.base)?).ok()?;
        let to = usize::try_from(segment.end - self.base).ok()?;
        let bytes = self.bytes.get(from..to)?;
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let harmless = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
        bytes
            .iter()
            .all(harmless)
            .then(|| std::str::from_utf8(bytes).ok())?
    }
}

impl Source for Stretch {
    fn end(&self) -> u64 {
        self.end
    }

    fn from(&self, at: u64) -> Result<&[u8], Need> {
        let from = at.checked_sub(self.base).ok_or(Need(at))?;
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(from..).filter(|bytes| !bytes.is_empty());
        bytes.ok_or(Need(at))
    }

    fn until(&self, at: u64) -> Result<&[u8], Need> {
        let to = at.checked_sub(self.base).ok_or(Need(at))?;
        let to = usize::try_from(to).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(..to).filter(|bytes| !bytes.is_empty());
        bytes.ok_or(Need(at))
    }
}
