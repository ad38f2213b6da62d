//! Looking for text: in what is on the screen at once, elsewhere by the shell.

use crate::tui::{
    model::{
        Model,
        output::{
            Following, OutputPlace, Search, SearchState,
            needle::Needle,
            pager::{Seen, Spot, Want},
            pages::Need,
            rows::{Wrap, clusters, width},
        },
    },
    msg::{Cmd, Direction, OutputWish},
};

/// Looks for text, from what is seen on towards the end. Nothing typed: for what was looked for before.
pub fn search(model: &mut Model, typed: String) -> Vec<Cmd> {
    if let Some(needle) = Needle::new(&typed) {
        model.output.search = Some(Search {
            typed,
            needle,
            state: SearchState::Resting,
            at: None,
        });
        if mark(&mut model.output).is_err() {
            // What is seen is not here any more: the shell looks through it too.
            let window = model.output.pager.window();
            let from = window.first().map_or(0, |seen| seen.laid.segment.start);
            elsewhere(&mut model.output, from, Direction::Forward);
            return Vec::new();
        }
    }
    next(model, Direction::Forward);
    Vec::new()
}

/// Marks in what is seen what is looked for now.
fn mark(place: &mut OutputPlace) -> Result<(), Need> {
    let mut layout = place.pager.layout().clone();
    layout.needle = place.search.as_ref().map(|search| search.needle.clone());
    place.pager.set_layout(layout);
    place.made_of = None;
    let height = place.pager.window().len();
    place.pager.settle(&mut Want::Here, height)
}

/// To the next place where it stands, or the one before.
pub fn next(model: &mut Model, direction: Direction) {
    let place = &mut model.output;
    let Some(search) = &place.search else {
        return;
    };
    let here = begin(place, search, direction);
    let found = match direction {
        Direction::Forward => place.pager.found_from(here),
        Direction::Backward => place.pager.found_before(here),
    };
    if let Some(spot) = found {
        return arrived(place, spot);
    }
    let window = place.pager.window();
    let from = match direction {
        Direction::Forward => window.last().map_or(0, |seen| seen.laid.segment.end),
        Direction::Backward => window.first().map_or(0, |seen| seen.laid.segment.start),
    };
    elsewhere(place, from, direction);
}

/// Lets the shell look through what is not here.
fn elsewhere(place: &mut OutputPlace, from: u64, direction: Direction) {
    let attempt = place.source().cloned();
    let (Some(attempt), Some(search)) = (attempt, place.search.clone()) else {
        return;
    };
    let until = place.pager.end();
    let nothing = match direction {
        Direction::Forward => from >= until,
        Direction::Backward => from == 0,
    };
    let state = if nothing {
        SearchState::Nowhere(direction)
    } else {
        let ticket = place.ticket();
        place.outbox.push(OutputWish::Search {
            ticket,
            attempt,
            stream: place.stream,
            needle: search.typed.clone(),
            from,
            until,
            direction,
        });
        SearchState::Under { ticket, direction }
    };
    place.search = Some(Search { state, ..search });
}

/// Where to begin: behind or before what was found last, if that is still seen; else with what is seen.
fn begin(place: &OutputPlace, search: &Search, direction: Direction) -> Spot {
    let window = place.pager.window();
    let Some(top) = window.first().map(Seen::spot) else {
        return Spot::default();
    };
    let bottom = window.last().map_or(top, |seen| Spot {
        segment: seen.laid.segment.start,
        byte: seen.row().map_or(0, |row| row.end),
    });
    match search.at {
        Some(spot) if (top..=bottom).contains(&spot) => Spot {
            byte: match direction {
                Direction::Forward => spot.byte + 1,
                Direction::Backward => spot.byte,
            },
            ..spot
        },
        _ => top,
    }
}

fn arrived(place: &mut OutputPlace, spot: Spot) {
    place.following = Following::Off;
    place.want = Want::Show(spot);
    if let Some(search) = &mut place.search {
        search.state = SearchState::Resting;
        search.at = Some(spot);
    }
    if place.wrap == Wrap::No
        && let Some(column) = column(place, spot)
    {
        let columns = place.pager.layout().columns;
        if !(place.left..place.left + columns).contains(&column) {
            // A little of what stands before it is seen too.
            let before = columns.saturating_sub(1).min(column);
            place.left = if column < columns {
                0
            } else {
                column - before / 2
            };
        }
    }
}

/// The column of its row in which a place stands.
fn column(place: &mut OutputPlace, spot: Spot) -> Option<usize> {
    let laid = place.pager.laid(spot.segment).ok()?;
    let row = laid.rows.get(laid.row_of(spot.byte))?;
    let before = laid.text.get(row.start..spot.byte)?;
    let widths = clusters(before).map(|(place, _)| before.get(place).unwrap_or_default());
    Some(widths.fold(0, |column, cluster| column + width(cluster, column)))
}

/// The segment in which the shell found it, once that is here.
pub fn arrive(place: &mut OutputPlace, segment: u64, direction: Direction) -> Result<(), Need> {
    if segment >= place.pager.end() {
        arrived(place, Spot::default());
        return Ok(());
    }
    let laid = place.pager.laid(segment)?;
    let found = match direction {
        Direction::Forward => laid.found.first(),
        Direction::Backward => laid.found.last(),
    };
    let byte = found.map_or(0, |found| found.start);
    let segment = laid.segment.start;
    arrived(place, Spot { segment, byte });
    Ok(())
}
