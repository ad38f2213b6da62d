//! Time travel: another revision to look at.

use synod_proto::v1::Snapshot;

use crate::tui::{
    keys::Action,
    model::{
        Model,
        known::Known,
        layer::{Layer, Prompt, Purpose},
        past::Past,
    },
    msg::{Call, Cmd},
};

/// Into the past, at the present revision; or back from it.
pub fn toggle(model: &mut Model) -> Vec<Cmd> {
    if model.past.take().is_some() {
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
        Action::LaterRevision => wanted + 1,
        Action::MuchEarlier => wanted.saturating_sub(leap),
        Action::MuchLater => wanted + leap,
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

/// To a revision: asked for now, or when the one asked for before has come. Only the last wish counts.
pub fn to(model: &mut Model, revision: u64) -> Vec<Cmd> {
    let newest = model.live.revision();
    let Some(past) = &mut model.past else {
        return Vec::new();
    };
    past.wanted = revision.clamp(1.min(newest), newest);
    past.refused = None;
    if past.asked.is_some() {
        return Vec::new();
    }
    let at = past.wanted;
    past.asked = Some(at);
    super::ask(model, Call::Snapshot { at })
}

/// The state at a revision came.
pub fn arrived(model: &mut Model, at: u64, snapshot: Snapshot) -> Vec<Cmd> {
    let feed = model.live.feed_id().to_owned();
    let Some(past) = &mut model.past else {
        return Vec::new();
    };
    let known = Known::from_snapshot(&feed, snapshot);
    past.moment = known.latest_instant();
    past.known = Some(known);
    past.asked = None;
    let wanted = past.wanted;
    if wanted == at {
        Vec::new()
    } else {
        to(model, wanted)
    }
}

/// The state at a revision cannot be had.
pub fn refused(model: &mut Model, at: u64, why: String) {
    if let Some(past) = &mut model.past {
        past.asked = None;
        if past.wanted == at {
            past.refused = Some(why);
        }
    }
}
