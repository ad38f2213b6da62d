//! traceability: ids that are referred to and not defined, or defined twice.

use std::collections::{BTreeMap, BTreeSet};

use crate::answer::{Finding, Kind, Quote, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::{Block, Document, Section, Shape};
use crate::ids::{Key, Place, Register, is_binding};
use crate::rule::Rule;
use crate::rules::about;

pub(crate) fn check(documents: &[Document<'_>], register: &Register, out: &mut Collector<'_>) {
    undefined(documents, register, out);
    defined_twice(documents, register, out);
}

pub(super) fn trace(
    claim: String,
    severity: Severity,
    resolvability: Resolvability,
    reasoning: String,
    quotes: Vec<Quote>,
    about: Option<String>,
) -> Finding {
    Finding {
        kind: Kind::Traceability,
        claim,
        severity,
        resolvability,
        answer: None,
        options: Vec::new(),
        reasoning,
        suggested_fix: None,
        quotes,
        about,
    }
}

pub(super) fn at<'a>(documents: &'a [Document<'a>], place: Place) -> (&'a Document<'a>, &'a Block) {
    let document = &documents[place.input];
    (document, &document.blocks[place.block])
}

fn undefined(documents: &[Document<'_>], register: &Register, out: &mut Collector<'_>) {
    const RULE: Rule = Rule::UndefinedId;
    let mut told: BTreeSet<&Key> = BTreeSet::new();
    for mention in &register.mentions {
        let Some(token) = mention.written else {
            continue;
        };
        if register.knows(&mention.key) || !told.insert(&mention.key) {
            continue;
        }
        let (document, block) = at(documents, mention.place);
        let position = (mention.place.input, token.start, RULE);
        out.offer(Severity::Important, position, || {
            let id = document.word(token);
            let home = &documents[register.homes[&mention.key.family]].path;
            let family = mention.key.family.trim_end_matches('-');
            trace(
                format!("{} refers to {id}, which is defined nowhere", document.path),
                Severity::Important,
                Resolvability::NeedHuman,
                format!(
                    "rule {RULE}: the other {family} ids are defined in {home}, {id} is not; it was renumbered, removed, or never written"
                ),
                vec![document.quote(document.sentence_at(block, token.start))],
                about(document, block),
            )
        });
    }
}

fn defined_twice(documents: &[Document<'_>], register: &Register, out: &mut Collector<'_>) {
    const RULE: Rule = Rule::DefinedTwice;
    for (key, places) in &register.defined {
        let mut first_in: BTreeMap<usize, Place> = BTreeMap::new();
        for place in places {
            let (document, block) = at(documents, *place);
            if !is_definition(document, block) || document.is_task_list() {
                continue;
            }
            let Some(first) = first_in.get(&place.input).copied() else {
                first_in.insert(place.input, *place);
                continue;
            };
            let (_, before) = at(documents, first);
            // The item under a heading of the same id, or a point of the same item.
            let nested = (before.shape == Shape::Heading && before.heading == block.heading)
                || block.parent == Some(first.block);
            if nested {
                continue;
            }
            let position = (place.input, block.range.start, RULE);
            out.offer(Severity::Important, position, || {
                let id = block.id.map_or(key.family.as_str(), |id| document.word(id));
                let mut finding = trace(
                    format!("{id} is defined twice in {}", document.path),
                    Severity::Important,
                    Resolvability::SuggestFix,
                    format!(
                        "rule {RULE}: a reference to {id} can mean either; tasks and tests will follow one of them"
                    ),
                    vec![
                        document.quote(before.range.clone()),
                        document.quote(block.range.clone()),
                    ],
                    Some(id.to_owned()),
                );
                finding.suggested_fix =
                    Some("Give one of them the next free id and update its references.".to_owned());
                finding
            });
            break;
        }
    }
}

/// A heading, or text under a heading of requirements that says something of its own; a row of
/// a coverage table is neither.
pub(super) fn is_definition(document: &Document<'_>, block: &Block) -> bool {
    match document.section(block) {
        Section::Requirements | Section::Plain => {
            block.shape == Shape::Heading
                || (is_binding(document, block) && !speaks_of_its_id(document, block))
        }
        Section::Acceptance | Section::Glossary | Section::Tasks | Section::Excluded => false,
    }
}

/// "FR-3 needs FR-2": a sentence about a requirement, not the requirement.
fn speaks_of_its_id(document: &Document<'_>, block: &Block) -> bool {
    let Some((id, first)) = block.id.zip(block.parts.first()) else {
        return false;
    };
    let after = document.tokens(id.end..first.end.max(id.end));
    after.first().is_some_and(|next| {
        matches!(
            document.lower(*next),
            "and"
                | "applies"
                | "covers"
                | "depends"
                | "has"
                | "is"
                | "must"
                | "needs"
                | "requires"
                | "shall"
                | "should"
                | "to"
                | "was"
                | "will"
        )
    })
}
