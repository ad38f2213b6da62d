//! The Agent Client Protocol, as far as the agent's own lines tell it: read only.
//!
//! Success is a `session/prompt` that ended with the stop reason `end_turn`; an exit code after that says nothing,
//! as some agents end so when their input closes. As on the speaking side (`acp/script.rs`), a reply is known by the id
//! of our request, the first one counts, and the turn ends with the reply to the prompt alone: an error of the
//! preparation counts only as long as there is none, and one to nobody's request is a note.

mod count;
mod outcome;

use std::collections::HashMap;

use self::{
    count::{measure, model_of},
    outcome::Outcome,
};
use super::{
    base::Base,
    end::End,
    words::{cut, head, what_of},
};
use crate::{Conclusion, Event, Money, ToolKind, Usage, acp::tool_kind, json::Json};

/// The ids of our requests (`acp/script.rs`).
const INITIALIZE: f64 = 1.0;
const SESSION: f64 = 2.0;
const PROMPT: f64 = 3.0;
const MODE: f64 = 4.0;
/// How much is kept of what is said after a thread broke, in bytes: an error, and nothing else.
const LONGEST_ERROR: usize = 64 * 1024;

/// What is kept between lines.
#[derive(Debug, Clone, Default)]
pub struct Acp {
    message: Option<Message>,
    calls: HashMap<String, Call>,
    /// What the turns used that have ended.
    turns: Usage,
    /// The first reply to the prompt.
    end: Option<Outcome>,
    /// The last message of the turn that has ended.
    answer: Option<String>,
    /// What kept it from a session, or from its mode. A step that it does not understand is none: what that means is
    /// told by the speaking side.
    hindrance: Option<Outcome>,
    /// It has answered that it is there, and not yet our wish for a session.
    loads: bool,
    /// codex-acp: the thread broke, whatever the stop reason says. Holds what was said since: the error, which comes
    /// as a piece of the same message that the agent's own words stand in.
    broke: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct Message {
    id: Option<String>,
    text: String,
    /// Something else was done since.
    over: bool,
}

/// A call of a tool, as far as its lines told it.
#[derive(Debug, Clone, Default)]
struct Call {
    tool: String,
    kind: ToolKind,
    what: String,
    told: bool,
    ended: bool,
}

impl Acp {
    pub fn line(&mut self, line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let params = line.get("params");
        match line.get("method").text() {
            Some("session/update") => {
                base.began = true;
                if self.loads {
                    // What it tells while it loads a session was said in an earlier run.
                    base.session(events, params.get("sessionId").text(), None);
                } else {
                    if base.record.session_id.is_none() {
                        // A session that was loaded without a word is named by what is said in it.
                        base.session(events, params.get("sessionId").text(), None);
                    }
                    self.update(params.get("update"), base, events);
                }
            }
            Some("session/request_permission") => {
                let call = params.get("toolCall");
                let input = call.get("rawInput");
                let what = match call.get("title").text() {
                    // A title may hide the command it is about.
                    Some(title) if !title.is_empty() && input.get("command").is_null() => {
                        title.to_owned()
                    }
                    Some(_) | None => what_of(input),
                };
                base.emit(
                    events,
                    Event::Asks {
                        what: cut(&what, 4096),
                    },
                );
            }
            Some(_) => {}
            None => self.response(line, base, events),
        }
    }

    fn response(&mut self, line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let (id, result, error) = (
            line.get("id").number(),
            line.get("result"),
            line.get("error"),
        );
        match id {
            Some(INITIALIZE) => self.loads = true,
            Some(SESSION) => {
                self.loads = false;
                if let Some(session) = result.get("sessionId").text() {
                    let model = result.at(&["models", "currentModelId"]).text();
                    base.session(events, Some(session), model);
                }
            }
            Some(_) | None => {}
        }
        let open = self.end.is_none();
        if !error.is_null() {
            base.began = true;
            let outcome = Outcome::of_error(error);
            let told = outcome.told(None);
            match (id, &outcome) {
                (Some(PROMPT), _) if open => {
                    base.ends(events, &told);
                    self.end = Some(outcome);
                }
                (Some(INITIALIZE | SESSION | MODE), Outcome::Failed(_)) if open => {
                    base.ends(events, &told);
                    self.hindrance = Some(outcome);
                }
                (Some(_) | None, _) => base.notes(events, &told),
            }
        } else if id == Some(PROMPT) && open && line.has("result") {
            self.ended(result, base, events);
        }
    }

    fn ended(&mut self, result: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        if let Some(turn) = measure(result) {
            self.turns = self.turns.plus(turn);
            base.record.usage = Usage {
                cost: base.record.usage.cost,
                ..self.turns
            };
        }
        if let Some(model) = model_of(result) {
            base.session(events, None, Some(model));
        }
        let stop = result.get("stopReason").text().unwrap_or_default();
        let outcome = Outcome::Stopped(stop.to_owned());
        base.ends(events, &outcome.told(self.broke.as_deref()));
        self.end = Some(outcome);
        self.answer = self.message.take().map(|message| message.text);
    }

    fn update(&mut self, update: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let text = update.at(&["content", "text"]).text().unwrap_or_default();
        match update.get("sessionUpdate").text().unwrap_or_default() {
            // claude-agent-acp tells notices of its own, about billing and the like, as if the agent had said them.
            "agent_message_chunk"
                if update.at(&["_meta", "claudeCode", "kind"]).text() == Some("informational") =>
            {
                base.notes(events, text);
            }
            "agent_message_chunk" => {
                self.says(update.get("messageId").text(), text, base, events);
            }
            "agent_thought_chunk" => base.thinks(events, text),
            "tool_call" | "tool_call_update" => self.call(update, base, events),
            "plan" => {
                let entries = update.get("entries").items().iter().map(|entry| {
                    let word = |key| entry.get(key).text().unwrap_or_default();
                    (word("content"), word("status"))
                });
                base.plans(events, entries);
            }
            "usage_update" => {
                let model = update.at(&["_meta", "_claude/model"]).text();
                base.session(events, None, model);
                let usage = &mut base.record.usage;
                if self.turns == Usage::default() {
                    // The size of the context: the best that is known before a turn has ended.
                    let used = update.get("used").count().unwrap_or_default();
                    usage.input_tokens = usage.input_tokens.max(used);
                }
                let dollars = update
                    .at(&["cost", "amount"])
                    .number()
                    .filter(|dollars| *dollars > 0.0);
                if update
                    .at(&["cost", "currency"])
                    .text()
                    .is_none_or(|currency| currency == "USD")
                {
                    usage.cost = dollars.and_then(Money::from_dollars).or(usage.cost);
                }
            }
            "session_info_update" => {
                let thread = update
                    .at(&["_meta", "codex", "threadStatus", "type"])
                    .text();
                match thread {
                    // What becomes of the thread later is no part of the turn.
                    _ if self.end.is_some() => {}
                    Some("systemError") => {
                        self.broke.get_or_insert_default();
                    }
                    Some("active") => self.broke = None,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn says(&mut self, id: Option<&str>, text: &str, base: &mut Base, events: &mut Vec<Event>) {
        if let Some(told) = &mut self.broke {
            told.push_str(head(text, LONGEST_ERROR.saturating_sub(told.len())));
        }
        match &mut self.message {
            Some(message) if !message.over && message.id.as_deref() == id => {
                message.text.push_str(text);
                base.says(events, text);
            }
            _ => {
                base.step();
                base.says_anew(events, text);
                self.message = Some(Message {
                    id: id.map(str::to_owned),
                    text: text.to_owned(),
                    over: false,
                });
            }
        }
    }

    fn call(&mut self, update: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        if let Some(message) = &mut self.message {
            message.over = true;
        }
        let word = |key: &str| update.get(key).text().filter(|word| !word.is_empty());
        let id = word("toolCallId").unwrap_or_default();
        let call = self.calls.entry(id.to_owned()).or_default();
        // Each line tells what has changed: what was told before holds.
        if let Some(kind) = word("kind") {
            call.kind = tool_kind(kind);
        }
        if let Some(tool) = word("name")
            .or(word("kind"))
            .filter(|_| call.tool.is_empty())
        {
            tool.clone_into(&mut call.tool);
        }
        let input = update.get("rawInput");
        if !input.fields().is_empty() {
            call.what = what_of(input);
        } else if let Some(title) = word("title").filter(|_| call.what.is_empty()) {
            title.clone_into(&mut call.what);
        }
        let status = word("status").unwrap_or_default();
        let ended = matches!(status, "completed" | "failed");
        // The first line of a call often does not tell what it does; it is told once something does, or it ends.
        let tells = !input.fields().is_empty() || ended || status == "in_progress";
        if !call.told && tells {
            call.told = true;
            base.calls_what(events, id, &call.tool, call.kind, &call.what);
        }
        if ended && !call.ended {
            call.ended = true;
            base.returned(events, id, status == "completed", &output(update));
        }
    }

    pub fn final_text(&self) -> Option<&str> {
        self.answer.as_deref().filter(|_| self.broke.is_none())
    }

    pub fn conclude(&self, end: &End<'_>) -> Conclusion {
        match self.end.as_ref().or(self.hindrance.as_ref()) {
            Some(outcome) => outcome.conclude(self.broke.as_deref(), end),
            None => end.cut(),
        }
    }
}

fn output(update: &Json<'_>) -> String {
    let parts = update.get("content").items();
    let texts: Vec<&str> = parts
        .iter()
        .filter_map(|part| part.at(&["content", "text"]).text())
        .collect();
    if !texts.is_empty() {
        return texts.join("\n");
    }
    match update.get("rawOutput") {
        Json::Text(text) => text.to_string(),
        output => output.get("output").text().unwrap_or_default().to_owned(),
    }
}
