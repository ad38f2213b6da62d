//! The rows of one field: its value, and what can be chosen.

use ratatui::text::{Line, Span};
use tui_input::Input;
use unicode_width::UnicodeWidthStr as _;

use super::{Row, TEXT};
use crate::{
    render::clean,
    tui::{
        model::form::{Body, Field, Many, Mark, One, PathLine},
        theme::Theme,
        view::text,
    },
};

/// Paths to choose from that are shown at a time.
const PATHS: usize = 8;

/// See the module.
pub fn rows_of<'a>(field: &'a Field, here: bool, room: usize, theme: &Theme) -> Vec<Row<'a>> {
    match &field.body {
        Body::One(one) => vec![Row::Words(choice(one, here, room, theme))],
        Body::Many(many) => marks(many, here, room, theme),
        Body::Line(input) => vec![typed(input, here)],
        Body::Path(path) => paths(path, here, room, theme),
        Body::Text(_) => (0..TEXT).map(Row::Text).collect(),
    }
}

fn typed(input: &Input, here: bool) -> Row<'_> {
    if here {
        Row::Typed(input)
    } else {
        Row::Words(Line::raw(clean(input.value())))
    }
}

/// `‹ clarify ›  1 of 3`
fn choice<'a>(one: &One, here: bool, room: usize, theme: &Theme) -> Line<'a> {
    let Some(name) = one.name() else {
        return Line::styled("-", theme.faint);
    };
    let count = match one.names.len() {
        1 => String::new(),
        len => format!("  {} of {len}", one.at + 1),
    };
    let flaw = if one.flawed.iter().any(|flawed| flawed == name) {
        "  ! refused"
    } else {
        ""
    };
    let name = clean(name);
    let name = text::cut(
        &name,
        room.saturating_sub(4 + count.width() + flaw.len()).max(4),
    );
    let style = if here { theme.selected } else { theme.plain };
    Line::from(vec![
        Span::styled("‹ ", theme.accent),
        Span::styled(name.into_owned(), style),
        Span::styled(" ›", theme.accent),
        Span::styled(count, theme.faint),
        Span::styled(flaw, theme.bad),
    ])
}

/// `[x] ambiguity  [ ] alice`, in as many rows as they need.
fn marks<'a>(many: &Many, here: bool, room: usize, theme: &Theme) -> Vec<Row<'a>> {
    if many.names.is_empty() {
        return vec![Row::Words(Line::styled("-", theme.faint))];
    }
    let mut rows: Vec<(Vec<Span<'a>>, usize, Option<u16>)> = vec![(Vec::new(), 0, None)];
    for (index, (name, mark)) in many.names.iter().enumerate() {
        let name = clean(name);
        let name = text::cut(&name, room.saturating_sub(4));
        let sign = match mark {
            Mark::On => "[x] ",
            Mark::Off => "[ ] ",
        };
        let words = format!("{sign}{name}");
        let width = words.width();
        if rows
            .last()
            .is_some_and(|(_, used, _)| *used > 0 && used + width > room)
        {
            rows.push((Vec::new(), 0, None));
        }
        let Some((spans, used, cursor)) = rows.last_mut() else {
            continue;
        };
        let at = here && index == many.at;
        if at {
            *cursor = u16::try_from(*used + 1).ok();
        }
        spans.push(Span::styled(
            words,
            if at { theme.selected } else { theme.plain },
        ));
        spans.push(Span::raw("  "));
        *used += width + 2;
    }
    let row = |(spans, _, cursor): (Vec<Span<'a>>, usize, Option<u16>)| match cursor {
        Some(column) => Row::Cursor(Line::from(spans), column),
        None => Row::Words(Line::from(spans)),
    };
    rows.into_iter().map(row).collect()
}

/// The path, and below it those to choose from.
fn paths<'a>(path: &'a PathLine, here: bool, room: usize, theme: &Theme) -> Vec<Row<'a>> {
    let mut rows = vec![typed(&path.input, here)];
    if path.found.is_empty() {
        return rows;
    }
    let at = path.at.unwrap_or(0);
    let top = (at + 1).saturating_sub(PATHS);
    for (index, found) in path.found.iter().enumerate().skip(top).take(PATHS) {
        let chosen = path.at == Some(index);
        let (mark, style) = if chosen {
            ('▸', theme.selected)
        } else {
            (' ', theme.plain)
        };
        let words = format!("{mark} {}", clean(found));
        let words = text::cut(&words, room).into_owned();
        rows.push(Row::Words(Line::styled(words, style)));
    }
    let more = path.found.len().saturating_sub(top + PATHS);
    if more > 0 || top > 0 {
        let words = format!("  {} in all", path.found.len());
        rows.push(Row::Words(Line::styled(words, theme.faint)));
    }
    rows
}
