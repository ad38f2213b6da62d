//! The rules, one file each, and what they share: how a unit is named and quoted.
//!
//! The rule table is in the design of the gates; phrases come from NASA ARM, ISO/IEC/IEEE
//! 29148, EARS, QuARS and the requirement smells of Femmer et al.

pub(crate) mod adequacy;
pub(crate) mod context;
pub(crate) mod coverage;
pub(crate) mod ears;
pub(crate) mod glossary;
pub(crate) mod loophole;
pub(crate) mod numbers_agree;
pub(crate) mod open_list;
pub(crate) mod placeholder;
pub(crate) mod plain_number;
pub(crate) mod range;
pub(crate) mod references;
pub(crate) mod terms;
pub(crate) mod traceability;
pub(crate) mod vague;

use std::collections::BTreeSet;

use crate::answer::{Finding, Kind, Quote, Resolvability, Severity};
use crate::collect::Position;
use crate::document::{Block, Document, Shape};
use crate::ids::Key;
use crate::rule::Rule;
use crate::rules::context::Names;
use crate::token::{Kind as TokenKind, Token};
use crate::unit::{Sentence, Unit};

/// One unit in its document, as the rules for single units see it.
pub(crate) struct Seen<'a> {
    pub document: &'a Document<'a>,
    pub input: usize,
    pub unit: &'a Unit,
    /// Pairs of words that name a thing in this document ([`context::names`]).
    pub names: &'a Names<'a>,
    /// Ids that an acceptance criterion measures ([`context::measured`]).
    pub measured: &'a BTreeSet<Key>,
}

impl Seen<'_> {
    pub(crate) fn block(&self) -> &Block {
        &self.document.blocks[self.unit.block]
    }

    /// `FR-4`, or the place for text without an id.
    pub(crate) fn label(&self) -> String {
        let block = self.block();
        if let Some(id) = self.document.id_of(block) {
            return id.to_owned();
        }
        let what = match block.shape {
            Shape::Item | Shape::TaskItem => "an item",
            Shape::Row | Shape::HeaderRow => "a table row",
            Shape::Paragraph | Shape::Heading => "a sentence",
        };
        match self.heading() {
            Some(title) => format!("{what} under \"{title}\""),
            None => format!("{what} in {}", self.document.path),
        }
    }

    pub(crate) fn about(&self) -> Option<String> {
        about(self.document, self.block())
    }

    pub(crate) fn position(&self, sentence: &Sentence, rule: Rule) -> Position {
        (self.input, sentence.range.start, rule)
    }

    /// A row is quoted whole: a cell alone can seldom be found again.
    pub(crate) fn quote(&self, sentence: &Sentence) -> Quote {
        let block = self.block();
        let range = match block.shape {
            Shape::Row => block.range.clone(),
            _ if self.unit.sentences.len() == 1 && sentence.range.start == block.range.start => {
                block.range.start..sentence.range.end
            }
            _ => sentence.range.clone(),
        };
        self.document.quote(range)
    }

    /// A finding about one sentence of this unit; the claim begins with its label.
    pub(crate) fn finding(
        &self,
        sentence: &Sentence,
        (kind, severity, resolvability): (Kind, Severity, Resolvability),
        says: &str,
        reasoning: String,
    ) -> Finding {
        Finding {
            kind,
            claim: format!("{} {says}", self.label()),
            severity,
            resolvability,
            answer: None,
            options: Vec::new(),
            reasoning,
            suggested_fix: None,
            quotes: vec![self.quote(sentence)],
            about: self.about(),
        }
    }

    /// Does an acceptance criterion give this requirement its figure ("loads in 2 s (FR-21)")?
    pub(crate) fn is_measured_by_acceptance(&self) -> bool {
        self.document
            .id_of(self.block())
            .and_then(Key::read)
            .is_some_and(|key| self.measured.contains(&key))
    }

    fn heading(&self) -> Option<&str> {
        let heading = &self.document.headings[self.block().heading?];
        (!heading.title.is_empty()).then_some(heading.title.as_str())
    }
}

/// The id or the heading a block belongs to.
pub(crate) fn about(document: &Document<'_>, block: &Block) -> Option<String> {
    if let Some(id) = document.id_of(block) {
        return Some(id.to_owned());
    }
    let heading = &document.headings[block.heading?];
    (!heading.title.is_empty()).then(|| heading.title.clone())
}

/// Does `phrase` (lower case words) stand at `at`?
pub(crate) fn phrase_at(
    document: &Document<'_>,
    tokens: &[Token],
    at: usize,
    phrase: &[&str],
) -> bool {
    tokens.get(at..at + phrase.len()).is_some_and(|window| {
        window
            .iter()
            .zip(phrase)
            .all(|(token, word)| document.lower(*token) == *word)
    })
}

/// A capital in the middle of a sentence marks a name ("3-D Secure", "Fast Lane").
pub(crate) fn is_name(document: &Document<'_>, tokens: &[Token], at: usize) -> bool {
    let capital = document
        .word(tokens[at])
        .starts_with(|symbol: char| symbol.is_uppercase());
    capital
        && at > 0
        && matches!(
            tokens[at - 1].kind,
            TokenKind::Word | TokenKind::Number | TokenKind::Code
        )
}

/// `"a"`, `"a" and "b"`, `"a", "b" and "c"`, each once.
pub(crate) fn quoted(words: &[&str]) -> String {
    let mut once: Vec<String> = Vec::new();
    for word in words {
        let word = format!("\"{word}\"");
        if !once.contains(&word) {
            once.push(word);
        }
    }
    match once.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}
