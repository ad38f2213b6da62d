//! What a structured agent tells of itself, in words.

use synod_proto::v1::{Attempt, Usage};

use crate::{
    render::{clean, instant, usage},
    tui::model::Model,
};

/// When the provider said that it may be asked again: by the clock, with the day if it is another one.
pub fn again(model: &Model, attempt: &Attempt) -> Option<String> {
    let at = attempt.retry_at.as_ref().and_then(instant)?;
    let at = at.to_zoned(model.zone.clone());
    let today = model.moment().to_zoned(model.zone.clone()).date();
    let shape = if at.date() == today {
        "%H:%M"
    } else {
        "%Y-%m-%d %H:%M"
    };
    Some(format!("retry at {}", at.strftime(shape)))
}

/// What a structured agent tells of itself: model, session and steps, and what it used.
pub fn told(attempt: &Attempt) -> Vec<String> {
    let mut who = Vec::new();
    if !attempt.model.is_empty() {
        who.push(format!("model {}", clean(&attempt.model)));
    }
    if !attempt.session_id.is_empty() {
        who.push(format!("session {}", clean(&attempt.session_id)));
    }
    match attempt.steps {
        Some(1) => who.push("1 step".to_owned()),
        Some(steps) if steps > 0 => who.push(format!("{steps} steps")),
        Some(_) | None => {}
    }
    let mut lines = Vec::new();
    if !who.is_empty() {
        lines.push(who.join(", "));
    }
    lines.extend(attempt.usage.as_ref().map(usage::whole));
    lines
}

/// Tokens sent and written.
pub fn all_tokens(used: &Usage) -> u64 {
    u64::from(used.input_tokens()) + u64::from(used.output_tokens())
}
