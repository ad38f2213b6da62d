//! conflicting-numbers: one requirement id, one unit, two values.
//!
//! Compared are the text that defines an id and every other statement that names only this id.
//! Values count as different only when no value is shared in that dimension: `900 s` agrees with
//! `15 min`, and a test that tries 4 and 5 attempts agrees with a limit of 5.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::answer::{Finding, Kind as FindingKind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::{Block, Document, Section, Shape};
use crate::ids::{Key, Mention, Place, Register, statement};
use crate::measure::{Measure, measures};
use crate::rule::Rule;
use crate::rules::traceability;
use crate::token::{Kind, Token};

const RULE: Rule = Rule::ConflictingNumbers;

pub(crate) fn check(documents: &[Document<'_>], register: &Register, out: &mut Collector<'_>) {
    let mut requirements_in: BTreeMap<Place, BTreeSet<&Key>> = BTreeMap::new();
    for mention in &register.mentions {
        if register.is_requirement(&mention.key) {
            let keys = requirements_in.entry(mention.place).or_default();
            keys.insert(&mention.key);
        }
    }
    let mut told: BTreeSet<(&Key, String)> = BTreeSet::new();
    let mut compared: BTreeSet<(&Key, Place)> = BTreeSet::new();
    let mut definitions: BTreeMap<Place, Statement> = BTreeMap::new();
    for mention in &register.mentions {
        let Some(defined) = register
            .defined
            .get(&mention.key)
            .and_then(|all| all.first())
        else {
            continue;
        };
        let Some(token) = mention.written else {
            continue;
        };
        // Where an id is defined twice the two are different requirements; that is told once.
        let defines = mention.leads && mention.place.input == defined.input;
        let again = defines && {
            let document = &documents[defined.input];
            traceability::is_definition(document, &document.blocks[mention.place.block])
        };
        if *defined == mention.place || again || !register.is_requirement(&mention.key) {
            continue;
        }
        let document = &documents[mention.place.input];
        let block = &document.blocks[mention.place.block];
        let range = match scope(document, mention, &requirements_in) {
            Scope::Statement => statement(document, block, token.start),
            Scope::Clause => match clause(document, block, token) {
                Some(range) => range,
                None => continue,
            },
            Scope::Unclear => continue,
        };
        if !compared.insert((&mention.key, mention.place)) {
            continue;
        }
        let ours = definitions.entry(*defined).or_insert_with(|| {
            let document = &documents[defined.input];
            let range = document.blocks[defined.block].range.clone();
            Statement::read(document, defined.input, range)
        });
        let theirs = Statement {
            tries: document.section(block) == Section::Acceptance,
            ..Statement::read(document, mention.place.input, range)
        };
        if theirs.speaks_of_the_past {
            continue;
        }
        for (one, other) in conflicts(ours, &theirs) {
            if !told.insert((&mention.key, one.unit.clone())) {
                continue;
            }
            let position = (mention.place.input, token.start, RULE);
            out.offer(Severity::Critical, position, || {
                let id = documents[mention.place.input].word(token);
                report(documents, id, (ours, one), (&theirs, other))
            });
        }
    }
}

/// What is said about an id at one place.
struct Statement {
    input: usize,
    range: Range<usize>,
    measures: Vec<Measure>,
    speaks_of_the_past: bool,
    /// Does it stand under acceptance criteria, which may go beyond a limit to try it?
    tries: bool,
}

impl Statement {
    fn read(document: &Document<'_>, input: usize, range: Range<usize>) -> Statement {
        let tokens = document.tokens(range.clone());
        let speaks_of_the_past = tokens.iter().any(|token| {
            matches!(
                document.lower(*token),
                "today" | "currently" | "previously" | "formerly" | "was" | "were" | "instead"
            )
        });
        Statement {
            input,
            measures: measures(document, &tokens),
            range,
            speaks_of_the_past,
            tries: false,
        }
    }
}

/// How much of the text around a mention speaks of it.
enum Scope {
    /// All of it: no other requirement is named.
    Statement,
    /// The clause that ends in the id: `after 15 minutes (FR-15), at last after 12 hours (FR-16)`.
    Clause,
    /// Nobody can say: the id is one of a list, or another requirement gives its own numbers.
    Unclear,
}

fn scope(
    document: &Document<'_>,
    mention: &Mention,
    requirements_in: &BTreeMap<Place, BTreeSet<&Key>>,
) -> Scope {
    let block = &document.blocks[mention.place.block];
    let Some(keys) = requirements_in.get(&mention.place) else {
        return Scope::Unclear;
    };
    if matches!(block.shape, Shape::Heading | Shape::HeaderRow) || keys.len() > 20 {
        return Scope::Unclear;
    }
    let lead = block.id.and_then(|id| Key::read(document.word(id)));
    // A requirement that mentions another (`FR-5 … as in FR-4`) gives numbers of its own; an
    // acceptance criterion (`AC-4 (FR-4) …`) speaks of the other.
    let own = lead
        .as_ref()
        .is_none_or(|lead| *lead == mention.key || lead.family != mention.key.family);
    let alone = keys
        .iter()
        .all(|key| **key == mention.key || Some(*key) == lead.as_ref());
    match (own, alone) {
        (true, true) => Scope::Statement,
        (true, false) => Scope::Clause,
        (false, _) => Scope::Unclear,
    }
}

/// From the comma before to an id that stands alone in brackets.
fn clause(document: &Document<'_>, block: &Block, id: Token) -> Option<Range<usize>> {
    let sentence = document.sentence_at(block, id.start);
    let tokens = document.tokens(sentence);
    let at = tokens.iter().position(|token| token.start == id.start)?;
    let symbol = |at: usize| tokens.get(at).map(|token| token.kind);
    let before = at.checked_sub(1)?;
    let alone =
        symbol(before) == Some(Kind::Symbol('(')) && symbol(at + 1) == Some(Kind::Symbol(')'));
    if !alone {
        return None;
    }
    let from = tokens[..before]
        .iter()
        .rposition(|token| matches!(token.kind, Kind::Symbol(',' | ';' | ')')))
        .map_or(0, |comma| comma + 1);
    Some(tokens[from].start..tokens[at + 1].end)
}

/// Pairs of measures, one of each statement, in units where the statements share no value.
fn conflicts<'m>(ours: &'m Statement, theirs: &'m Statement) -> Vec<(&'m Measure, &'m Measure)> {
    let mut found: Vec<(&Measure, &Measure)> = Vec::new();
    if ours.measures.len() > 50 || theirs.measures.len() > 50 {
        return found; // not a statement but a table of figures
    }
    for one in &ours.measures {
        for other in &theirs.measures {
            if one.unit != other.unit || !comparable(one, other) || one.value == other.value {
                continue;
            }
            // "A link used after 14 days shows expired" tries a limit of 7 days.
            if theirs.tries && !other.limits {
                continue;
            }
            let shared = ours.measures.iter().any(|a| {
                theirs
                    .measures
                    .iter()
                    .any(|b| a.dimension == b.dimension && a.value == b.value)
            });
            if !shared && !found.iter().any(|(known, _)| known.unit == one.unit) {
                found.push((one, other));
            }
        }
    }
    found
}

fn comparable(one: &Measure, other: &Measure) -> bool {
    match (&one.percentile, &other.percentile) {
        (Some(a), Some(b)) => a == b,
        (None, _) | (_, None) => true,
    }
}

fn report(
    documents: &[Document<'_>],
    id: &str,
    (ours, one): (&Statement, &Measure),
    (theirs, other): (&Statement, &Measure),
) -> Finding {
    let here = &documents[ours.input];
    let there = &documents[theirs.input];
    let place = if ours.input == theirs.input {
        format!("elsewhere in {}", there.path)
    } else {
        format!("in {}", there.path)
    };
    Finding {
        kind: FindingKind::Conflict,
        claim: format!(
            "{id} says {} where it is defined ({}) but {} {place}",
            one.shown, here.path, other.shown
        ),
        severity: Severity::Critical,
        resolvability: Resolvability::NeedHuman,
        answer: None,
        options: vec![
            format!("{} ({})", one.shown, here.path),
            format!("{} ({})", other.shown, there.path),
        ],
        reasoning: format!(
            "rule {RULE}: the same id and unit with different numbers; whoever reads only one of the two places builds or tests the wrong one"
        ),
        suggested_fix: Some("Decide the value and write it in one place only.".to_owned()),
        quotes: vec![
            here.quote(ours.range.clone()),
            there.quote(theirs.range.clone()),
        ],
        about: Some(id.to_owned()),
    }
}
