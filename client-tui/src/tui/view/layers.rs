//! What lies over the screen.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Widget as _,
};
use tui_input::Input;

use super::{areas, form, help, questions::detail, text};
use crate::tui::{
    model::{
        Model,
        layer::{Confirm, Editor, Layer, Menu, Palette, Prompt, Purpose},
    },
    update::palette_matches,
};

/// All layers, the topmost last.
pub fn draw(model: &Model, frame: &mut Frame, body: Rect) {
    for layer in &model.layers {
        match layer {
            Layer::Help(layer) => help::draw(model, layer, frame, body),
            Layer::Prompt(layer) => prompt(model, layer, frame, body),
            Layer::Confirm(layer) => confirm(model, layer, frame, body),
            Layer::Menu(layer) => menu(model, layer, frame, body),
            Layer::Editor(layer) => editor(model, layer, frame, body),
            Layer::Palette(layer) => palette(model, layer, frame, body),
            Layer::Form(layer) => form::draw(model, layer, frame, body),
        }
    }
}

/// A line being typed, with the terminal's cursor in it.
pub fn input(frame: &mut Frame, area: Rect, input: &Input) {
    if area.width == 0 || area.height == 0 {
        return;
    }
    let room = usize::from(area.width.saturating_sub(1)).max(1);
    let scroll = input.visual_scroll(room);
    let shown: String = skip_columns(input.value(), scroll);
    frame.buffer_mut().set_stringn(
        area.x,
        area.y,
        shown,
        usize::from(area.width),
        ratatui::style::Style::new(),
    );
    let column = input.visual_cursor().saturating_sub(scroll);
    let column = u16::try_from(column).unwrap_or(0).min(area.width - 1);
    frame.set_cursor_position(Position::new(area.x + column, area.y));
}

fn skip_columns(text: &str, columns: usize) -> String {
    use unicode_width::UnicodeWidthChar as _;
    let mut passed = 0;
    text.chars()
        .skip_while(|c| {
            let skip = passed < columns;
            passed += c.width().unwrap_or(0);
            skip
        })
        .collect()
}

/// At the bottom of the screen, so that the list stays visible while it is filtered.
fn prompt(model: &Model, prompt: &Prompt, frame: &mut Frame, body: Rect) {
    if body.height == 0 {
        return;
    }
    let line = Rect {
        y: body.bottom() - 1,
        height: 1,
        ..body
    };
    let word = match prompt.purpose {
        Purpose::Filter => "filter: ",
        Purpose::Search => "search: ",
        Purpose::Revision => "revision: ",
    };
    let theme = &model.settings.theme;
    ratatui::widgets::Clear.render(line, frame.buffer_mut());
    text::line(frame.buffer_mut(), line, 0, word, theme.accent);
    let used = u16::try_from(word.len()).unwrap_or(0).min(line.width);
    let rest = Rect {
        x: line.x + used,
        width: line.width - used,
        ..line
    };
    input(frame, rest, &prompt.input);
}

fn confirm(model: &Model, confirm: &Confirm, frame: &mut Frame, body: Rect) {
    let theme = &model.settings.theme;
    let width = 56.min(body.width.saturating_sub(4));
    let lines = text::wrap(&confirm.question, usize::from(width.saturating_sub(2)));
    let rows = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(4);
    let area = areas::popup(body, width + 2, rows);
    let inside = text::framed(frame.buffer_mut(), area, "sure?", theme);
    let mut row = 0;
    for line in &lines {
        text::line(frame.buffer_mut(), inside, row, line, theme.plain);
        row += 1;
    }
    let keys = Line::from(vec![
        Span::styled("y", theme.accent),
        Span::raw(" or "),
        Span::styled("enter", theme.accent),
        Span::raw(" yes    "),
        Span::styled("n", theme.accent),
        Span::raw(" no"),
    ]);
    text::styled(frame.buffer_mut(), inside, row + 1, &keys);
}

fn menu(model: &Model, menu: &Menu, frame: &mut Frame, body: Rect) {
    let theme = &model.settings.theme;
    let rows = u16::try_from(menu.items.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let area = areas::popup(body, 90, rows);
    let inside = text::framed(frame.buffer_mut(), area, &menu.title, theme);
    let window = menu
        .cursor
        .window(menu.items.len(), usize::from(inside.height));
    for (row, index) in (0..inside.height).zip(window) {
        let here = index == menu.cursor.index;
        let mark = if here { '▸' } else { ' ' };
        let number = if index < 9 {
            format!("{}", index + 1)
        } else {
            " ".to_owned()
        };
        let style = if here { theme.selected } else { theme.plain };
        let words = format!("{mark}{number} {}", menu.items[index].0);
        frame.buffer_mut().set_style(
            Rect {
                y: inside.y + row,
                height: 1,
                ..inside
            },
            style,
        );
        text::line(frame.buffer_mut(), inside, row, &words, style);
    }
}

fn editor(model: &Model, editor: &Editor, frame: &mut Frame, body: Rect) {
    let area = areas::popup(body, 90, 14);
    let inside = text::framed(
        frame.buffer_mut(),
        area,
        &editor.title,
        &model.settings.theme,
    );
    let theme = &model.settings.theme;
    let question = model.live.question(&editor.question);
    let settled = question.filter(|question| question.state == "settled");
    let rows = match settled {
        Some(question) => {
            // Somebody else was faster: said at once, above what is written.
            let who = detail::who(question);
            let what = detail::said(&model.live, question);
            let told = format!("settled meanwhile: {who} {what}");
            let lines = text::wrap(&told, usize::from(inside.width));
            for (row, words) in (0..inside.height).zip(&lines) {
                text::line(frame.buffer_mut(), inside, row, words, theme.warn);
            }
            u16::try_from(lines.len()).unwrap_or(u16::MAX)
        }
        None => 0,
    };
    let rows = rows.min(inside.height.saturating_sub(1));
    let inside = Rect {
        y: inside.y + rows,
        height: inside.height - rows,
        ..inside
    };
    (&editor.area).render(inside, frame.buffer_mut());
}

fn palette(model: &Model, palette: &Palette, frame: &mut Frame, body: Rect) {
    let theme = &model.settings.theme;
    let area = areas::popup(body, 80, 16);
    let inside = text::framed(frame.buffer_mut(), area, "commands", theme);
    let typed = Rect {
        height: inside.height.min(1),
        ..inside
    };
    text::line(frame.buffer_mut(), typed, 0, ":", theme.accent);
    let rest = Rect {
        x: typed.x + typed.width.min(1),
        width: typed.width.saturating_sub(1),
        ..typed
    };
    input(frame, rest, &palette.input);
    let list = Rect {
        y: inside.y + typed.height,
        height: inside.height - typed.height,
        ..inside
    };
    let found = palette_matches(model, palette.input.value());
    let window = palette.cursor.window(found.len(), usize::from(list.height));
    for (row, index) in (0..list.height).zip(window) {
        let binding = found[index];
        let here = index == palette.cursor.index;
        let style = if here { theme.selected } else { theme.plain };
        let key = model.settings.keys.first(binding.action);
        let key = key.map_or_else(String::new, |key| key.to_string());
        let mark = if here { '▸' } else { ' ' };
        let words = format!(
            "{mark}{:<18} {key:<9} {}",
            binding.action.name(),
            binding.help
        );
        frame.buffer_mut().set_style(
            Rect {
                y: list.y + row,
                height: 1,
                ..list
            },
            style,
        );
        text::line(frame.buffer_mut(), list, row, &words, style);
    }
    if found.is_empty() {
        text::line(
            frame.buffer_mut(),
            list,
            0,
            " no command matches",
            theme.faint,
        );
    }
}
