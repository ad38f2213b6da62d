//! The only place that prints. A reader that has gone ends the program quietly, a line at a time is what
//! arrives, and what is drawn in place is taken away again.

use std::io::{self, IsTerminal as _, Write as _};

use prost::{Message, Name};
use synod_shared::{json, sanitize};

use crate::failure::Failure;

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// Canonical JSON of the API's messages.
    Json,
}

fn write_out(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::Output(error),
    })
}

/// One line, or several that belong together, on standard output.
pub fn line(text: &str) -> Result<(), Failure> {
    let mut text = text.to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    write_out(text.as_bytes())
}

/// Bytes as they are, on standard output.
pub fn raw(bytes: &[u8]) -> Result<(), Failure> {
    write_out(bytes)
}

/// Bytes as they are, on standard error.
pub fn raw_error(bytes: &[u8]) -> Result<(), Failure> {
    match io::stderr().lock().write_all(bytes) {
        // Nobody reads the other stream: the first one still counts.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::Output(error)),
        Ok(()) => Ok(()),
    }
}

/// One object of the API: compact, or indented on a terminal.
pub fn object<M: Message + Name>(message: &M) -> Result<(), Failure> {
    let value = json::to_json(message)?;
    if io::stdout().is_terminal() {
        line(&format!("{value:#}"))
    } else {
        line(&value.to_string())
    }
}

/// One object of a stream: always one line.
pub fn stream_object<M: Message + Name>(message: &M) -> Result<(), Failure> {
    line(&json::to_string(message)?)
}

/// A remark beside the result, on standard error.
pub fn note(text: &str) {
    let text = format!("synod: {}\n", sanitize::text(text).trim_end());
    // Nobody may be reading the remarks; the result does not depend on them.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Plain text on standard error: progress without a terminal.
pub fn remark(text: &str) {
    // As above.
    let _ = io::stderr()
        .lock()
        .write_all(format!("{text}\n").as_bytes());
}

/// The failure that ends this program.
pub fn failure(form: Form, failure: &Failure) {
    if matches!(failure, Failure::ReaderGone) {
        return;
    }
    match form {
        Form::Text => note(&failure.to_string()),
        Form::Json => remark(&failure.to_json().to_string()),
    }
}

/// Whether remarks are seen by a person.
pub fn remarks_are_seen() -> bool {
    io::stderr().is_terminal()
}

/// Whether standard error can be drawn in place.
pub fn can_draw() -> bool {
    remarks_are_seen() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether answers on standard output are seen by a person.
pub fn answers_are_seen() -> bool {
    io::stdout().is_terminal()
}

/// Lines on standard error that are drawn again in place.
#[derive(Debug, Default)]
pub struct Panel {
    drawn: usize,
}

impl Panel {
    /// Draws the lines over those drawn before. They must fit the terminal's width.
    pub fn draw(&mut self, lines: &[String]) {
        let mut text = self.erase();
        for line in lines {
            text.push_str(line);
            text.push_str("\u{1b}[K\n");
        }
        self.drawn = lines.len();
        // A terminal that is gone shows nothing; the run goes on all the same.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Takes the lines away.
    pub fn clear(&mut self) {
        let text = self.erase();
        self.drawn = 0;
        // As above.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    fn erase(&self) -> String {
        match self.drawn {
            0 => String::new(),
            lines => format!("\u{1b}[{lines}A\r\u{1b}[J"),
        }
    }
}
