//! Where sentences end, and which of them bind.

use std::ops::Range;

/// Words whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &["e.g", "i.e", "cf", "vs", "approx", "incl", "resp", "etc"];

/// The sentences of a part of a text, without white space around.
pub(super) fn split(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = part.start;
    let mut chars = text[part.clone()].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let at = part.start + at;
        let next = chars.peek().map(|(_, c)| *c);
        let over = matches!(c, '.' | '!' | '?') && next.is_none_or(char::is_whitespace);
        if over
            && goes_on_in_capitals(&text[at + 1..part.end])
            && !is_abbreviation(&text[start..at])
        {
            push(text, start..at + 1, &mut found);
            start = at + 1;
        }
    }
    push(text, start..part.end, &mut found);
    found
}

/// A small letter after a full stop goes on with the sentence.
fn goes_on_in_capitals(rest: &str) -> bool {
    let next = rest.trim_start().chars().next();
    !next.is_some_and(char::is_lowercase)
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or(before);
    let word = word.trim_start_matches(['(', '"', '[']);
    ABBREVIATIONS
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let words = &text[range.clone()];
    let start = range.start + words.len() - words.trim_start().len();
    let end = start + words.trim().len();
    if start < end {
        found.push(start..end);
    }
}

pub(super) fn binds(sentence: &str) -> bool {
    !is_question(sentence)
        && sentence.split(|c: char| !c.is_alphanumeric()).any(|word| {
            ["shall", "must", "should", "will"]
                .iter()
                .any(|modal| word.eq_ignore_ascii_case(modal))
        })
}

/// `?` ends a question, `???` is a placeholder.
pub(super) fn is_question(sentence: &str) -> bool {
    let sentence = sentence.trim_end_matches([')', '"', '\'', '”', '*', '_']);
    sentence.ends_with('?') && !sentence.ends_with("??")
}
