//! The line below: where in the output its rows stand, and what is under way.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr as _;

use super::super::text;
use crate::{
    render::clean,
    tui::{
        keys::Action,
        model::{
            Model,
            output::{
                Following, OutputPlace, Presence, SearchState, Tail, pager::Want, rows::Wrap,
            },
        },
        msg::{Direction, Stream},
        update::shown_attempt,
    },
};

/// Words with what goes first when there is no room: the highest number; 0 stays.
struct Piece {
    goes: u8,
    words: String,
    style: Style,
}

/// How much is said of where one is.
enum Range {
    /// From where to where, and the end.
    Both,
    /// The end alone.
    End,
}

/// See the module.
pub fn draw(model: &Model, buffer: &mut Buffer, area: Rect) {
    if area.height == 0 {
        return;
    }
    let theme = &model.settings.theme;
    let width = |pieces: &[Piece]| -> usize {
        let each = pieces.iter().map(|piece| piece.words.width() + 2);
        each.sum::<usize>().saturating_sub(2)
    };
    let mut pieces = pieces(model, Range::Both);
    if width(&pieces) > usize::from(area.width) {
        pieces = self::pieces(model, Range::End);
    }
    while width(&pieces) > usize::from(area.width) {
        let first = pieces.iter().enumerate().filter(|(_, p)| p.goes > 0);
        let Some((at, _)) = first.max_by_key(|(_, piece)| piece.goes) else {
            break;
        };
        pieces.remove(at);
    }
    let spans = pieces
        .into_iter()
        .flat_map(|piece| [Span::styled(piece.words, piece.style), Span::raw("  ")]);
    let line = Line::from(spans.collect::<Vec<_>>());
    buffer.set_style(area, theme.faint);
    text::styled(buffer, area, 0, &line);
}

fn pieces(model: &Model, range: Range) -> Vec<Piece> {
    let theme = &model.settings.theme;
    let place = &model.output;
    let mut pieces = Vec::new();
    let mut add = |goes, words: String, style| {
        if !words.is_empty() {
            pieces.push(Piece { goes, words, style });
        }
    };
    let attempt = shown_attempt(model);
    if attempt.is_none() && place.stream != Stream::Prompt {
        return pieces;
    }
    if place.daemon == Presence::Away {
        add(0, "the daemon is away".to_owned(), theme.bad);
    } else if let Some(why) = &place.failed {
        add(0, format!("cannot be read: {why}"), theme.bad);
    }
    let ended = attempt.is_some_and(|attempt| attempt.ended_at.is_some());
    let ended = ended || place.stream == Stream::Prompt || matches!(place.tail, Tail::Complete(_));
    let at_end = place.pager.at_end() && place.pager.end() > 0 && place.want == Want::Here;
    if model.past.is_some() || ended {
        if at_end {
            add(0, "END".to_owned(), theme.strong);
        }
    } else if place.following == Following::On {
        add(0, "FOLLOW".to_owned(), theme.accent);
    } else if at_end {
        let key = model.settings.keys.first(Action::Follow);
        let key = key.map_or_else(String::new, |key| format!("; {key} follows"));
        add(0, "at the end".to_owned(), theme.strong);
        add(6, format!("more may come{key}"), theme.plain);
    }
    if let Some((words, style)) = search(model, place) {
        add(1, words, style);
    }
    let (first, behind, end) = position(place);
    if end > 0 && !place.pager.window().is_empty() {
        add(2, format!("{}%", percent(behind, end)), theme.plain);
        let words = match range {
            Range::Both => {
                let (first, behind) = (grouped(first), grouped(behind));
                format!("bytes {first}–{behind} of {}", grouped(end))
            }
            Range::End => format!("of {} bytes", grouped(end)),
        };
        add(4, words, theme.plain);
    }
    if place.wrap == Wrap::No {
        let words = format!("from column {}", place.left + 1);
        add(3, words, theme.plain);
    }
    if place.cut.is_some() {
        add(1, "the rest is not there any more".to_owned(), theme.warn);
    }
    if place.want != Want::Here && place.reading.is_some() && !place.pager.window().is_empty() {
        add(5, "reading…".to_owned(), theme.accent);
    }
    pieces
}

fn search(model: &Model, place: &OutputPlace) -> Option<(String, Style)> {
    let theme = &model.settings.theme;
    let search = place.search.as_ref()?;
    let key = |action| {
        let key = model.settings.keys.first(action);
        key.map_or_else(String::new, |key| key.to_string())
    };
    let typed = text::cut(&clean(&search.typed), 24).into_owned();
    Some(match search.state {
        SearchState::Resting => (format!("/{typed}"), theme.plain),
        SearchState::Under { .. } | SearchState::Coming { .. } => {
            let words = format!("/{typed}: searching… ({} ends it)", key(Action::Back));
            (words, theme.accent)
        }
        SearchState::Nowhere(Direction::Forward) => (
            format!(
                "/{typed}: not found below; {} looks above",
                key(Action::PreviousMatch)
            ),
            theme.warn,
        ),
        SearchState::Nowhere(Direction::Backward) => (
            format!(
                "/{typed}: not found above; {} looks below",
                key(Action::NextMatch)
            ),
            theme.warn,
        ),
    })
}

/// The first byte that is seen, the first one that is not any more, and how many there are.
fn position(place: &OutputPlace) -> (u64, u64, u64) {
    let window = place.pager.window();
    let end = place.pager.end();
    let first = window
        .first()
        .map_or(0, |seen| seen.laid.offset_of(seen.row));
    let behind = window.last().map_or(0, |seen| {
        if seen.row + 1 < seen.laid.rows.len() {
            seen.laid.offset_of(seen.row + 1)
        } else {
            seen.laid.segment.end
        }
    });
    (first, behind.min(end), end)
}

/// 100 only at the very end.
fn percent(behind: u64, end: u64) -> u64 {
    let percent = u128::from(behind) * 100 / u128::from(end.max(1));
    u64::try_from(percent).unwrap_or(100)
}

/// A number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_and_the_end_alone_is_100_percent() {
        let words = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(words, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(percent(999_999, 1_000_000), 99);
        assert_eq!(percent(5, 5), 100);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
    }
}
