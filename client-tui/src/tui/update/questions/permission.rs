//! What is said to an agent's request for permission: only the agent's own choices are an answer to it.

use synod_proto::v1::Permission;

use super::answer::{call, is_read, key, say, selected};
use crate::{
    render::{Tone, clean},
    tui::{
        keys::Action,
        model::{
            Model,
            cursor::Cursor,
            layer::{Choice, Layer, Menu},
        },
        msg::{Cmd, Said},
        view::questions::permission,
    },
};

/// Says that it is not an issue; of a permission, that it is refused.
pub fn dismiss(model: &mut Model) -> Vec<Cmd> {
    let asked = selected_permission(model);
    if asked.is_some_and(|asked| permission::refusal(asked).is_none()) {
        let text = "the agent offers no way to refuse: pick a number, or cancel its run";
        super::super::say(model, text, Tone::Warn);
        return Vec::new();
    }
    say(model, Said::Dismiss)
}

/// What the selected question's agent asks to be allowed, if it is a permission.
pub fn selected_permission(model: &Model) -> Option<&Permission> {
    let selected = model.questions.selected.as_ref()?;
    model.shown().question(selected)?.permission.as_ref()
}

/// Whether the selected question is a permission, which takes no answer of this kind; says so.
pub fn refuse_of_permission(model: &mut Model) -> bool {
    let Some(asked) = selected_permission(model) else {
        return false;
    };
    let agent = clean(&asked.agent);
    let refuse = match permission::refusal(asked) {
        Some(_) => format!(", {} refuses", key(model, Action::Dismiss)),
        None => String::new(),
    };
    let text = format!("{agent} asks for permission: pick one of its choices{refuse}");
    super::super::say(model, text, Tone::Warn);
    true
}

/// Offers the choices of a permission, once it is on the screen. What refuses stands under the cursor: a key held
/// down allows nothing.
pub fn choose(model: &mut Model) {
    let Some(question) = selected(model).filter(|_| is_read(model)) else {
        return;
    };
    let Some(asked) = &question.permission else {
        return;
    };
    let items = question.options.iter().zip(1..).zip(0..);
    let items = items.map(|((option, number), index): ((_, u32), usize)| {
        let kind = asked.option_kinds.get(index);
        let meaning = kind.map_or("", |kind| permission::meaning(kind));
        let said = Said::Option(number);
        let words = format!("{}  ({meaning})", clean(option));
        (words, Choice::Command(call(&question, said)))
    });
    let cursor = Cursor {
        index: permission::refusal(asked).unwrap_or(0),
        ..Cursor::default()
    };
    let menu = Menu {
        title: format!("{}: {}", clean(&asked.agent), clean(&asked.what)),
        items: items.collect(),
        cursor,
    };
    if menu.items.is_empty() {
        super::super::say(model, "the agent offers no choice", Tone::Warn);
    } else {
        model.layers.push(Layer::Menu(menu));
    }
}
