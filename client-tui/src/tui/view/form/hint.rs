//! What helps with a field: a line or two below it.

use crate::{
    render::clean,
    tui::{
        model::{
            Model,
            form::{Body, Field, Form, What, chosen_checkpoint, problems},
        },
        update::form,
        view::text,
    },
};

/// What helps with a field, in lines.
pub fn hint(model: &Model, form: &Form, field: &Field, room: usize) -> Vec<String> {
    let words = match field.what {
        What::Gate => gate_hint(model, form),
        What::Spec => "a file, or a folder that holds the specification; tab completes".to_owned(),
        What::Change => "REV..REV, REV (since HEAD left it) or staged, in this folder".to_owned(),
        What::Roster => roster_hint(model, form, field),
        What::Equal => "the same gate, agents and content, under way or decided".to_owned(),
        What::Agent => agent_hint(model, form),
        What::Prompt => String::new(),
        What::Command => command_hint(form),
        What::Name => "may stay empty: then one is made".to_owned(),
    };
    if words.is_empty() {
        return Vec::new();
    }
    words
        .lines()
        .flat_map(|line| {
            let mut lines = text::wrap(line, room);
            if lines.len() > 2 {
                lines.truncate(2);
                if let Some(last) = lines.last_mut() {
                    *last = format!("{}…", text::cut(last, room.saturating_sub(1)));
                }
            }
            lines
        })
        .collect()
}

fn gate_hint(model: &Model, form: &Form) -> String {
    if model.catalog.gates.is_none() {
        return "the daemon has not said yet which gates there are".to_owned();
    }
    let chosen = form.chosen(What::Gate);
    let gates = form::chosen_gates(form, &model.catalog);
    if chosen.and_then(chosen_checkpoint).is_some() {
        let names: Vec<&str> = gates.iter().map(|gate| gate.name.as_str()).collect();
        return format!("a run of each of its gates: {}", clean(&names.join(", ")));
    }
    let Some(gate) = gates.first() else {
        return String::new();
    };
    if !gate.problems.is_empty() {
        return format!("refused: {}", problems(gate));
    }
    let facts = format!("quorum {}; reads {}", gate.quorum, gate.inputs.join(", "));
    if gate.description.is_empty() {
        clean(&facts)
    } else {
        format!("{}\n{}", clean(&gate.description), clean(&facts))
    }
}

fn roster_hint(model: &Model, form: &Form, field: &Field) -> String {
    let own = form::own_roster(form, &model.catalog);
    let marked = match &field.body {
        Body::Many(many) => many.marked(),
        _ => Vec::new(),
    };
    let several = form.chosen(What::Gate).and_then(chosen_checkpoint);
    if marked.is_empty() && several.is_some() {
        "none marked: each gate's own".to_owned()
    } else if marked.is_empty() && own.is_empty() {
        "this gate has none of its own: space marks who is asked".to_owned()
    } else if own.is_empty() {
        format!("{} marked", marked.len())
    } else if marked.is_empty() {
        format!("none marked: the gate's own, {}", clean(&own.join(", ")))
    } else if marked == own {
        "the gate's own".to_owned()
    } else {
        format!("{} instead of the gate's own {}", marked.len(), own.len())
    }
}

fn agent_hint(model: &Model, form: &Form) -> String {
    let Some(answer) = &model.catalog.agents else {
        return "the daemon has not said yet which agents there are".to_owned();
    };
    let chosen = form.chosen(What::Agent);
    let mut agents = answer.agents.iter();
    let Some(agent) = agents.find(|agent| Some(agent.name.as_str()) == chosen) else {
        return "none is configured: [agents.NAME] in config.toml makes one".to_owned();
    };
    let argv = clean(&agent.argv.join(" "));
    format!(
        "{}, provider {}; {argv}",
        clean(&agent.family),
        clean(&agent.provider)
    )
}

/// The words as they will be handed over, so that nobody has to guess how quotes were read.
fn command_hint(form: &Form) -> String {
    let rule = "no shell is involved: no pipes, variables, patterns";
    match form::words(&form.text(What::Command)) {
        Ok(words) => {
            let shown: Vec<String> = words
                .iter()
                .map(|word| format!("⟨{}⟩", clean(word)))
                .collect();
            format!("{}\n{rule}", shown.join(" "))
        }
        Err(_) => rule.to_owned(),
    }
}
