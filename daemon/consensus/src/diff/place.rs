//! Where a remark stands: its quote decides, and the lines it states only choose between several places.
//!
//! At the stated lines, else where it is unique in the stated hunk, else where it is unique in the file, else
//! nowhere. What stands nowhere on the stated side is looked for on the other one. An agent that copied the numbers
//! or marks along with the lines is understood.

use std::ops::Range;

use super::{
    Diff, FileChange, INPUT,
    annotate::{RETURN, without_gutter},
    path,
    rows::{Found, Row, Rows, Wanted, tight},
    touched::Touched,
};
use crate::{
    anchor::{Anchor, Input},
    answer::{Place, RawFinding, Side},
    finding::Located,
    text::Fingerprint,
};

/// Where a remark was found to stand; nothing of it if it is unanchored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placed {
    /// In the file as it is after the change, if that is an input; else in the diff's text.
    pub anchors: Vec<Anchor>,
    pub located: Option<Located>,
}

/// The inputs of a review, prepared for many look-ups.
#[derive(Debug, Clone)]
pub struct Placing<'a> {
    files: Vec<File<'a>>,
}

#[derive(Debug, Clone)]
struct File<'a> {
    old: Option<Surface<'a>>,
    new: Option<Surface<'a>>,
}

/// One side of a file.
#[derive(Debug, Clone)]
struct Surface<'a> {
    side: Side,
    path: String,
    rows: Rows<'a>,
    /// First and last line of each hunk that has any.
    hunks: Vec<(u32, u32)>,
    touched: Touched,
    /// The input the rows are of.
    input: &'a Input,
    source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The file itself.
    Text,
    /// What the diff shows of it: neighbours may be apart in the text.
    Diff,
}

impl<'a> Placing<'a> {
    /// The first input holds the diff, the others files as they are after the change, by their paths. Where the
    /// diff cannot be read nothing has a place.
    pub fn new(inputs: &'a [Input]) -> Self {
        let Some((input, texts)) = inputs.split_first() else {
            return Self { files: Vec::new() };
        };
        let diff = Diff::parse(&input.text).unwrap_or(Diff { files: Vec::new() });
        let files = diff.files.iter();
        Self {
            files: files.map(|file| File::new(file, input, texts)).collect(),
        }
    }

    /// The place of a remark, from its first quote.
    pub fn place(&self, remark: &RawFinding) -> Placed {
        let quote = remark.quotes.first();
        let stated = remark.place.as_ref();
        let path = stated
            .map(|place| place.path.as_str())
            .or_else(|| quote?.path.as_deref());
        let (Some(quote), Some(path)) = (quote, path) else {
            return Placed::default();
        };
        let side = stated.map_or(Side::New, |place| place.side);
        for words in readings(&quote.text) {
            let Some(wanted) = Wanted::new(&words) else {
                continue;
            };
            for side in [side, other(side)] {
                let Some(surface) = self.surface(path, side) else {
                    continue;
                };
                match surface.find(&wanted, stated) {
                    Found::Nowhere => {}
                    Found::Several => return Placed::default(),
                    Found::Once(rows) => return surface.placed(&remark.kind, &rows),
                }
            }
        }
        Placed::default()
    }

    /// A side of the file that is called so, as agents write paths.
    fn surface(&self, path: &str, side: Side) -> Option<&Surface<'a>> {
        let path = path.trim_start_matches("./");
        let forms = [path, path::without_prefix(path)];
        let on = |file: &'_ File<'a>, side, form: &str| {
            let surface = file.surface(side);
            surface.is_some_and(|surface| surface.path == form)
        };
        let of = |named: Side| {
            forms.iter().find_map(|form| {
                let mut files = self
                    .files
                    .iter()
                    .filter(|file| file.surface(side).is_some());
                files.find(|file| on(file, named, form))
            })
        };
        of(side).or_else(|| of(other(side)))?.surface(side)
    }
}

impl<'a> File<'a> {
    fn new(file: &FileChange<'a>, diff: &'a Input, texts: &'a [Input]) -> Self {
        let old = file
            .old_path()
            .map(|path| Surface::of_diff(file, Side::Old, path, diff));
        let new = file.new_path().map(|path| {
            // An input of the diff's own name could not be told from it.
            let text = texts.iter().find(|text| text.path == path && path != INPUT);
            let mut surface = Surface::of_diff(file, Side::New, path, diff);
            if let Some(text) = text {
                surface.rows = Rows::of_text(&text.text);
                (surface.input, surface.source) = (text, Source::Text);
            }
            surface
        });
        Self { old, new }
    }

    fn surface(&self, side: Side) -> Option<&Surface<'a>> {
        match side {
            Side::Old => self.old.as_ref(),
            Side::New => self.new.as_ref(),
        }
    }
}

impl<'a> Surface<'a> {
    fn of_diff(file: &FileChange<'a>, side: Side, path: &str, input: &'a Input) -> Self {
        let mut rows = Rows::default();
        let mut hunks = Vec::new();
        for hunk in file.hunks() {
            let span = match side {
                Side::Old => hunk.old,
                Side::New => hunk.new,
            };
            if span.count > 0 {
                hunks.push((span.first, span.end() - 1));
            }
            for (numbered, line) in hunk.numbered() {
                if let Some(number) = numbered.on(side) {
                    rows.push(number, line.text, line.at);
                }
            }
        }
        Self {
            side,
            path: path.to_owned(),
            rows,
            hunks,
            touched: Touched::of(file, side),
            input,
            source: Source::Diff,
        }
    }

    fn find(&self, wanted: &Wanted<'_>, stated: Option<&Place>) -> Found {
        if let Some(stated) = stated {
            let lines = u32::try_from(wanted.lines().len()).unwrap_or(u32::MAX);
            let length = stated.first.saturating_add(lines - 1);
            let exactly = (stated.first, length);
            let around = (stated.first, stated.last.max(length));
            let hunk = self
                .hunks
                .iter()
                .find(|(first, last)| (*first..=*last).contains(&stated.first));
            for (first, last) in [exactly, around].into_iter().chain(hunk.copied()) {
                let rows = self.rows.numbered(first, last);
                if let Found::Once(rows) = self.rows.find(wanted, rows) {
                    return Found::Once(rows);
                }
            }
        }
        self.rows.find(wanted, self.rows.all())
    }

    fn placed(&self, kind: &str, rows: &Range<usize>) -> Placed {
        let lines = self.rows.get(rows.clone());
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return Placed::default();
        };
        let quoted: Vec<String> = lines.iter().map(|row| tight(row.text).collect()).collect();
        let fingerprint = Fingerprint::new("synod/v1")
            .part(kind)
            .part(&self.path)
            .list(quoted.iter().map(String::as_str))
            .part(&self.rows.occurrence(rows).to_string())
            .finish();
        Placed {
            anchors: self.anchors(lines),
            located: Some(Located {
                path: self.path.clone(),
                side: self.side,
                first: first.number,
                last: last.number,
                fingerprint,
                pre_existing: !self.touched.meets(first.number, last.number),
            }),
        }
    }

    /// One for each stretch of lines that stand together, from the first word to the last.
    fn anchors(&self, lines: &[Row<'_>]) -> Vec<Anchor> {
        let together = |one: &Row<'_>, next: &Row<'_>| match self.source {
            Source::Text => true,
            // The line feed and the next one's mark.
            Source::Diff => next.at <= one.at + one.text.len() + 2,
        };
        let stretches = lines.chunk_by(together).filter_map(|stretch| {
            let (first, last) = (stretch.first()?, stretch.last()?);
            let start = first.at + first.text.len() - first.text.trim_start().len();
            let end = last.at + last.text.trim_end().len();
            let quote = self.input.text.get(start..end.max(start))?.to_owned();
            let path = self.input.path.clone();
            (!quote.is_empty()).then_some(Anchor {
                path,
                start,
                end,
                quote,
            })
        });
        stretches.collect()
    }
}

fn other(side: Side) -> Side {
    match side {
        Side::Old => Side::New,
        Side::New => Side::Old,
    }
}

/// What may be meant by a quote: itself; without the numbers, marks or signs that it was shown with.
fn readings(quote: &str) -> Vec<String> {
    let mut readings = vec![quote.to_owned()];
    let mut also = |strip: fn(&str) -> Option<&str>| {
        let lines = quote.lines().map(|line| match line.trim() {
            "" => Some(line),
            _ => strip(line),
        });
        readings.extend(
            lines
                .collect::<Option<Vec<_>>>()
                .map(|lines| lines.join("\n")),
        );
    };
    also(without_gutter);
    also(|line| line.strip_prefix(['+', '-', ' ']));
    let shown = readings.iter().filter(|reading| reading.contains(RETURN));
    let without: Vec<String> = shown.map(|reading| reading.replace(RETURN, "")).collect();
    readings.extend(without);
    readings
}
