//! What led to a change and came of it, as a tree with times from the command on.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::UnicodeWidthStr as _;

use super::{key, text};
use crate::{
    render::span,
    tui::{
        keys::Action,
        model::{
            Model,
            events::chain::{Chain, Is, Line},
        },
        update::events::run_name,
    },
};

/// Columns of a time.
const TIME: u16 = 12;
/// Columns of the revisions.
const REVISIONS: u16 = 13;

/// See the module.
pub fn draw(model: &Model, chain: &Chain, buffer: &mut Buffer, area: Rect) {
    let theme = &model.settings.theme;
    let back = key(model, Action::Back);
    let about = match &chain.run {
        Some(run) => format!(
            "revision {} of {}: what led there and came of it; {back}: all",
            chain.event,
            run_name(model, run)
        ),
        None => format!("revision {} names no run; {back}: all", chain.event),
    };
    text::line(buffer, area, 0, &format!("  {about}"), theme.faint);
    let list = Rect {
        y: area.y + area.height.min(1),
        height: area.height.saturating_sub(1),
        ..area
    };
    let window = chain
        .cursor
        .window(chain.lines.len(), usize::from(list.height));
    for (row, index) in (0..list.height).zip(window) {
        let here = index == chain.cursor.index;
        line(model, &chain.lines[index], buffer, list, row, here);
    }
}

fn line(model: &Model, line: &Line, buffer: &mut Buffer, area: Rect, row: u16, here: bool) {
    let theme = &model.settings.theme;
    let style = if here { theme.selected } else { Style::new() };
    let whole = Rect {
        y: area.y + row,
        height: 1,
        ..area
    };
    buffer.set_style(whole, style);
    let time_columns = if area.width >= 30 { TIME } else { 0 };
    let revision_columns = if area.width >= 70 { REVISIONS } else { 0 };
    let tree = Rect {
        width: area.width.saturating_sub(time_columns + revision_columns),
        ..area
    };
    // A space stands between the words and the time.
    let words_area = Rect {
        width: tree.width.saturating_sub(u16::from(time_columns > 0)),
        ..tree
    };
    let mark = if here { '▸' } else { ' ' };
    let indent = "  ".repeat(usize::from(line.depth));
    let (sign, own) = match &line.is {
        Is::Folded(_) => ("+ ", theme.word(&line.state)),
        Is::Unfolded(_) => ("- ", theme.strong),
        Is::Missing => ("… ", theme.warn),
        Is::Event => ("◆ ", theme.word(&line.state)),
        Is::Step if line.depth == 0 => ("» ", theme.strong),
        Is::Step => ("  ", theme.word(&line.state)),
    };
    let words = match line.is {
        Is::Missing => format!(
            "{}: {} loads more",
            line.words,
            key(model, Action::OlderEvents)
        ),
        Is::Step | Is::Event | Is::Folded(_) | Is::Unfolded(_) => line.words.clone(),
    };
    let words = format!("{mark} {indent}{sign}{words}");
    text::line(buffer, words_area, row, &words, style.patch(own));
    let mut x = tree.right();
    let mut right = |text: &str, columns: u16| {
        let cell = Rect {
            x,
            width: columns,
            ..area
        };
        let lead = usize::from(columns).saturating_sub(text.width());
        let text = format!("{}{text}", " ".repeat(lead));
        self::text::line(buffer, cell, row, &text, style.patch(theme.faint));
        x += columns;
    };
    if time_columns > 0 {
        right(&time(model, line), time_columns);
    }
    if revision_columns > 0 {
        let revisions = match line.revisions {
            Some((first, last)) if first == last => format!("rev {first}"),
            Some((first, last)) => format!("{first}–{last}"),
            None => String::new(),
        };
        right(&revisions, revision_columns);
    }
}

/// The clock for a command, the time since it for what followed.
fn time(model: &Model, line: &Line) -> String {
    match (line.at, line.after) {
        (Some(at), None) => {
            let at = at.to_zoned(model.zone.clone());
            at.strftime("%H:%M:%S%.3f").to_string()
        }
        (Some(at), Some(after)) => {
            let millis = at.duration_since(after).as_millis().max(0);
            let millis = i64::try_from(millis).unwrap_or(i64::MAX);
            if millis < 60_000 {
                format!("+{}.{:03}s", millis / 1000, millis % 1000)
            } else {
                format!("+{}", span(millis))
            }
        }
        (None, _) => String::new(),
    }
}
