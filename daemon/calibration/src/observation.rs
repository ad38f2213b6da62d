//! What goes in: one agent's word on one item, and what the item turned out to be.
//!
//! Plain and serialisable, so that whoever stores judgements can hand them over. An agent that
//! was unsure or silent has said nothing and is no observation. Neither is an item put off
//! (*later*), nor one answered in bulk: nobody looked at it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One agent's word on one item that has been judged.
///
/// Observations of one item share its gate, kind, truth and judge; an item judged by the arbiter
/// and later by a human has both. Of several by the same agent, item and sort of judge the last
/// counts, so that a person may change their mind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Judged {
    /// Opaque: the same for all agents that spoke on this item, and for no other item.
    pub item: String,
    pub agent: String,
    pub family: String,
    pub gate: String,
    pub kind: String,
    pub said: Said,
    pub truth: Truth,
    pub judge: Judge,
}

impl Judged {
    pub fn is_right(&self) -> bool {
        match (self.said, self.truth) {
            (Said::Real, Truth::Real) | (Said::NotReal, Truth::NotReal) => true,
            (Said::Real, Truth::NotReal) | (Said::NotReal, Truth::Real) => false,
        }
    }
}

/// What the agent said, raising the item or voting on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    Real,
    NotReal,
}

/// What the judge found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    Real,
    NotReal,
}

/// Who judged. An arbiter is a model too: its outcomes are never added to those of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judge {
    Human(Sampling),
    Arbiter,
}

/// How an item came before a human, from which follows how many items it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    /// Asked anyway, whatever was drawn. `audit` is the share of its run's other items that was
    /// drawn; none: those had no chance of being judged, and nothing is known about them.
    Asked { audit: Option<Share> },
    /// Decided without a human, and drawn for the audit with this chance.
    Audited { share: Share },
}

impl Sampling {
    /// How many items this one stands for. None when it was asked in a run without audit: those
    /// it was chosen from are unknown.
    pub fn weight(self) -> Option<f64> {
        match self {
            Self::Asked { audit } => audit.map(|_| 1.0),
            Self::Audited { share } => Some(share.weight()),
        }
    }
}

/// A share of items that is drawn, 0.001 to 1, in permille. Never zero: what cannot be drawn
/// cannot be weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Share(u16);

impl Share {
    pub fn of_permille(permille: u16) -> Option<Self> {
        (1..=1000).contains(&permille).then_some(Self(permille))
    }

    pub fn permille(self) -> u16 {
        self.0
    }

    /// How many items one that was drawn stands for (D. G. Horvitz, D. J. Thompson: A
    /// generalization of sampling without replacement from a finite universe, JASA 47, 1952).
    pub fn weight(self) -> f64 {
        1000.0 / f64::from(self.0)
    }
}

impl From<Share> for u16 {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl TryFrom<u16> for Share {
    type Error = NoShare;

    fn try_from(permille: u16) -> Result<Self, NoShare> {
        Self::of_permille(permille).ok_or(NoShare { permille })
    }
}

/// A number that is no share of items one can draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoShare {
    pub permille: u16,
}

impl fmt::Display for NoShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { permille } = self;
        write!(
            f,
            "expected an audit share of 1 to 1000 permille, found {permille}; leave it out for no audit"
        )
    }
}

impl std::error::Error for NoShare {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_is_read_as_it_was_written() {
        let share = Share::of_permille(100).unwrap();
        for judge in [
            Judge::Human(Sampling::Audited { share }),
            Judge::Human(Sampling::Asked { audit: Some(share) }),
            Judge::Human(Sampling::Asked { audit: None }),
            Judge::Arbiter,
        ] {
            let judged = Judged {
                item: "clarify/auth-spec#3 F1".into(),
                agent: "gemini".into(),
                family: "gemini".into(),
                gate: "clarify".into(),
                kind: "ambiguity".into(),
                said: Said::NotReal,
                truth: Truth::Real,
                judge,
            };
            let text = serde_json::to_string(&judged).unwrap();
            assert_eq!(serde_json::from_str::<Judged>(&text).unwrap(), judged);
            assert!(!judged.is_right());
        }
    }

    #[test]
    fn a_share_of_nothing_or_of_more_than_all_is_refused_in_words() {
        assert!(serde_json::from_str::<Share>("1000").is_ok());
        for wrong in ["0", "1001"] {
            let error = serde_json::from_str::<Share>(wrong)
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("expected an audit share of 1 to 1000 permille"),
                "{error}"
            );
            assert!(error.contains(&format!("found {wrong}")), "{error}");
        }
    }

    #[test]
    fn one_of_ten_stands_for_ten() {
        for (permille, stands_for) in [(1, 1000.0), (100, 10.0), (250, 4.0), (1000, 1.0)] {
            let weight = Share::of_permille(permille).unwrap().weight();
            assert!((weight - stands_for).abs() < 1e-9, "{permille}: {weight}");
        }
    }
}
