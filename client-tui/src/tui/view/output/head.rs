//! The line above: whose output it is, and how that attempt fares.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use synod_proto::v1::Attempt;
use unicode_width::UnicodeWidthStr as _;

use super::super::text;
use crate::{
    render::{between, clean},
    tui::{model::Model, update::shown_attempt},
};

/// See the module.
pub fn draw(model: &Model, buffer: &mut Buffer, area: Rect) {
    if area.height == 0 {
        return;
    }
    let theme = &model.settings.theme;
    let place = &model.output;
    let known = model.shown();
    let Some(target) = &place.target else {
        return;
    };
    let run = known.run(&target.run);
    let run = run.map_or_else(|| crate::render::short(&target.run), |run| clean(&run.name));
    let execution = target.execution.as_deref();
    let agent = execution.and_then(|id| known.execution(id));
    let agent = agent.map_or_else(String::new, |execution| clean(&execution.agent));
    let attempt = shown_attempt(model);
    let all = execution.map_or(0, |id| known.attempts_of(id).len());
    let (long, short) = match &attempt {
        Some(attempt) => (
            format!("attempt {} of {all}", attempt.number),
            format!("{}/{all}", attempt.number),
        ),
        None => ("no attempt".to_owned(), "no attempt".to_owned()),
    };
    let stream = place.stream.word();
    let state = attempt.as_ref().map(|attempt| state(model, attempt));
    let (state, word) = state.unwrap_or_default();
    let room = usize::from(area.width);
    let full = format!(" {agent}  {long}  {stream}");
    let brief = format!(" {agent} {short} {stream}");
    let fits = |rest: &str| run.width() + rest.width() + state.width() + 2 <= room;
    let (rest, state) = if fits(&full) {
        (full, state)
    } else if fits(&brief) {
        (brief, state)
    } else {
        (brief, word.clone())
    };
    // The name gives way first: its end is what tells runs apart least.
    let name = text::cut(
        &run,
        room.saturating_sub(rest.width() + state.width() + 2)
            .max(6.min(room)),
    );
    let gap = room.saturating_sub(name.width() + rest.width() + state.width());
    let line = Line::from(vec![
        Span::styled(name.into_owned(), theme.strong),
        Span::styled(rest, theme.plain),
        Span::raw(" ".repeat(gap)),
        Span::styled(state, theme.word(&word)),
    ]);
    text::styled(buffer, area, 0, &line);
}

/// How it fares: in words, and the one that counts.
fn state(model: &Model, attempt: &Attempt) -> (String, String) {
    let state = clean(&attempt.state);
    if attempt.ended_at.is_none() {
        let since = between(attempt.started_at.as_ref(), None, model.moment());
        let since = since.map_or_else(String::new, |since| format!(" for {since}"));
        return (format!("{state}{since}"), state);
    }
    let reason = match clean(&attempt.reason) {
        none if none.is_empty() => state,
        reason => reason,
    };
    let how = match (attempt.exit_code, attempt.signal) {
        (Some(code), _) if code != 0 => format!(", exit code {code}"),
        (_, Some(signal)) => format!(", signal {signal}"),
        _ => String::new(),
    };
    (format!("ended: {reason}{how}"), reason)
}
