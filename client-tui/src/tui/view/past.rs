//! The scrubber: where in the past the screen is.

use ratatui::{buffer::Buffer, layout::Rect};
use unicode_width::UnicodeWidthStr as _;

use super::text;
use crate::tui::{keys::Action, model::Model};

/// One line: the revision, its moment, and a rule with a mark where it lies.
pub fn scrubber(model: &Model, buffer: &mut Buffer, area: Rect) {
    let Some(past) = &model.past else { return };
    if area.height == 0 {
        return;
    }
    let style = model.settings.theme.banner;
    buffer.set_style(area, style);
    let newest = model.live.revision().max(1);
    let moment = past.moment.map_or_else(String::new, |at| {
        let at = at.to_zoned(model.zone.clone());
        format!(", {}", at.strftime("%Y-%m-%d %H:%M:%S"))
    });
    let state = match (&past.refused, past.asked) {
        (Some(why), _) => format!("  {why}"),
        (None, Some(asked)) => format!("  reading {asked}…"),
        (None, None) => String::new(),
    };
    let back = model.settings.keys.first(Action::TimeTravel);
    let back = back.map_or_else(String::new, |key| format!("  {key}: back to now"));
    let words = format!(
        " PAST  revision {} of {newest}{moment}{state}{back} ",
        past.wanted
    );
    text::line(buffer, area, 0, &words, style);
    let used = u16::try_from(words.width())
        .unwrap_or(area.width)
        .min(area.width);
    let left = area.width - used;
    if left >= 12 {
        let rule = Rect {
            x: area.x + used,
            width: left - 1,
            ..area
        };
        let dots = usize::from(rule.width);
        let at = usize::try_from(u128::from(past.wanted) * (dots as u128 - 1) / u128::from(newest));
        let at = at.unwrap_or(0).min(dots - 1);
        let line: String = (0..dots)
            .map(|dot| if dot == at { '◆' } else { '─' })
            .collect();
        text::line(buffer, rule, 0, &line, style);
    }
}
