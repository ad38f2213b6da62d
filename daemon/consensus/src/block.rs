//! The blocks of a text: headings, paragraphs, list items, table rows and code, as byte ranges.
//!
//! Markdown as far as a line-by-line reading gets: what a decision is bound to must be found again after an
//! edit elsewhere, not rendered. It does not know what stands in a block.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::anchor::{Anchor, Input};
use crate::document::lines;
use crate::ledger::Block as Hashed;
use crate::marks::looks_like_id;
use crate::text::{Fingerprint, squeeze};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Heading,
    Paragraph,
    Item,
    Row,
    Code,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) shape: Shape,
    /// From its mark, if it has one, to its last line, without white space around.
    pub(crate) range: Range<usize>,
    /// Where its words begin: after the mark of a heading, list item or row.
    pub(crate) words: usize,
    /// Bytes of white space before it on its line.
    pub(crate) indent: usize,
}

/// The blocks of a text, in order; no two overlap.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut fence: Option<&str> = None;
    // Whether the next line may go on with the last block.
    let mut open = false;
    for line in lines(text) {
        let words = text[line.clone()].trim();
        let start = line.start + text[line.clone()].len() - text[line.clone()].trim_start().len();
        let end = start + words.len();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| words.starts_with(mark));
        if let Some(closing) = fence {
            if let Some(last) = found.last_mut() {
                last.range.end = end.max(last.range.end);
            }
            if mark == Some(closing) {
                fence = None;
            }
            continue;
        }
        if words.is_empty() {
            open = false;
            continue;
        }
        let (shape, skip) = match mark {
            Some(_) => (Shape::Code, 0),
            None => shape_of(words),
        };
        fence = mark;
        match found.last_mut() {
            Some(last) if open && shape == Shape::Paragraph && !is_labelled(words) => {
                last.range.end = end;
            }
            Some(_) | None => found.push(Block {
                shape,
                range: start..end,
                words: start + skip,
                indent: start - line.start,
            }),
        }
        open = matches!(shape, Shape::Paragraph | Shape::Item);
    }
    found
}

/// `FR-1: …` at the beginning of a line is a thing of its own, also where no blank line says so.
fn is_labelled(line: &str) -> bool {
    let words = line.trim_start_matches(['*', '_', '`', '[', '(']);
    let end = words.find(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c)));
    let (id, rest) = words.split_at(end.unwrap_or(words.len()));
    rest.trim_start_matches(['*', '_', '`', ']', ')'])
        .starts_with(':')
        && looks_like_id(id)
}

/// What a line opens, and how long its mark is.
fn shape_of(line: &str) -> (Shape, usize) {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&level) && line[level..].starts_with([' ', '\t']) {
        let words = line[level..].trim_start();
        return (Shape::Heading, line.len() - words.len());
    }
    if line.starts_with('|') {
        return (Shape::Row, 1);
    }
    match item_mark(line) {
        0 => (Shape::Paragraph, 0),
        mark => (Shape::Item, mark),
    }
}

/// The length of `- `, `12. ` or `* [x] ` before a list item's words; 0 for anything else.
fn item_mark(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match digits {
        0 if line.starts_with(['-', '*', '+']) => 1,
        1..=9 if line[digits..].starts_with(['.', ')']) => digits + 1,
        _ => return 0,
    };
    let after = &line[mark..];
    let words = after.trim_start();
    if words.is_empty() || words.len() == after.len() {
        return 0;
    }
    let box_of = ["[ ] ", "[x] ", "[X] "]
        .into_iter()
        .find(|ticked| words.starts_with(ticked));
    line.len() - words.len() + box_of.map_or(0, str::len)
}

/// The blocks of several texts, by what they say.
#[derive(Debug, Clone)]
pub(crate) struct Blocks {
    of: BTreeMap<String, Vec<(Range<usize>, String)>>,
}

impl Blocks {
    pub(crate) fn new(inputs: &[Input]) -> Self {
        let of = inputs.iter().map(|input| {
            let hashed = blocks(&input.text).into_iter().map(|block| {
                let hash = hash(&input.text[block.words..block.range.end.max(block.words)]);
                (block.range, hash)
            });
            (input.path.clone(), hashed.collect())
        });
        Self { of: of.collect() }
    }

    /// The blocks that anchors lie in, sorted, each once.
    pub(crate) fn around(&self, anchors: &[Anchor]) -> Vec<Hashed> {
        let mut found: Vec<Hashed> = Vec::new();
        for anchor in anchors {
            let all = self.of.get(&anchor.path).map_or(&[][..], Vec::as_slice);
            let first = all.partition_point(|(range, _)| range.end <= anchor.start);
            let touched = all[first..]
                .iter()
                .take_while(|(range, _)| range.start < anchor.end);
            found.extend(touched.map(|(_, hash)| Hashed {
                path: anchor.path.clone(),
                hash: hash.clone(),
            }));
        }
        found.sort();
        found.dedup();
        found
    }

    /// Where a block stands; the first place when it stands at several.
    pub(crate) fn find(&self, block: &Hashed) -> Option<Range<usize>> {
        let all = self.of.get(&block.path)?;
        let (range, _) = all.iter().find(|(_, hash)| *hash == block.hash)?;
        Some(range.clone())
    }
}

/// White space and the mark of a list do not count: a renumbered list says what it said.
fn hash(words: &str) -> String {
    Fingerprint::new("synod/block/v1")
        .part(&squeeze(words))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Shop\nOne line\n  and its rest.\n\n- FR-1: first\n  goes on\n  - nested\n2. second\n\n\
        | a | b |\n|---|---|\n```\n- code\n\nmore\n```\n- [x] done\nüber\n";

    #[test]
    fn a_text_falls_into_its_blocks() {
        let seen: Vec<(Shape, &str)> = blocks(TEXT)
            .into_iter()
            .map(|block| (block.shape, &TEXT[block.range]))
            .collect();
        assert_eq!(
            seen,
            [
                (Shape::Heading, "# Shop"),
                (Shape::Paragraph, "One line\n  and its rest."),
                (Shape::Item, "- FR-1: first\n  goes on"),
                (Shape::Item, "- nested"),
                (Shape::Item, "2. second"),
                (Shape::Row, "| a | b |"),
                (Shape::Row, "|---|---|"),
                (Shape::Code, "```\n- code\n\nmore\n```"),
                (Shape::Item, "- [x] done\nüber"),
            ]
        );
    }

    #[test]
    fn a_line_that_opens_with_an_id_is_a_block_of_its_own() {
        let text = "Intro\nFR-1: first\ngoes on\n**FR-2**: second\nNote: FR-3\n";
        let seen: Vec<&str> = blocks(text)
            .into_iter()
            .map(|block| &text[block.range])
            .collect();
        assert_eq!(
            seen,
            [
                "Intro",
                "FR-1: first\ngoes on",
                "**FR-2**: second\nNote: FR-3"
            ]
        );
    }

    #[test]
    fn an_edit_elsewhere_a_new_number_and_another_wrap_leave_a_block_as_it_is() {
        let of = |text: &str, quote: &str| {
            let input = Input {
                path: "a.md".into(),
                text: text.into(),
            };
            let start = text.find(quote).unwrap();
            let anchor = Anchor {
                path: "a.md".into(),
                start,
                end: start + quote.len(),
                quote: quote.into(),
            };
            Blocks::new(&[input]).around(&[anchor])
        };
        let before = of("1. Search is fast\n   and sure.\n", "fast");
        assert_eq!(before.len(), 1);
        assert_eq!(
            before,
            of(
                "New.\n\n1. First.\n2. Search is\n   fast and sure.\n",
                "fast"
            )
        );
        assert_ne!(before, of("1. Search is fast\n   and slow.\n", "fast"));
    }

    #[test]
    fn an_anchor_over_two_blocks_lies_in_both() {
        let input = Input {
            path: "a.md".into(),
            text: TEXT.into(),
        };
        let whole = Anchor {
            path: "a.md".into(),
            start: 0,
            end: TEXT.find("- FR-1").unwrap(),
            quote: String::new(),
        };
        let blocks = Blocks::new(&[input]);
        assert_eq!(blocks.around(&[whole]).len(), 2);
    }
}
