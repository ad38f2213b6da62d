//! What headings promise about the text under them.

use crate::block::{Block, Shape};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Plain,
    /// Requirements, constraints, acceptance and success criteria.
    Requirements,
    Tasks,
    /// Rationale, background, open questions, what is out of scope.
    Excluded,
}

/// The sections that are open at a place of a document.
pub(super) struct Sections {
    /// Level and promise of each heading around.
    open: Vec<(usize, Section)>,
}

impl Sections {
    pub(super) fn of(path: &str) -> Self {
        let whole = if is_task_list(path) {
            Section::Tasks
        } else {
            Section::Plain
        };
        Self {
            open: vec![(0, whole)],
        }
    }

    /// The section of the next block.
    pub(super) fn enter(&mut self, block: &Block, text: &str) -> Section {
        if block.shape == Shape::Heading {
            let mark = &text[block.range.start..block.words];
            let level = mark.bytes().filter(|b| *b == b'#').count();
            while self.open.len() > 1 && self.open.last().is_some_and(|(above, _)| *above >= level)
            {
                self.open.pop();
            }
            let around = self.here();
            let own = promise(&text[block.words..block.range.end]);
            self.open.push((level, own.unwrap_or(around)));
        }
        self.here()
    }

    fn here(&self) -> Section {
        self.open
            .last()
            .map_or(Section::Plain, |(_, section)| *section)
    }
}

/// A file's name says that it is a list of tasks.
pub(super) fn is_task_list(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.to_ascii_lowercase().starts_with("task")
}

/// What a heading's own words say; `None` leaves it to the heading above.
fn promise(title: &str) -> Option<Section> {
    let title = title.to_lowercase();
    if title.contains("open question") || title.contains("out of scope") {
        return Some(Section::Excluded);
    }
    let words = title.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .find_map(|word| match word {
            "rationale" | "background" | "motivation" | "assumptions" | "glossary" => {
                Some(Section::Excluded)
            }
            "requirement" | "requirements" | "constraint" | "constraints" | "acceptance"
            | "success" => Some(Section::Requirements),
            "task" | "tasks" => Some(Section::Tasks),
            _ => None,
        })
}
