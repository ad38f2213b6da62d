//! The inputs as ground to plant in: blocks of prose under their headings, their sentences, and where not to.
//!
//! It knows no faults.

use std::ops::Range;

use crate::anchor::Input;
use crate::block::{Shape, blocks};
use crate::document::line_of_id;
use crate::marks::looks_like_id;
use crate::text::fold;

/// Words by which a sentence binds.
pub(super) const MODALS: [&str; 4] = ["must", "shall", "should", "will"];
/// Longer sentences are no sentences.
const LONGEST: usize = 1000;

pub(super) struct Ground<'a> {
    pub(super) inputs: &'a [Input],
    /// In document order.
    pub(super) patches: Vec<Patch<'a>>,
}

/// A block of prose.
pub(super) struct Patch<'a> {
    /// Index of its input.
    pub(super) input: usize,
    pub(super) path: &'a str,
    /// The whole input.
    pub(super) source: &'a str,
    pub(super) shape: Shape,
    pub(super) range: Range<usize>,
    /// Where its words begin, after a mark.
    pub(super) words: usize,
    pub(super) indent: usize,
    /// The headings above it, folded, outermost first.
    pub(super) under: Vec<String>,
}

impl<'a> Ground<'a> {
    pub(super) fn read(inputs: &'a [Input]) -> Self {
        let mut patches = Vec::new();
        for (n, input) in inputs.iter().enumerate() {
            read(n, input, &mut patches);
        }
        Self { inputs, patches }
    }

    /// The next patch, or the one before, if it stands in the same input.
    pub(super) fn neighbour(&self, patch: usize, step: isize) -> Option<usize> {
        let other = patch.checked_add_signed(step)?;
        let same = self.patches.get(other)?.input == self.patches.get(patch)?.input;
        same.then_some(other)
    }
}

fn read<'a>(n: usize, input: &'a Input, patches: &mut Vec<Patch<'a>>) {
    let text = input.text.as_str();
    let start = front_matter(text);
    let mut under: Vec<(usize, String)> = Vec::new();
    // The indentation that an item's further paragraphs have.
    let mut item = None;
    for block in blocks(text) {
        if block.range.start < start {
            continue;
        }
        let words = &text[block.range.clone()];
        match block.shape {
            Shape::Heading => {
                let level = words.bytes().take_while(|b| *b == b'#').count();
                under.retain(|(above, _)| *above < level);
                under.push((level, fold(words[level..].trim().trim_matches('#').trim())));
                item = None;
                continue;
            }
            Shape::Code => continue,
            Shape::Item => item = Some(block.indent),
            Shape::Paragraph if block.indent == 0 => item = None,
            Shape::Paragraph | Shape::Row => {}
        }
        let line = &text[block.range.start - block.indent..block.range.start];
        let deep = block.indent >= 4 || line.contains('\t');
        let is_code = deep && item.is_none();
        // Quotations, comments and mark-up are not this text's own words.
        if is_code || words.starts_with(['>', '<']) || words.contains("<!--") {
            continue;
        }
        patches.push(Patch {
            input: n,
            path: &input.path,
            source: text,
            shape: block.shape,
            range: block.range,
            words: block.words,
            indent: block.indent,
            under: under.iter().map(|(_, title)| title.clone()).collect(),
        });
    }
}

/// Where a text begins, after a block of metadata.
fn front_matter(text: &str) -> usize {
    if !text.starts_with("---\n") && !text.starts_with("---\r\n") {
        return 0;
    }
    text[3..].find("\n---").map_or(0, |end| 3 + end + 4)
}

impl Patch<'_> {
    pub(super) fn text(&self) -> &str {
        &self.source[self.range.clone()]
    }

    /// Its text without the mark.
    pub(super) fn content(&self) -> &str {
        &self.source[self.words.min(self.range.end)..self.range.end]
    }

    /// Whether it states what is to be, and not why, or what is not known.
    pub(super) fn obliges(&self) -> bool {
        !self.is_under(&[
            "rationale",
            "motivation",
            "background",
            "question",
            "scope",
            "summary",
            "why",
        ])
    }

    /// Whether a heading above it has one of these words.
    pub(super) fn is_under(&self, words: &[&str]) -> bool {
        let has = |title: &String| words.iter().any(|word| title.contains(word));
        self.under.iter().any(has)
    }

    /// The lines it stands on, whole, with their ends.
    pub(super) fn lines(&self) -> Range<usize> {
        let after = self.source[self.range.end..].find('\n');
        let end = after.map_or(self.source.len(), |n| self.range.end + n + 1);
        self.range.start - self.indent..end
    }

    /// Whether what stands below it is a part of it.
    pub(super) fn has_parts(&self) -> bool {
        let below = &self.source[self.lines().end..];
        let mut lines = below.lines().filter(|line| !line.trim().is_empty());
        lines
            .next()
            .is_some_and(|line| line.len() - line.trim_start().len() > self.indent)
    }

    /// Its sentences, in bytes of the input.
    pub(super) fn sentences(&self) -> Vec<Range<usize>> {
        let text = self.content();
        let offset = self.range.end - text.len();
        let mut found = Vec::new();
        let mut start = 0;
        for (at, stop) in text.match_indices(['.', '!', '?']) {
            let end = at + stop.len();
            let rest = &text[end..];
            let next = rest.trim_start();
            let begins = next.starts_with(|c: char| c.is_uppercase() || "*_\"“`(".contains(c));
            let gap = next.len() < rest.len();
            if gap && begins && !abbreviated(&text[..at]) {
                found.push(start..end);
                start = end + (rest.len() - next.len());
            }
        }
        if start < text.len() {
            found.push(start..text.len());
        }
        found.retain(|sentence| sentence.len() <= LONGEST);
        found
            .into_iter()
            .map(|sentence| offset + sentence.start..offset + sentence.end)
            .collect()
    }

    /// Whether these bytes of the input are words of the prose: not code, not the target of a link.
    pub(super) fn is_prose(&self, range: &Range<usize>) -> bool {
        let inside = |span: Range<usize>| span.start < range.end && range.start < span.end;
        let text = self.text();
        let ticks: Vec<usize> = text.match_indices('`').map(|(at, _)| at).collect();
        let code = ticks.chunks(2).map(|pair| match pair {
            [open, close] => *open..*close + 1,
            // Whatever an odd tick begins is taken for code.
            _ => pair[0]..text.len(),
        });
        let targets = text.match_indices("](").map(|(at, _)| {
            let end = text[at..].find(')').map_or(text.len(), |n| at + n + 1);
            at..end
        });
        let urls = text.match_indices("://").map(|(at, _)| {
            let start = text[..at].rfind(char::is_whitespace).unwrap_or(0);
            let end = text[at..].find(char::is_whitespace);
            start..end.map_or(text.len(), |n| at + n)
        });
        let base = self.range.start;
        !code
            .chain(targets)
            .chain(urls)
            .any(|span| inside(base + span.start..base + span.end))
    }

    /// The ids it names, in order.
    pub(super) fn ids(&self) -> Vec<&str> {
        let words = self
            .text()
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
        words
            .map(|word| word.trim_end_matches(['.', '-', '_']))
            .filter(|word| looks_like_id(word))
            .collect()
    }

    /// The id it begins with.
    pub(super) fn own_id(&self) -> Option<&str> {
        let content = self.content();
        let words = content.trim_start_matches(|c: char| c.is_whitespace() || "*_`[(|".contains(c));
        let id = self.ids().into_iter().next()?;
        words.starts_with(id).then_some(id)
    }

    pub(super) fn mentions(&self, id: &str) -> bool {
        mentions(self.text(), id)
    }
}

/// Whether a text names this word or id, by itself.
pub(super) fn mentions(text: &str, word: &str) -> bool {
    line_of_id(text, word).is_some()
}

pub(super) fn binds(sentence: &str) -> bool {
    words(sentence).any(|word| MODALS.contains(&fold(word).as_str()))
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    word_ranges(text).map(|range| &text[range])
}

pub(super) fn word_ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(move |piece| {
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '\'');
            let range = at..at + word.len();
            at += piece.len();
            range
        })
        .filter(|range| !range.is_empty())
}

fn abbreviated(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let word = fold(word.trim_start_matches(['(', '"']));
    ["e.g", "i.e", "etc", "vs", "cf", "approx", "no", "incl"].contains(&word.as_str())
}
