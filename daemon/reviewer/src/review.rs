//! One review: which reviewer has which rules, and the way from a prompt to an answer.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::answer::Answer;
use crate::collect::Collector;
use crate::document::Document;
use crate::ids::Register;
use crate::rule::Rules;
use crate::rules::{self, Seen};
use crate::unit::{Unit, units};
use crate::{fence, markdown};

/// Who reviews. All three are of the family `rules`: one voice together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviewer {
    /// Words that can be read in two ways: placeholders, vague qualities, adequacy, loopholes,
    /// open lists.
    Ambiguity,
    /// What no test could show: bare numbers, ranges without bounds, conditions without a
    /// response, several obligations in one sentence.
    Testability,
    /// What does not fit together: ids, coverage, numbers, terms, references.
    Consistency,
}

impl Reviewer {
    pub const ALL: [Reviewer; 3] = [
        Reviewer::Ambiguity,
        Reviewer::Testability,
        Reviewer::Consistency,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Reviewer::Ambiguity => "ambiguity",
            Reviewer::Testability => "testability",
            Reviewer::Consistency => "consistency",
        }
    }
}

impl FromStr for Reviewer {
    type Err = ReviewError;

    fn from_str(name: &str) -> Result<Reviewer, ReviewError> {
        Reviewer::ALL
            .into_iter()
            .find(|reviewer| reviewer.name() == name)
            .ok_or_else(|| ReviewError::UnknownReviewer {
                found: name.to_owned(),
            })
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    #[error(
        "unknown reviewer \"{}\"; expected ambiguity, testability or consistency",
        found.escape_debug()
    )]
    UnknownReviewer { found: String },
    #[error(
        "the prompt holds no complete input: expected at least one block from \"<<<SYNOD INPUT\" to \"SYNOD INPUT END\" with the same nonce and path, found {unclosed} unclosed; send the prompt of a gate run on standard input"
    )]
    NoInput { unclosed: usize },
}

/// What a human watching the review is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    Reading { path: String, lines: usize },
    Unclosed { path: String },
    Done { units: usize, findings: usize },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Progress::Reading { path, lines } => write!(f, "reading {path}, {lines} lines"),
            Progress::Unclosed { path } => {
                write!(f, "{path} has no end line; it is not reviewed")
            }
            Progress::Done { units, findings } => {
                write!(f, "{units} requirement units, {findings} findings")
            }
        }
    }
}

/// Reviews all inputs of a prompt by the standard rules. A pure function of the prompt.
pub fn review(which: Reviewer, prompt: &str) -> Result<Answer, ReviewError> {
    review_with(which, &Rules::standard(), prompt, |_| {})
}

/// As [`review`], by these rules (those of other reviewers change nothing), telling `tell` how
/// far it is.
pub fn review_with(
    which: Reviewer,
    rules: &Rules,
    prompt: &str,
    mut tell: impl FnMut(Progress),
) -> Result<Answer, ReviewError> {
    let inputs = fence::inputs(prompt);
    if inputs.found.is_empty() {
        return Err(ReviewError::NoInput {
            unclosed: inputs.unclosed.len(),
        });
    }
    let mut receipts = BTreeMap::new();
    let mut documents = Vec::with_capacity(inputs.found.len());
    for input in &inputs.found {
        tell(Progress::Reading {
            path: input.path.clone(),
            lines: input.text.lines().count(),
        });
        receipts.insert(input.path.clone(), input.receipt.clone());
        documents.push(markdown::read(&input.path, input.text));
    }
    for path in inputs.unclosed {
        tell(Progress::Unclosed { path });
    }
    let units: Vec<Vec<Unit>> = documents.iter().map(units).collect();
    let mut found = Collector::of(rules);
    match which {
        Reviewer::Ambiguity => each(&documents, &units, |seen, _| {
            rules::placeholder::check(seen, &mut found);
            rules::vague::check(seen, &mut found);
            rules::adequacy::check(seen, &mut found);
            rules::loophole::check(seen, &mut found);
            rules::open_list::check(seen, &mut found);
        }),
        Reviewer::Testability => each(&documents, &units, |seen, follows| {
            rules::plain_number::check(seen, &mut found);
            rules::range::check(seen, &mut found);
            rules::ears::check(seen, follows, &mut found);
        }),
        Reviewer::Consistency => {
            let register = Register::read(&documents);
            rules::traceability::check(&documents, &register, &mut found);
            rules::coverage::check(&documents, &register, &mut found);
            rules::numbers_agree::check(&documents, &register, &mut found);
            rules::references::check(&documents, &mut found);
            rules::terms::check(&documents, &mut found);
            rules::glossary::check(&documents, &units, &mut found);
        }
    }
    let findings = found.finish();
    tell(Progress::Done {
        units: units.iter().map(Vec::len).sum(),
        findings: findings.len(),
    });
    Ok(Answer { receipts, findings })
}

/// Shows every unit, and whether a *Then* follows it (past any *And*), as in lists of
/// *Given*, *When*, *Then*.
fn each(
    documents: &[Document<'_>],
    units: &[Vec<Unit>],
    mut take: impl FnMut(&Seen<'_>, ThenFollows),
) {
    let measured = rules::context::measured(documents);
    for (input, (document, units)) in documents.iter().zip(units).enumerate() {
        // Backwards first: whether a Then follows is known from the end.
        let mut follows = vec![ThenFollows::No; units.len()];
        let mut below = ThenFollows::No;
        let names = rules::context::names(document);
        let seen = |unit| Seen {
            document,
            input,
            unit,
            names: &names,
            measured: &measured,
        };
        for (at, unit) in units.iter().enumerate().rev() {
            follows[at] = below;
            let seen = seen(unit);
            below = match rules::ears::opening(&seen) {
                "then" => ThenFollows::Yes,
                "and" => below,
                _ => ThenFollows::No,
            };
        }
        for (unit, follows) in units.iter().zip(follows) {
            take(&seen(unit), follows);
        }
    }
}

/// Does a *Then* stand in one of the next units?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ThenFollows {
    Yes,
    No,
}
