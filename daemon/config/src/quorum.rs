//! How many valid answers a gate needs: a number, or more than half of whoever is asked.
//! Counting answers is `synod-consensus`'s.

use std::fmt;
use std::str::FromStr;

/// A gate's quorum, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quorum {
    /// More than half of the roster: 1 of 1, 2 of 2, 2 of 3, 3 of 4, 3 of 5.
    Majority,
    /// Exactly this many.
    Count(u32),
}

/// What a quorum looks like, for messages.
pub const EXPECTED: &str = r#"a whole number from 1, or "majority""#;

impl Quorum {
    /// The number of valid answers needed of `roster` agents. A number that can never be reached,
    /// or that nothing reaches, is refused rather than bent.
    pub fn of(self, roster: usize) -> Result<usize, QuorumError> {
        match self {
            Quorum::Majority if roster == 0 => Err(QuorumError::NobodyAsked),
            Quorum::Majority => Ok(roster / 2 + 1),
            Quorum::Count(0) => Err(QuorumError::Zero),
            Quorum::Count(needed) => match usize::try_from(needed) {
                Ok(needed) if needed <= roster => Ok(needed),
                _ => Err(QuorumError::TooMany { needed, roster }),
            },
        }
    }
}

impl fmt::Display for Quorum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Quorum::Majority => f.write_str("majority"),
            Quorum::Count(needed) => write!(f, "{needed}"),
        }
    }
}

impl FromStr for Quorum {
    type Err = QuorumError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "majority" {
            return Ok(Quorum::Majority);
        }
        match text.parse() {
            Ok(0) => Err(QuorumError::Zero),
            Ok(needed) => Ok(Quorum::Count(needed)),
            Err(_) => Err(QuorumError::Malformed {
                found: text.to_owned(),
            }),
        }
    }
}

/// Why a quorum makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuorumError {
    /// Nothing would be enough.
    #[error("a quorum of 0 would pass a gate that nobody answered; expected {EXPECTED}")]
    Zero,
    /// It could never be reached.
    #[error(
        "a quorum of {needed} cannot be reached by a roster of {roster}; name more agents or ask for at most {roster}"
    )]
    TooMany {
        /// The quorum.
        needed: u32,
        /// The agents that are asked.
        roster: usize,
    },
    /// More than half of nobody.
    #[error("the roster is empty; name at least one agent")]
    NobodyAsked,
    /// Not a quorum.
    #[error("expected a quorum: {EXPECTED}; found {found:?}")]
    Malformed {
        /// As given.
        found: String,
    },
}

impl QuorumError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            QuorumError::Zero => "quorum-zero",
            QuorumError::TooMany { .. } => "quorum-too-large",
            QuorumError::NobodyAsked => "empty-roster",
            QuorumError::Malformed { .. } => "bad-quorum",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Quorum, QuorumError};

    /// R11: agreement is right for rosters of every size.
    #[test]
    fn a_majority_is_more_than_half_of_any_roster() {
        for (roster, needed) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (7, 4)] {
            assert_eq!(Quorum::Majority.of(roster), Ok(needed), "of {roster}");
        }
    }

    #[test]
    fn a_quorum_out_of_reach_is_refused_with_what_would_do() {
        assert_eq!(Quorum::Count(2).of(3), Ok(2));
        assert_eq!(Quorum::Count(0).of(3), Err(QuorumError::Zero));
        assert_eq!(Quorum::Majority.of(0), Err(QuorumError::NobodyAsked));
        let error = Quorum::Count(2).of(1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a quorum of 2 cannot be reached by a roster of 1; name more agents or ask for at most 1"
        );
    }

    #[test]
    fn quorums_are_read_and_written_alike() {
        for text in ["majority", "1", "7"] {
            assert_eq!(text.parse::<Quorum>().unwrap().to_string(), text);
        }
        for (text, code) in [
            ("0", "quorum-zero"),
            ("-1", "bad-quorum"),
            ("most", "bad-quorum"),
        ] {
            assert_eq!(text.parse::<Quorum>().unwrap_err().code(), code, "{text}");
        }
    }
}
