//! The rules by name: who applies each, and whether it speaks unless it is asked to.
//!
//! What a rule looks for stands in `rules/`; how often it is right is measured on the labelled
//! corpus beside this crate's tests, never stated here.

use std::collections::BTreeSet;
use std::fmt;

use crate::review::Reviewer;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    Placeholder,
    VagueQuality,
    Adequacy,
    Loophole,
    OpenList,
    NumberWithoutUnit,
    RangeWithoutBounds,
    NoResponse,
    MixedObligations,
    OneObligation,
    UndefinedId,
    DefinedTwice,
    UncoveredRequirement,
    IdleTask,
    ConflictingNumbers,
    DeadReference,
    TermSpelling,
    TwoNames,
}

/// Does a rule speak when nobody asked for it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    On,
    /// More than one hit in ten was of no use to the author on the labelled corpus.
    Off,
}

impl Rule {
    /// In the order in which the reviewers apply them.
    pub const ALL: [Rule; 18] = [
        Rule::Placeholder,
        Rule::VagueQuality,
        Rule::Adequacy,
        Rule::Loophole,
        Rule::OpenList,
        Rule::NumberWithoutUnit,
        Rule::RangeWithoutBounds,
        Rule::NoResponse,
        Rule::MixedObligations,
        Rule::OneObligation,
        Rule::UndefinedId,
        Rule::DefinedTwice,
        Rule::UncoveredRequirement,
        Rule::IdleTask,
        Rule::ConflictingNumbers,
        Rule::DeadReference,
        Rule::TermSpelling,
        Rule::TwoNames,
    ];

    /// As it stands in the reasoning of a finding (`rule vague-quality: …`) and after `--rule`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Rule::Placeholder => "placeholder",
            Rule::VagueQuality => "vague-quality",
            Rule::Adequacy => "adequacy",
            Rule::Loophole => "loophole",
            Rule::OpenList => "open-list",
            Rule::NumberWithoutUnit => "number-without-unit",
            Rule::RangeWithoutBounds => "range-without-bounds",
            Rule::NoResponse => "ears-no-response",
            Rule::MixedObligations => "ears-mixed-obligations",
            Rule::OneObligation => "ears-one-obligation",
            Rule::UndefinedId => "undefined-id",
            Rule::DefinedTwice => "defined-twice",
            Rule::UncoveredRequirement => "uncovered-requirement",
            Rule::IdleTask => "idle-task",
            Rule::ConflictingNumbers => "conflicting-numbers",
            Rule::DeadReference => "dead-reference",
            Rule::TermSpelling => "term-spelling",
            Rule::TwoNames => "two-names",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.name() == name)
    }

    #[must_use]
    pub fn reviewer(self) -> Reviewer {
        match self {
            Rule::Placeholder
            | Rule::VagueQuality
            | Rule::Adequacy
            | Rule::Loophole
            | Rule::OpenList => Reviewer::Ambiguity,
            Rule::NumberWithoutUnit
            | Rule::RangeWithoutBounds
            | Rule::NoResponse
            | Rule::MixedObligations
            | Rule::OneObligation => Reviewer::Testability,
            Rule::UndefinedId
            | Rule::DefinedTwice
            | Rule::UncoveredRequirement
            | Rule::IdleTask
            | Rule::ConflictingNumbers
            | Rule::DeadReference
            | Rule::TermSpelling
            | Rule::TwoNames => Reviewer::Consistency,
        }
    }

    #[must_use]
    pub fn standing(self) -> Standing {
        match self {
            Rule::MixedObligations | Rule::OneObligation | Rule::IdleTask => Standing::Off,
            Rule::Placeholder
            | Rule::VagueQuality
            | Rule::Adequacy
            | Rule::Loophole
            | Rule::OpenList
            | Rule::NumberWithoutUnit
            | Rule::RangeWithoutBounds
            | Rule::NoResponse
            | Rule::UndefinedId
            | Rule::DefinedTwice
            | Rule::UncoveredRequirement
            | Rule::ConflictingNumbers
            | Rule::DeadReference
            | Rule::TermSpelling
            | Rule::TwoNames => Standing::On,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The rules that speak in one review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules(BTreeSet<Rule>);

impl Rules {
    /// Those that are on unless somebody says otherwise.
    #[must_use]
    pub fn standard() -> Rules {
        let on = |rule: &Rule| rule.standing() == Standing::On;
        Rules(Rule::ALL.into_iter().filter(on).collect())
    }

    #[must_use]
    pub fn all() -> Rules {
        Rules(Rule::ALL.into_iter().collect())
    }

    #[must_use]
    pub fn with(mut self, rule: Rule) -> Rules {
        self.0.insert(rule);
        self
    }

    #[must_use]
    pub fn without(mut self, rule: Rule) -> Rules {
        self.0.remove(&rule);
        self
    }

    #[must_use]
    pub fn has(&self, rule: Rule) -> bool {
        self.0.contains(&rule)
    }
}
