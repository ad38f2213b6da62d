//! Putting text into cells: cut to a width, wrapped, framed.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::Line,
    widgets::{Block, BorderType, Clear, Widget as _},
};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::tui::theme::Theme;

/// Text in an area, wrapped anywhere; for when there is no room for anything better.
pub fn plain(buffer: &mut Buffer, area: Rect, text: &str) {
    let mut chars = text.chars();
    for y in area.top()..area.bottom() {
        let line: String = chars.by_ref().take(usize::from(area.width)).collect();
        buffer.set_stringn(area.x, y, line, usize::from(area.width), Style::new());
    }
}

/// One line of an area, cut at its end by an ellipsis. Outside the area nothing is drawn.
pub fn line(buffer: &mut Buffer, area: Rect, row: u16, text: &str, style: Style) {
    if row < area.height {
        let text = cut(text, usize::from(area.width));
        buffer.set_stringn(area.x, area.y + row, text, usize::from(area.width), style);
    }
}

/// A line of several styles, cut at the end of the area.
pub fn styled(buffer: &mut Buffer, area: Rect, row: u16, text: &Line<'_>) {
    if row < area.height {
        buffer.set_line(area.x, area.y + row, text, area.width);
    }
}

/// Text of at most so many columns; what was cut is marked.
pub fn cut(text: &str, columns: usize) -> std::borrow::Cow<'_, str> {
    if text.len() <= columns || text.width() <= columns {
        return text.into();
    }
    let mut width = 0;
    let mut cut: String = text
        .chars()
        .take_while(|c| {
            width += c.width().unwrap_or(0);
            width < columns
        })
        .collect();
    if columns > 0 {
        cut.push('…');
    }
    cut.into()
}

/// Text as lines of at most so many columns, broken at spaces where that is possible. Line feeds stay.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut width = 0;
        for word in paragraph.split_inclusive(' ') {
            let length = word.trim_end().width();
            if width > 0 && width + length > columns {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                width = 0;
            }
            for c in word.chars() {
                let length = c.width().unwrap_or(0);
                if width + length > columns {
                    if c == ' ' {
                        continue;
                    }
                    lines.push(std::mem::take(&mut line));
                    width = 0;
                }
                line.push(c);
                width += length;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// An empty popup with a title; the area inside its frame.
pub fn framed(buffer: &mut Buffer, area: Rect, title: &str, theme: &Theme) -> Rect {
    Clear.render(area, buffer);
    pane(buffer, area, title, theme.border)
}

/// A frame with a title; the area inside.
pub fn pane(buffer: &mut Buffer, area: Rect, title: &str, style: Style) -> Rect {
    if area.width < 2 || area.height < 2 {
        return Rect { height: 0, ..area };
    }
    let title = cut(title, usize::from(area.width.saturating_sub(4))).into_owned();
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(style)
        .title(format!(" {title} "));
    let inside = block.inner(area);
    block.render(area, buffer);
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_columns_not_by_characters() {
        assert_eq!(cut("checkout", 8), "checkout");
        assert_eq!(cut("checkout", 5), "chec…");
        assert_eq!(cut("日本語です", 5), "日本…");
        assert_eq!(cut("日本語", 0), "");
    }

    #[test]
    fn no_character_is_lost_by_wrapping() {
        for columns in [1, 2, 3, 7, 20, 200] {
            let text =
                "the refund is paid back\nwithin a_very_long_word_that_fits_nowhere 日本語です";
            let lines = wrap(text, columns);
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeezed(&lines.concat()), squeezed(text), "{columns}");
            let wide = |line: &String| line.width() > columns.max(2);
            assert!(!lines.iter().any(wide), "{columns}: {lines:?}");
        }
    }
}
