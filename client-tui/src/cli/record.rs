//! `record`: an ended attempt as a file that `synodd replay` plays back.
//!
//! The bytes are those the daemon keeps. When they were printed is read from the feed: each change of an attempt's
//! progress says how much was there at a time, about once a second. Bytes between two such changes are put at the
//! later one. The whole feed is gone through, since a revision cannot be told from a time.

use std::{
    fs::OpenOptions,
    io::{BufWriter, Write as _},
    path::Path,
};

use jiff::Timestamp;
use synod_proto::v1::{
    Attempt, AttemptProgress, Execution, GetDaemonStatusRequest, Run, change::Entity,
};
use synod_shared::recording::{self, Ending, FORMAT, Header, Mark, Recording};

use super::{app::App, args::RecordArgs, follow, logs};
use crate::{
    exit::Exit,
    failure::Failure,
    link::{self, Changes, FeedItem, Follow, Output, Session, TailItem, tail, tail_request},
    render::{clean, short, time},
};

/// See the module.
pub async fn record(app: &App, args: RecordArgs) -> Result<Exit, Failure> {
    // Before an attempt is read for a long time.
    if args.output.exists() {
        return Err(exists(&args.output));
    }
    let mut session = app.session().await?;
    let run = link::get_run(&mut session, &args.id).await?;
    let (execution, attempt) = find(&run, &args)?;
    let (ending, duration_ms) = ended(attempt)?;
    let stdout = bytes(app, &session, attempt, Output::Stdout).await?;
    let stderr = bytes(app, &session, attempt, Output::Stderr).await?;
    let marks = marks(app, session, attempt).await?;
    let answer = attempt.final_text.clone();
    let receipts = recording::receipts_in(&answer.unwrap_or_default());
    let receipts = if receipts.is_empty() {
        recording::receipts_in(&String::from_utf8_lossy(&stdout))
    } else {
        receipts
    };
    let recording = Recording {
        header: Header {
            format: FORMAT,
            adapter: match execution.adapter.as_str() {
                "" => "command".to_owned(),
                adapter => adapter.to_owned(),
            },
            agent: execution.agent.clone(),
            recorded_at: moment(attempt).unwrap_or_default().to_string(),
            ending,
            duration_ms,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            receipts,
        },
        pieces: recording::cut(&stdout, &stderr, marks, duration_ms),
    };
    write(&args.output, &recording)?;
    app.note(&format!(
        "recorded {} of {}: {} bytes, {ending}",
        short(&attempt.id),
        clean(&execution.agent),
        stdout.len() + stderr.len()
    ));
    Ok(Exit::Success)
}

/// The attempt that is named, or the newest of what is named.
fn find<'a>(run: &'a Run, args: &RecordArgs) -> Result<(&'a Execution, &'a Attempt), Failure> {
    let newest = logs::pick(run, &args.id).map(|picked| picked.id);
    let wanted = args.attempt.as_deref().or(newest.as_deref());
    run.executions
        .iter()
        .flat_map(|execution| execution.attempts.iter().map(move |it| (execution, it)))
        .find(|(_, attempt)| wanted.is_some_and(|wanted| attempt.id.starts_with(wanted)))
        .ok_or_else(|| {
            Failure::Input(format!(
                "expected an attempt of {}, found none{}; `synod show {}` lists them",
                clean(&run.name),
                args.attempt
                    .as_deref()
                    .map(|id| format!(" whose id begins with {id:?}"))
                    .unwrap_or_default(),
                short(&run.id)
            ))
        })
}

/// How it ended, and after how long; a no if there is nothing to be played to an end.
fn ended(attempt: &Attempt) -> Result<(Ending, u64), Failure> {
    let id = short(&attempt.id);
    if attempt.ended_at.is_none() {
        return Err(Failure::Input(format!(
            "expected an attempt that has ended, found {id} {}; `synod wait {id}` waits for its end",
            clean(&attempt.state)
        )));
    }
    let ending = match (attempt.exit_code, attempt.signal) {
        (Some(code), _) => Ending::ExitCode(code),
        (None, Some(signal)) => Ending::Signal(signal),
        (None, None) => {
            return Err(Failure::Input(format!(
                "expected an attempt whose end is known, found {id}, which ended as {}",
                clean(&attempt.reason)
            )));
        }
    };
    let measured = attempt.duration.as_ref().map(|duration| {
        let ms = duration.seconds * 1000 + i64::from(duration.nanos) / 1_000_000;
        u64::try_from(ms).unwrap_or_default()
    });
    Ok((ending, measured.unwrap_or_default()))
}

/// When it was started.
fn moment(attempt: &Attempt) -> Option<Timestamp> {
    attempt.started_at.as_ref().and_then(time::instant)
}

/// All that it printed.
async fn bytes(
    app: &App,
    session: &Session,
    attempt: &Attempt,
    which: Output,
) -> Result<Vec<u8>, Failure> {
    let mut told = follow::ToldAway::default();
    let mut all = Vec::new();
    // Followed to its end, so that the daemon says that nothing is missing.
    let mut pieces = tail(session.clone(), tail_request(&attempt.id, which, true));
    while let Some(item) = pieces.recv().await {
        match item {
            TailItem::Piece(piece) => all.extend_from_slice(&piece.data),
            TailItem::Away(away) => told.tell(app, away),
            TailItem::Failed(failure) => return Err(failure),
        }
    }
    Ok(all)
}

/// How much was there when.
async fn marks(app: &App, mut session: Session, attempt: &Attempt) -> Result<Vec<Mark>, Failure> {
    let Some(started) = moment(attempt) else {
        return Ok(Vec::new());
    };
    let status = session
        .call(|mut daemon| async move { daemon.get_daemon_status(GetDaemonStatusRequest {}).await })
        .await?;
    // Nothing of the attempt comes after its own last change.
    let until = Follow::Until(status.revision);
    let mut changes = Changes::new(session, Some(0), &status.feed_id, until);
    let mut told = follow::ToldAway::default();
    let mut marks = Vec::new();
    loop {
        match changes.next().await? {
            FeedItem::Change(change) => {
                if let Some(Entity::Progress(progress)) = &change.entity
                    && progress.attempt_id == attempt.id
                {
                    marks.extend(mark(progress, started));
                }
            }
            // Older changes are gone; what is known is enough to play it, if not at its times.
            FeedItem::Snapshot(_) => {}
            FeedItem::Away(away) => told.tell(app, away),
            FeedItem::End => return Ok(marks),
        }
    }
}

fn mark(progress: &AttemptProgress, started: Timestamp) -> Option<Mark> {
    let at = progress.last_output_at.as_ref().and_then(time::instant)?;
    let ms = at.as_millisecond() - started.as_millisecond();
    Some(Mark {
        ms: u64::try_from(ms).unwrap_or_default(),
        stdout: progress.output_bytes,
        stderr: progress.error_bytes,
    })
}

fn write(path: &Path, recording: &Recording) -> Result<(), Failure> {
    let cannot = |error| match error {
        _ if path.exists() => exists(path),
        error => Failure::Input(format!("cannot write {}: {error}", path.display())),
    };
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error: std::io::Error| cannot(error))?;
    let mut file = BufWriter::new(file);
    recording
        .write(&mut file)
        .and_then(|()| file.flush())
        .map_err(|error| Failure::Input(format!("cannot write {}: {error}", path.display())))
}

fn exists(path: &Path) -> Failure {
    Failure::Input(format!(
        "{} is there already; name another file with --output",
        path.display()
    ))
}
