//! What an agent did, as text for people: written while it works, and again from the start with the same bytes.
//!
//! ```text
//! says  I will run the tests.
//! runs  $ cargo test
//! gave  running 3 tests
//!       …
//! done
//! ```
//!
//! A message that comes in pieces is one paragraph, wherever it was cut. Everything is made harmless for a terminal.
//!
//! Not here: colours, and cutting to a width.

use synod_shared::sanitize::{self, Sanitizer};

use crate::{Event, ToolKind, read::waits};

/// Where text begins; what stands before is the word that says whose it is.
const INDENT: &str = "      ";
/// How much of a tool's result is shown; the rest is in the raw output.
const LINES_OF_A_RESULT: usize = 40;

/// Renders events, one after the other.
#[derive(Debug, Default)]
pub struct Transcript {
    speech: Option<Speech>,
    /// The note told last: CLIs tell an error first and end with it then.
    note: String,
}

/// A message under way.
#[derive(Debug)]
struct Speech {
    word: &'static str,
    sanitizer: Sanitizer,
    /// Line ends that were said but not written: those at the end of a message are dropped.
    held: usize,
    /// Whether anything was written.
    begun: bool,
}

impl Transcript {
    /// Adds what one event says.
    pub fn event(&mut self, event: &Event, out: &mut String) {
        match event {
            Event::Says { text } => return self.speak("says", text, out),
            Event::Thinks { text } => return self.speak("think", text, out),
            Event::Session { .. }
            | Event::Calls { .. }
            | Event::Returned { .. }
            | Event::Plans { .. }
            | Event::Retries { .. }
            | Event::Asks { .. }
            | Event::Notes { .. }
            | Event::Ends { .. } => {}
        }
        self.finish(out);
        match event {
            Event::Says { .. } | Event::Thinks { .. } => {}
            Event::Session { id, model } => {
                let text = match (model, id) {
                    (Some(model), Some(id)) => format!("{model}, session {id}"),
                    (Some(model), None) => model.clone(),
                    (None, Some(id)) => format!("session {id}"),
                    (None, None) => return,
                };
                block("on", &text, out);
            }
            Event::Calls {
                tool, kind, what, ..
            } => {
                let (word, what) = call(tool, *kind, what);
                block(word, &what, out);
            }
            Event::Returned { ok, text, .. } => {
                let text = sanitize::text(text);
                let lines = text.lines().count();
                let mut shown: Vec<&str> = text.lines().take(LINES_OF_A_RESULT).collect();
                let more = format!("… ({lines} lines)");
                if lines > LINES_OF_A_RESULT {
                    shown.push(&more);
                }
                let shown = shown.join("\n");
                match (ok, shown.trim().is_empty()) {
                    (true, true) => block("gave", "(nothing)", out),
                    (false, true) => block("fail", "(nothing)", out),
                    (true, false) => block("gave", &shown, out),
                    (false, false) => block("fail", &shown, out),
                }
            }
            Event::Plans { text } => block("plan", text, out),
            Event::Retries {
                attempt,
                of,
                after_ms,
                why,
            } => {
                let text = waits(*attempt, *of, *after_ms, why);
                block("waits", text.strip_prefix("waits: ").unwrap_or(&text), out);
            }
            Event::Asks { what } => block("asks", what, out),
            Event::Notes { text } => {
                text.clone_into(&mut self.note);
                block("note", text, out);
            }
            Event::Ends { text } if text.is_empty() => block("done", "", out),
            Event::Ends { text } if *text == self.note => {
                block("ends", "with the error above", out);
            }
            Event::Ends { text } => block("ends", text, out),
        }
    }

    /// Ends a message under way: nothing more will come.
    pub fn finish(&mut self, out: &mut String) {
        if let Some(mut speech) = self.speech.take() {
            let rest = speech.sanitizer.finish();
            speech.write(&rest, out);
            if speech.begun {
                out.push('\n');
            }
        }
    }

    fn speak(&mut self, word: &'static str, text: &str, out: &mut String) {
        if self
            .speech
            .as_ref()
            .is_some_and(|speech| speech.word != word)
        {
            self.finish(out);
        }
        let speech = self.speech.get_or_insert_with(|| Speech {
            word,
            sanitizer: Sanitizer::default(),
            held: 0,
            begun: false,
        });
        let clean = speech.sanitizer.push(text.as_bytes());
        speech.write(&clean, out);
    }
}

impl Speech {
    fn write(&mut self, text: &str, out: &mut String) {
        for piece in text.split_inclusive('\n') {
            let line = piece.strip_suffix('\n');
            let words = line.unwrap_or(piece);
            if !words.is_empty() {
                if !self.begun {
                    self.begun = true;
                    self.held = 0;
                    out.push_str(self.word);
                    out.push_str(INDENT.get(self.word.len()..).unwrap_or(" "));
                }
                if self.held > 0 {
                    out.extend(std::iter::repeat_n('\n', self.held));
                    out.push_str(INDENT);
                    self.held = 0;
                }
                out.push_str(words);
            }
            if line.is_some() {
                self.held += 1;
            }
        }
    }
}

/// One word and its text, further lines below each other.
fn block(word: &str, text: &str, out: &mut String) {
    let text = sanitize::text(text);
    out.push_str(word);
    let mut lines = text.trim_end().lines();
    if let Some(first) = lines.next() {
        out.push_str(INDENT.get(word.len()..).unwrap_or(" "));
        out.push_str(first);
    }
    out.push('\n');
    for line in lines {
        if !line.trim().is_empty() {
            out.push_str(INDENT);
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn call<'a>(
    tool: &str,
    kind: ToolKind,
    what: &'a str,
) -> (&'static str, std::borrow::Cow<'a, str>) {
    match kind {
        ToolKind::Execute => ("runs", format!("$ {what}").into()),
        ToolKind::Read => ("reads", what.into()),
        ToolKind::Edit => ("edits", what.into()),
        ToolKind::Search => ("seeks", what.into()),
        ToolKind::Fetch => ("gets", what.into()),
        ToolKind::Delete
        | ToolKind::Move
        | ToolKind::Think
        | ToolKind::SwitchMode
        | ToolKind::Other => ("calls", format!("{tool} {what}").into()),
    }
}

#[cfg(test)]
mod tests;
