//! An answer in one's own words. What was written is kept, by question, until the daemon took it: a closed
//! editor, a refusal, a lost daemon or another's answer lose no text.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Style;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

use super::answer;
use crate::{
    render::{Tone, clean},
    tui::{
        model::{
            Model,
            layer::{Editor, Layer},
        },
        msg::{Call, Said},
        update::layers::{Then, closes},
    },
};

/// Opens the editor for the selected question, with what was written before.
pub fn open(model: &mut Model) {
    let Some(question) = answer::selected(model) else {
        return;
    };
    let draft = model.questions.drafts.get(&question.id);
    let lines = draft.map_or("", String::as_str).split('\n');
    let mut area = TextArea::new(lines.map(str::to_owned).collect());
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_cursor_line_style(Style::new());
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    model.layers.push(Layer::Editor(Box::new(Editor {
        title: format!("your answer: {}", clean(&question.text)),
        area,
        question: question.id,
        content_hash: question.content_hash,
    })));
}

/// A key in the editor.
pub fn editor_key(model: &mut Model, editor: &mut Editor, key: KeyEvent) -> Then {
    if closes(key) {
        keep(model, editor);
        return Then::Close(Vec::new());
    }
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    if ctrl && key.code == KeyCode::Char('s') {
        return send(model, editor);
    }
    editor.area.input(key);
    Then::Stay(Vec::new())
}

/// Sends what was written; if that cannot be, says why, and the editor stays.
fn send(model: &mut Model, editor: &Editor) -> Then {
    let text = editor.area.lines().join("\n").trim().to_owned();
    if text.is_empty() {
        super::super::say(model, "nothing is written yet", Tone::Warn);
        return Then::Stay(Vec::new());
    }
    if super::super::refuse_in_the_past(model) || super::super::refuse_without_a_daemon(model) {
        return Then::Stay(Vec::new());
    }
    let question = model.live.question(&editor.question).cloned();
    if let Some(why) = question.and_then(|question| answer::closed(model, &question)) {
        super::super::say(model, why, Tone::Warn);
        return Then::Stay(Vec::new());
    }
    keep(model, editor);
    Then::Command(Call::Answer {
        question: editor.question.clone(),
        content_hash: editor.content_hash.clone(),
        said: Said::Words(text),
    })
}

fn keep(model: &mut Model, editor: &Editor) {
    let text = editor.area.lines().join("\n");
    model.questions.told_unsent = 0;
    let drafts = &mut model.questions.drafts;
    if text.trim().is_empty() {
        drafts.remove(&editor.question);
    } else {
        drafts.insert(editor.question.clone(), text);
    }
}

/// Whether something written would be lost by leaving; says so, once for each such text.
pub fn keeps_unsent(model: &mut Model) -> bool {
    let unsent = model.questions.unsent();
    if unsent <= model.questions.told_unsent {
        return false;
    }
    model.questions.told_unsent = unsent;
    let what = match unsent {
        1 => "an answer was written and not sent".to_owned(),
        n => format!("{n} answers were written and not sent"),
    };
    super::super::say(model, format!("{what}; once more to leave it"), Tone::Warn);
    true
}
