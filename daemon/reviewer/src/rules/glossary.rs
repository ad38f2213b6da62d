//! two-names: a glossary that knows one thing by two names, both of which are used; or one
//! definition given to two terms.

use std::collections::{BTreeMap, HashMap};

use crate::answer::{Finding, Kind, Quote, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::{Document, Section, Shape};
use crate::rule::Rule;
use crate::token::{Kind as TokenKind, Token};
use crate::unit::Unit;

const RULE: Rule = Rule::TwoNames;

#[derive(Debug)]
struct Entry {
    input: usize,
    block: usize,
    term: String,
    /// Other names the entry gives for it.
    names: Vec<String>,
    /// The definition, lower case, words only.
    means: String,
}

pub(crate) fn check(documents: &[Document<'_>], units: &[Vec<Unit>], out: &mut Collector<'_>) {
    let entries = entries(documents);
    if entries.is_empty() {
        return;
    }
    let used = used_phrases(documents, units, &entries);
    let mut meanings: HashMap<&str, &Entry> = HashMap::new();
    for entry in &entries {
        for name in &entry.names {
            if let (Some(one), Some(other)) = (used.get(&entry.term), used.get(name)) {
                both_used(documents, entry, name, (one, other), out);
            }
        }
        if entry.means.split(' ').count() < 3 {
            continue;
        }
        match meanings.get(entry.means.as_str()) {
            Some(first) if first.term != entry.term => same_meaning(documents, first, entry, out),
            Some(_) => {}
            None => {
                meanings.insert(&entry.means, entry);
            }
        }
    }
}

fn entries(documents: &[Document<'_>]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (input, document) in documents.iter().enumerate() {
        for (block, seen) in document.blocks.iter().enumerate() {
            if document.section(seen) != Section::Glossary {
                continue;
            }
            let split = match seen.shape {
                Shape::Row => seen.parts.split_first().map(|(term, rest)| {
                    let means = rest
                        .iter()
                        .flat_map(|part| document.tokens(part.clone()))
                        .collect();
                    (document.tokens(term.clone()), means)
                }),
                Shape::Item | Shape::Paragraph => {
                    let tokens = document.tokens(seen.range.clone());
                    let at = tokens.iter().take(12).position(|token| {
                        matches!(token.kind, TokenKind::Symbol(':' | '—' | '–' | '-' | '='))
                    });
                    at.map(|at| (tokens[..at].to_vec(), tokens[at + 1..].to_vec()))
                }
                Shape::TaskItem | Shape::HeaderRow | Shape::Heading => None,
            };
            if let Some((term, means)) = split {
                entries.extend(entry(document, (input, block), &term, &means));
            }
        }
    }
    entries
}

fn entry(
    document: &Document<'_>,
    (input, block): (usize, usize),
    term: &[Token],
    means: &[Token],
) -> Option<Entry> {
    // `Basket (cart)` and `Basket / cart` give the other name within the term.
    let cut = term
        .iter()
        .position(|token| matches!(token.kind, TokenKind::Symbol('(' | '/')))
        .unwrap_or(term.len());
    let name = phrase(document, &term[..cut])?;
    let mut names: Vec<String> = term
        .get(cut + 1..)
        .and_then(|inner| phrase(document, inner))
        .into_iter()
        .collect();
    for at in 0..means.len() {
        let says = |words: &[&str]| crate::rules::phrase_at(document, means, at, words);
        let skip = if says(&["also", "called"]) || says(&["sometimes", "called"]) {
            2
        } else if says(&["also", "known", "as"]) {
            3
        } else if says(&["aka"]) || says(&["synonym"]) {
            1
        } else {
            continue;
        };
        let rest: Vec<Token> = means[at + skip..]
            .iter()
            .skip_while(|token| {
                matches!(token.kind, TokenKind::Symbol(_))
                    || matches!(document.lower(**token), "a" | "an" | "the")
            })
            .take_while(|token| token.kind == TokenKind::Word)
            .take(3)
            .copied()
            .collect();
        names.extend(phrase(document, &rest));
    }
    names.retain(|other| *other != name);
    Some(Entry {
        input,
        block,
        term: name,
        names,
        means: phrase(document, means).unwrap_or_default(),
    })
}

/// Words in lower case, singular, with single spaces; `None` without words.
fn phrase(document: &Document<'_>, tokens: &[Token]) -> Option<String> {
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Word)
        .map(|token| singular(document.lower(*token)))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem,
        Some(_) | None => word,
    }
}

/// Where each name is first used in a requirement.
fn used_phrases(
    documents: &[Document<'_>],
    units: &[Vec<Unit>],
    entries: &[Entry],
) -> BTreeMap<String, Quote> {
    // By first word, so that a text is walked once however long the glossary is.
    let mut wanted: HashMap<&str, Vec<&str>> = HashMap::new();
    for name in entries
        .iter()
        .filter(|entry| !entry.names.is_empty())
        .flat_map(|entry| entry.names.iter().chain([&entry.term]))
    {
        let first = name.split(' ').next().unwrap_or(name);
        let known = wanted.entry(first).or_default();
        if !known.contains(&name.as_str()) {
            known.push(name);
        }
    }
    let mut used = BTreeMap::new();
    for (document, units) in documents.iter().zip(units) {
        for unit in units {
            for sentence in &unit.sentences {
                let words: Vec<&str> = sentence
                    .tokens
                    .iter()
                    .map(|token| singular(document.lower(*token)))
                    .collect();
                for (at, word) in words.iter().enumerate() {
                    for name in wanted.get(word).into_iter().flatten() {
                        let stands = name
                            .split(' ')
                            .enumerate()
                            .all(|(offset, part)| words.get(at + offset) == Some(&part));
                        if stands && !used.contains_key(*name) {
                            let quote = document.quote(sentence.range.clone());
                            used.insert((*name).to_owned(), quote);
                        }
                    }
                }
            }
        }
    }
    used
}

fn both_used(
    documents: &[Document<'_>],
    entry: &Entry,
    name: &str,
    (one, other): (&Quote, &Quote),
    out: &mut Collector<'_>,
) {
    let document = &documents[entry.input];
    let block = &document.blocks[entry.block];
    let position = (entry.input, block.range.start, RULE);
    out.offer(Severity::Important, position, || Finding {
        kind: Kind::UndefinedTerm,
        claim: format!(
            "the glossary of {} knows one thing as \"{}\" and \"{name}\", and requirements use both",
            document.path, entry.term
        ),
        severity: Severity::Important,
        resolvability: Resolvability::SuggestFix,
        answer: Some(entry.term.clone()),
        options: vec![entry.term.clone(), name.to_owned()],
        reasoning: format!(
            "rule {RULE}: two names for one thing make a reader look for the difference; the glossary should choose"
        ),
        suggested_fix: Some(format!("Write \"{}\" in every requirement.", entry.term)),
        quotes: vec![document.quote(block.range.clone()), one.clone(), other.clone()],
        about: Some(entry.term.clone()),
    });
}

fn same_meaning(
    documents: &[Document<'_>],
    first: &Entry,
    second: &Entry,
    out: &mut Collector<'_>,
) {
    let place = |entry: &Entry| {
        let document = &documents[entry.input];
        (document, &document.blocks[entry.block])
    };
    let (document, block) = place(second);
    let position = (second.input, block.range.start, RULE);
    out.offer(Severity::Important, position, || {
        let (before, definition) = place(first);
        Finding {
            kind: Kind::UndefinedTerm,
            claim: format!(
                "\"{}\" and \"{}\" have the same definition",
                first.term, second.term
            ),
            severity: Severity::Important,
            resolvability: Resolvability::NeedHuman,
            answer: None,
            options: vec![first.term.clone(), second.term.clone()],
            reasoning: format!(
                "rule {RULE}: either they are one thing and need one name, or the difference is not written down"
            ),
            suggested_fix: None,
            quotes: vec![
                before.quote(definition.range.clone()),
                document.quote(block.range.clone()),
            ],
            about: Some(second.term.clone()),
        }
    });
}
