//! Bytes, or what became of a wish for some. What belongs to another wish than the last is stale.

use crate::tui::{
    model::{
        Model,
        output::{Following, OutputPlace, Presence, SearchState, Tail},
    },
    msg::{Cmd, OutputNews},
};

/// See the module.
pub fn news(model: &mut Model, news: OutputNews) -> Vec<Cmd> {
    let place = &mut model.output;
    match news {
        OutputNews::Bytes {
            ticket,
            offset,
            bytes,
        } => arrived(place, ticket, offset, &bytes),
        OutputNews::End { ticket, offset } => ended(place, ticket, offset),
        OutputNews::Away { ticket } if knows(place, ticket) => place.daemon = Presence::Away,
        OutputNews::Failed { ticket, why } if knows(place, ticket) => {
            failed(place, ticket);
            place.failed = Some(crate::render::clean(&why));
        }
        OutputNews::Found { ticket, offset } => {
            if let Some(direction) = searched(place, ticket) {
                place.following = Following::Off;
                set(
                    place,
                    SearchState::Coming {
                        segment: offset,
                        direction,
                    },
                );
            }
        }
        OutputNews::NotFound { ticket } => {
            if let Some(direction) = searched(place, ticket) {
                set(place, SearchState::Nowhere(direction));
            }
        }
        OutputNews::Away { .. } | OutputNews::Failed { .. } => {}
    }
    Vec::new()
}

fn arrived(place: &mut OutputPlace, ticket: u64, offset: u64, bytes: &[u8]) {
    let behind = offset + bytes.len() as u64;
    match &mut place.tail {
        Tail::Running {
            ticket: known, at, ..
        } if *known == ticket => {
            // A gap stays one: the page in which it is ends before it, and the rest of it is read when needed.
            *at = behind.max(*at);
            if place.cut.is_some_and(|cut| cut < behind) {
                place.cut = None;
            }
        }
        _ if place
            .reading
            .is_some_and(|reading| reading.ticket == ticket) => {}
        _ => return,
    }
    place.daemon = Presence::There;
    place.pager.pages.insert(offset, bytes);
}

fn ended(place: &mut OutputPlace, ticket: u64, offset: u64) {
    if let Tail::Running {
        ticket: known, at, ..
    } = place.tail
        && known == ticket
    {
        place.tail = Tail::Complete(at.max(offset));
        place.daemon = Presence::There;
    }
    if let Some(reading) = place.reading.filter(|reading| reading.ticket == ticket) {
        place.reading = None;
        place.daemon = Presence::There;
        if offset < reading.until {
            place.cut = Some(offset);
        }
    }
}

fn failed(place: &mut OutputPlace, ticket: u64) {
    if matches!(place.tail, Tail::Running { ticket: known, .. } if known == ticket) {
        place.tail = Tail::None;
    }
    if place
        .reading
        .is_some_and(|reading| reading.ticket == ticket)
    {
        place.reading = None;
    }
    if searched(place, ticket).is_some() {
        set(place, SearchState::Resting);
    }
}

fn knows(place: &OutputPlace, ticket: u64) -> bool {
    let followed = matches!(place.tail, Tail::Running { ticket: known, .. } if known == ticket);
    let read = place
        .reading
        .is_some_and(|reading| reading.ticket == ticket);
    followed || read || searched(place, ticket).is_some()
}

/// Which way the search of this ticket goes.
fn searched(place: &OutputPlace, ticket: u64) -> Option<crate::tui::msg::Direction> {
    match place.search.as_ref()?.state {
        SearchState::Under {
            ticket: known,
            direction,
        } if known == ticket => Some(direction),
        _ => None,
    }
}

fn set(place: &mut OutputPlace, state: SearchState) {
    if let Some(search) = &mut place.search {
        search.state = state;
    }
}
