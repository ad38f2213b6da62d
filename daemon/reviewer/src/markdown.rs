//! Reads Markdown into a [`Document`]: which bytes are prose, and which block they stand in.
//!
//! Code blocks, block quotes, HTML, images and link targets leave no trace; inline code leaves
//! a mark without words.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

use crate::document::{Block, Document, Heading, Link, Section, Shape, leading_id, section_named};
use crate::token::{CODE, tokens};

pub(crate) fn read<'a>(path: &str, text: &'a str) -> Document<'a> {
    let mut reader = Reader {
        text,
        mask: text
            .bytes()
            .map(|byte| if byte == b'\n' { b'\n' } else { b' ' })
            .collect(),
        headings: Vec::new(),
        blocks: Vec::new(),
        links: Vec::new(),
        open: None,
        items: Vec::new(),
        row: None,
        hidden: 0,
        autolink: false,
    };
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.take(&event, range);
    }
    reader.finish(path)
}

/// A list item that is open: its block, once it has one.
struct Item {
    block: Option<usize>,
    ticked: bool,
}

struct Row {
    header: bool,
    range: Range<usize>,
    cells: Vec<Range<usize>>,
}

struct Reader<'a> {
    text: &'a str,
    mask: Vec<u8>,
    headings: Vec<Heading>,
    blocks: Vec<Block>,
    links: Vec<Link>,
    /// Extent of the inline content read since the last block ended.
    open: Option<Range<usize>>,
    items: Vec<Item>,
    row: Option<Row>,
    /// How many block quotes, code blocks and the like we are inside of.
    hidden: usize,
    autolink: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(*tag, range),
            Event::Text(_) if self.hidden == 0 => {
                if self.autolink {
                    self.mask[range.clone()].fill(CODE);
                } else {
                    self.mask[range.clone()].copy_from_slice(&self.text.as_bytes()[range.clone()]);
                }
                self.extend(range);
            }
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) if self.hidden == 0 => {
                self.mask[range.clone()].fill(CODE);
                self.extend(range);
            }
            Event::TaskListMarker(_) => {
                if let Some(item) = self.items.last_mut() {
                    item.ticked = true;
                }
            }
            Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::MetadataBlock(_)
            | Tag::Image { .. } => {
                if !matches!(tag, Tag::Image { .. }) {
                    self.close_block();
                }
                self.hidden += 1;
            }
            _ if self.hidden > 0 => {}
            Tag::Item => {
                self.close_block();
                self.items.push(Item {
                    block: None,
                    ticked: false,
                });
            }
            Tag::TableHead | Tag::TableRow => {
                self.close_block();
                self.row = Some(Row {
                    header: matches!(tag, Tag::TableHead),
                    range,
                    cells: Vec::new(),
                });
            }
            Tag::TableCell => self.open = None,
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                self.autolink = matches!(link_type, LinkType::Autolink | LinkType::Email);
                if !self.autolink {
                    self.links.push(Link {
                        target: dest_url.to_string(),
                        range: range.clone(),
                    });
                }
                self.extend(range);
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => self.extend(range),
            Tag::Superscript | Tag::Subscript => {}
            Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::List(_)
            | Tag::Table(_)
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition => self.close_block(),
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::MetadataBlock(_)
            | TagEnd::Image => self.hidden = self.hidden.saturating_sub(1),
            _ if self.hidden > 0 => {}
            TagEnd::Item => {
                self.close_block();
                self.items.pop();
            }
            TagEnd::TableCell => {
                if let (Some(row), Some(cell)) = (self.row.as_mut(), self.open.take()) {
                    row.cells.push(cell);
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => self.close_row(),
            TagEnd::Heading(level) => self.close_heading(level, range),
            TagEnd::Link => self.autolink = false,
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript => {}
            TagEnd::Paragraph
            | TagEnd::List(_)
            | TagEnd::Table
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition => self.close_block(),
        }
    }

    fn extend(&mut self, range: Range<usize>) {
        let open = self.open.get_or_insert_with(|| range.clone());
        open.start = open.start.min(range.start);
        open.end = open.end.max(range.end);
    }

    fn close_block(&mut self) {
        let Some(range) = self.open.take() else {
            return;
        };
        let outer = self.items.iter().rev().skip(1).find_map(|item| item.block);
        let at = self.blocks.len();
        let (shape, parent) = match self.items.last_mut() {
            None => (Shape::Paragraph, None),
            Some(Item {
                block: Some(own), ..
            }) => (Shape::Paragraph, Some(*own)),
            Some(item) => {
                item.block = Some(at);
                let shape = if item.ticked {
                    Shape::TaskItem
                } else {
                    Shape::Item
                };
                (shape, outer)
            }
        };
        self.push(shape, range.clone(), vec![range], parent);
    }

    fn close_row(&mut self) {
        let Some(row) = self.row.take() else { return };
        let shape = if row.header {
            Shape::HeaderRow
        } else {
            Shape::Row
        };
        self.push(shape, row.range, row.cells, None);
    }

    fn close_heading(&mut self, level: HeadingLevel, whole: Range<usize>) {
        let range = self.open.take().unwrap_or(whole);
        self.headings.push(Heading {
            level: level as u8,
            title: self.text[range.clone()].trim().to_owned(),
            range: range.clone(),
            section: Section::Plain,
            id: None,
        });
        self.push(Shape::Heading, range.clone(), vec![range], None);
    }

    fn push(
        &mut self,
        shape: Shape,
        range: Range<usize>,
        parts: Vec<Range<usize>>,
        parent: Option<usize>,
    ) {
        self.blocks.push(Block {
            shape,
            range,
            parts,
            heading: self.headings.len().checked_sub(1),
            parent,
            id: None,
        });
    }

    fn finish(mut self, path: &str) -> Document<'a> {
        self.close_block();
        let blank = || " ".repeat(self.text.len());
        let mask = String::from_utf8(self.mask).unwrap_or_else(|_| blank());
        let lower = mask.to_ascii_lowercase();
        for block in &mut self.blocks {
            let Some(first) = block.parts.first() else {
                continue;
            };
            // An id stands within the first bytes; the rest of the block need not be cut up.
            let mut end = first.end.min(first.start + 64);
            while !mask.is_char_boundary(end) {
                end -= 1;
            }
            let mut head = tokens(&mask, first.start..end);
            if end < first.end {
                head.pop(); // may have been cut in the middle
            }
            block.id = leading_id(&head);
            if let (Shape::Heading, Some(heading), Some(id)) =
                (block.shape, block.heading, block.id)
            {
                self.headings[heading].id = Some(mask[id.range()].to_owned());
            }
        }
        classify(&mut self.headings);
        Document {
            path: path.to_owned(),
            text: self.text,
            mask,
            lower,
            headings: self.headings,
            blocks: self.blocks,
            links: self.links,
        }
    }
}

/// A heading without a meaning of its own has that of the heading above it. The title of the
/// whole file ("Product requirements: checkout") gives no meaning to everything in it.
fn classify(headings: &mut [Heading]) {
    let many = headings.len() > 1;
    let mut above: Vec<(u8, Section)> = Vec::new();
    for (at, heading) in headings.iter_mut().enumerate() {
        while above
            .last()
            .is_some_and(|(level, _)| *level >= heading.level)
        {
            above.pop();
        }
        let inherited = above.last().map_or(Section::Plain, |(_, section)| *section);
        let title = at == 0 && heading.level == 1 && many;
        heading.section = match section_named(&heading.title) {
            Some(own) if !title => own,
            Some(_) | None => inherited,
        };
        above.push((heading.level, heading.section));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(Shape, Option<usize>, &str)]) {
        let document = read("spec.md", text);
        let seen: Vec<_> = document
            .blocks
            .iter()
            .map(|block| (block.shape, block.parent, &text[block.range.clone()]))
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn blocks_keep_their_place_in_the_file() {
        check(
            "# Title\n\nOne\ntwo.\n\n- **A** b\n  - c\n\n  more\n- [ ] d\n",
            &[
                (Shape::Heading, None, "Title"),
                (Shape::Paragraph, None, "One\ntwo."),
                (Shape::Item, None, "**A** b"),
                (Shape::Item, Some(2), "c"),
                (Shape::Paragraph, Some(2), "more"),
                (Shape::TaskItem, None, "d"),
            ],
        );
    }

    #[test]
    fn rows_have_cells_and_headers_are_told_apart() {
        let text = "| Id | What |\n|---|---|\n| FR-1 | Pay `x|` |\n";
        let document = read("spec.md", text);
        assert_eq!(document.blocks[0].shape, Shape::HeaderRow);
        let row = &document.blocks[1];
        assert_eq!(row.shape, Shape::Row);
        assert_eq!(&text[row.parts[0].clone()], "FR-1");
        assert_eq!(document.id_of(row), Some("FR-1"));
    }

    #[test]
    fn code_quotes_html_and_targets_are_not_prose() {
        let text =
            "a `code` [link](must.md)\n\n> must\n\n```\nmust\n```\n\n<p>must</p>\n\n    must\n";
        let document = read("spec.md", text);
        assert!(!document.mask.contains("must"), "{:?}", document.mask);
        assert!(!document.mask.contains("code"));
        assert!(document.mask.contains("link"));
        assert_eq!(document.links[0].target, "must.md");
    }

    #[test]
    fn sections_inherit_and_the_title_of_a_file_means_nothing() {
        let text = "# Requirements doc\n## Requirements\n### Payment\n### Rationale\n## Other\n";
        let sections: Vec<_> = read("a.md", text)
            .headings
            .iter()
            .map(|heading| heading.section)
            .collect();
        assert_eq!(
            sections,
            [
                Section::Plain,
                Section::Requirements,
                Section::Requirements,
                Section::Excluded,
                Section::Plain
            ]
        );
        assert_eq!(
            read("a.md", "# Requirements\n- x\n").headings[0].section,
            Section::Requirements
        );
    }
}
