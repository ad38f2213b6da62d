//! The bar at the top: the screens, the link, the daemon, its queue and providers; and a banner if something is
//! wrong.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr as _;

use super::{areas, text};
use crate::{
    link::Away,
    render::{clean, span, usage},
    tui::{
        model::{Model, Screen, link::LinkState},
        theme::Theme,
    },
};

/// The screens' names to the left, the link to the right.
pub fn tabs(model: &Model, buffer: &mut Buffer, area: Rect) {
    let theme = &model.settings.theme;
    buffer.set_style(area, theme.bar);
    let root = model.screens().first().unwrap_or(&Screen::Runs);
    let mut end = area.x;
    for (screen, at) in areas::tab_columns(area) {
        let here = screen == *root;
        let style = if here { theme.selected } else { theme.bar };
        // Brackets say the same as the colour does.
        let title = if here {
            format!("[{}]", screen.title())
        } else {
            format!(" {} ", screen.title())
        };
        buffer.set_stringn(at.x, at.y, title, usize::from(at.width), style);
        end = at.right();
    }
    let (sign, word, style) = link(model, theme);
    let resynced = match model.link.resynced {
        0 => String::new(),
        n => format!("resynced {n}× "),
    };
    let revision = format!("{sign} {word}  rev {} ", model.live.revision());
    let room = usize::from(area.right().saturating_sub(end + 1));
    let with = format!("{resynced}{revision}");
    let words = [with, revision, format!("{sign} {word} "), sign.to_owned()];
    if let Some(words) = words.into_iter().find(|words| words.width() <= room) {
        let x = area.right() - u16::try_from(words.width()).unwrap_or(area.width);
        buffer.set_stringn(x, area.y, words, room, theme.bar.patch(style));
    }
}

fn link(model: &Model, theme: &Theme) -> (&'static str, &'static str, ratatui::style::Style) {
    match model.link.state {
        LinkState::Live => ("●", "live", theme.good),
        LinkState::Connecting => ("○", "connecting", theme.warn),
        LinkState::Away { .. } => ("✗", "no daemon", theme.bad),
        LinkState::OtherProtocol { .. } => ("✗", "other version", theme.bad),
        LinkState::Refused(_) => ("✗", "refused", theme.bad),
    }
}

/// The daemon, what runs and waits, what that costs, and for each provider how many of how many.
pub fn status(model: &Model, buffer: &mut Buffer, area: Rect) {
    if area.height == 0 {
        return;
    }
    let theme = &model.settings.theme;
    let mut line = Line::from(facts(model));
    if let Some(daemon) = &model.daemon {
        let text = format!(" synodd {} pid {}", clean(&daemon.version), daemon.pid);
        // What goes on and what it costs is worth more.
        if text.width() + line.width() <= usize::from(area.width) || !has_used(model) {
            line.spans.insert(0, Span::styled(text, theme.faint));
        }
    }
    // A fact that is cut would be another one.
    while line.spans.len() > 1 && line.width() > usize::from(area.width) {
        line.spans.pop();
    }
    text::styled(buffer, area, 0, &line);
}

fn has_used(model: &Model) -> bool {
    let known = model.shown();
    known.used_on_day(model.moment(), &model.zone).is_some()
}

/// What runs and waits, who is needed, what the day has used so far, and the providers.
fn facts(model: &Model) -> Vec<Span<'static>> {
    let theme = &model.settings.theme;
    let known = model.shown();
    let mut spans: Vec<Span<'static>> = Vec::new();
    let (mut running, mut queued) = (0, 0);
    let mut providers: Vec<_> = known.providers().collect();
    providers.sort_unstable_by_key(|(name, _)| *name);
    for (_, tally) in &providers {
        running += tally.running;
        queued += tally.queued;
    }
    if !known.feed_id().is_empty() {
        spans.push(Span::raw(format!("  running {running}  queued {queued}")));
    }
    match known.needing() {
        0 => {}
        n => spans.push(Span::styled(format!("  needs you {n}"), theme.warn)),
    }
    if let Some(used) = known.used_on_day(model.moment(), &model.zone) {
        let tokens = u64::from(used.input_tokens()) + u64::from(used.output_tokens());
        let cost = usage::cost(&used).map_or_else(String::new, |cost| format!(" {cost}"));
        let text = format!("  today {} tokens{cost}", usage::tokens(tokens));
        spans.push(Span::raw(text));
    }
    let limits = model.catalog.agents.as_ref();
    for (name, tally) in providers {
        let limit = limits
            .and_then(|answer| answer.providers.iter().find(|p| p.name == name))
            .and_then(|provider| provider.max_running);
        let limit = limit.map_or_else(String::new, |limit| format!("/{limit}"));
        let waiting = match tally.queued {
            0 => String::new(),
            n => format!(" +{n}"),
        };
        let text = format!("  {} {}{limit}{waiting}", clean(name), tally.running);
        spans.push(Span::styled(text, theme.faint));
    }
    if model.waiting > 0 {
        spans.push(Span::styled("  asking…", theme.accent));
    }
    spans
}

/// What is wrong, and what happens about it: the most needful first, for there may be little room.
pub fn trouble(model: &Model) -> Option<String> {
    let shown = if model.live.revision() > 0 {
        " Shown is what was known last."
    } else {
        ""
    };
    Some(match &model.link.state {
        LinkState::Live => return None,
        LinkState::Connecting => "Connecting to the daemon…".to_owned(),
        LinkState::Away { since, how } => {
            let gone = model.now.duration_since(*since).as_secs().max(1);
            let gone = span(gone.saturating_mul(1000));
            let how = match how {
                Away::Stopped => "it was stopped",
                Away::Lost => "the connection broke",
            };
            format!(
                "No daemon for {gone}, {how}; :start-daemon starts one. It is looked for every \
                 second.{shown}"
            )
        }
        LinkState::OtherProtocol { theirs, version } => format!(
            "The daemon ({version}) speaks protocol {theirs}, this program {}: update the older of \
             the two, then `synod daemon restart`.{shown}",
            synod_proto::PROTOCOL
        ),
        LinkState::Refused(why) => format!("The daemon refuses: {why}.{shown}"),
    })
}

/// The lines of [`trouble`] there is room for: two at most, the last one cut if it must be.
pub fn banner_lines(model: &Model, width: u16, height: u16) -> Vec<String> {
    let Some(words) = trouble(model) else {
        return Vec::new();
    };
    let room = usize::from(width.saturating_sub(2)).max(1);
    let most = if height < 9 { 1 } else { 2 };
    let mut lines = text::wrap(&words, room);
    let cut = lines.len() > most;
    lines.truncate(most);
    if let Some(last) = lines.last_mut().filter(|_| cut) {
        *last = text::cut(&format!("{last} …"), room).into_owned();
    }
    lines
}

/// What is wrong.
pub fn banner(model: &Model, buffer: &mut Buffer, area: Rect) {
    let theme = &model.settings.theme;
    let lines = banner_lines(model, area.width, model.size.1);
    for (row, line) in (0..area.height).zip(lines) {
        let at = Rect {
            y: area.y + row,
            height: 1,
            ..area
        };
        buffer.set_style(at, theme.banner);
        text::line(buffer, at, 0, &format!(" {line}"), theme.banner);
    }
}
