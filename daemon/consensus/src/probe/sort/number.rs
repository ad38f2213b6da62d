//! A measurable criterion loses its number: "shall answer within 200 ms." becomes "shall answer."
//!
//! Only adverbial phrases, which a sentence can do without, or whose number a word can stand for.

use std::ops::Range;

use super::Candidate;
use crate::probe::Sort;
use crate::probe::ground::{Ground, Patch, binds, words};
use crate::probe::measure::{Measure, measures};
use crate::text::{fold, squeeze};

/// What a phrase begins with, longest first, and what can stand for its number.
const PHRASES: &[(&str, &str)] = &[
    ("at most once every", ""),
    ("at least once every", ""),
    ("no later than", ""),
    ("in less than", "a short time"),
    ("within at most", "a short time"),
    ("in at most", "a short time"),
    ("after at most", "some time"),
    ("for at least", "some time"),
    ("for at most", "some time"),
    ("for up to", "some time"),
    ("in under", "a short time"),
    ("of up to", ""),
    ("of at most", ""),
    ("of at least", ""),
    ("once every", ""),
    ("at least every", ""),
    ("at most every", ""),
    ("within", "a short time"),
    ("after", "some time"),
    ("every", ""),
    ("for", "some time"),
    ("in", "a short time"),
];

/// Words that belong to the phrase behind them: without it they would be left over.
const LEFT_OVER: &[&str] = &[
    "at", "most", "least", "once", "than", "only", "about", "up", "and", "or", "not", "no",
    "either",
];

/// Words with which a sentence goes on as if the phrase had never been there.
const FOLLOWERS: &[&str] = &[
    "and", "or", "but", "when", "if", "while", "unless", "until", "on", "for", "before", "after",
];

const TIMES: &[&str] = &["ms", "s", "min", "h", "d", "week", "month", "year"];

pub(super) fn candidates(ground: &Ground<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (n, patch) in ground
        .patches
        .iter()
        .enumerate()
        .filter(|(_, patch)| patch.obliges())
    {
        for sentence in patch.sentences() {
            if !binds(&patch.source[sentence.clone()]) {
                continue;
            }
            // With a second number left it would still be measurable.
            if let [only] = measures(patch.source, &sentence).as_slice()
                && let Some((edit, after)) = without(patch, &sentence, only)
            {
                found.push(Candidate::new(Sort::NumberDeleted, n, edit, after));
            }
        }
    }
    found
}

/// The edit that takes a measure out of its sentence.
fn without(
    patch: &Patch<'_>,
    sentence: &Range<usize>,
    measure: &Measure,
) -> Option<(Range<usize>, &'static str)> {
    let text = patch.source;
    let before = &text[sentence.start..measure.whole.start];
    if !before.ends_with(char::is_whitespace) {
        return None;
    }
    let said = squeeze(&fold(before));
    let (phrase, stand_in) = PHRASES.iter().find(|(phrase, _)| {
        said.strip_suffix(phrase)
            .is_some_and(|rest| rest.ends_with(' '))
    })?;
    let lead = lead_of(before, phrase)?;
    let last = words(&before[..lead]).last().map(fold)?;
    if LEFT_OVER.contains(&last.as_str()) {
        return None;
    }
    let after = &text[measure.whole.end..sentence.end];
    let edit = if goes_on(after) {
        // With the white space before it.
        let kept = before[..lead].trim_end().len();
        (sentence.start + kept..measure.whole.end, "")
    } else if !stand_in.is_empty() && TIMES.contains(&measure.unit.as_str()) {
        (measure.whole.clone(), *stand_in)
    } else {
        return None;
    };
    let whole = sentence.start + lead..measure.whole.end;
    patch.is_prose(&whole).then_some(edit)
}

/// Where the phrase begins that `before` ends with.
fn lead_of(before: &str, phrase: &str) -> Option<usize> {
    let mut rest = before;
    for word in phrase.rsplit(' ') {
        rest = rest.trim_end();
        let start = rest.len().checked_sub(word.len())?;
        if !rest.is_char_boundary(start) || !rest[start..].eq_ignore_ascii_case(word) {
            return None;
        }
        rest = &rest[..start];
    }
    Some(rest.len())
}

fn goes_on(after: &str) -> bool {
    let trimmed = after.trim_start();
    let first = trimmed.split(|c: char| !c.is_alphabetic()).next();
    trimmed.is_empty()
        || after.starts_with(['.', ',', ';', ')'])
        || (trimmed.len() < after.len()
            && first.is_some_and(|word| FOLLOWERS.contains(&fold(word).as_str())))
}
