//! Whether a finding found a planted fault: by where it points and what it names, never by an opinion.
//!
//! The rule errs both ways. It misses who describes a fault without pointing at it or naming it, and it credits
//! whoever said something else about the same paragraph. The second can be measured: the same rule is put to
//! places where nothing was planted ([`Control`]).

use super::{Control, Fault, Place, Sort, Stretch};
use crate::anchor::Anchor;
use crate::marks::marks;
use crate::text::{fold, squeeze};

use super::ground::{mentions, words};

/// What an agent raised.
#[derive(Debug, Clone, Copy)]
pub struct Raised<'a> {
    pub anchors: &'a [Anchor],
    /// In the agent's own words.
    pub claim: &'a str,
    /// `FR-1/measurable`, where checks are answered.
    pub matter: Option<&'a str>,
}

impl Fault {
    /// An anchor touches its block. Of what is gone: the finding names it, or it speaks of something of that sort
    /// and either points beside the gap or names what was left behind.
    pub fn is_found_by(&self, raised: &Raised<'_>) -> bool {
        meets(self.sort, &self.place, raised)
    }
}

impl Control {
    /// By the same rule: nothing was planted here, so whatever meets it does so by chance.
    pub fn is_met_by(&self, raised: &Raised<'_>) -> bool {
        meets(self.sort, &self.place, raised)
    }
}

fn meets(sort: Sort, place: &Place, raised: &Raised<'_>) -> bool {
    if let Some(matter) = raised.matter
        && !sort
            .checks()
            .iter()
            .any(|check| ends_with_check(matter, check))
    {
        return false;
    }
    let touches = |stretch: &Stretch| {
        raised
            .anchors
            .iter()
            .any(|anchor| stretch.is_touched_by(anchor))
    };
    if place.block.as_ref().is_some_and(touches) {
        return true;
    }
    let claim = squeeze(&fold(raised.claim));
    if place.unique.iter().any(|word| names(&claim, word)) {
        return true;
    }
    // A check says in its question what it is about; what it is said of stands in the quote.
    let quoted = |word: &String| {
        raised.matter.is_some()
            && raised
                .anchors
                .iter()
                .any(|anchor| names(&squeeze(&fold(&anchor.quote)), word))
    };
    let speaks = raised.matter.is_some() || speaks_of(sort, &claim);
    speaks
        && (place.beside.iter().any(touches)
            || place
                .shared
                .iter()
                .any(|word| names(&claim, word) || quoted(word)))
}

fn ends_with_check(matter: &str, check: &str) -> bool {
    matter
        .rsplit_once('/')
        .is_some_and(|(_, last)| last == check)
}

/// `text` is folded and squeezed.
fn names(text: &str, word: &str) -> bool {
    let word = fold(word);
    !word.is_empty()
        && (mentions(text, &word)
            || mentions(text, &format!("{word}s"))
            || marks(text).contains(&word))
}

fn speaks_of(sort: Sort, claim: &str) -> bool {
    words(claim).any(|word| sort.stems().iter().any(|stem| word.starts_with(stem)))
}

impl Stretch {
    fn is_touched_by(&self, anchor: &Anchor) -> bool {
        self.path == anchor.path && self.start < anchor.end && anchor.start < self.end
    }
}

impl Sort {
    /// Beginnings of words without which a finding is about something else, where it does not point at the fault.
    fn stems(self) -> &'static [&'static str] {
        match self {
            Self::NumberDeleted | Self::LimitAbsurd | Self::FailureRemoved => &[],
            Self::LimitChanged | Self::Negation => &[
                "conflict",
                "contradict",
                "inconsist",
                "consistent",
                "differ",
                "disagree",
                "mismatch",
                "opposite",
                "versus",
                "vs",
                "whereas",
            ],
            Self::TaskDropped => &[
                "task",
                "cover",
                "uncover",
                "implement",
                "unimplement",
                "gap",
                "unplanned",
            ],
            Self::DefinitionRemoved => &[
                "defin",
                "undefin",
                "glossar",
                "mean",
                "terminolog",
                "unclear",
                "ambig",
                "explain",
                "unexplain",
            ],
        }
    }

    /// The checks that ask about it, by their ids.
    fn checks(self) -> &'static [&'static str] {
        match self {
            Self::NumberDeleted => &["measurable"],
            Self::FailureRemoved => &["failure-behaviour"],
            Self::DefinitionRemoved => &["terms-defined"],
            Self::LimitChanged | Self::LimitAbsurd | Self::TaskDropped | Self::Negation => &[],
        }
    }
}
