//! Columns: as wide as their widest cell; where that is too much, some may be left out, and the last one is
//! cut to what is left.

use super::{Colour, Tone};

/// A cell.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::toned(text, Tone::Plain)
    }

    /// Text in a tone.
    pub fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

/// The table with its heading.
pub fn table(heading: &[&str], rows: &[Vec<Cell>], width: usize, colour: Colour) -> String {
    let head: Vec<Cell> = heading
        .iter()
        .map(|title| Cell::toned(*title, Tone::Strong))
        .collect();
    let all = || std::iter::once(&head).chain(rows);
    let widths: Vec<usize> = (0..heading.len())
        .map(|column| {
            let lengths = all().filter_map(|row| row.get(column).map(|cell| length(&cell.text)));
            lengths.max().unwrap_or_default()
        })
        .collect();
    let before_last: usize = widths.iter().rev().skip(1).map(|width| width + 2).sum();
    let left = width.saturating_sub(before_last).max(8);
    all()
        .map(|row| one_row(row, &widths, left, colour))
        .collect::<Vec<_>>()
        .join("\n")
}

/// As [`table`], but columns are left out one after the other, in the order given, until the last one has room
/// for its widest cell.
pub fn table_without(
    first_to_go: &[&str],
    heading: &[&str],
    rows: &[Vec<Cell>],
    width: usize,
    colour: Colour,
) -> String {
    let mut heading = heading.to_vec();
    let mut rows = rows.to_vec();
    for title in first_to_go {
        if full_width(&heading, &rows) <= width {
            break;
        }
        if let Some(column) = heading.iter().position(|known| known == title) {
            heading.remove(column);
            for row in &mut rows {
                row.remove(column);
            }
        }
    }
    table(&heading, &rows, width, colour)
}

fn full_width(heading: &[&str], rows: &[Vec<Cell>]) -> usize {
    let column = |(column, title): (usize, &&str)| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| length(&cell.text)).max();
        widest.unwrap_or_default().max(length(title)) + 2
    };
    let all: usize = heading.iter().enumerate().map(column).sum();
    all.saturating_sub(2)
}

fn one_row(row: &[Cell], widths: &[usize], left: usize, colour: Colour) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        if column + 1 == widths.len() {
            line.push_str(&colour.paint(cell.tone, &cut(&cell.text, left)));
        } else {
            line.push_str(&colour.paint(cell.tone, &cell.text));
            line.push_str(&" ".repeat(width + 2 - length(&cell.text)));
        }
    }
    line.trim_end().to_owned()
}

/// At most `width` characters; what was cut is marked.
pub fn cut(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

fn length(text: &str) -> usize {
    text.chars().count()
}
