//! Keys for what lies over the screen: the topmost layer takes them all.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest};

use crate::tui::{
    keys::Action,
    model::{
        Model, Screen,
        cursor::Motion,
        layer::{Choice, Confirm, Layer, Menu, Prompt, Purpose},
    },
    msg::{Call, Cmd},
    view::areas,
};

/// What became of a layer after a key.
pub enum Then {
    /// It stays.
    Stay(Vec<Cmd>),
    /// It goes.
    Close(Vec<Cmd>),
    /// It goes, and the daemon is commanded.
    Command(Call),
    /// It goes, and an action is done.
    Act(Action),
    /// It goes, and this is asked first.
    Confirm(Confirm),
}

/// Gives a key to the topmost layer.
pub fn press(model: &mut Model, key: KeyEvent) -> Vec<Cmd> {
    let Some(mut layer) = model.layers.pop() else {
        return Vec::new();
    };
    let then = match &mut layer {
        Layer::Help(help) => super::help::press(model, help, key),
        Layer::Prompt(prompt) => prompt_key(model, prompt, key),
        Layer::Confirm(confirm) => confirm_key(confirm, key),
        Layer::Menu(menu) => menu_key(model, menu, key),
        Layer::Editor(editor) => super::questions::editor_key(model, editor, key),
        Layer::Palette(palette) => super::palette::press(model, palette, key),
        Layer::Form(form) => super::form::press(model, form, key),
    };
    match then {
        Then::Stay(cmds) => {
            model.layers.push(layer);
            cmds
        }
        Then::Close(cmds) => cmds,
        Then::Command(call) => super::command(model, call),
        Then::Act(action) => super::act(model, action),
        Then::Confirm(confirm) => {
            model.layers.push(Layer::Confirm(confirm));
            Vec::new()
        }
    }
}

/// Gives pasted text to the topmost layer that takes text.
pub fn paste(model: &mut Model, text: &str) -> Vec<Cmd> {
    let text = synod_shared::sanitize::text(text);
    let one_line = || text.split_whitespace().collect::<Vec<_>>().join(" ");
    match model.layers.last_mut() {
        Some(Layer::Editor(editor)) => {
            editor.area.insert_str(&text);
        }
        Some(Layer::Prompt(prompt)) => {
            insert(&mut prompt.input, &one_line());
            let purpose = prompt.purpose;
            let typed = prompt.input.value().to_owned();
            if purpose == Purpose::Filter {
                set_filter(model, typed);
            }
        }
        Some(Layer::Palette(palette)) => insert(&mut palette.input, &one_line()),
        Some(Layer::Form(form)) => return form.paste(&text),
        Some(Layer::Help(_) | Layer::Confirm(_) | Layer::Menu(_)) | None => {}
    }
    Vec::new()
}

/// Types text into a line.
pub fn insert(input: &mut Input, text: &str) {
    for c in text.chars() {
        input.handle(InputRequest::InsertChar(c));
    }
}

/// A key in a line of text, as a shell would take it. False if it is none of a line's keys.
pub fn type_key(input: &mut Input, key: KeyEvent) -> bool {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    let request = match (key.code, ctrl, alt) {
        (KeyCode::Char(c), false, false) => InputRequest::InsertChar(c),
        (KeyCode::Backspace, false, false) | (KeyCode::Char('h'), true, _) => {
            InputRequest::DeletePrevChar
        }
        (KeyCode::Delete, _, _) | (KeyCode::Char('d'), true, _) => InputRequest::DeleteNextChar,
        (KeyCode::Left, false, false) => InputRequest::GoToPrevChar,
        (KeyCode::Right, false, false) => InputRequest::GoToNextChar,
        (KeyCode::Left, _, _) | (KeyCode::Char('b'), _, true) => InputRequest::GoToPrevWord,
        (KeyCode::Right, _, _) | (KeyCode::Char('f'), _, true) => InputRequest::GoToNextWord,
        (KeyCode::Home, _, _) | (KeyCode::Char('a'), true, _) => InputRequest::GoToStart,
        (KeyCode::End, _, _) | (KeyCode::Char('e'), true, _) => InputRequest::GoToEnd,
        (KeyCode::Char('w'), true, _) | (KeyCode::Backspace, _, _) => InputRequest::DeletePrevWord,
        (KeyCode::Char('u'), true, _) => InputRequest::DeleteFromStart,
        (KeyCode::Char('k'), true, _) => InputRequest::DeleteTillEnd,
        (KeyCode::Char('y'), true, _) => InputRequest::Yank,
        _ => return false,
    };
    input.handle(request);
    true
}

/// Esc and Ctrl-C close every layer.
pub fn closes(key: KeyEvent) -> bool {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    key.code == KeyCode::Esc || (ctrl && key.code == KeyCode::Char('c'))
}

fn prompt_key(model: &mut Model, prompt: &mut Prompt, key: KeyEvent) -> Then {
    if closes(key) {
        if prompt.purpose == Purpose::Filter {
            set_filter(model, String::new());
        }
        return Then::Close(Vec::new());
    }
    let typed = prompt.input.value().to_owned();
    if key.code == KeyCode::Enter {
        return Then::Close(match prompt.purpose {
            Purpose::Filter => Vec::new(),
            Purpose::Search => super::output::search(model, typed),
            Purpose::Revision => {
                if let Ok(revision) = typed.trim().parse() {
                    super::past::to(model, revision)
                } else {
                    let text = format!("expected the number of a revision, found {typed:?}");
                    super::say(model, text, crate::render::Tone::Bad);
                    Vec::new()
                }
            }
        });
    }
    if prompt.purpose == Purpose::Filter && matches!(key.code, KeyCode::Up | KeyCode::Down) {
        let action = if key.code == KeyCode::Up {
            Action::Up
        } else {
            Action::Down
        };
        return Then::Stay(super::act(model, action));
    }
    type_key(&mut prompt.input, key);
    if prompt.purpose == Purpose::Filter {
        set_filter(model, prompt.input.value().to_owned());
    }
    Then::Stay(Vec::new())
}

fn confirm_key(confirm: &Confirm, key: KeyEvent) -> Then {
    match key.code {
        KeyCode::Char('y' | 'Y') | KeyCode::Enter => Then::Command(confirm.call.clone()),
        KeyCode::Char('n' | 'N' | 'q') => Then::Close(Vec::new()),
        _ if closes(key) => Then::Close(Vec::new()),
        _ => Then::Stay(Vec::new()),
    }
}

fn menu_key(model: &Model, menu: &mut Menu, key: KeyEvent) -> Then {
    if closes(key) {
        return Then::Close(Vec::new());
    }
    if let KeyCode::Char(digit @ '1'..='9') = key.code {
        let index = digit as usize - '1' as usize;
        return match menu.items.get(index) {
            Some((_, choice)) => chosen(choice),
            None => Then::Stay(Vec::new()),
        };
    }
    if key.code == KeyCode::Enter {
        return match menu.items.get(menu.cursor.index) {
            Some((_, choice)) => chosen(choice),
            None => Then::Close(Vec::new()),
        };
    }
    let places = [crate::tui::keys::Place::Lists];
    let page = usize::from(areas::of(model).body.height);
    if let Some(action) = model.settings.keys.action(&places, key)
        && let Some(motion) = Motion::of(action, page)
    {
        menu.cursor.step(motion, menu.items.len());
    }
    Then::Stay(Vec::new())
}

fn chosen(choice: &Choice) -> Then {
    match choice {
        Choice::Command(call) => Then::Command(call.clone()),
        Choice::Confirm(confirm) => Then::Confirm(confirm.clone()),
    }
}

/// Sets the filter of the list on this screen.
fn set_filter(model: &mut Model, typed: String) {
    match model.screen() {
        Screen::Runs => model.runs.filter = typed,
        Screen::Questions => super::questions::filter(model, typed),
        Screen::Events => super::events::filter(model, typed),
        Screen::Ledger => model.ledger.filter = typed,
        Screen::Run(_) | Screen::Output | Screen::Agents => {}
    }
}

/// Clears the filter of this screen; false if there was none.
pub fn clear_filter(model: &mut Model) -> bool {
    match model.screen() {
        Screen::Runs => !std::mem::take(&mut model.runs.filter).is_empty(),
        Screen::Questions => super::questions::clear_filter(model),
        Screen::Events => super::events::clear_filter(model),
        Screen::Output => super::output::clear_search(model),
        // What is read over the list goes first.
        Screen::Ledger if model.ledger.reader.is_some() => false,
        Screen::Ledger => !std::mem::take(&mut model.ledger.filter).is_empty(),
        Screen::Run(_) | Screen::Agents => false,
    }
}
