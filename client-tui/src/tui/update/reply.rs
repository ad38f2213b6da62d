//! What became of calls.

use crate::{
    render::{Tone, clean},
    tui::{
        model::{Model, Screen},
        msg::{Answer, Call, Cmd, Reply},
    },
};

/// See the module.
pub fn reply(model: &mut Model, reply: Reply) -> Vec<Cmd> {
    model.waiting = model.waiting.saturating_sub(1);
    let Reply { call, outcome } = reply;
    match outcome {
        Err(why) => {
            let why = clean(&why);
            refused(model, &call, why)
        }
        Ok(answer) => answered(model, call, answer),
    }
}

fn refused(model: &mut Model, call: &Call, why: String) -> Vec<Cmd> {
    match call {
        Call::Snapshot { at } => return super::past::refused(model, *at, why),
        Call::Answer { .. } | Call::AnswerRest { .. } => {
            let kept = super::questions::refused(model, call);
            super::say(model, format!("{why}{kept}"), Tone::Bad);
        }
        // Said where the figures and the entries would stand.
        Call::Calibration => super::agents::no_figures(model, why),
        Call::Ledger { of, .. } => super::ledger::unread(model, of, why),
        Call::History { .. } => super::events::no_history(model, why),
        Call::GetRun { run } => {
            super::run::unread(model, run, &why);
            super::say(model, why, Tone::Bad);
        }
        Call::RunGate { .. }
        | Call::RunCheckpoint { .. }
        | Call::RunAgent { .. }
        | Call::RunCommand { .. } => {
            super::form::refused(model, call, why);
        }
        _ => super::say(model, why, Tone::Bad),
    }
    Vec::new()
}

fn answered(model: &mut Model, call: Call, answer: Answer) -> Vec<Cmd> {
    super::form::started(model, &call);
    match (call, answer) {
        (Call::GetRun { run: asked }, Answer::Run(run)) => {
            // Read ahead of the feed, whose change will then be known already.
            if let Some(turn) = model.live.merge(*run) {
                super::say(model, turn.words(), turn.tone());
            }
            super::run::arrived(model, &asked);
            Vec::new()
        }
        (
            Call::RunGate { .. }
            | Call::RunAgent { .. }
            | Call::RunCommand { .. }
            | Call::Retry { .. },
            Answer::Run(run),
        ) => {
            let id = run.id.clone();
            super::say(model, format!("started {}", clean(&run.name)), Tone::Plain);
            model.live.merge(*run);
            super::open_run(model, &id)
        }
        (_, Answer::Attached(run)) => {
            let id = run.id.clone();
            let name = clean(&run.name);
            super::say(
                model,
                format!("{name} is already under way: attached to it"),
                Tone::Plain,
            );
            model.live.merge(*run);
            super::open_run(model, &id)
        }
        (_, Answer::Stands(run)) => {
            let id = run.id.clone();
            let (name, state) = (clean(&run.name), clean(&run.state));
            let words = format!("nothing has changed since {name}: it is {state}");
            super::say(model, words, Tone::Plain);
            model.live.merge(*run);
            super::open_run(model, &id)
        }
        (Call::RunCheckpoint { checkpoint, .. }, Answer::Checkpoint(runs)) => {
            let count = match runs.len() {
                1 => "1 run".to_owned(),
                n => format!("{n} runs"),
            };
            let words = format!("{count} of checkpoint {}", clean(&checkpoint));
            super::say(model, words, Tone::Plain);
            for run in runs {
                model.live.merge(run);
            }
            super::everywhere::go(model, Screen::Runs)
        }
        (_, Answer::Runs(page)) => {
            super::runs::page(model, *page);
            Vec::new()
        }
        (_, Answer::Agents(agents)) => {
            model.catalog.agents = Some(*agents);
            super::agents::read(model);
            super::form::catalog(model);
            Vec::new()
        }
        (_, Answer::Gates(gates)) => {
            model.catalog.gates = Some(*gates);
            super::form::catalog(model);
            Vec::new()
        }
        (_, Answer::Calibration(figures)) => {
            super::agents::figures(model, *figures);
            Vec::new()
        }
        (Call::Ledger { of, page }, Answer::Ledger(entries)) => {
            super::ledger::page(model, &of, &page, *entries);
            Vec::new()
        }
        (Call::Forget { entry }, Answer::Done) => {
            super::ledger::forgotten(model, &entry);
            Vec::new()
        }
        (_, Answer::DaemonStatus(status)) => {
            model.daemon = Some(*status);
            Vec::new()
        }
        (Call::Snapshot { at }, Answer::Snapshot(snapshot)) => {
            super::past::arrived(model, at, *snapshot)
        }
        // Asked of a daemon that another one, with another database, has followed.
        (Call::History { feed_id, .. }, Answer::History(_)) if feed_id != model.live.feed_id() => {
            super::events::no_history(model, "the daemon has another database now".to_owned());
            Vec::new()
        }
        (_, Answer::History(changes)) => {
            super::events::history(model, changes);
            Vec::new()
        }
        (call @ (Call::Answer { .. } | Call::AnswerRest { .. }), Answer::Done) => {
            super::questions::taken(model, &call);
            Vec::new()
        }
        (Call::CancelRun { run }, Answer::Done) => {
            let name = model.live.run(&run).map(|run| clean(&run.name));
            super::say(
                model,
                format!("{} is being cancelled", name.unwrap_or_default()),
                Tone::Plain,
            );
            Vec::new()
        }
        // The feed tells the rest.
        (
            _,
            Answer::Done
            | Answer::Run(_)
            | Answer::Snapshot(_)
            | Answer::Checkpoint(_)
            | Answer::Ledger(_),
        ) => Vec::new(),
    }
}
