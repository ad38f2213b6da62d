//! The lines of one side of a file, prepared for many look-ups of what was quoted.
//!
//! White space never decides whether words are found; of several places it may decide which is meant.

use std::ops::Range;

/// A line, and where in its input it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// From 1.
    pub(super) number: u32,
    pub(super) text: &'a str,
    /// Byte at which `text` begins.
    pub(super) at: usize,
    /// Byte of `tight` at which it begins.
    tight: usize,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Rows<'a> {
    rows: Vec<Row<'a>>,
    /// All lines, one after another, without any white space.
    tight: String,
}

/// How well a place fits a quote; the better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Whole lines, as they stand but for white space at their ends.
    Exact,
    /// Whole lines, with other white space.
    WholeLines,
    /// Parts of lines.
    Within,
}

/// What a part of the rows says to a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Nowhere,
    Once(Range<usize>),
    /// At several places that fit equally well.
    Several,
}

/// Places of one quote that are looked at; beyond, it is at several.
const MAX_PLACES: usize = 4_096;

/// The words of an agent, prepared once.
#[derive(Debug, Clone)]
pub(super) struct Wanted<'q> {
    lines: Vec<&'q str>,
    tight: String,
}

impl<'q> Wanted<'q> {
    /// `None` when there is nothing but white space.
    pub(super) fn new(quote: &'q str) -> Option<Self> {
        let lines: Vec<&str> = quote.lines().map(str::trim_end).collect();
        let first = lines.iter().position(|line| !line.is_empty())?;
        let last = lines.iter().rposition(|line| !line.is_empty())?;
        let lines = lines[first..=last].to_vec();
        let tight = lines.iter().flat_map(|line| tight(line)).collect();
        Some(Self { lines, tight })
    }

    pub(super) fn lines(&self) -> &[&'q str] {
        &self.lines
    }
}

/// What is left of a line without its white space.
pub(super) fn tight(line: &str) -> impl Iterator<Item = char> {
    line.chars().filter(|c| !c.is_whitespace())
}

impl<'a> Rows<'a> {
    pub(super) fn of_text(text: &'a str) -> Self {
        let mut rows = Self::default();
        let mut at = 0;
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            rows.push(number, line.trim_end_matches('\n'), at);
            at += line.len();
        }
        rows
    }

    pub(super) fn push(&mut self, number: u32, text: &'a str, at: usize) {
        self.rows.push(Row {
            number,
            text,
            at,
            tight: self.tight.len(),
        });
        self.tight.extend(tight(text));
    }

    pub(super) fn get(&self, rows: Range<usize>) -> &[Row<'a>] {
        self.rows.get(rows).unwrap_or_default()
    }

    pub(super) fn all(&self) -> Range<usize> {
        0..self.rows.len()
    }

    /// Those with these numbers, as far as there are any.
    pub(super) fn numbered(&self, first: u32, last: u32) -> Range<usize> {
        let start = self.rows.partition_point(|row| row.number < first);
        let end = self.rows.partition_point(|row| row.number <= last);
        start..end.max(start)
    }

    /// Where a quote stands within some rows: the one place that fits best.
    pub(super) fn find(&self, wanted: &Wanted<'_>, within: Range<usize>) -> Found {
        let mut best: Option<Fit> = None;
        let mut found = Found::Nowhere;
        for (n, place) in self.places(&wanted.tight, within).enumerate() {
            if n >= MAX_PLACES {
                return Found::Several;
            }
            let Some((fit, rows)) = self.fit(wanted, place) else {
                continue;
            };
            if best.is_none_or(|best| fit < best) {
                (best, found) = (Some(fit), Found::Once(rows));
            } else if best == Some(fit) && found != Found::Once(rows) {
                found = Found::Several;
            }
        }
        found
    }

    /// Which of the equal places of a file these rows are, from 1: by content, so that it stays when lines move.
    pub(super) fn occurrence(&self, rows: &Range<usize>) -> usize {
        let span = self.tight_range(rows);
        let words = &self.tight[span.clone()];
        if words.is_empty() {
            return 1;
        }
        self.places(words, self.all())
            .take(MAX_PLACES)
            .take_while(|place| place.start <= span.start)
            .filter(|place| {
                let other = self.rows_at(place);
                self.tight_range(&other) == *place
            })
            .count()
            .max(1)
    }

    /// Ranges of `tight` that hold the words, overlapping ones too.
    fn places<'s>(
        &'s self,
        words: &'s str,
        within: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + 's {
        let bounds = self.tight_range(&within);
        let step = words.chars().next().map_or(1, char::len_utf8);
        let mut from = bounds.start;
        std::iter::from_fn(move || {
            let at = from + self.tight.get(from..bounds.end)?.find(words)?;
            from = at + step;
            Some(at..at + words.len())
        })
    }

    fn tight_range(&self, rows: &Range<usize>) -> Range<usize> {
        let at = |row: usize| self.rows.get(row).map_or(self.tight.len(), |row| row.tight);
        at(rows.start)..at(rows.end)
    }

    /// The rows that hold a part of `tight`, without blank ones at the ends.
    fn rows_at(&self, place: &Range<usize>) -> Range<usize> {
        let of = |byte: usize| {
            let after = self.rows.partition_point(|row| row.tight <= byte);
            after.saturating_sub(1)
        };
        of(place.start)..of(place.end.saturating_sub(1)) + 1
    }

    fn fit(&self, wanted: &Wanted<'_>, place: Range<usize>) -> Option<(Fit, Range<usize>)> {
        let range = self.rows_at(&place);
        let rows = self.get(range.clone());
        // Between two hunks lines are missing: nothing stands across that.
        let (first, last) = (rows.first()?, rows.last()?);
        if (last.number - first.number) as usize + 1 != rows.len() {
            return None;
        }
        let whole = self.tight_range(&range) == place;
        let exact = rows.len() == wanted.lines.len()
            && rows
                .iter()
                .zip(&wanted.lines)
                .all(|(row, line)| row.text.trim_end() == *line);
        let fit = match (whole, exact) {
            (true, true) => Fit::Exact,
            (true, false) => Fit::WholeLines,
            (false, _) => Fit::Within,
        };
        Some((fit, range))
    }
}
