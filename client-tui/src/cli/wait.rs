//! `wait`: blocks until each run has ended or needs a human.

use std::{collections::BTreeMap, time::Duration};

use synod_proto::v1::{Question, Run};
use tokio::time::{Instant, sleep_until};

use super::{app::App, args::WaitArgs, follow};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    link::{self, WatchItem},
    output::{self, Form},
    render::{clean, run as render},
};

/// Without a limit: longer than anybody waits, short enough for the clock.
const FOR_EVER: Duration = Duration::from_hours(10 * 365 * 24);

/// See the module.
pub async fn wait(app: &App, args: WaitArgs) -> Result<Exit, Failure> {
    let until = Instant::now() + args.timeout.unwrap_or(FOR_EVER).min(FOR_EVER);
    let degraded = if args.strict {
        Degraded::Told
    } else {
        Degraded::Accepted
    };
    let mut session = app.session().await?;
    let mut open: BTreeMap<String, String> = BTreeMap::new();
    let mut order = Vec::new();
    for id in &args.ids {
        let run = link::look_up(&mut session, id).await?;
        if open.insert(run.id.clone(), run.name.clone()).is_none() {
            order.push(run.id);
        }
    }
    let mut ends = Vec::new();
    let mut told = follow::ToldAway::default();
    let mut runs = link::watch(session.clone(), order);
    while !open.is_empty() {
        let item = tokio::select! {
            biased;
            item = runs.recv() => item,
            () = sleep_until(until) => return Err(timed_out(&open)),
        };
        match item {
            Some(WatchItem::Run(run)) => {
                if let Some(exit) = Exit::of_run(&run.state, degraded).or_else(|| asks(&run))
                    && open.remove(&run.id).is_some()
                {
                    ends.push(exit);
                    tell(app, &run)?;
                }
            }
            Some(WatchItem::Away(away)) => told.tell(app, away),
            Some(WatchItem::Failed(failure)) => return Err(failure),
            None => {
                return Err(Failure::Protocol(
                    "watching ended before the runs".to_owned(),
                ));
            }
        }
    }
    Ok(Exit::worst(ends))
}

/// An agent of a run that goes on may stand still until somebody allows it something.
fn asks(run: &Run) -> Option<Exit> {
    let waits = |question: &Question| question.permission.is_some() && question.state == "open";
    run.questions.iter().any(waits).then_some(Exit::NeedsAnswer)
}

fn tell(app: &App, run: &Run) -> Result<(), Failure> {
    match app.form {
        Form::Json => output::stream_object(run),
        Form::Text => output::line(&render::end(run)),
    }
}

fn timed_out(open: &BTreeMap<String, String>) -> Failure {
    let names: Vec<String> = open.values().map(|name| clean(name)).collect();
    Failure::WaitTimedOut(format!(
        "still under way after the time given: {}; they go on",
        names.join(", ")
    ))
}
