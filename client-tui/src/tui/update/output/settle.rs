//! What the window needs and is not here is asked for; what is asked for and not needed any more is ended.

use synod_proto::v1::Attempt;

use crate::tui::{
    model::{
        Model,
        known::Known,
        link::LinkState,
        output::{
            Choice, Following, OutputPlace, Presence, Reading, SearchState, Tail,
            pager::Want,
            pages::{Need, PAGE, page_floor},
            rows::{Layout, Wrap},
        },
    },
    msg::{Cmd, Direction, OutputWish, Stream},
    view::areas,
};

/// A follower that is further behind than this begins anew near the end.
const BEHIND: u64 = 1024 * 1024;
/// Bytes asked for at once: so that a screen upwards is one question, mostly.
const AT_ONCE: u64 = 4 * PAGE;
/// Of these, before the byte that is needed, where the way is upwards.
const BEFORE: u64 = 2 * PAGE;

/// Asks for what is to be seen and not here yet.
pub fn settle(model: &mut Model) -> Vec<Cmd> {
    pick_attempt(model);
    let live = matches!(model.link.state, LinkState::Live);
    let attempt = attempt(model);
    let size = attempt.as_ref().map_or(0, |a| size(a, model.output.stream));
    let (_, area, _) = areas::output(areas::of(model).body);
    let past = model.past.is_some();
    let place = &mut model.output;
    // What an agent was given is the same at any time.
    let time = match place.stream {
        Stream::Stdout | Stream::Stderr | Stream::Transcript if past => Time::Past,
        Stream::Stdout | Stream::Stderr | Stream::Transcript | Stream::Prompt => Time::Now,
    };
    if live && place.daemon == Presence::Away {
        place.daemon = Presence::There;
        place.failed = None;
    } else if !live && place.failed.is_some() {
        place.daemon = Presence::Away;
    }
    let shown = attempt.is_some() || place.stream == Stream::Prompt;
    let attempt = place.source().filter(|_| shown).cloned();
    match (&attempt, time) {
        (Some(attempt), Time::Now) => follow(place, attempt, size),
        (Some(_), Time::Past) | (None, _) => unfollow(place),
    }
    let end = end(place, size, time);
    place.pager.set_end(end);
    if let Some(attempt) = &attempt {
        let columns = usize::from(area.width).saturating_sub(match place.wrap {
            Wrap::AtEdge => 2,
            Wrap::No => 3,
        });
        let layout = Layout {
            columns: columns.max(1),
            wrap: place.wrap,
            needle: place.search.as_ref().map(|search| search.needle.clone()),
        };
        arrange(place, attempt, layout, usize::from(area.height));
    }
    place.outbox.drain(..).map(Cmd::Output).collect()
}

/// The attempt that is looked at, as it was or is.
pub fn attempt(model: &Model) -> Option<Attempt> {
    let id = model.output.target.as_ref()?.attempt.as_ref()?;
    model.shown().attempt(id)
}

/// What is known of the stream's length.
pub fn size(attempt: &Attempt, stream: Stream) -> u64 {
    match stream {
        Stream::Stdout => attempt.output_bytes,
        Stream::Stderr => attempt.error_bytes,
        Stream::Transcript => attempt.transcript_bytes,
        // It is known once it was read.
        Stream::Prompt => None,
    }
    .unwrap_or(0)
}

fn pick_attempt(model: &mut Model) {
    let Some(target) = &model.output.target else {
        return;
    };
    if target.attempt.is_some() && model.output.choice == Choice::Made {
        return;
    }
    let mut target = target.clone();
    let known = model.shown();
    if target.execution.is_none() {
        target.execution = newest(known, &target.run);
    }
    let execution = target.execution.as_deref();
    let first = execution.and_then(|id| known.execution(id));
    let first = first.map(Stream::first_of);
    let attempts = execution.map_or(&[][..], |execution| known.attempts_of(execution));
    let newest = attempts.last().cloned();
    let place = &mut model.output;
    if let (Choice::Open, Some(first)) = (place.choice, first) {
        (place.stream, place.choice) = (first, Choice::Made);
    }
    if target.attempt.is_none() && newest.is_some() {
        target.attempt = newest;
        place.target = Some(target);
    }
}

/// The execution of a run that was started last.
fn newest(known: &Known, run: &str) -> Option<String> {
    let executions = &known.parts(run)?.executions;
    let started = |id: &&String| {
        let attempt = known.newest_attempt(id);
        attempt.and_then(|a| a.started_at.map(|at| (at.seconds, at.nanos)))
    };
    let last = executions.iter().max_by_key(started)?;
    Some(last.clone())
}

fn follow(place: &mut OutputPlace, attempt: &str, size: u64) {
    // How long a prompt is tells only its end.
    if place.following == Following::Off && place.stream != Stream::Prompt {
        return unfollow(place);
    }
    let from = match place.tail {
        Tail::Complete(_) => return,
        Tail::Running { at, .. } if size <= at.saturating_add(BEHIND) => return,
        Tail::Running { .. } => page_floor(size),
        Tail::None if place.failed.is_some() => return,
        Tail::None => page_floor(size.max(place.pager.end())),
    };
    let ticket = place.ticket();
    place.tail = Tail::Running {
        ticket,
        from,
        at: from,
    };
    let wish = OutputWish::Follow {
        ticket,
        attempt: attempt.to_owned(),
        stream: place.stream,
        offset: from,
    };
    place.outbox.push(wish);
}

fn unfollow(place: &mut OutputPlace) {
    if let Tail::Running { .. } = place.tail {
        place.tail = Tail::None;
        place.outbox.push(OutputWish::Unfollow);
    }
}

#[derive(Clone, Copy)]
enum Time {
    Now,
    Past,
}

fn end(place: &OutputPlace, size: u64, time: Time) -> u64 {
    let known = place.pager.end();
    let end = match (time, place.tail) {
        (Time::Past, _) => size,
        (Time::Now, Tail::Complete(length)) => length,
        // What was skipped is not the end any more; what comes next is not there yet.
        (Time::Now, Tail::Running { from, at, .. }) if at > from || known > 0 => known.max(at),
        (Time::Now, Tail::Running { .. } | Tail::None) => known.max(size),
    };
    place.cut.map_or(end, |cut| end.min(cut))
}

fn arrange(place: &mut OutputPlace, attempt: &str, layout: Layout, height: usize) {
    let made_of = (place.pager.end(), layout, height);
    let asked = place.search.as_ref().map(|search| search.state);
    let coming = match asked {
        Some(SearchState::Coming { segment, direction }) => Some((segment, direction)),
        _ => None,
    };
    if place.following == Following::On && place.made_of.as_ref() != Some(&made_of) {
        place.want = Want::Last;
    }
    if place.want == Want::Here && place.made_of.as_ref() == Some(&made_of) && coming.is_none() {
        return;
    }
    place.pager.set_layout(made_of.1.clone());
    let upwards = match (place.want, coming) {
        (_, Some((_, direction))) => direction == Direction::Backward,
        (Want::Move(rows), None) => rows < 0,
        (Want::Last | Want::Show(_), None) => true,
        (Want::Here | Want::First, None) => false,
    };
    let arrived = match coming {
        Some((segment, direction)) => super::find::arrive(place, segment, direction),
        None => Ok(()),
    };
    let mut want = place.want;
    let settled = arrived.and_then(|()| {
        want = place.want;
        place.pager.settle(&mut want, height)
    });
    place.want = want;
    place.made_of = settled.is_ok().then_some(made_of);
    if let Err(need) = settled {
        let first = if upwards { BEFORE } else { 0 };
        ask(place, attempt, need, first);
    }
}

/// Asks for a byte and those around it, unless it is on its way.
fn ask(place: &mut OutputPlace, attempt: &str, Need(at): Need, before: u64) {
    let followed = matches!(place.tail, Tail::Running { at: next, .. } if at >= next);
    let read = place
        .reading
        .is_some_and(|reading| (reading.from..reading.until).contains(&at));
    if followed || read || place.failed.is_some() {
        return;
    }
    let from = page_floor(at).saturating_sub(before);
    let until = from.saturating_add(AT_ONCE).min(place.pager.end());
    let ticket = place.ticket();
    place.reading = Some(Reading {
        ticket,
        from,
        until,
    });
    place.outbox.push(OutputWish::Read {
        ticket,
        attempt: attempt.to_owned(),
        stream: place.stream,
        offset: from,
        limit: until - from,
    });
}
