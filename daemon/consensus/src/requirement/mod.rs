//! The requirements of a run's inputs, as the daemon enumerates them: ids, byte ranges, texts.
//!
//! The same inputs give the same list, so that agents, votes and the ledger speak of the same things. What is
//! asked about each is `checks`'.

mod id;
mod section;
mod sentence;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::anchor::{Anchor, Input};
use crate::answer::RawFinding;
use crate::block::{Block, Shape, blocks};
use id::Leads;
use section::{Section, Sections, is_task_list};

/// One requirement, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// As the document writes it, or `R1`, `R2` … by order where it writes none. Unique within a run.
    pub id: String,
    pub path: String,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

impl Requirement {
    pub(crate) fn anchor(&self) -> Anchor {
        Anchor {
            path: self.path.clone(),
            start: self.start,
            end: self.end,
            quote: self.text.clone(),
        }
    }

    /// Whether a finding's matter is one of this requirement's.
    pub(crate) fn owns(&self, finding: &RawFinding) -> bool {
        let matter = finding.matter.as_deref().unwrap_or_default();
        matter
            .strip_prefix(self.id.as_str())
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

/// All requirements, in the order of the inputs. An id that is defined twice stands where it does first.
///
/// A document with ids of its own is taken at its word. In one without any, list items, rows and sentences that
/// bind (shall, must, should, will) under headings that promise requirements count, by order. If no input yields
/// anything that way, every sentence that binds does.
pub fn requirements(inputs: &[Input]) -> Vec<Requirement> {
    let read: Vec<Document<'_>> = inputs.iter().map(Document::read).collect();
    let leads = Leads::over(&read);
    let mut found = Vec::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut unnamed: Vec<(&Document<'_>, Range<usize>)> = Vec::new();
    for document in &read {
        let own = document.defined(&leads);
        if own.is_empty() {
            unnamed.extend(
                document
                    .promised()
                    .into_iter()
                    .map(|range| (document, range)),
            );
        }
        for (id, range) in own {
            if taken.insert(id.to_ascii_uppercase()) {
                found.push(document.requirement(id, range));
            }
        }
    }
    if found.is_empty() && unnamed.is_empty() {
        for document in &read {
            unnamed.extend(
                document
                    .binding()
                    .into_iter()
                    .map(|range| (document, range)),
            );
        }
    }
    let mut number = 0;
    for (document, range) in unnamed {
        let id = loop {
            number += 1;
            let id = format!("R{number}");
            if taken.insert(id.clone()) {
                break id;
            }
        };
        found.push(document.requirement(id, range));
    }
    found.sort_by_key(|r| (inputs.iter().position(|i| i.path == r.path), r.start));
    found
}

/// One input with its blocks and what its headings promise.
struct Document<'a> {
    input: &'a Input,
    blocks: Vec<Block>,
    /// For each block, the section it stands in.
    sections: Vec<Section>,
}

impl<'a> Document<'a> {
    fn read(input: &'a Input) -> Self {
        let blocks = blocks(&input.text);
        let mut sections = Sections::of(&input.path);
        let of = blocks
            .iter()
            .map(|block| sections.enter(block, &input.text));
        let sections = of.collect();
        Self {
            input,
            blocks,
            sections,
        }
    }

    fn words(&self, block: &Block) -> &'a str {
        &self.input.text[block.words..block.range.end.max(block.words)]
    }

    /// Blocks that may hold requirements, by number.
    fn candidates(&self) -> impl Iterator<Item = (usize, &Block)> {
        let tasks = is_task_list(&self.input.path);
        self.blocks
            .iter()
            .enumerate()
            .filter(move |(n, block)| match self.sections[*n] {
                Section::Excluded | Section::Tasks => false,
                Section::Plain | Section::Requirements => !tasks && block.shape != Shape::Code,
            })
            // What is quoted from elsewhere requires nothing here.
            .filter(|(_, block)| !self.words(block).starts_with('>'))
    }

    /// Blocks that open with an id of their own.
    fn defined(&self, leads: &Leads) -> Vec<(String, Range<usize>)> {
        let own: Vec<(usize, String)> = self
            .candidates()
            .filter_map(|(n, block)| {
                let id = leads.definition(block.shape, self.sections[n], self.words(block))?;
                Some((n, id.to_owned()))
            })
            .collect();
        let ends = own
            .iter()
            .map(|(n, _)| *n)
            .skip(1)
            .chain([self.blocks.len()]);
        own.iter()
            .zip(ends)
            .map(|((n, id), next)| (id.clone(), self.extent(*n, next)))
            .collect()
    }

    /// A requirement goes on through what is written under it: the nested items of an item, the text of a heading.
    fn extent(&self, first: usize, next: usize) -> Range<usize> {
        let head = &self.blocks[first];
        let belongs = |block: &&Block| match (head.shape, block.shape) {
            (_, Shape::Heading) | (Shape::Row, _) => false,
            (Shape::Heading, _) => true,
            (Shape::Item | Shape::Paragraph | Shape::Code, _) => block.indent > head.indent,
        };
        let under = self.blocks[first + 1..next].iter().take_while(belongs);
        let end = under.last().map_or(head.range.end, |last| last.range.end);
        head.range.start..end
    }

    /// Items and rows under headings that promise requirements, and the sentences there that bind.
    fn promised(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for (n, block) in self.candidates() {
            if self.sections[n] != Section::Requirements {
                continue;
            }
            match block.shape {
                Shape::Item => found.push(block.range.clone()),
                Shape::Row if !self.is_head(n) => found.push(block.range.clone()),
                Shape::Paragraph => found.extend(self.binding_in(block)),
                Shape::Row | Shape::Heading | Shape::Code => {}
            }
        }
        found.retain(|range| !sentence::is_question(&self.input.text[range.clone()]));
        found
    }

    /// Every sentence that binds, wherever it stands.
    fn binding(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for (_, block) in self.candidates() {
            match block.shape {
                Shape::Item | Shape::Paragraph | Shape::Row => found.extend(self.binding_in(block)),
                Shape::Heading | Shape::Code => {}
            }
        }
        found
    }

    fn binding_in(&self, block: &Block) -> impl Iterator<Item = Range<usize>> {
        let text = self.input.text.as_str();
        sentence::split(text, block.words..block.range.end)
            .into_iter()
            .filter(|range| sentence::binds(&text[range.clone()]))
    }

    /// The row of names above a table's line of dashes, or that line.
    fn is_head(&self, n: usize) -> bool {
        let dashes = |block: &Block| {
            let words = self.words(block);
            words.contains('-') && words.chars().all(|c| "|-: \t".contains(c))
        };
        let next = self.blocks.get(n + 1);
        dashes(&self.blocks[n]) || next.is_some_and(|next| next.shape == Shape::Row && dashes(next))
    }

    fn requirement(&self, id: String, range: Range<usize>) -> Requirement {
        Requirement {
            id,
            path: self.input.path.clone(),
            start: range.start,
            end: range.end,
            text: self.input.text[range].to_owned(),
        }
    }
}
