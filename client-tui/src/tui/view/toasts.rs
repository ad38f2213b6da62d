//! What just happened, at the lower right.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget as _},
};
use unicode_width::UnicodeWidthStr as _;

use super::text;
use crate::tui::model::Model;

/// See the module.
pub fn draw(model: &Model, buffer: &mut Buffer, body: Rect) {
    let theme = &model.settings.theme;
    let more = match model.toasts.more {
        0 => None,
        n => Some((format!("and {n} before"), theme.faint)),
    };
    let shown = model
        .toasts
        .shown()
        .map(|toast| (toast.text.clone(), theme.tone(toast.tone)));
    let lines: Vec<_> = more.into_iter().chain(shown).collect();
    for (row, (words, style)) in lines.iter().rev().enumerate() {
        let Ok(row) = u16::try_from(row) else { return };
        if row >= body.height {
            return;
        }
        let words = format!(
            " {} ",
            text::cut(words, usize::from(body.width.saturating_sub(2)))
        );
        let width = u16::try_from(words.width())
            .unwrap_or(body.width)
            .min(body.width);
        let area = Rect {
            x: body.right() - width,
            y: body.bottom() - 1 - row,
            width,
            height: 1,
        };
        Clear.render(area, buffer);
        buffer.set_style(area, theme.bar);
        text::line(buffer, area, 0, &words, theme.bar.patch(*style));
    }
}
