//! The register of ids over all inputs: which families there are, where each id is defined,
//! and where it is mentioned.
//!
//! An id is only an id when something of its family is defined: `SHA-256` is not a requirement
//! because nothing opens with `SHA-1`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::document::{Block, Document, Section, Shape};
use crate::token::{Kind, Token};
use crate::unit::is_modal;

/// An id without the accidents of writing: `FR-007` and `FR-7` are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub family: String,
    pub number: Vec<u32>,
    /// The letter of `FR-3a`.
    pub letter: String,
}

impl Key {
    pub(crate) fn read(id: &str) -> Option<Key> {
        let at = id.find(|symbol: char| symbol.is_ascii_digit())?;
        let (family, rest) = id.split_at(at);
        let digits = rest.trim_end_matches(|symbol: char| symbol.is_ascii_lowercase());
        let number = digits
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<Vec<u32>>>()?;
        Some(Key {
            family: family.to_owned(),
            number,
            letter: rest[digits.len()..].to_owned(),
        })
    }

    fn within(&self, outer: &Key) -> bool {
        self.family == outer.family
            && outer.letter.is_empty()
            && self.number.starts_with(&outer.number)
            && (self.number.len() > outer.number.len() || !self.letter.is_empty())
    }
}

/// A block of an input that opens with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub input: usize,
    pub block: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub key: Key,
    /// As written; a member of a range `FR-1 to FR-5` that is not written has none.
    pub written: Option<Token>,
    pub place: Place,
    /// Does the block open with it?
    pub leads: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Register {
    /// Family → the input that defines most of it.
    pub homes: BTreeMap<String, usize>,
    /// Where each id is defined, in document order.
    pub defined: BTreeMap<Key, Vec<Place>>,
    /// All mentions of families that have a home, in document order.
    pub mentions: Vec<Mention>,
    /// Families whose members are tasks.
    pub task_families: BTreeSet<String>,
}

impl Register {
    pub(crate) fn read(documents: &[Document<'_>]) -> Register {
        let mut mentions = Vec::new();
        for (input, document) in documents.iter().enumerate() {
            for (block, seen) in document.blocks.iter().enumerate() {
                mentions_of(document, seen, Place { input, block }, &mut mentions);
            }
        }
        let homes = homes(documents, &mentions);
        mentions.retain(|mention| homes.contains_key(&mention.key.family));
        let task_families = homes
            .iter()
            .filter(|(_, home)| documents[**home].is_task_list())
            .map(|(family, _)| family.clone())
            .chain(task_sections(documents, &mentions))
            .collect();
        let mut defined: BTreeMap<Key, Vec<Place>> = BTreeMap::new();
        for mention in mentions.iter().filter(|mention| mention.leads) {
            let home = homes.get(&mention.key.family) == Some(&mention.place.input);
            if home || defines_elsewhere(documents, mention.place) {
                defined
                    .entry(mention.key.clone())
                    .or_default()
                    .push(mention.place);
            }
        }
        Register {
            homes,
            defined,
            mentions,
            task_families,
        }
    }

    /// Defined itself, through its members (`FR-1` where `FR-1.1` is), or as a point of a
    /// requirement whose points are not numbered (`FR-1.2` where only `FR-1` is).
    pub(crate) fn knows(&self, key: &Key) -> bool {
        if self.defined.contains_key(key) {
            return true;
        }
        let members = |outer: &Key| {
            self.defined
                .range(outer.clone()..)
                .take_while(|(next, _)| next.family == outer.family)
                .take(50)
                .any(|(next, _)| next.within(outer))
        };
        if members(key) {
            return true;
        }
        let outer = Key {
            family: key.family.clone(),
            number: key.number[..1].to_vec(),
            letter: String::new(),
        };
        outer != *key && self.defined.contains_key(&outer) && !members(&outer)
    }

    /// Is this a requirement (and not a task)?
    pub(crate) fn is_requirement(&self, key: &Key) -> bool {
        !self.task_families.contains(&key.family)
    }
}

fn mentions_of(document: &Document<'_>, block: &Block, place: Place, out: &mut Vec<Mention>) {
    if document.section(block) == Section::Excluded {
        return;
    }
    let tokens: Vec<Token> = block
        .parts
        .iter()
        .flat_map(|part| document.tokens(part.clone()))
        .collect();
    let mut previous: Option<(usize, Key)> = None;
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_id()) {
        let Some(key) = Key::read(document.word(*token)) else {
            continue;
        };
        if let Some((from, first)) = previous.take() {
            for number in between(document, &tokens[from + 1..at], &first, &key) {
                out.push(Mention {
                    key: Key {
                        number: vec![number],
                        ..first.clone()
                    },
                    written: None,
                    place,
                    leads: false,
                });
            }
        }
        out.push(Mention {
            key: key.clone(),
            written: Some(*token),
            place,
            leads: block.id.is_some_and(|id| id.start == token.start),
        });
        previous = Some((at, key));
    }
}

/// The numbers inside `FR-1 to FR-5`, `FR-1–FR-5`, `FR-1 through FR-5`, `FR-1..FR-5`.
fn between(document: &Document<'_>, joint: &[Token], first: &Key, last: &Key) -> Vec<u32> {
    let joins = match joint {
        [one] => {
            matches!(one.kind, Kind::Symbol('–' | '—' | '-' | '…'))
                || matches!(document.lower(*one), "to" | "through" | "thru")
        }
        [one, two] | [one, two, _] => {
            one.kind == Kind::Symbol('.') && two.kind == Kind::Symbol('.')
        }
        _ => false,
    };
    match (first.number.as_slice(), last.number.as_slice()) {
        ([low], [high])
            if joins && first.family == last.family && low < high && high - low <= 200 =>
        {
            (low + 1..*high).collect()
        }
        _ => Vec::new(),
    }
}

/// A family has a home when something opens with its ids. Ids without a dash look too much like
/// other words (`P95`, `S3`): two are needed, and percentiles are never a family.
fn homes(documents: &[Document<'_>], mentions: &[Mention]) -> BTreeMap<String, usize> {
    let mut leads: HashMap<&str, Vec<usize>> = HashMap::new();
    for mention in mentions.iter().filter(|mention| mention.leads) {
        let family = mention.key.family.as_str();
        if family.ends_with('-') || family != "P" {
            let counts = leads
                .entry(family)
                .or_insert_with(|| vec![0; documents.len()]);
            counts[mention.place.input] += 1;
        }
    }
    leads
        .into_iter()
        .filter(|(family, counts)| family.ends_with('-') || counts.iter().sum::<usize>() > 1)
        .filter_map(|(family, counts)| {
            // A list of tasks defines a family only when no other input does.
            let best = |tasks: bool| {
                (0..documents.len())
                    .filter(|at| documents[*at].is_task_list() == tasks && counts[*at] > 0)
                    .max_by_key(|at| (counts[*at], std::cmp::Reverse(*at)))
            };
            Some((family.to_owned(), best(false).or_else(|| best(true))?))
        })
        .collect()
}

/// Families that live under a heading "Tasks" of a document that is not a list of tasks.
fn task_sections(documents: &[Document<'_>], mentions: &[Mention]) -> BTreeSet<String> {
    let mut inside: HashMap<&str, (usize, usize)> = HashMap::new();
    for mention in mentions.iter().filter(|mention| mention.leads) {
        let document = &documents[mention.place.input];
        let block = &document.blocks[mention.place.block];
        let counts = inside.entry(mention.key.family.as_str()).or_default();
        counts.0 += 1;
        counts.1 += usize::from(document.holds_tasks(block));
    }
    inside
        .into_iter()
        .filter(|(_, (all, tasks))| all == tasks)
        .map(|(family, _)| family.to_owned())
        .collect()
}

/// Outside of the family's home an id is defined only by a binding sentence under a heading
/// that promises requirements (a PRD's own requirement, say).
fn defines_elsewhere(documents: &[Document<'_>], place: Place) -> bool {
    let document = &documents[place.input];
    let block = &document.blocks[place.block];
    !document.is_task_list()
        && document.section(block) == Section::Requirements
        && is_binding(document, block)
}

pub(crate) fn is_binding(document: &Document<'_>, block: &Block) -> bool {
    block.parts.iter().any(|part| {
        document
            .tokens(part.clone())
            .iter()
            .any(|token| token.kind == Kind::Word && is_modal(document.lower(*token)))
    })
}

/// The text that speaks for a mention: a whole item or row, or one sentence of a paragraph.
pub(crate) fn statement(
    document: &Document<'_>,
    block: &Block,
    at: usize,
) -> std::ops::Range<usize> {
    match block.shape {
        Shape::Paragraph if block.id.is_none() => document.sentence_at(block, at),
        Shape::Paragraph
        | Shape::Item
        | Shape::TaskItem
        | Shape::Row
        | Shape::HeaderRow
        | Shape::Heading => block.range.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    fn key(id: &str) -> Key {
        Key::read(id).unwrap()
    }

    #[test]
    fn leading_zeros_are_an_accident_of_writing() {
        assert_eq!(key("FR-007"), key("FR-7"));
        assert_ne!(key("FR-7"), key("NFR-7"));
        assert_ne!(key("FR-7.1"), key("FR-7"));
    }

    #[test]
    fn only_families_with_a_definition_are_ids() {
        let spec = markdown::read(
            "spec.md",
            "# A\n## Requirements\n- FR-1: It shall use SHA-256, see FR-9.\n",
        );
        let register = Register::read(&[spec]);
        assert!(register.homes.contains_key("FR-"));
        assert!(!register.homes.contains_key("SHA-"));
        assert!(register.knows(&key("FR-1")));
        assert!(!register.knows(&key("FR-9")));
    }

    #[test]
    fn a_range_mentions_what_lies_between() {
        let spec = markdown::read(
            "spec.md",
            "# A\n## Requirements\n- FR-1: a\n- FR-2: b\n- FR-3: c\n- FR-4: d\n",
        );
        let tasks = markdown::read("tasks.md", "- [ ] T-1 all of FR-1 to FR-4\n");
        let register = Register::read(&[spec, tasks]);
        let mentioned: BTreeSet<_> = register
            .mentions
            .iter()
            .filter(|mention| mention.place.input == 1)
            .map(|mention| mention.key.clone())
            .collect();
        assert!(mentioned.contains(&key("FR-3")));
        assert!(register.task_families.contains("T-"));
    }

    #[test]
    fn numbered_points_stand_for_their_requirement_and_back() {
        let spec = markdown::read(
            "spec.md",
            "# A\n## Requirements\n- FR-1.1: a\n- FR-1.2: b\n- FR-2: c\n",
        );
        let register = Register::read(&[spec]);
        assert!(register.knows(&key("FR-1")));
        assert!(register.knows(&key("FR-2.3")));
        assert!(!register.knows(&key("FR-1.3")));
    }
}
