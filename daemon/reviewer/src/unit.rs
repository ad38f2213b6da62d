//! Requirement units: the only text the rules judge.
//!
//! A unit is a list item or table row under a heading that promises requirements, a paragraph
//! that opens with an id there, or, anywhere else, one sentence with *shall*, *must*,
//! *should* or *will* of which *we* is not the subject. Questions and rationale are never units.

use std::ops::Range;

use crate::document::{Document, Section, Shape};
use crate::sentence;
use crate::token::{Kind, Token};

#[derive(Debug)]
pub(crate) struct Sentence {
    pub range: Range<usize>,
    pub tokens: Vec<Token>,
}

#[derive(Debug)]
pub(crate) struct Unit {
    /// Index of the block it stands in.
    pub block: usize,
    pub sentences: Vec<Sentence>,
}

impl Unit {
    pub(crate) fn tokens(&self) -> impl Iterator<Item = Token> + '_ {
        self.sentences
            .iter()
            .flat_map(|sentence| sentence.tokens.iter().copied())
    }
}

pub(crate) fn is_modal(word: &str) -> bool {
    matches!(word, "shall" | "must" | "should" | "will")
}

pub(crate) fn units(document: &Document<'_>) -> Vec<Unit> {
    let mut units = Vec::new();
    for (at, block) in document.blocks.iter().enumerate() {
        let section = document.section(block);
        if section == Section::Excluded || matches!(block.shape, Shape::Heading | Shape::HeaderRow)
        {
            continue;
        }
        let sentences: Vec<Sentence> = block
            .parts
            .iter()
            .flat_map(|part| sentence::split(&document.mask, part.clone()))
            .map(|range| Sentence {
                tokens: without_number(document, document.tokens(range.clone())),
                range,
            })
            .filter(|sentence| !is_question(document, sentence))
            .collect();
        if sentences.is_empty() || opens_rationale(document, &sentences[0]) {
            continue;
        }
        let promised = matches!(section, Section::Requirements | Section::Acceptance)
            && !document.is_task_list();
        let whole = promised
            && match block.shape {
                Shape::Item | Shape::TaskItem | Shape::Row => true,
                Shape::Paragraph => block.id.is_some() || block.parent.is_some(),
                Shape::Heading | Shape::HeaderRow => false,
            };
        if whole {
            units.push(Unit {
                block: at,
                sentences,
            });
            continue;
        }
        let binds = |sentence: &Sentence| {
            let mut words = sentence
                .tokens
                .iter()
                .filter(|token| token.kind == Kind::Word)
                .map(|token| document.lower(*token));
            // "We should ask them" is what the team will do, not what the system must.
            let first = words.find(|word| is_modal(word) || *word == "we");
            first.is_some_and(|word| word != "we")
        };
        // Among sentences that bind, one that only states a condition has lost its response.
        let some_bind = sentences.iter().any(binds);
        for sentence in sentences {
            if binds(&sentence) || (some_bind && opens_condition(document, &sentence)) {
                units.push(Unit {
                    block: at,
                    sentences: vec![sentence],
                });
            }
        }
    }
    units
}

/// `3.4` in front of a sentence is its number and not a figure.
fn without_number(document: &Document<'_>, mut tokens: Vec<Token>) -> Vec<Token> {
    let capital = |token: &Token| document.word(*token).starts_with(char::is_uppercase);
    let numbered = tokens.first().is_some_and(|first| {
        let word = document.word(*first);
        word.contains('.')
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    if numbered && tokens.get(1).is_some_and(capital) {
        tokens.remove(0);
    }
    tokens
}

fn opens_condition(document: &Document<'_>, sentence: &Sentence) -> bool {
    let first = sentence.tokens.first();
    first.is_some_and(|first| matches!(document.lower(*first), "if" | "when"))
}

/// `?` ends a question; `???` and `[NEEDS CLARIFICATION: 24 or 36 months?` are placeholders.
fn is_question(document: &Document<'_>, sentence: &Sentence) -> bool {
    let text = document.mask[sentence.range.clone()].trim_end_matches([')', '"', '\'', '”']);
    let marked = text.len() < 1_000 && text.contains("NEEDS CLARIFICATION");
    text.ends_with('?') && !text.ends_with("??") && !marked
}

/// `Rationale: …` in front of a paragraph or item.
fn opens_rationale(document: &Document<'_>, sentence: &Sentence) -> bool {
    let [first, second, ..] = sentence.tokens.as_slice() else {
        return false;
    };
    second.kind == Kind::Symbol(':')
        && matches!(
            document.lower(*first),
            "rationale" | "background" | "motivation" | "why"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let document = markdown::read("spec.md", text);
        let seen: Vec<String> = units(&document)
            .iter()
            .map(|unit| {
                let parts: Vec<&str> = unit
                    .sentences
                    .iter()
                    .map(|sentence| &text[sentence.range.clone()])
                    .collect();
                parts.join(" | ")
            })
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn sentences_with_a_modal_are_units_anywhere() {
        check(
            "# A\n\nIt shall log. It logs. We will see. It will see.\n",
            &["It shall log.", "It will see."],
        );
    }

    #[test]
    fn items_and_rows_under_promising_headings_are_units() {
        check(
            "# A\n## Goals\n- Fast\n## Success criteria\n- One. Two\n\n| a | b |\n|--|--|\n| c | d |\n",
            &["One. | Two", "c | d"],
        );
    }

    #[test]
    fn questions_rationale_code_and_quotes_are_not() {
        check(
            "# A\n## Requirements\n- Must it?\n- Rationale: it must.\n\n> It must.\n\n```\nIt must.\n```\n## Background\nIt must.\n## Open questions\n- It must\n",
            &[],
        );
    }

    #[test]
    fn three_question_marks_are_no_question() {
        check(
            "# A\n## Requirements\n- The limit is ???\n",
            &["The limit is ???"],
        );
    }
}
