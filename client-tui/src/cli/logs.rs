//! `logs`: what an agent said, ran and waited for, or what it printed; harmless for a terminal unless the bytes
//! themselves are wanted.

use synod_proto::v1::{Attempt, Run};
use synod_shared::sanitize::Sanitizer;

use super::{app::App, args::LogsArgs, follow, single};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    link::{self, Output, Session, TailItem, WatchItem, tail, tail_request},
    output::{self, Form},
    render::{clean, runs, short},
};

/// See the module.
pub async fn logs(app: &App, args: LogsArgs) -> Result<Exit, Failure> {
    let mut session = app.session().await?;
    if args.last {
        let run = link::get_run(&mut session, &args.id).await?;
        return last_words(app, &run, &args.id);
    }
    let run = link::look_up(&mut session, &args.id).await?;
    let Some(attempt) = attempt(app, &session, &args, run).await? else {
        return Ok(Exit::Success);
    };
    let which = match app.form {
        _ if args.stderr => Output::Stderr,
        // Programs get the bytes, as they do from `--raw`.
        Form::Text if !args.raw => Output::Transcript,
        Form::Text | Form::Json => Output::Stdout,
    };
    // An ended attempt is followed in any case: then the daemon says that nothing is missing.
    let follow = args.follow || attempt.has_ended;
    let mut pieces = tail(session, tail_request(&attempt.id, which, follow));
    let mut sanitizer = Sanitizer::default();
    let mut told = follow::ToldAway::default();
    while let Some(item) = pieces.recv().await {
        match item {
            TailItem::Piece(piece) => match app.form {
                Form::Json => output::stream_object(&piece)?,
                Form::Text if args.raw => output::raw(&piece.data)?,
                Form::Text => output::raw(sanitizer.push(&piece.data).as_bytes())?,
            },
            TailItem::Away(away) => told.tell(app, away),
            TailItem::Failed(failure) => return Err(failure),
        }
    }
    if app.form == Form::Text {
        output::raw(sanitizer.finish().as_bytes())?;
    }
    Ok(Exit::Success)
}

/// The final message alone.
fn last_words(app: &App, run: &Run, id: &str) -> Result<Exit, Failure> {
    let Some(attempt) = pick(run, id).and_then(|picked| {
        let mut attempts = runs::attempts(run);
        attempts.find(|attempt| attempt.id == picked.id)
    }) else {
        app.note(&nothing_yet(run));
        return Ok(Exit::Success);
    };
    let Some(text) = &attempt.final_text else {
        app.note(&format!(
            "{} has given no final message ({})",
            clean(&run.name),
            clean(&attempt.state)
        ));
        return Ok(Exit::Success);
    };
    if app.form == Form::Json {
        output::stream_object(attempt)?;
    } else {
        single::print_final(text)?;
    }
    if let Some(whole) = attempt.final_text_bytes
        && whole > text.len() as u64
    {
        app.note(&format!(
            "the first {} of {whole} bytes; `synod logs --raw` has all that was printed",
            text.len()
        ));
    }
    Ok(Exit::Success)
}

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picked {
    pub(super) id: String,
    has_ended: bool,
}

impl From<&Attempt> for Picked {
    fn from(attempt: &Attempt) -> Self {
        Self {
            id: attempt.id.clone(),
            has_ended: attempt.ended_at.is_some(),
        }
    }
}

/// The attempt to read: the one named, the newest of the execution or run named, or, when following, the
/// first one there will be.
async fn attempt(
    app: &App,
    session: &Session,
    args: &LogsArgs,
    run: Run,
) -> Result<Option<Picked>, Failure> {
    if let Some(found) = pick(&run, &args.id) {
        tell_others(app, &run, &found.id);
        return Ok(Some(found));
    }
    if !args.follow {
        app.note(&nothing_yet(&run));
        return Ok(None);
    }
    let mut told = follow::ToldAway::default();
    let mut states = link::watch(session.clone(), vec![run.id.clone()]);
    while let Some(item) = states.recv().await {
        match item {
            WatchItem::Run(run) => {
                if let Some(found) = pick(&run, &args.id) {
                    return Ok(Some(found));
                }
                if Exit::of_run(&run.state, Degraded::Accepted).is_some() {
                    app.note(&nothing_yet(&run));
                    return Ok(None);
                }
            }
            WatchItem::Away(away) => told.tell(app, away),
            WatchItem::Failed(failure) => return Err(failure),
        }
    }
    Err(Failure::Protocol(
        "watching ended before the run".to_owned(),
    ))
}

pub(super) fn pick(run: &Run, id: &str) -> Option<Picked> {
    let newest = || {
        runs::attempts(run).max_by_key(|attempt| {
            let started = attempt.started_at.as_ref().map(|at| (at.seconds, at.nanos));
            (started, attempt.number)
        })
    };
    if run.name == id || run.id.starts_with(id) {
        return newest().map(Picked::from);
    }
    let execution = run.executions.iter().find(|e| e.id.starts_with(id));
    match execution {
        Some(execution) => execution.attempts.last(),
        None => runs::attempts(run)
            .find(|attempt| attempt.id.starts_with(id))
            .or_else(newest),
    }
    .map(Picked::from)
}

/// Of a gate with several agents only one is shown: which one, and how to see the others.
fn tell_others(app: &App, run: &Run, shown: &str) {
    if run.executions.len() < 2 {
        return;
    }
    let mut others = Vec::new();
    let mut this = String::new();
    for execution in &run.executions {
        if execution.attempts.iter().any(|a| a.id == shown) {
            this = clean(&execution.agent);
        } else {
            others.push(format!(
                "synod logs {} ({})",
                short(&execution.id),
                clean(&execution.agent)
            ));
        }
    }
    app.note(&format!(
        "{this} printed this; the others: {}",
        others.join(", ")
    ));
}

fn nothing_yet(run: &Run) -> String {
    format!(
        "{} has not been started ({}), so nothing was printed",
        clean(&run.name),
        clean(&run.state)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn an_id_picks_its_attempt_and_a_run_its_newest() {
        let run = samples::running();
        let second = Picked::from(&run.executions[1].attempts[0]);
        assert_eq!(pick(&run, "e115"), Some(second.clone()));
        assert_eq!(pick(&run, "a177"), Some(second));
        assert_eq!(pick(&run, "e215"), None);
        assert!(pick(&run, "clarify/checkout#1").is_some());
    }
}
