//! The scrubber: where in the past the screen is.

use ratatui::{buffer::Buffer, layout::Rect};
use unicode_width::UnicodeWidthStr as _;

use super::text;
use crate::tui::{
    keys::Action,
    model::{Model, past::Past},
};

/// Columns of the rule that are worth drawing.
const LEAST_RULE: usize = 10;

/// One line: the revision shown, its moment, what is asked or refused, the way back, and a rule with a mark where
/// the revision lies. On narrow terminals the rule goes first, then the moment, then the rest from the right.
pub fn scrubber(model: &Model, buffer: &mut Buffer, area: Rect) {
    let Some(past) = &model.past else { return };
    if area.height == 0 {
        return;
    }
    let style = model.settings.theme.banner;
    buffer.set_style(area, style);
    let newest = model.live.revision();
    let room = usize::from(area.width);
    let words = words(model, past, newest, room);
    text::line(buffer, area, 0, &words, style);
    let used = words.width();
    if past.refused.is_none() && room > used + LEAST_RULE {
        let rule = Rect {
            x: area.x + u16::try_from(used).unwrap_or(area.width),
            width: u16::try_from(room - used - 1).unwrap_or(0),
            ..area
        };
        text::line(
            buffer,
            rule,
            0,
            &line(past.wanted, newest, room - used - 1),
            style,
        );
    }
}

fn words(model: &Model, past: &Past, newest: u64, room: usize) -> String {
    let shown = past.shown().unwrap_or(past.wanted);
    let moment = past.moment.map_or_else(String::new, |at| {
        let at = at.to_zoned(model.zone.clone());
        format!(", {}", at.strftime("%Y-%m-%d %H:%M:%S"))
    });
    let news = match (&past.refused, past.asked) {
        (Some(why), _) => format!("  {why}"),
        (None, Some(_)) => format!("  reading {}…", past.wanted),
        (None, None) => String::new(),
    };
    let key = |action| {
        let key = model.settings.keys.first(action);
        key.map_or_else(String::new, |key| key.to_string())
    };
    let back = match &*key(Action::TimeTravel) {
        "" => String::new(),
        key => format!("  {key}: now"),
    };
    [
        format!(" PAST  revision {shown} of {newest}{moment}{news}{back} "),
        format!(" PAST  revision {shown} of {newest}{news}{back} "),
        format!(" PAST {shown}/{newest}{news}{back} "),
    ]
    .into_iter()
    .find(|words| words.width() <= room)
    .unwrap_or_else(|| format!(" PAST {shown}/{newest}{news}"))
}

/// A rule with a mark; its ends are the first revision and the newest.
fn line(at: u64, newest: u64, columns: usize) -> String {
    let last = columns.saturating_sub(1) as u128;
    let steps = u128::from(newest.saturating_sub(1)).max(1);
    let mark = u128::from(at.saturating_sub(1)) * last / steps;
    (0..=last)
        .map(|column| {
            if column == mark.min(last) {
                '◆'
            } else {
                '─'
            }
        })
        .collect()
}
