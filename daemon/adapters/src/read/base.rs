//! What every reader keeps: the record, and the line that says what an agent does just now.

use synod_shared::sanitize;

use super::words::{calls, cut, head, is_id, kind_of, waits, what_of};
use crate::{Event, Record, Retry, ToolKind, json::Json};

/// The longest line about what an agent does, in characters.
const LONGEST_ACTIVITY: usize = 200;
/// How much of a line of speech is kept for that, in bytes.
const LONGEST_SPEECH: usize = 1024;
/// The longest tool result in an event, in bytes.
const LONGEST_RESULT: usize = 4096;
/// The longest command line, path or title in an event, in bytes.
const LONGEST_CALL: usize = 4096;

/// What every reader keeps.
#[derive(Debug, Clone, Default)]
pub struct Base {
    pub record: Record,
    /// Whether anything of the CLI's protocol was seen.
    pub began: bool,
    /// The line it is saying, if it is saying something.
    speech: String,
    /// Whether the last event was a piece of what it says.
    speaks: bool,
}

impl Base {
    /// Adds an event and keeps the record in step with it.
    pub fn emit(&mut self, events: &mut Vec<Event>, event: Event) {
        self.began = true;
        let activity = match &event {
            Event::Says { text } => {
                self.hear(text);
                Some(format!("says: {}", self.speech))
            }
            Event::Thinks { text } => Some(format!("thinks: {}", head(text, LONGEST_SPEECH))),
            Event::Calls {
                tool, kind, what, ..
            } => Some(calls(tool, *kind, what)),
            Event::Retries {
                attempt,
                of,
                after_ms,
                why,
            } => {
                self.record.retry = Some(Retry {
                    attempt: *attempt,
                    of: *of,
                    after_ms: *after_ms,
                    why: why.clone(),
                });
                Some(waits(*attempt, *of, *after_ms, why))
            }
            Event::Asks { what } => Some(format!("asks: {}", head(what, LONGEST_SPEECH))),
            Event::Plans { .. } => Some("plans".to_owned()),
            Event::Ends { text } if text.is_empty() => Some("done".to_owned()),
            Event::Ends { text } => Some(format!("failed: {}", head(text, LONGEST_SPEECH))),
            Event::Session { .. } | Event::Returned { .. } | Event::Notes { .. } => None,
        };
        self.speaks = matches!(event, Event::Says { .. });
        if !self.speaks {
            self.speech.clear();
        }
        if !matches!(event, Event::Retries { .. } | Event::Notes { .. }) {
            self.record.retry = None;
        }
        if let Some(activity) = activity {
            self.record.activity = sanitize::line(&activity, LONGEST_ACTIVITY);
        }
        events.push(event);
    }

    /// Keeps the last line of what it says that is not blank.
    fn hear(&mut self, text: &str) {
        let (line, begins) = match text.trim_end().rsplit_once('\n') {
            Some((_, line)) => (line, true),
            None => (text.trim_end_matches('\n'), false),
        };
        if begins || self.speech.ends_with('\n') {
            self.speech.clear();
        }
        let room = LONGEST_SPEECH.saturating_sub(self.speech.len());
        self.speech.push_str(head(line, room));
        if text.ends_with('\n') && !self.speech.is_empty() {
            self.speech.push('\n');
        }
    }

    /// A session that was named. A name is later given to the CLI as an argument: what could be read as a flag, or
    /// is no plain word, is none.
    pub fn session(&mut self, events: &mut Vec<Event>, id: Option<&str>, model: Option<&str>) {
        self.began = true;
        let id = id.filter(|id| is_id(id));
        let model = model
            .filter(|model| !model.is_empty())
            .map(|model| sanitize::line(model, 200));
        let new_id = id.is_some() && id != self.record.session_id.as_deref();
        let new_model = model.is_some() && model != self.record.model;
        if !new_id && !new_model {
            return;
        }
        if new_id {
            self.record.session_id = id.map(str::to_owned);
        }
        if new_model {
            self.record.model.clone_from(&model);
        }
        self.emit(
            events,
            Event::Session {
                id: id.map(str::to_owned),
                model,
            },
        );
    }

    pub fn says(&mut self, events: &mut Vec<Event>, text: &str) {
        if !text.is_empty() {
            self.emit(
                events,
                Event::Says {
                    text: text.to_owned(),
                },
            );
        }
    }

    /// A message of its own, or the first piece of one: set apart from the one before.
    pub fn says_anew(&mut self, events: &mut Vec<Event>, text: &str) {
        if self.speaks && !text.is_empty() {
            self.says(events, "\n\n");
        }
        self.says(events, text);
    }

    pub fn thinks(&mut self, events: &mut Vec<Event>, text: &str) {
        if !text.is_empty() {
            self.emit(
                events,
                Event::Thinks {
                    text: text.to_owned(),
                },
            );
        }
    }

    pub fn notes(&mut self, events: &mut Vec<Event>, text: &str) {
        if !text.is_empty() {
            self.emit(
                events,
                Event::Notes {
                    text: cut(text, LONGEST_RESULT),
                },
            );
        }
    }

    pub fn calls(&mut self, events: &mut Vec<Event>, id: &str, tool: &str, input: &Json<'_>) {
        let kind = kind_of(tool);
        let what = what_of(input);
        self.calls_what(events, id, tool, kind, &what);
    }

    pub fn calls_what(
        &mut self,
        events: &mut Vec<Event>,
        id: &str,
        tool: &str,
        kind: ToolKind,
        what: &str,
    ) {
        self.record.steps = self.record.steps.saturating_add(1);
        self.emit(
            events,
            Event::Calls {
                id: cut(id, 200),
                tool: cut(tool, 200),
                kind,
                what: cut(what, LONGEST_CALL),
            },
        );
    }

    pub fn returned(&mut self, events: &mut Vec<Event>, id: &str, ok: bool, text: &str) {
        self.emit(
            events,
            Event::Returned {
                id: cut(id, 200),
                ok,
                text: cut(text, LONGEST_RESULT),
            },
        );
    }

    pub fn retries(
        &mut self,
        events: &mut Vec<Event>,
        attempt: u32,
        of: Option<u32>,
        after_ms: Option<u64>,
        why: &str,
    ) {
        let why = cut(why, 1000);
        self.emit(
            events,
            Event::Retries {
                attempt,
                of,
                after_ms,
                why,
            },
        );
    }

    /// What it means to do: texts and states, as several CLIs' to-do lists have them.
    pub fn plans<'a>(
        &mut self,
        events: &mut Vec<Event>,
        entries: impl Iterator<Item = (&'a str, &'a str)>,
    ) {
        let lines: Vec<String> = entries
            .take(200)
            .map(|(text, state)| {
                let mark = match state {
                    "completed" | "true" | "done" => 'x',
                    "in_progress" => '~',
                    _ => ' ',
                };
                format!("[{mark}] {}", cut(text, 500).replace('\n', " "))
            })
            .collect();
        if !lines.is_empty() {
            self.emit(
                events,
                Event::Plans {
                    text: lines.join("\n"),
                },
            );
        }
    }

    pub fn ends(&mut self, events: &mut Vec<Event>, text: &str) {
        self.emit(
            events,
            Event::Ends {
                text: cut(text, LONGEST_RESULT),
            },
        );
    }

    /// One more request to the model.
    pub fn step(&mut self) {
        self.record.steps = self.record.steps.saturating_add(1);
    }
}
