//! Labelled text: made once, drawn as far as it can be seen.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    render::Tone,
    tui::{model::run::TextRow, theme::Theme, view::text},
};

/// Columns of the labels on a screen of so many.
const fn label_width(width: u16) -> u16 {
    if width < 34 { 8 } else { 13 }
}

/// Draws lines from one on.
pub fn draw(theme: &Theme, buffer: &mut Buffer, area: Rect, rows: &[TextRow], top: usize) {
    let inner = Rect {
        x: area.x + 2.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let label = label_width(area.width).min(inner.width);
    let labelled = Rect {
        x: inner.x + label,
        width: inner.width - label,
        ..inner
    };
    for (row, line) in (0..area.height).zip(rows.iter().skip(top)) {
        let style = theme.tone(line.tone);
        match &line.label {
            Some(words) => {
                let room = Rect {
                    width: label.saturating_sub(1),
                    ..inner
                };
                text::line(buffer, room, row, words, theme.faint);
                text::line(buffer, labelled, row, &line.text, style);
            }
            None => text::line(buffer, inner, row, &line.text, style),
        }
    }
}

/// Labelled text, wrapped.
#[derive(Debug)]
pub struct Lines {
    /// What has been said.
    pub rows: Vec<TextRow>,
    labelled: usize,
    whole: usize,
}

impl Lines {
    /// For so many columns.
    pub fn new(width: u16) -> Self {
        let label = label_width(width);
        // A margin of two columns, and one that stays free at the end.
        let all = width.saturating_sub(3);
        Self {
            rows: Vec::new(),
            labelled: usize::from(all.saturating_sub(label)),
            whole: usize::from(all),
        }
    }

    /// Adds a text with its label; text must be safe to show.
    pub fn add(&mut self, label: &str, words: &str, tone: Tone) {
        for (number, line) in text::wrap(words, self.labelled).into_iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            self.rows.push(TextRow {
                label: Some(label.to_owned()),
                text: line,
                tone,
            });
        }
    }

    /// Adds lines over the whole width, without a label.
    pub fn whole(&mut self, words: &str, tone: Tone) {
        for line in text::wrap(words, self.whole) {
            self.rows.push(TextRow {
                label: None,
                text: line,
                tone,
            });
        }
    }
}
