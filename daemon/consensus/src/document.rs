//! The shape of an input: its headings, sections and the lines that define requirement ids.
//!
//! Markdown as far as anchors need it: ATX headings outside fences. It does not resolve quotes.

use std::ops::Range;

use crate::text::canonical;

/// A heading line and the section below it, in bytes of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    pub level: usize,
    pub title: String,
    /// The heading's line, without its line end.
    pub line: Range<usize>,
    /// To the next heading of the same or a higher level.
    pub section: Range<usize>,
}

/// All headings of a text, in order.
pub fn headings(text: &str) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let mut fence: Option<&str> = None;
    for line in lines(text) {
        let words = text[line.clone()].trim();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| words.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => {
                let level = words.bytes().take_while(|b| *b == b'#').count();
                let title = words[level..].trim();
                if (1..=6).contains(&level) && words[level..].starts_with([' ', '\t']) {
                    let title = title.trim_end_matches('#').trim_end().to_owned();
                    let section = line.start..text.len();
                    found.push(Heading {
                        level,
                        title,
                        line,
                        section,
                    });
                }
            }
        }
    }
    close_sections(&mut found);
    found
}

fn close_sections(found: &mut [Heading]) {
    let mut open: Vec<usize> = Vec::new();
    for n in 0..found.len() {
        while let Some(&last) = open.last()
            && found[last].level >= found[n].level
        {
            found[last].section.end = found[n].line.start;
            open.pop();
        }
        open.push(n);
    }
}

/// The line of the heading that `about` names: its title, or the number it begins with.
pub(crate) fn heading_named<'a>(headings: &'a [Heading], about: &str) -> Option<&'a Heading> {
    let wanted = canonical(about.trim_start_matches(['#', '§', ' ']));
    if wanted.is_empty() {
        return None;
    }
    let numbered = |title: &str| {
        title.split_once(' ').is_some_and(|(number, rest)| {
            number.trim_end_matches('.') == wanted
                || canonical(rest) == wanted && number.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    headings
        .iter()
        .find(|h| canonical(&h.title) == wanted)
        .or_else(|| headings.iter().find(|h| numbered(&canonical(&h.title))))
}

/// The line that defines `id`, else the first that mentions it.
pub(crate) fn line_of_id(text: &str, id: &str) -> Option<Range<usize>> {
    let mut first = None;
    for (at, _) in text.match_indices(id) {
        if !stands_alone(text, at, id.len()) {
            continue;
        }
        let line = line_around(text, at);
        let before = &text[line.start..at];
        let only_markup = before
            .chars()
            .all(|c| c.is_whitespace() || c.is_ascii_digit() || "#*-+>[]|_.`".contains(c));
        if only_markup {
            return Some(line);
        }
        first.get_or_insert(line);
    }
    first
}

fn stands_alone(text: &str, at: usize, len: usize) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let before = text[..at].chars().next_back();
    let mut after = text[at + len..].chars();
    let next = after.next();
    let continued =
        matches!(next, Some('-' | '.')) && after.next().is_some_and(char::is_alphanumeric);
    !before.is_some_and(|c| part_of_word(c) || c == '-')
        && !next.is_some_and(part_of_word)
        && !continued
}

/// The line around a byte offset, trimmed of white space.
pub(crate) fn line_around(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
    let line = &text[start..end];
    let start = start + (line.len() - line.trim_start().len());
    start..(start + line.trim().len()).max(start)
}

/// Ranges of the lines of a text, without their ends.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.trim_end_matches(['\n', '\r']).len();
        start += line.len();
        range
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Shop\n\nSee FR-12 below.\r\n\n## 2. Payment\r\n- **FR-1**: pay\n- FR-12: refund\n\
        ```\n# not a heading\n```\n### Cards ##\nx\n## Orders\ny\n";

    #[test]
    fn sections_end_at_the_next_heading_of_their_level() {
        let found = headings(TEXT);
        let titles: Vec<&str> = found.iter().map(|h| h.title.as_str()).collect();
        assert_eq!(titles, ["Shop", "2. Payment", "Cards", "Orders"]);
        assert!(TEXT[found[1].section.clone()].contains("Cards"));
        assert!(!TEXT[found[1].section.clone()].contains("Orders"));
        assert_eq!(&TEXT[found[1].line.clone()], "## 2. Payment");
    }

    #[test]
    fn a_heading_is_found_by_title_or_number() {
        let found = headings(TEXT);
        for about in ["2. Payment", "payment", "## 2. Payment", "2"] {
            assert_eq!(
                heading_named(&found, about).unwrap().title,
                "2. Payment",
                "{about}"
            );
        }
        assert!(heading_named(&found, "Shipping").is_none());
    }

    #[test]
    fn an_id_is_found_where_it_is_defined_and_never_inside_another() {
        assert_eq!(&TEXT[line_of_id(TEXT, "FR-12").unwrap()], "- FR-12: refund");
        assert_eq!(&TEXT[line_of_id(TEXT, "FR-1").unwrap()], "- **FR-1**: pay");
        assert!(line_of_id(TEXT, "FR-2").is_none());
    }
}
