//! A single-agent run, followed: what it prints is passed on, and its end is told.
//!
//! What a plain command prints is passed on as it comes. Of an agent whose output is a protocol the transcript goes to
//! standard error while it works, and its final message to standard output.
//!
//! `exec` and `run` share it. Not here: what an exit code becomes.

use std::collections::BTreeSet;

use synod_proto::v1::{Run, SpawnAgentRequest, TailOutputResponse};
use synod_shared::sanitize::Sanitizer;
use tokio::sync::mpsc;

use super::{
    app::{App, look_of_remarks},
    follow::{self, ToldAway},
};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    link::{self, Output, Session, TailItem, WatchItem, tail, tail_request},
    output::{self, Form},
    render::{questions, runs, usage},
};

/// Submits a single-agent run. A name that is taken gets a number, which is told: it is the run's name.
pub async fn submit(
    app: &App,
    session: &mut Session,
    request: SpawnAgentRequest,
) -> Result<Run, Failure> {
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.spawn_agent(request).await }
        })
        .await?;
    let run = answer
        .run
        .ok_or_else(|| Failure::Protocol("the daemon took the work but named no run".to_owned()))?;
    if !request.name.is_empty() && run.name != request.name {
        app.tell(&format!("named {}: {} is taken", run.name, request.name));
    }
    Ok(run)
}

/// How output is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Byte for byte, whatever they do to a terminal.
    Raw,
    /// Harmless for a terminal.
    Sanitised,
}

/// How following ended.
#[derive(Debug)]
pub enum Followed {
    /// The run has ended and all it printed has been passed on.
    End(Box<Run>),
    /// The person at the keyboard had enough.
    Interrupted,
}

/// Follows a run until it has ended. Text is what it prints; with `--json` the run is the answer, in one line,
/// and what was printed is in `synod logs`.
pub async fn result(
    app: &App,
    session: &mut Session,
    id: &str,
    pass: Pass,
) -> Result<Followed, Failure> {
    match app.form {
        Form::Text => follow(app, session, id, pass).await,
        Form::Json => match follow::follow(app, session, id).await? {
            follow::Followed::Interrupted => Ok(Followed::Interrupted),
            follow::Followed::End => {
                let run = link::get_run(session, id).await?;
                output::stream_object(&run)?;
                Ok(Followed::End(Box::new(run)))
            }
        },
    }
}

/// Passes on what a run prints until it has ended.
async fn follow(
    app: &App,
    session: &mut Session,
    id: &str,
    pass: Pass,
) -> Result<Followed, Failure> {
    let mut states = link::watch(session.clone(), vec![id.to_owned()]);
    let mut streams = Streams::new(&*session, pass);
    let mut asked = Asked::default();
    let mut ended: Option<Box<Run>> = None;
    let mut told = ToldAway::default();
    let interrupt = tokio::signal::ctrl_c();
    tokio::pin!(interrupt);
    loop {
        if let Some(run) = ended.take_if(|_| streams.are_done()) {
            if !streams.structured {
                return Ok(Followed::End(run));
            }
            drop(streams);
            let run = link::get_run(session, id).await?;
            if let Some(text) = runs::attempts(&run)
                .last()
                .and_then(|a| a.final_text.as_ref())
            {
                print_final(text)?;
            }
            return Ok(Followed::End(Box::new(run)));
        }
        // Every arm only receives: nothing is lost when another one wins.
        tokio::select! {
            _ = &mut interrupt => return Ok(Followed::Interrupted),
            item = states.recv(), if ended.is_none() => match item {
                Some(WatchItem::Run(run)) => {
                    if let Some(execution) = run.executions.last()
                        && let Some(attempt) = execution.attempts.last()
                    {
                        streams.read(&attempt.id, usage::is_structured(execution));
                    }
                    asked.tell(&run);
                    if Exit::of_run(&run.state, Degraded::Accepted).is_some() {
                        ended = Some(run);
                    }
                }
                Some(WatchItem::Away(away)) => told.tell(app, away),
                Some(WatchItem::Failed(failure)) => return Err(failure),
                None => return Err(Failure::Protocol(format!("following {id} ended before its run"))),
            },
            item = next(&mut streams.stdout), if streams.stdout.is_some() => {
                streams.take(Output::Stdout, item, app, &mut told)?;
            }
            item = next(&mut streams.stderr), if streams.stderr.is_some() => {
                streams.take(Output::Stderr, item, app, &mut told)?;
            }
        }
    }
}

async fn next(stream: &mut Option<mpsc::Receiver<TailItem>>) -> Option<TailItem> {
    match stream {
        Some(stream) => stream.recv().await,
        None => None,
    }
}

struct Streams<'a> {
    session: &'a Session,
    pass: Pass,
    reading: Option<String>,
    structured: bool,
    stdout: Option<mpsc::Receiver<TailItem>>,
    stderr: Option<mpsc::Receiver<TailItem>>,
    clean_stdout: Sanitizer,
    clean_stderr: Sanitizer,
}

impl<'a> Streams<'a> {
    fn new(session: &'a Session, pass: Pass) -> Self {
        Self {
            session,
            pass,
            reading: None,
            structured: false,
            stdout: None,
            stderr: None,
            clean_stdout: Sanitizer::default(),
            clean_stderr: Sanitizer::default(),
        }
    }

    /// Begins to read an attempt's output, if it is the first one seen.
    fn read(&mut self, attempt: &str, structured: bool) {
        if self.reading.is_none() {
            self.reading = Some(attempt.to_owned());
            self.structured = structured;
            let open = |output| tail(self.session.clone(), tail_request(attempt, output, true));
            if structured {
                self.stderr = Some(open(Output::Transcript));
                return;
            }
            self.stdout = Some(open(Output::Stdout));
            self.stderr = Some(open(Output::Stderr));
        }
    }

    fn are_done(&self) -> bool {
        self.stdout.is_none() && self.stderr.is_none()
    }

    fn take(
        &mut self,
        output: Output,
        item: Option<TailItem>,
        app: &App,
        told: &mut ToldAway,
    ) -> Result<(), Failure> {
        match item {
            Some(TailItem::Piece(piece)) => self.pass_on(output, &piece),
            Some(TailItem::Away(away)) => {
                told.tell(app, away);
                Ok(())
            }
            Some(TailItem::Failed(failure)) => Err(failure),
            None => self.close(output),
        }
    }

    fn pass_on(&mut self, output: Output, piece: &TailOutputResponse) -> Result<(), Failure> {
        let clean = match output {
            Output::Stdout => &mut self.clean_stdout,
            Output::Stderr | Output::Transcript => &mut self.clean_stderr,
        };
        let text;
        let bytes = match self.pass {
            Pass::Raw => &piece.data,
            Pass::Sanitised => {
                text = clean.push(&piece.data).into_bytes();
                &text
            }
        };
        write(output, bytes)
    }

    fn close(&mut self, output: Output) -> Result<(), Failure> {
        let rest = match output {
            Output::Stdout => {
                self.stdout = None;
                self.clean_stdout.finish()
            }
            Output::Stderr | Output::Transcript => {
                self.stderr = None;
                self.clean_stderr.finish()
            }
        };
        write(output, rest.as_bytes())
    }
}

fn write(output: Output, bytes: &[u8]) -> Result<(), Failure> {
    match output {
        Output::Stdout => output::raw(bytes),
        Output::Stderr | Output::Transcript => output::raw_error(bytes),
    }
}

/// An agent's final message as the answer of a command: whole, and ended by a newline.
pub fn print_final(text: &str) -> Result<(), Failure> {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    if output::answers_are_seen() {
        let mut clean = Sanitizer::default();
        let mut harmless = clean.push(text.as_bytes());
        harmless.push_str(&clean.finish());
        output::raw(format!("{harmless}{end}").as_bytes())
    } else {
        output::raw(format!("{text}{end}").as_bytes())
    }
}

/// Permissions that were told: each once.
#[derive(Debug, Default)]
struct Asked(BTreeSet<String>);

impl Asked {
    /// Says what an agent waits for, and how to answer.
    fn tell(&mut self, run: &Run) {
        let open = run.questions.iter().filter(|one| one.state == "open");
        for question in open {
            if self.0.insert(question.id.clone()) {
                for line in questions::one(question, &look_of_remarks()) {
                    output::remark(&line);
                }
            }
        }
    }
}
