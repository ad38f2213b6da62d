//! One input as the rules see it: headings with their meaning, blocks of prose, and a mask.
//!
//! It does not read Markdown (that is `markdown`) and does not judge anything.

use std::ops::Range;

use crate::answer::Quote;
use crate::sentence;
use crate::token::{Kind, Token, tokens};

/// What a heading promises about the text under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Plain,
    /// Requirements and constraints: every list item is one.
    Requirements,
    /// Acceptance and success criteria: list items are requirements said in another way.
    Acceptance,
    Glossary,
    Tasks,
    /// Rationale, background, open questions: not looked at.
    Excluded,
}

#[derive(Debug)]
pub(crate) struct Heading {
    pub level: u8,
    pub title: String,
    pub range: Range<usize>,
    pub section: Section,
    /// The id the heading begins with (`### FR-1 Guest checkout`).
    pub id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Paragraph,
    Item,
    /// A list item with a box to tick.
    TaskItem,
    Row,
    HeaderRow,
    Heading,
}

#[derive(Debug)]
pub(crate) struct Block {
    pub shape: Shape,
    pub range: Range<usize>,
    /// The cells of a row; otherwise one part, the whole block.
    pub parts: Vec<Range<usize>>,
    /// Index of the nearest heading above (or of itself).
    pub heading: Option<usize>,
    /// Index of the list item this block stands in.
    pub parent: Option<usize>,
    /// The id the block begins with.
    pub id: Option<Token>,
}

#[derive(Debug)]
pub(crate) struct Link {
    pub target: String,
    pub range: Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub path: String,
    pub text: &'a str,
    /// The prose at its own offsets; markup blank, code as `token::CODE`.
    pub mask: String,
    /// The mask in ASCII lower case.
    pub lower: String,
    pub headings: Vec<Heading>,
    pub blocks: Vec<Block>,
    pub links: Vec<Link>,
}

impl Document<'_> {
    pub(crate) fn word(&self, token: Token) -> &str {
        &self.mask[token.range()]
    }

    pub(crate) fn lower(&self, token: Token) -> &str {
        &self.lower[token.range()]
    }

    pub(crate) fn tokens(&self, range: Range<usize>) -> Vec<Token> {
        tokens(&self.mask, range)
    }

    pub(crate) fn section(&self, block: &Block) -> Section {
        block
            .heading
            .map_or(Section::Plain, |at| self.headings[at].section)
    }

    /// Does the file itself hold tasks? Its name says so.
    pub(crate) fn is_task_list(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.to_ascii_lowercase().starts_with("task")
    }

    pub(crate) fn holds_tasks(&self, block: &Block) -> bool {
        self.is_task_list() || self.section(block) == Section::Tasks
    }

    /// The id a block belongs to: its own, its list item's, or its heading's.
    pub(crate) fn id_of(&self, block: &Block) -> Option<&str> {
        let mut at = block;
        // Items nest only as deep as a person writes; a hundred levels are enough.
        for _ in 0..100 {
            if let Some(id) = at.id {
                return Some(self.word(id));
            }
            match at.parent {
                Some(parent) => at = &self.blocks[parent],
                None => break,
            }
        }
        self.headings[block.heading?].id.as_deref()
    }

    /// The sentence of a block that holds the offset `at`. Looks at most 2,000 bytes around, so
    /// that a file of one paragraph stays cheap.
    pub(crate) fn sentence_at(&self, block: &Block, at: usize) -> Range<usize> {
        let near = |part: &Range<usize>| {
            let mut start = part.start.max(at.saturating_sub(2_000));
            let mut end = part.end.min(at + 2_000).max(start);
            while !self.mask.is_char_boundary(start) {
                start -= 1;
            }
            while !self.mask.is_char_boundary(end) {
                end -= 1;
            }
            start..end
        };
        block
            .parts
            .iter()
            .filter(|part| part.contains(&at))
            .flat_map(|part| sentence::split(&self.mask, near(part)))
            .find(|range| range.contains(&at))
            .unwrap_or_else(|| block.range.clone())
    }

    /// The text of a range on one line, with the markup that clings to it, at most 400
    /// characters: long enough to be found again, short enough to be read.
    pub(crate) fn quote(&self, range: Range<usize>) -> Quote {
        let clings = |byte: u8| matches!(byte, b'*' | b'_' | b'`' | b'~');
        let bytes = self.text.as_bytes();
        let Range { mut start, mut end } = range;
        while start > 0 && clings(bytes[start - 1]) {
            start -= 1;
        }
        while end < bytes.len() && clings(bytes[end]) {
            end += 1;
        }
        let whole = self.text[start..end].trim();
        let cut = whole
            .char_indices()
            .nth(400)
            .map_or(whole, |(at, _)| &whole[..at]);
        let text = if cut.contains('\n') {
            let lines: Vec<&str> = cut.lines().map(str::trim).collect();
            lines.join(" ")
        } else {
            cut.to_owned()
        };
        Quote {
            path: self.path.clone(),
            text,
        }
    }
}

/// The id a run of tokens begins with, past brackets and the like.
pub(crate) fn leading_id(tokens: &[Token]) -> Option<Token> {
    tokens
        .iter()
        .find(|token| !matches!(token.kind, Kind::Symbol('[' | '(' | '*')))
        .copied()
        .filter(|token| token.is_id())
}

/// What a heading's own words say; `None` leaves it to the heading above.
pub(crate) fn section_named(title: &str) -> Option<Section> {
    let title = title.to_lowercase();
    let mut words = title
        .split(|symbol: char| !symbol.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let outside = [
        "open question",
        "out of scope",
        "not in scope",
        "not included",
        "non-goal",
        "nongoal",
        "alternatives",
    ];
    if outside.iter().any(|phrase| title.contains(phrase)) {
        return Some(Section::Excluded);
    }
    words.find_map(|word| match word {
        "rationale" | "background" | "motivation" => Some(Section::Excluded),
        "requirement" | "requirements" | "constraint" | "constraints" => {
            Some(Section::Requirements)
        }
        "acceptance" | "success" => Some(Section::Acceptance),
        "glossary" | "definitions" | "terminology" | "vocabulary" | "terms" => {
            Some(Section::Glossary)
        }
        "task" | "tasks" => Some(Section::Tasks),
        _ => None,
    })
}
