//! Ids: UUIDv7 inside, written tail first.
//!
//! A UUIDv7 begins with the time, so ids made in the same minute share their first ten digits. Written with
//! the random half first, the few characters a person types tell ids apart. Ids are minted at the edge and
//! come into the core as arguments.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use uuid::{NoContext, Timestamp, Uuid};

/// A text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected an id of 32 hexadecimal digits, found {found:?}")]
pub struct NotAnId {
    found: String,
}

/// Writes a UUID tail first: bytes 8 to 15, then 6 and 7, then the time in bytes 0 to 5.
fn write_tail_first(uuid: Uuid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let b = uuid.as_bytes();
    for byte in b[8..16].iter().chain(&b[6..8]).chain(&b[0..6]) {
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}

fn parse_tail_first(text: &str) -> Result<Uuid, NotAnId> {
    let wrong = || NotAnId {
        found: text.chars().take(64).collect(),
    };
    if text.len() != 32
        || !text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    {
        return Err(wrong());
    }
    let mut read = [0_u8; 16];
    for (byte, pair) in read.iter_mut().zip(text.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
    }
    let mut bytes = [0_u8; 16];
    bytes[8..16].copy_from_slice(&read[0..8]);
    bytes[6..8].copy_from_slice(&read[8..10]);
    bytes[0..6].copy_from_slice(&read[10..16]);
    Ok(Uuid::from_bytes(bytes))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id. Call it at the edge only: the core takes ids as arguments.
            #[must_use]
            pub fn mint() -> Self {
                // Without the counter of `now_v7`: ids of one millisecond are to differ from their first digit on.
                Self(Uuid::new_v7(Timestamp::now(NoContext)))
            }

            /// The id made of these bytes: for ids derived from content, and for tests.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The first eight digits as written: what tables show.
            #[must_use]
            pub fn short(&self) -> String {
                self.to_string().chars().take(8).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_tail_first(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_tail_first(self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse_tail_first(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// A run: one submission.
    RunId
}
id! {
    /// An execution: one agent's part in a run.
    ExecutionId
}
id! {
    /// An attempt: one process tree started for an execution.
    AttemptId
}
id! {
    /// A finding; its question, if there is one, has the same id.
    FindingId
}
id! {
    /// A feed: new whenever the database is created, restored or rebuilt.
    FeedId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        for _ in 0..100 {
            let id = RunId::mint();
            assert_eq!(id.to_string().parse::<RunId>(), Ok(id));
        }
    }

    #[test]
    fn ids_minted_together_differ_in_their_first_eight_digits() {
        let ids: std::collections::BTreeSet<_> = (0..200).map(|_| RunId::mint().short()).collect();
        assert_eq!(ids.len(), 200);
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "abc",
            "zz",
            "0193542A1B2C00000000000000000000",
            "ä",
            &"0".repeat(33),
        ] {
            assert!(text.parse::<RunId>().is_err(), "{text}");
        }
    }
}
