//! Time travel: another revision to look at. One state at a time is asked for, so that a key held down asks no
//! more than the daemon answers; the last wish wins.

use synod_proto::v1::Snapshot;

use crate::{
    render::Tone,
    tui::{
        keys::Action,
        model::{
            Model,
            known::Known,
            layer::{Layer, Prompt, Purpose},
            link::LinkState,
            past::Past,
        },
        msg::{Call, Cmd},
    },
};

/// Into the past, at the present revision; or back from it.
pub fn toggle(model: &mut Model) -> Vec<Cmd> {
    if model.past.take().is_some() {
        return Vec::new();
    }
    if no_daemon(model) {
        let text = format!("{NO_DAEMON}: the past is its to tell");
        super::say(model, text, Tone::Warn);
        return Vec::new();
    }
    model.past = Some(Past::default());
    let wanted = model.live.revision();
    to(model, wanted)
}

/// Does it, if the past is shown and it is one of these actions.
pub fn act(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    let wanted = model.past.as_ref()?.wanted;
    let newest = model.live.revision();
    let leap = (newest / 100).max(1);
    let wanted = match action {
        Action::Earlier => wanted.saturating_sub(1),
        Action::LaterRevision => wanted.saturating_add(1),
        Action::MuchEarlier => wanted.saturating_sub(leap),
        Action::MuchLater => wanted.saturating_add(leap),
        Action::GoTo => {
            let purpose = Purpose::Revision;
            let input = tui_input::Input::default();
            model.layers.push(Layer::Prompt(Prompt { purpose, input }));
            return Some(Vec::new());
        }
        _ => return None,
    };
    Some(to(model, wanted))
}

const NO_DAEMON: &str = "no daemon";

fn no_daemon(model: &Model) -> bool {
    matches!(model.link.state, LinkState::Away { .. })
}

/// To a revision: asked for now, or when the one asked for before has come. Only the last wish counts.
pub fn to(model: &mut Model, revision: u64) -> Vec<Cmd> {
    let newest = model.live.revision();
    let away = no_daemon(model);
    let Some(past) = &mut model.past else {
        return Vec::new();
    };
    past.refused = None;
    let revision = revision.clamp(1.min(newest), newest);
    if away {
        past.refused = Some(format!(
            "{NO_DAEMON}: revision {revision} cannot be read now"
        ));
        return Vec::new();
    }
    past.wanted = revision;
    if past.asked.is_some() || past.shown() == Some(revision) {
        return Vec::new();
    }
    past.asked = Some(revision);
    super::ask(model, Call::Snapshot { at: revision })
}

/// The state at a revision came.
pub fn arrived(model: &mut Model, at: u64, snapshot: Snapshot) -> Vec<Cmd> {
    let feed = model.live.feed_id().to_owned();
    // Another one than what is waited for was asked for before the past was left the last time.
    let Some(past) = model.past.as_mut().filter(|past| past.asked == Some(at)) else {
        return Vec::new();
    };
    let known = Known::from_snapshot(&feed, snapshot).into_past();
    past.moment = known.latest_instant();
    past.known = Some(known);
    past.asked = None;
    let wanted = past.wanted;
    to(model, wanted)
}

/// The state at a revision cannot be had. What was shown stays, and the mark goes back to it, unless another
/// revision was wished for since.
pub fn refused(model: &mut Model, at: u64, why: String) -> Vec<Cmd> {
    let Some(past) = model.past.as_mut().filter(|past| past.asked == Some(at)) else {
        return Vec::new();
    };
    past.asked = None;
    if past.wanted != at {
        let wanted = past.wanted;
        return to(model, wanted);
    }
    if let Some(shown) = past.shown() {
        past.wanted = shown;
        past.refused = Some(why);
    } else {
        // There is nothing of the past to show.
        model.past = None;
        super::say(model, why, Tone::Bad);
    }
    Vec::new()
}

/// The revisions that are known now belong to another feed: there is no way from here to there.
pub fn forget(model: &mut Model) {
    if model.past.take().is_some() {
        let text = "the daemon has another database now: back to the present";
        super::say(model, text, Tone::Warn);
    }
}

#[cfg(test)]
mod tests;
