//! What stands around a risky word and makes it harmless: an explanation, a name, an alternative.
//!
//! Each was seen in specifications people wrote; in doubt a word is taken for harmless, because
//! a remark nobody can use costs more than one that is missing.

use std::collections::BTreeSet;

use crate::document::{Document, Section, Shape};
use crate::ids::Key;
use crate::measure::measures;
use crate::token::{Kind, Token};

/// How many tokens around a word are looked at. Sentences are shorter; a bound keeps a file that
/// is one sentence linear.
const NEAR: usize = 60;

/// The tokens after the one at `at`.
pub(crate) fn after(tokens: &[Token], at: usize) -> &[Token] {
    &tokens[at + 1..tokens.len().min(at + 1 + NEAR)]
}

/// The tokens before the one at `at`.
pub(crate) fn before(tokens: &[Token], at: usize) -> &[Token] {
    &tokens[at.saturating_sub(NEAR)..at]
}

/// Is the word at `at` explained later in its sentence: after a colon or a dash, or in brackets
/// that hold a figure, a name in capitals, a *not*, a list or a clause?
pub(crate) fn is_explained(document: &Document<'_>, tokens: &[Token], at: usize) -> bool {
    let rest = after(tokens, at);
    rest.iter().enumerate().any(|(from, token)| {
        let after = &rest[from + 1..];
        match token.kind {
            Kind::Symbol(':' | '—' | '–') => after.len() >= 3,
            Kind::Symbol('(') => {
                let inside = after
                    .iter()
                    .position(|token| token.kind == Kind::Symbol(')'))
                    .map_or(after, |end| &after[..end]);
                explains(document, inside)
            }
            Kind::Word | Kind::Number | Kind::Id | Kind::ShortId | Kind::Code | Kind::Symbol(_) => {
                false
            }
        }
    })
}

fn explains(document: &Document<'_>, inside: &[Token]) -> bool {
    let example = inside
        .first()
        .is_some_and(|first| matches!(document.lower(*first), "e" | "eg" | "see"));
    let clause = inside
        .iter()
        .filter(|token| token.kind == Kind::Word)
        .count()
        >= 6;
    let telling = clause
        || inside.iter().any(|token| match token.kind {
            Kind::Number | Kind::Code | Kind::Symbol(',') => true,
            Kind::Word => {
                is_acronym(document.word(*token))
                    || matches!(document.lower(*token), "no" | "not" | "never" | "without")
            }
            Kind::Id | Kind::ShortId | Kind::Symbol(_) => false,
        });
    !example && telling
}

/// `TLS`, `AES-256-GCM`, `Argon2id`: a named thing one can look up. Words of obligation and
/// the everyday abbreviations of any specification name nothing.
pub(crate) fn is_acronym(word: &str) -> bool {
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    let digits = word.bytes().any(|byte| byte.is_ascii_digit());
    let letters = word.bytes().any(|byte| byte.is_ascii_alphabetic());
    let everyday = matches!(
        word,
        "MUST"
            | "NOT"
            | "SHALL"
            | "SHOULD"
            | "MAY"
            | "WILL"
            | "API"
            | "APIs"
            | "CLI"
            | "EU"
            | "ID"
            | "IDs"
            | "UI"
            | "URL"
            | "URLs"
            | "US"
    );
    !everyday && ((capitals >= 2 && word.len() >= 3) || (digits && letters))
}

/// Does the requirement say what happens in the other case ("where possible, otherwise …")?
pub(crate) fn has_alternative(document: &Document<'_>, tokens: &[Token]) -> bool {
    let mut words = tokens.iter().map(|token| document.lower(*token)).peekable();
    while let Some(word) = words.next() {
        let alone = matches!(
            word,
            "otherwise" | "else" | "fallback" | "fall-back" | "instead"
        );
        let falls = matches!(word, "fall" | "falls" | "falling") && words.peek() == Some(&"back");
        if alone || falls {
            return true;
        }
    }
    false
}

/// What a document calls its own things: in a game with a mode "Fast", or a vault of "secure
/// notes", these words promise nothing.
#[derive(Debug, Default)]
pub(crate) struct Names<'a> {
    /// Of terms in the glossary and of the file's title.
    pairs: BTreeSet<(&'a str, &'a str)>,
    /// Alone in the first cell of a row that is not a requirement.
    words: BTreeSet<&'a str>,
}

impl Names<'_> {
    /// Is the word at `at`, or the pair that begins there, a name?
    pub(crate) fn hold(&self, document: &Document<'_>, tokens: &[Token], at: usize) -> bool {
        let first = document.lower(tokens[at]);
        self.words.contains(first)
            || tokens.get(at + 1).is_some_and(|next| {
                let pair = (stem(first), stem(document.lower(*next)));
                self.pairs.contains(&pair)
            })
    }
}

pub(crate) fn names<'a>(document: &'a Document<'_>) -> Names<'a> {
    let mut names = Names::default();
    for (at, block) in document.blocks.iter().enumerate() {
        let Some(first) = block.parts.first() else {
            continue;
        };
        let section = document.section(block);
        let title = at == 0 && block.shape == Shape::Heading;
        let entry = section == Section::Glossary && block.shape != Shape::Heading;
        let row = section == Section::Plain && block.shape == Shape::Row;
        if !(title || entry || row) {
            continue;
        }
        // A term is short; the rest of a long paragraph need not be cut up.
        let mut end = first.end.min(first.start + 200);
        while !document.mask.is_char_boundary(end) {
            end -= 1;
        }
        let tokens = document.tokens(first.start..end);
        if let ([word], true) = (tokens.as_slice(), row) {
            names.words.insert(document.lower(*word));
        }
        if title || entry {
            // The term of an entry ends where its meaning begins.
            let term = tokens
                .iter()
                .position(|token| {
                    entry && matches!(token.kind, Kind::Symbol(':' | '—' | '–' | '='))
                })
                .map_or(tokens.as_slice(), |end| &tokens[..end]);
            names.pairs.extend(
                term.windows(2)
                    .map(|pair| (stem(document.lower(pair[0])), stem(document.lower(pair[1])))),
            );
        }
    }
    names
}

/// The ids that acceptance criteria name beside a figure.
pub(crate) fn measured(documents: &[Document<'_>]) -> BTreeSet<Key> {
    let mut found = BTreeSet::new();
    for document in documents {
        for block in &document.blocks {
            if document.section(block) != Section::Acceptance {
                continue;
            }
            for part in &block.parts {
                let tokens = document.tokens(part.clone());
                let named = tokens.iter().filter(|token| token.is_id());
                let mut keys = named
                    .filter_map(|token| Key::read(document.word(*token)))
                    .peekable();
                if keys.peek().is_some() && !measures(document, &tokens).is_empty() {
                    found.extend(keys);
                }
            }
        }
    }
    found
}

/// The singular of an ordinary plural.
fn stem(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem,
        Some(_) | None => word,
    }
}
