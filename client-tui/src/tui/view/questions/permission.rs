//! An agent's request for permission: who wants to do what with which files, and what each choice means. It looks
//! unlike a finding's question: an agent stands still, and what is allowed is done at once.

use synod_proto::v1::{Permission, Question};
use synod_shared::sanitize;

use super::detail::Page;
use crate::{
    render::{clean, questions::wants, short},
    tui::{
        keys::Action,
        model::{Model, known::Known},
    },
};

/// Before it in lists.
pub const SIGN: &str = "?!";

/// The kind of tool in a word of at most nine columns.
pub fn word(question: &Question) -> &'static str {
    let kind = question.permission.as_ref().map(|asked| &*asked.tool_kind);
    match kind.unwrap_or_default() {
        "read" => "may read?",
        "edit" => "may edit?",
        "delete" => "delete?",
        "move" => "may move?",
        "search" => "search?",
        "execute" => "may run?",
        "think" => "think?",
        "fetch" => "fetch?",
        "switch-mode" => "mode?",
        _ => "may it?",
    }
}

/// What a choice means, by the agent's own word for it.
pub fn meaning(kind: &str) -> &'static str {
    match kind {
        "allow-once" => "yes, this time",
        "allow-always" => "yes, and such ones from now on",
        "reject-once" => "no, not this time",
        "reject-always" => "no, and such ones never",
        _ => "what that does is the agent's to say",
    }
}

/// Which choice refuses, counted from 0: once if there is such a choice.
pub fn refusal(asked: &Permission) -> Option<usize> {
    let kinds = &asked.option_kinds;
    let place = |wanted: &str| kinds.iter().position(|kind| kind == wanted);
    place("reject-once").or_else(|| place("reject-always"))
}

/// Who wants what.
pub(super) fn asked(page: &mut Page<'_>, known: &Known, question: &Question, asked: &Permission) {
    let theme = page.theme;
    let agent = clean(&asked.agent);
    page.led(SIGN, theme.warn, " permission", theme.strong, "  ");
    let wants = format!("{agent} wants to {}:", wants(&asked.tool_kind));
    page.lines_of(&wants, "", theme.plain);
    page.gap();
    // In full, line by line: what is allowed is what was read.
    let what = sanitize::text(&asked.what).replace('\t', "    ");
    page.led("  ", theme.strong, what.trim_end(), theme.strong, "  ");
    if !asked.paths.is_empty() {
        page.gap();
        for path in &asked.paths {
            page.led("file ", theme.faint, &clean(path), theme.plain, "     ");
        }
    }
    page.gap();
    let run = known.run(&question.run_id).map(|run| clean(&run.name));
    let run = run.unwrap_or_else(|| short(&question.run_id));
    let execution = short(&asked.execution_id);
    let whose = format!("in {run}, execution {execution}; {agent} waits");
    page.lines_of(&whose, "", theme.faint);
}

/// The choices by their numbers, with what they mean.
pub(super) fn choices(page: &mut Page<'_>, model: &Model, question: &Question, asked: &Permission) {
    let theme = page.theme;
    let key = |action| {
        let key = model.settings.keys.first(action);
        key.map_or_else(String::new, |key| key.to_string())
    };
    page.gap();
    if model.shown().waits(question) {
        let choose = key(Action::Open);
        let refuse = match refusal(asked) {
            Some(_) => format!(", {} refuses", key(Action::Dismiss)),
            None => String::new(),
        };
        let text = format!("pick a number, or {choose} to choose{refuse}:");
        page.lines_of(&text, "", theme.faint);
    }
    for (index, option) in question.options.iter().enumerate() {
        let number = index + 1;
        let lead = if number < 10 {
            format!("{number}  ")
        } else {
            "   ".to_owned()
        };
        let kind = asked.option_kinds.get(index);
        let meaning = kind.map_or("", |kind| meaning(kind));
        let text = format!("{}  ({meaning})", clean(option));
        page.led(&lead, theme.accent, &text, theme.plain, "   ");
    }
}
