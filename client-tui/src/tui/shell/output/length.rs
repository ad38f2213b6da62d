//! How long an output is now, found by asking for single bytes: further and further away until there is none, then
//! in between. A few dozen small questions, however long it is.

use std::num::NonZeroU64;

use synod_proto::v1::TailOutputRequest;

use super::Teller;
use crate::{failure::Failure, link::TailItem};

/// The first step from what is known to be there; also as close as the length needs to be known.
const STEP: u64 = 256 * 1024;

/// A length the output has reached, less than two steps from its end: bytes up to the request's offset are there.
pub async fn at_least(teller: &Teller, request: &TailOutputRequest) -> Result<u64, Failure> {
    let mut search = Search::new(request.offset);
    while let Some(at) = search.next() {
        let there = is_there(teller, request, at).await?;
        search.answer(at, there);
    }
    Ok(search.there)
}

async fn is_there(teller: &Teller, request: &TailOutputRequest, at: u64) -> Result<There, Failure> {
    let mut items = teller.tail(TailOutputRequest {
        offset: at,
        limit: NonZeroU64::MIN.get(),
        follow: false,
        ..request.clone()
    })?;
    let mut there = There::No;
    while let Some(item) = items.recv().await {
        match item {
            TailItem::Piece(piece) if piece.data.is_empty() => {}
            TailItem::Piece(_) => there = There::Yes,
            // It is asked again when the daemon is back.
            TailItem::Away(_) => {}
            TailItem::Failed(failure) => return Err(failure),
        }
    }
    Ok(there)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum There {
    Yes,
    No,
}

/// What is known of the length.
struct Search {
    /// So many bytes are there.
    there: u64,
    /// This one was not, when it was asked for.
    missing: Option<u64>,
    step: u64,
}

impl Search {
    fn new(there: u64) -> Self {
        Self {
            there,
            missing: None,
            step: STEP,
        }
    }

    /// The byte to ask for next.
    fn next(&self) -> Option<u64> {
        match self.missing {
            None => Some(self.there.saturating_add(self.step)),
            Some(missing) if missing - self.there > 2 * STEP => {
                Some(self.there + (missing - self.there) / 2)
            }
            Some(_) => None,
        }
    }

    fn answer(&mut self, at: u64, there: There) {
        match there {
            There::Yes if at == u64::MAX => self.missing = Some(self.there),
            There::Yes => {
                self.there = at + 1;
                self.step = self.step.saturating_mul(2);
            }
            There::No => self.missing = Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_found_with_few_questions() {
        for (from, length) in [
            (0, 0),
            (0, 1),
            (5, 300_000),
            (1 << 20, 1 << 40),
            (7, u64::MAX / 3),
        ] {
            let mut search = Search::new(from);
            let mut asked = 0;
            while let Some(at) = search.next() {
                let there = if at < length { There::Yes } else { There::No };
                search.answer(at, there);
                asked += 1;
            }
            assert!(search.there <= length.max(from), "{from} {length}");
            assert!(
                length.saturating_sub(search.there) <= 2 * STEP,
                "{from} {length}"
            );
            assert!(asked < 130, "{asked} questions for {length}");
        }
    }
}
