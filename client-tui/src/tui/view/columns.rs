//! Rows of cells in columns. Which columns there is room for, and how wide the rest is, is settled once for all
//! rows; a row costs its visible cells.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::UnicodeWidthStr as _;

use super::text::cut;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// Columns of the terminal it takes; the growing one at least these.
    pub width: u16,
    /// Where narrow terminals begin to leave columns out: the highest goes first, 0 never.
    pub goes: u8,
    /// How it takes room.
    pub fit: Fit,
}

/// How a column takes room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As said, text to the left.
    Left,
    /// As said, text to the right.
    Right,
    /// All that is left over.
    Grows,
}

/// The columns there is room for.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Index, first terminal column and width of each.
    shown: Vec<(usize, u16, u16, Fit)>,
    titles: Vec<&'static str>,
}

impl Columns {
    /// Settles columns within a width; one space stands between two.
    pub fn within(columns: &[Column], width: u16) -> Self {
        Self::without(&[], columns, width)
    }

    /// The same without some, by their index: nothing would stand in them.
    pub fn without(hidden: &[usize], columns: &[Column], width: u16) -> Self {
        let all = 0..columns.len();
        let mut shown: Vec<usize> = all.filter(|index| !hidden.contains(index)).collect();
        let need = |shown: &[usize]| -> u32 {
            let widths = shown
                .iter()
                .map(|index| u32::from(columns[*index].width) + 1);
            widths.sum::<u32>().saturating_sub(1)
        };
        while need(&shown) > u32::from(width) {
            let first = shown
                .iter()
                .enumerate()
                .filter(|(_, index)| columns[**index].goes > 0)
                .max_by_key(|(_, index)| columns[**index].goes);
            let Some((at, _)) = first else { break };
            shown.remove(at);
        }
        let left = u32::from(width).saturating_sub(need(&shown));
        let left = u16::try_from(left).unwrap_or(0);
        let mut x = 0;
        let shown = shown
            .into_iter()
            .map_while(|index| {
                let Column {
                    width: wanted, fit, ..
                } = columns[index];
                let wanted = if fit == Fit::Grows {
                    wanted + left
                } else {
                    wanted
                };
                let at = x;
                x += wanted + 1;
                (at < width).then(|| (index, at, wanted.min(width - at), fit))
            })
            .collect();
        Self {
            shown,
            titles: columns.iter().map(|column| column.title).collect(),
        }
    }

    /// Whether a column is shown.
    pub fn has(&self, index: usize) -> bool {
        self.shown.iter().any(|(shown, ..)| *shown == index)
    }

    /// The headings.
    pub fn heading(&self, buffer: &mut Buffer, area: Rect, style: Style) {
        self.row(buffer, area, 0, style, |index| {
            (self.titles[index].into(), Style::new())
        });
    }

    /// One row of an area. Cells of hidden columns are not asked for. The whole row is drawn in `style` first.
    pub fn row<'a>(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        row: u16,
        style: Style,
        cell: impl Fn(usize) -> (std::borrow::Cow<'a, str>, Style),
    ) {
        if row >= area.height {
            return;
        }
        let y = area.y + row;
        buffer.set_style(
            Rect {
                y,
                height: 1,
                ..area
            },
            style,
        );
        for (index, x, width, fit) in &self.shown {
            let (text, own) = cell(*index);
            let text = cut(&text, usize::from(*width));
            let lead = match fit {
                Fit::Right => width.saturating_sub(u16::try_from(text.width()).unwrap_or(*width)),
                Fit::Left | Fit::Grows => 0,
            };
            let room = usize::from(width - lead);
            buffer.set_stringn(area.x + x + lead, y, text, room, style.patch(own));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column {
            title: "ID",
            width: 8,
            goes: 1,
            fit: Fit::Left,
        },
        Column {
            title: "NAME",
            width: 6,
            goes: 0,
            fit: Fit::Grows,
        },
        Column {
            title: "AGE",
            width: 5,
            goes: 2,
            fit: Fit::Right,
        },
    ];

    #[track_caller]
    fn check(width: u16, expected: &str) {
        let area = Rect::new(0, 0, width, 1);
        let mut buffer = Buffer::empty(area);
        let columns = Columns::within(&COLUMNS, width);
        columns.row(&mut buffer, area, 0, Style::new(), |index| {
            (["3f9a02bc", "checkout", "7s"][index].into(), Style::new())
        });
        let shown: String = buffer
            .content()
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn narrow_rows_lose_columns_before_the_last_one_is_cut() {
        check(30, "3f9a02bc checkout           7s");
        check(21, "3f9a02bc check…    7s");
        check(17, "3f9a02bc checkout");
        check(9, "checkout ");
        check(4, "che…");
    }
}
