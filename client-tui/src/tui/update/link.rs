//! News of the link: what is known changes, and what happened is told.

use std::{collections::BTreeMap, mem};

use synod_proto::v1::{Change, Question, change::Entity};

use crate::{
    render::{Tone, clean},
    tui::{
        model::{
            Model,
            known::{Group, Known, Turn},
            link::LinkState,
        },
        msg::{Call, Cmd, LinkNews},
    },
};

/// See the module.
pub fn news(model: &mut Model, news: LinkNews) -> Vec<Cmd> {
    match news {
        LinkNews::Connected(status) => {
            let other = model
                .daemon
                .as_ref()
                .is_some_and(|known| known.pid != status.pid);
            let back = matches!(model.link.state, LinkState::Away { .. });
            if back || other {
                super::say(model, "the daemon is back", Tone::Good);
            }
            for warning in &status.warnings {
                super::say(model, clean(warning), Tone::Warn);
            }
            model.daemon = Some(*status);
            // Before its first picture nothing is known: not even that there is nothing.
            model.link.state = if model.live.feed_id().is_empty() {
                LinkState::Connecting
            } else {
                LinkState::Live
            };
            // The configuration may be another one.
            let mut cmds = super::ask(model, Call::Agents);
            cmds.extend(super::ask(model, Call::Gates));
            cmds.extend(super::run::read_again(model));
            cmds
        }
        LinkNews::Snapshot { feed_id, snapshot } => {
            if snapshot.cause == "fell-behind" {
                model.link.resynced += 1;
            }
            if !model.live.feed_id().is_empty() && model.live.feed_id() != feed_id {
                super::past::forget(model);
                super::events::forget(model);
            }
            super::events::jumped(model, &snapshot);
            let mut known = Known::from_snapshot(&feed_id, *snapshot);
            mem::swap(&mut known, &mut model.live);
            model.live.keep_activity(known);
            model.runs.next_page = None;
            model.link.state = LinkState::Live;
            // What was read whole may have been left out of the snapshot.
            let mut cmds = super::run::reread(model);
            cmds.extend(super::questions::reread(model));
            cmds.extend(super::ledger::reread(model));
            cmds
        }
        LinkNews::Changes(changes) => {
            model.link.state = LinkState::Live;
            let mut told = Told::default();
            for change in changes {
                told.asks = opens_a_question(&model.live, &change).or(told.asks);
                if let Some(run) = reminds(&model.live, &change) {
                    *told.reminds.entry(run).or_default() += 1;
                }
                super::events::push(model, &change);
                super::ledger::changed(model, &change);
                if let Some(turn) = model.live.apply(change) {
                    told.turns.push(turn);
                }
            }
            tell(model, told)
        }
        LinkNews::Away(how) => {
            if let LinkState::Away { how: known, .. } = &mut model.link.state {
                *known = how;
            } else {
                let since = model.now;
                model.link.state = LinkState::Away { since, how };
            }
            Vec::new()
        }
        LinkNews::OtherProtocol { theirs, version } => {
            let version = clean(&version);
            model.link.state = LinkState::OtherProtocol { theirs, version };
            Vec::new()
        }
        LinkNews::NotStarted(why) => {
            super::say(model, clean(&why), Tone::Bad);
            Vec::new()
        }
        LinkNews::Refused(why) => {
            model.link.state = LinkState::Refused(clean(&why));
            Vec::new()
        }
    }
}

#[derive(Default)]
struct Told {
    turns: Vec<Turn>,
    /// The run that asks something new.
    asks: Option<String>,
    /// Runs of which somebody is reminded, by their names, and of how many questions.
    reminds: BTreeMap<String, usize>,
}

/// A question that opens in a run that asks already. The first ones of a run come before it turns to a human, in
/// changes of their own: then the turn tells, once.
fn opens_a_question(known: &Known, change: &Change) -> Option<String> {
    match &change.entity {
        Some(Entity::Question(Question {
            id, state, run_id, ..
        })) if state == "open" && known.group(run_id) == Some(Group::NeedsYou) => {
            let opens = known.question(id).is_none_or(|known| known.state != "open");
            let run = known.run(run_id).filter(|_| opens);
            run.map(|run| clean(&run.name))
        }
        _ => None,
    }
}

/// An open question that somebody is reminded of once more: the name of its run.
fn reminds(known: &Known, change: &Change) -> Option<String> {
    let Some(Entity::Question(question)) = &change.entity else {
        return None;
    };
    let before = known.question(&question.id)?.reminders();
    let again = question.state == "open" && question.reminders() > before;
    let run = known.run(&question.run_id).filter(|_| again)?;
    Some(clean(&run.name))
}

/// Toasts for what just came to its end or to a human; a bell for a question, if it is wanted.
fn tell(model: &mut Model, told: Told) -> Vec<Cmd> {
    let mut asks = told.asks;
    let over = told.turns.iter();
    let over = over.filter(|turn| turn.group == Group::Finished);
    let over: Vec<String> = over.map(|turn| turn.run.clone()).collect();
    let mut cmds = super::run::ended(model, &over);
    for turn in told.turns {
        if turn.group == Group::NeedsYou {
            asks = Some(clean(&turn.name));
        }
        super::say(model, turn.words(), turn.tone());
    }
    let mut rings: Vec<String> = asks.iter().map(|what| format!("{what} asks you")).collect();
    for (name, count) in told.reminds {
        let words = match count {
            1 => format!("{name} still asks you: 1 question waits"),
            n => format!("{name} still asks you: {n} questions wait"),
        };
        super::say(model, words.clone(), Tone::Warn);
        rings.push(words);
    }
    if model.settings.bell && !rings.is_empty() {
        cmds.push(Cmd::Bell);
    }
    if model.settings.notify {
        let notify = |words| Cmd::Notify("synod".to_owned(), words);
        cmds.extend(rings.into_iter().map(notify));
    }
    cmds
}
