//! What just happened, at the lower right. A sign before it says how it is meant.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    widgets::{Clear, Widget as _},
};
use unicode_width::UnicodeWidthStr as _;

use super::text;
use crate::{render::Tone, tui::model::Model};

/// Widest line.
const WIDTH: u16 = 80;
/// Most lines of one.
const LINES: usize = 4;

/// See the module.
pub fn draw(model: &Model, buffer: &mut Buffer, body: Rect) {
    let theme = &model.settings.theme;
    let room = usize::from(body.width.min(WIDTH).saturating_sub(2)).max(1);
    let mut lines: Vec<(String, Style)> = Vec::new();
    if model.toasts.more > 0 {
        lines.push((format!("and {} before", model.toasts.more), theme.faint));
    }
    for toast in model.toasts.shown() {
        let words = format!("{}{}", sign(toast.tone), toast.text);
        let mut wrapped = text::wrap(&words, room);
        if wrapped.len() > LINES {
            wrapped.truncate(LINES);
            if let Some(last) = wrapped.last_mut() {
                *last = text::cut(&format!("{last} …"), room).into_owned();
            }
        }
        let style = theme.tone(toast.tone);
        lines.extend(wrapped.into_iter().map(|line| (line, style)));
    }
    // As wide as the widest, so that lines of one stand together.
    let widest = lines
        .iter()
        .map(|(line, _)| line.width())
        .max()
        .unwrap_or(0);
    let width = u16::try_from(widest + 2)
        .unwrap_or(body.width)
        .min(body.width);
    for (row, (words, style)) in (1..=body.height).zip(lines.iter().rev()) {
        let area = Rect {
            x: body.right() - width,
            y: body.bottom() - row,
            width,
            height: 1,
        };
        Clear.render(area, buffer);
        buffer.set_style(area, theme.bar);
        text::line(
            buffer,
            area,
            0,
            &format!(" {words}"),
            theme.bar.patch(*style),
        );
    }
}

const fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✓ ",
        Tone::Warn => "! ",
        Tone::Bad => "✗ ",
        Tone::Plain | Tone::Strong | Tone::Faint => "",
    }
}
