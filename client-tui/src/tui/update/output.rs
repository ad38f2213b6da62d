//! An attempt's output: which one is looked at, where in it, and what a search does. What is to be read is found
//! out when a frame is due (`settle`).

mod find;
mod news;
mod settle;

#[cfg(test)]
mod tests;

pub use find::search;
pub use news::news;
pub use settle::{attempt, settle, size};

use crate::{
    render::Tone,
    tui::{
        keys::Action,
        model::{
            Model, Screen,
            cursor::Motion,
            layer::{Layer, Prompt, Purpose},
            output::{Choice, Following, Target, pager::Want, rows::Wrap},
        },
        msg::{Call, Cmd, Direction, OutputWish, Stream},
        view::areas,
    },
};

/// Columns of one step sideways.
const SIDEWAYS: usize = 8;

/// Opens the output of a run's newest attempt.
pub fn open_run(model: &mut Model, run: &str) -> Vec<Cmd> {
    open(
        model,
        Target {
            run: run.to_owned(),
            execution: None,
            attempt: None,
        },
        None,
    )
}

/// Opens the output of an execution's newest attempt.
pub fn open_execution(model: &mut Model, execution: &str) -> Vec<Cmd> {
    let Some(known) = model.shown().execution(execution) else {
        return Vec::new();
    };
    let target = Target {
        run: known.run_id.clone(),
        execution: Some(execution.to_owned()),
        attempt: None,
    };
    open(model, target, None)
}

/// Opens what an execution's newest attempt was given, or is to be given.
pub fn open_prompt(model: &mut Model, execution: &str) -> Vec<Cmd> {
    let Some(known) = model.shown().execution(execution) else {
        return Vec::new();
    };
    let target = Target {
        run: known.run_id.clone(),
        execution: Some(execution.to_owned()),
        attempt: None,
    };
    open(model, target, Some(Stream::Prompt))
}

fn open(model: &mut Model, target: Target, stream: Option<Stream>) -> Vec<Cmd> {
    let run = target.run.clone();
    model.output.show(Some(target), stream);
    model.push(Screen::Output);
    let known = model.live.parts(&run);
    if model.past.is_none() && known.is_none_or(|parts| parts.executions.is_empty()) {
        return super::ask(model, Call::GetRun { run });
    }
    Vec::new()
}

/// The screen was left.
pub fn leave(model: &mut Model) -> Vec<Cmd> {
    model.output.show(None, None);
    model.output.outbox.clear();
    vec![
        Cmd::Output(OutputWish::Unfollow),
        Cmd::Output(OutputWish::StopSearch),
    ]
}

/// What a key does here.
pub fn act(model: &mut Model, action: Action) -> Vec<Cmd> {
    // A key asks again for what could not be had.
    model.output.failed = None;
    let (_, text, _) = areas::output(areas::of(model).body);
    if let Some(motion) = Motion::of(action, usize::from(text.height)) {
        step(model, motion);
        return Vec::new();
    }
    let place = &mut model.output;
    match action {
        Action::Search => {
            let purpose = Purpose::Search;
            let input = tui_input::Input::default();
            model.layers.push(Layer::Prompt(Prompt { purpose, input }));
        }
        Action::Follow => match place.following {
            Following::On => place.following = Following::Off,
            Following::Off => to_end(model),
        },
        Action::Wrap => {
            place.wrap = match place.wrap {
                Wrap::AtEdge => Wrap::No,
                Wrap::No => Wrap::AtEdge,
            };
            place.left = 0;
        }
        Action::ScrollLeft => place.left = place.left.saturating_sub(SIDEWAYS),
        Action::ScrollRight if place.wrap == Wrap::AtEdge => {
            let key = model.settings.keys.first(Action::Wrap);
            if let Some(key) = key {
                let text = format!("lines are wrapped; {key} shows them whole");
                super::say(model, text, Tone::Plain);
            }
        }
        Action::ScrollRight => place.left += SIDEWAYS,
        Action::OtherStream => other_stream(model),
        Action::PreviousAttempt => other_attempt(model, Direction::Backward),
        Action::NextAttempt => other_attempt(model, Direction::Forward),
        Action::NextMatch => find::next(model, Direction::Forward),
        Action::PreviousMatch => find::next(model, Direction::Backward),
        _ => {}
    }
    Vec::new()
}

/// Ends a search; false if there was none.
pub fn clear_search(model: &mut Model) -> bool {
    let was = model.output.search.take();
    if was.is_some() {
        model.output.outbox.push(OutputWish::StopSearch);
    }
    was.is_some()
}

/// What is under the cursor.
pub fn to_copy(model: &Model) -> Option<String> {
    model.output.target.as_ref()?.attempt.clone()
}

fn step(model: &mut Model, motion: Motion) {
    let rows = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    match motion {
        Motion::First => {
            model.output.following = Following::Off;
            model.output.want = Want::First;
        }
        Motion::Last => to_end(model),
        Motion::Up(up) => {
            model.output.following = Following::Off;
            add(&mut model.output.want, -rows(up));
        }
        // At the end there is nothing below.
        Motion::Down(_) if model.output.following == Following::On && model.past.is_none() => {}
        Motion::Down(down) => {
            model.output.following = Following::Off;
            add(&mut model.output.want, rows(down));
        }
    }
}

/// One way after another, as far as they can be added.
fn add(want: &mut Want, rows: i64) {
    *want = match *want {
        Want::Move(before) => Want::Move(before.saturating_add(rows)),
        Want::Here | Want::First | Want::Last | Want::Show(_) => Want::Move(rows),
    };
}

fn to_end(model: &mut Model) {
    model.output.following = match model.output.stream {
        Stream::Stdout | Stream::Stderr | Stream::Transcript => Following::On,
        // Nothing comes after it.
        Stream::Prompt => Following::Off,
    };
    model.output.want = Want::Last;
}

/// The next stream of those the agent has. Before it is known who that is there is none to go to.
fn other_stream(model: &mut Model) {
    let Some(target) = model.output.target.clone() else {
        return;
    };
    let execution = target.execution.as_deref();
    if let Some(execution) = execution.and_then(|id| model.shown().execution(id)) {
        let first = Stream::first_of(execution);
        let now = match model.output.choice {
            Choice::Open => first,
            Choice::Made => model.output.stream,
        };
        model.output.show(Some(target), Some(now.after(first)));
    }
}

fn other_attempt(model: &mut Model, direction: Direction) {
    let Some(target) = model.output.target.clone() else {
        return;
    };
    let (Some(execution), Some(attempt)) = (&target.execution, &target.attempt) else {
        return;
    };
    let attempts = model.shown().attempts_of(execution);
    let at = attempts.iter().position(|id| id == attempt);
    let other = at.and_then(|at| match direction {
        Direction::Forward => at.checked_add(1),
        Direction::Backward => at.checked_sub(1),
    });
    if let Some(other) = other.and_then(|other| attempts.get(other)).cloned() {
        let stream = model.output.stream;
        let attempt = Some(other);
        let target = Target { attempt, ..target };
        model.output.show(Some(target), Some(stream));
        return;
    }
    let which = match direction {
        Direction::Forward => "this is the last attempt",
        Direction::Backward => "this is the first attempt",
    };
    super::say(model, which, Tone::Plain);
}
