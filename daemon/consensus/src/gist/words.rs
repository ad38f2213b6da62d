//! A claim as words. Knows nothing of what they mean.

use super::MOST_WORDS;
use crate::marks::{is_operator, is_pointer, unit};
use crate::text::fold;

/// One word of a claim, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    Plain(String),
    /// An id, a number, a file name or an operator: it points at something without saying what.
    Pointer(String),
}

impl Word {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Pointer(text) => text,
        }
    }
}

/// The words of a claim.
pub(crate) fn words(claim: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for token in claim.split_whitespace() {
        let folded = fold(token).replace('’', "'");
        if is_pointer(token) {
            let edge = |c: char| !c.is_alphanumeric() && !is_operator(c);
            let pointer = folded.trim_matches(edge);
            // "5s" and "5 s" are one number; that their units differ is seen by their marks.
            let end = pointer.find(|c: char| !c.is_ascii_digit());
            let (number, rest) = pointer.split_at(end.unwrap_or(0));
            let is_number = !number.is_empty() && unit(rest).is_some();
            let shown = if is_number { number } else { pointer };
            words.push(Word::Pointer(shown.to_owned()));
            continue;
        }
        for part in folded.split(|c: char| !c.is_alphanumeric() && c != '\'') {
            split_scripts(part.trim_matches('\''), &mut words);
        }
        if words.len() > MOST_WORDS {
            break;
        }
    }
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Han,
    Hiragana,
    Other,
}

fn script(c: char) -> Script {
    match c {
        '\u{3040}'..='\u{309f}' => Script::Hiragana,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '々' => Script::Han,
        _ => Script::Other,
    }
}

/// Japanese has no spaces: a change of script stands for them. Hiragana is grammar, of which only
/// the denial counts.
fn split_scripts(part: &str, words: &mut Vec<Word>) {
    const DENIALS: [&str; 4] = ["ない", "ません", "なし", "なく"];
    let mut rest = part;
    while let Some(first) = rest.chars().next() {
        let kind = script(first);
        let end = rest.find(|c| script(c) != kind).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match kind {
            Script::Hiragana => {
                if DENIALS.iter().any(|denial| run.contains(denial)) {
                    words.push(Word::Plain("not".to_owned()));
                }
            }
            Script::Han | Script::Other => words.push(Word::Plain(run.to_owned())),
        }
        rest = after;
    }
}
