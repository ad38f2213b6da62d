//! What every verb has at hand: the places, the form of answers, the look of text, a session.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use prost::{Message, Name};
use synod_proto::v1::Run;
use synod_shared::paths::Paths;

use super::args::Arguments;
use crate::{
    failure::Failure,
    link::{self, Dial, Session},
    output::{self, Form},
    render::{Colour, Look},
};

/// The program, as it was called.
#[derive(Debug)]
pub struct App {
    /// How to reach the daemon.
    pub dial: Dial,
    /// How answers are written.
    pub form: Form,
    /// Whether remarks are wanted even if nobody seems to read them.
    talk: Talk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Talk {
    ToPeople,
    Always,
}

impl App {
    /// From the arguments and the environment.
    pub fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let socket = arguments.socket.as_deref().map(absolute).transpose()?;
        Ok(Self {
            dial: Dial {
                paths: Paths::from_env(socket.as_deref())?,
                socket_argument: socket,
            },
            form: if arguments.json {
                Form::Json
            } else {
                Form::Text
            },
            talk: if arguments.verbose {
                Talk::Always
            } else {
                Talk::ToPeople
            },
        })
    }

    /// A session with the daemon, which is started if none answers.
    pub async fn session(&self) -> Result<Session, Failure> {
        Session::open(self.dial.clone()).await
    }

    /// Whether the caller asked for more words.
    pub fn is_verbose(&self) -> bool {
        self.talk == Talk::Always
    }

    /// Says something beside the result, to people or when asked to be verbose.
    pub fn note(&self, text: &str) {
        if self.talk == Talk::Always || (output::remarks_are_seen() && self.form == Form::Text) {
            output::note(text);
        }
    }

    /// Says something beside the result that also a log should hold. Programs read objects only.
    pub fn tell(&self, text: &str) {
        if self.talk == Talk::Always || self.form == Form::Text {
            output::note(text);
        }
    }

    /// The result: an object for programs, text for people.
    pub fn answer<M: Message + Name>(
        &self,
        message: &M,
        text: impl FnOnce(&M, &Look) -> String,
    ) -> Result<(), Failure> {
        match self.form {
            Form::Json => output::object(message),
            Form::Text => output::line(&text(message, &look_of_answers())),
        }
    }

    /// A run as the result, read whole after whatever was done to it.
    pub async fn answer_run(
        &self,
        session: &mut Session,
        id: &str,
        text: impl FnOnce(&Run, &Look) -> String,
    ) -> Result<Run, Failure> {
        let run = link::get_run(session, id).await?;
        self.answer(&run, text)?;
        Ok(run)
    }
}

/// How text is to look on standard output, now.
pub fn look_of_answers() -> Look {
    look(output::answers_are_seen())
}

/// How text is to look on standard error, now.
pub fn look_of_remarks() -> Look {
    look(output::remarks_are_seen())
}

fn absolute(socket: &std::path::Path) -> Result<PathBuf, Failure> {
    std::path::absolute(socket).map_err(|error| {
        Failure::Input(format!(
            "cannot use the socket path {}: {error}",
            socket.display()
        ))
    })
}

fn look(seen: bool) -> Look {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let plain = set("NO_COLOR").is_some() || set("TERM").is_some_and(|term| term == "dumb");
    let width = width();
    Look {
        width,
        table_width: if seen { width } else { usize::MAX },
        colour: if seen && !plain {
            Colour::Ansi
        } else {
            Colour::Never
        },
        now: jiff::Timestamp::now(),
        zone: TimeZone::system(),
    }
}

/// The terminal's width, whichever stream is one; 80 when none is. Very wide lines are hard to read.
fn width() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|n| n.parse().ok());
    let found = || {
        terminal_size::terminal_size_of(std::io::stdout())
            .or_else(|| terminal_size::terminal_size_of(std::io::stderr()))
            .map(|(terminal_size::Width(columns), _)| usize::from(columns))
    };
    asked.or_else(found).unwrap_or(80).clamp(40, 120)
}
