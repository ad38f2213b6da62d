//! A segment's text as rows of the screen: taken apart at line feeds and, if lines are wrapped, at a width. Tabs
//! are as wide as the next multiple of eight wants them, wide characters two columns; marks stand with the
//! character they are on.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{needle::Needle, segments::Segment};

const TAB: usize = 8;
/// Marks that may stand on one character. More are shown on a circle of their own: a cell of the screen is no
/// place for a kilobyte.
const MARKS: usize = 8;

/// Whether long lines are taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wrap {
    /// At the screen's edge.
    #[default]
    AtEdge,
    /// Not; the screen is scrolled sideways.
    No,
}

/// What rows depend on beside the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Columns of a row.
    pub columns: usize,
    /// Whether long lines are taken apart.
    pub wrap: Wrap,
    /// What is looked for.
    pub needle: Option<Needle>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            columns: 1,
            wrap: Wrap::default(),
            needle: None,
        }
    }
}

/// A segment with its rows.
#[derive(Debug, Clone)]
pub struct Laid {
    /// Where it stands.
    pub segment: Segment,
    /// Its text, harmless.
    pub text: String,
    /// Its rows, never none.
    pub rows: Vec<Row>,
    /// Where in the text the needle stands, from left to right.
    pub found: Vec<Range<usize>>,
}

/// A row: a piece of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its first byte in the text.
    pub start: usize,
    /// Behind its last one.
    pub end: usize,
    /// What it begins with.
    pub begins: RowBegins,
}

/// What a row begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowBegins {
    /// A line.
    Line,
    /// What had no room in the row above.
    Within,
}

impl Laid {
    /// Makes rows of a segment's text.
    pub fn new(segment: Segment, text: String, layout: &Layout) -> Self {
        let rows = rows(&text, segment, layout);
        let places = |needle: &Needle| needle.places(&text).collect();
        let found = layout.needle.as_ref().map_or_else(Vec::new, places);
        Self {
            segment,
            text,
            rows,
            found,
        }
    }

    /// The row in which a byte of the text stands.
    pub fn row_of(&self, byte: usize) -> usize {
        let behind = self.rows.partition_point(|row| row.start <= byte);
        behind.saturating_sub(1)
    }

    /// Roughly which byte of the file a row begins with: exactly for the first one.
    pub fn offset_of(&self, row: usize) -> u64 {
        let before = self.rows.get(row).map_or(0, |row| row.start) as u64;
        let (length, text) = (self.segment.end - self.segment.start, self.text.len());
        self.segment.start + (before * length).checked_div(text as u64).unwrap_or(0)
    }

    /// The text of a row.
    pub fn row_text(&self, row: &Row) -> &str {
        self.text.get(row.start..row.end).unwrap_or_default()
    }

    /// Those of the found places that are at least partly in a row.
    pub fn found_in(&self, row: &Row) -> &[Range<usize>] {
        let first = self.found.partition_point(|place| place.end <= row.start);
        let behind = self.found.partition_point(|place| place.start < row.end);
        self.found.get(first..behind).unwrap_or_default()
    }
}

fn rows(text: &str, segment: Segment, layout: &Layout) -> Vec<Row> {
    use super::segments::Begins;
    let mut rows = Vec::new();
    let mut start = 0;
    let mut begins = match segment.begins {
        Begins::Line => RowBegins::Line,
        Begins::Within => RowBegins::Within,
    };
    // The last line feed ends a line; it does not begin another one.
    let body = text.strip_suffix('\n').unwrap_or(text);
    for line in body.split('\n') {
        let end = start + line.len();
        match layout.wrap {
            Wrap::No => rows.push(Row { start, end, begins }),
            Wrap::AtEdge => wrap(line, start, begins, layout.columns, &mut rows),
        }
        start = end + 1;
        begins = RowBegins::Line;
    }
    rows
}

fn wrap(line: &str, offset: usize, begins: RowBegins, columns: usize, rows: &mut Vec<Row>) {
    let mut row = Row {
        start: offset,
        end: offset,
        begins,
    };
    let mut column = 0;
    for (place, _) in clusters(line) {
        let (start, end) = (offset + place.start, offset + place.end);
        let cluster = line.get(place).unwrap_or_default();
        // A tab ends at the edge, as terminals have it.
        let width = match cluster {
            "\t" => 1,
            _ => width(cluster, column),
        };
        if column > 0 && column + width > columns {
            row.end = start;
            rows.push(row);
            row = Row {
                start,
                end: start,
                begins: RowBegins::Within,
            };
            column = 0;
        }
        column += match cluster {
            "\t" => self::width(cluster, column).min(columns.saturating_sub(column)),
            _ => width,
        };
        row.end = end;
    }
    rows.push(row);
}

/// Columns of a cluster that begins in this column.
pub fn width(cluster: &str, column: usize) -> usize {
    match cluster {
        "\t" => TAB - column % TAB,
        _ => cluster.width().max(1),
    }
}

/// Whether a cluster is shown as it is, or on a circle because nothing else carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// As it is.
    ByItself,
    /// On a dotted circle.
    ByCircle,
}

/// Characters with the marks on them.
pub fn clusters(text: &str) -> impl Iterator<Item = (Range<usize>, Carried)> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, base) = chars.next()?;
        let mut end = start + base.len_utf8();
        let mut marks = 0;
        while let Some((at, mark)) = chars.peek().copied()
            && marks < MARKS
            && base != '\t'
            && mark != '\t'
            && is_mark(mark)
        {
            end = at + mark.len_utf8();
            marks += 1;
            chars.next();
        }
        let carried = if is_mark(base) && base != '\t' {
            Carried::ByCircle
        } else {
            Carried::ByItself
        };
        Some((start..end, carried))
    })
}

fn is_mark(c: char) -> bool {
    c.width().unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::super::segments::{Begins, Ends};
    use super::*;

    fn laid(text: &str, columns: usize, wrap: Wrap) -> Vec<String> {
        let segment = Segment {
            start: 0,
            end: text.len() as u64,
            begins: Begins::Line,
            ends: Ends::LineFeed,
        };
        let layout = Layout {
            columns,
            wrap,
            needle: None,
        };
        let laid = Laid::new(segment, text.to_owned(), &layout);
        let rows = laid.rows.iter();
        rows.map(|row| laid.row_text(row).to_owned()).collect()
    }

    #[test]
    fn lines_are_wrapped_by_columns_and_nothing_is_lost() {
        assert_eq!(laid("abcdef\n", 4, Wrap::AtEdge), ["abcd", "ef"]);
        assert_eq!(laid("abcdef\n", 4, Wrap::No), ["abcdef"]);
        assert_eq!(laid("日本語\n", 5, Wrap::AtEdge), ["日本", "語"]);
        assert_eq!(laid("日本\n", 1, Wrap::AtEdge), ["日", "本"]);
        assert_eq!(laid("a\tb\tc\n", 10, Wrap::AtEdge), ["a\tb\t", "c"]);
        assert_eq!(laid("a\n\nb", 9, Wrap::AtEdge), ["a", "", "b"]);
        assert_eq!(laid("\n", 9, Wrap::AtEdge), [""]);
        assert_eq!(laid("", 9, Wrap::AtEdge), [""]);
        assert_eq!(
            laid("e\u{301}e\u{301}\n", 1, Wrap::AtEdge),
            ["e\u{301}", "e\u{301}"]
        );
    }

    #[test]
    fn marks_without_a_character_stand_on_a_circle() {
        let text = "\u{301}a";
        let found: Vec<_> = clusters(text).collect();
        assert_eq!(
            found,
            [(0..2, Carried::ByCircle), (2..3, Carried::ByItself)]
        );
        let many = format!("a{}", "\u{301}".repeat(20));
        assert_eq!(clusters(&many).count(), 1 + 2);
    }
}
