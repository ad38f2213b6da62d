//! conflicting-numbers: one requirement id, one unit, two values.
//!
//! Compared are the text that defines an id and every other statement that names only this id.
//! Values count as different only when no value is shared in that dimension: `900 s` agrees with
//! `15 min`, and a test that tries 4 and 5 attempts agrees with a limit of 5.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::answer::{Finding, Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::{Document, Shape};
use crate::ids::{Key, Mention, Place, Register, statement};
use crate::measure::{Measure, measures};

const RULE: &str = "conflicting-numbers";

pub(crate) fn check(documents: &[Document<'_>], register: &Register, out: &mut Collector) {
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
        if *defined == mention.place
            || !register.is_requirement(&mention.key)
            || !speaks_of_one(documents, mention, &requirements_in)
            || !compared.insert((&mention.key, mention.place))
        {
            continue;
        }
        let ours = definitions
            .entry(*defined)
            .or_insert_with(|| Statement::read(documents, *defined, None));
        let theirs = Statement::read(documents, mention.place, Some(token.start));
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
}

impl Statement {
    fn read(documents: &[Document<'_>], place: Place, at: Option<usize>) -> Statement {
        let document = &documents[place.input];
        let block = &document.blocks[place.block];
        let range = match at {
            Some(at) => statement(document, block, at),
            None => block.range.clone(),
        };
        let tokens = document.tokens(range.clone());
        let speaks_of_the_past = tokens.iter().any(|token| {
            matches!(
                document.lower(*token),
                "today" | "currently" | "previously" | "formerly" | "was" | "were" | "instead"
            )
        });
        Statement {
            input: place.input,
            measures: measures(document, &tokens),
            range,
            speaks_of_the_past,
        }
    }
}

/// A statement that names several requirements does not say whose number it gives. An
/// acceptance criterion (`AC-4 (FR-4): …`) opens with its own id and speaks of the other.
fn speaks_of_one(
    documents: &[Document<'_>],
    mention: &Mention,
    requirements_in: &BTreeMap<Place, BTreeSet<&Key>>,
) -> bool {
    let block = &documents[mention.place.input].blocks[mention.place.block];
    if matches!(block.shape, Shape::Heading | Shape::HeaderRow) {
        return false;
    }
    let Some(keys) = requirements_in.get(&mention.place) else {
        return false;
    };
    if keys.len() > 2 {
        return false;
    }
    let lead = block.id.and_then(|id| {
        let document = &documents[mention.place.input];
        Key::read(document.word(id))
    });
    let others = keys
        .iter()
        .filter(|key| ***key != mention.key && Some(**key) != lead.as_ref())
        .count();
    // A requirement that mentions another (`FR-5 … as in FR-4`) gives numbers of its own.
    let own = lead.is_none_or(|lead| lead == mention.key || lead.family != mention.key.family);
    others == 0 && own
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
        kind: Kind::Conflict,
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
