//! A key that answers moves on to the next question. Held down, or bouncing, it answers that one not: nobody has
//! read it yet.

use jiff::SignedDuration;

use crate::{
    render::Tone,
    tui::{
        keys::Action,
        model::{Model, questions::Answered},
        msg::Cmd,
    },
};

/// How long a key that answered a question must be left alone before it answers the next.
const LET_GO: SignedDuration = SignedDuration::from_millis(400);

/// Whether the question under the cursor came there by itself just now, because the one before was withdrawn: what
/// was meant for that one is no answer to this; says so.
fn is_shifted(model: &mut Model) -> bool {
    let at = model.questions.shifted;
    let shifted = at.is_some_and(|at| model.now.duration_since(at) < LET_GO);
    if shifted {
        let text = "this is another question: press again to answer it";
        super::super::say(model, text, Tone::Plain);
    }
    shifted
}

/// Whether this is the key that answered another question just now and was not let go since; says so.
pub fn is_held(model: &mut Model, by: Action) -> bool {
    if is_shifted(model) {
        return true;
    }
    let now = model.now;
    let place = &mut model.questions;
    let Some(last) = place.answered.as_mut().filter(|last| last.by == by) else {
        return false;
    };
    let held = now.duration_since(last.at) < LET_GO;
    last.at = now;
    if place.selected.as_ref() == Some(&last.question) || !held {
        return false;
    }
    let text = "this is the next question: press again to answer it";
    super::super::say(model, text, Tone::Plain);
    true
}

/// A question was answered by a key.
pub fn by_key(model: &mut Model, by: Action, cmds: Vec<Cmd>) -> Vec<Cmd> {
    let selected = model.questions.selected.clone();
    if let Some(question) = selected.filter(|_| !cmds.is_empty()) {
        let at = model.now;
        model.questions.answered = Some(Answered { by, question, at });
    }
    cmds
}
