//! When a question is due, and how often somebody was reminded of it.

use synod_proto::v1::Question;

use crate::{
    render::{instant, span},
    tui::model::Model,
};

/// When a question that waits is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// In a word or two: `due 5m`, `overdue 2h`.
    pub brief: String,
    /// With everything there is to say: `due in 5m 10s, at 14:05; reminded 2 times`.
    pub whole: String,
    /// Whether the time has passed.
    pub over: bool,
}

/// When it is due, and how often it was reminded of; none if there is nothing to say or it waits no more.
pub fn due(model: &Model, question: &Question) -> Option<Due> {
    if !model.shown().waits(question) {
        return None;
    }
    let reminded = match question.reminders() {
        0 => None,
        1 => Some("reminded once".to_owned()),
        n => Some(format!("reminded {n} times")),
    };
    let at = question.due_at.as_ref().and_then(instant);
    let Some(at) = at else {
        return reminded.map(|whole| Due {
            brief: String::new(),
            whole,
            over: false,
        });
    };
    let now = model.moment();
    let over = at <= now;
    let time = span(at.duration_since(now).as_secs().abs().saturating_mul(1000));
    let short = time.split(' ').next().unwrap_or(&time);
    let by_clock = at.to_zoned(model.zone.clone());
    let today = now.to_zoned(model.zone.clone()).date();
    let by_clock = if by_clock.date() == today {
        by_clock.strftime("%H:%M")
    } else {
        by_clock.strftime("%Y-%m-%d %H:%M")
    };
    let whole = if over {
        format!("overdue for {time}, since {by_clock}")
    } else {
        format!("due in {time}, at {by_clock}")
    };
    let word = if over { "overdue" } else { "due" };
    let brief = format!("{word} {short}");
    let reminded = reminded.map_or_else(String::new, |words| format!("; {words}"));
    Some(Due {
        brief,
        whole: format!("{whole}{reminded}"),
        over,
    })
}
