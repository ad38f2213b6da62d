//! The Agent Client Protocol, as far as the agent's own lines tell it: read only.
//!
//! Success is a `session/prompt` that ended with the stop reason `end_turn`; an exit code after that says nothing,
//! as some agents end so when their input closes. The speaking side (`acp/`) knows which request was which; here a
//! result with a stop reason is a turn's end, and an error counts unless the agent merely does not know a method.

use std::collections::HashMap;

use synod_shared::words::Reason;

use super::{
    base::Base,
    end::{End, Hints},
    words::{cut, what_of},
};
use crate::{Conclusion, Ending, Event, Money, ToolKind, Usage, json::Json, trouble::Trouble};

const HINTS: Hints = Hints {
    key: "check the agent's key",
    login: "log in with the agent's own program",
    model: "check the agent's model",
};

/// JSON-RPC: the method, or its parameters, are not known. No turn ends with these.
const NOT_UNDERSTOOD: [f64; 2] = [-32601.0, -32602.0];
/// The ids of our `initialize`, and of our `session/new` or `session/load` (`acp/script.rs`).
const INITIALIZE: f64 = 1.0;
const SESSION: f64 = 2.0;
/// The protocol's own: authentication is required.
const AUTH_REQUIRED: f64 = -32000.0;

/// What is kept between lines.
#[derive(Debug, Clone, Default)]
pub struct Acp {
    message: Option<Message>,
    calls: HashMap<String, Call>,
    /// What the turns used that have ended.
    turns: Usage,
    end: Option<Outcome>,
    /// It has answered that it is there, and not yet our wish for a session.
    loads: bool,
    /// codex-acp: the thread broke, whatever the stop reason says.
    broke: bool,
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

#[derive(Debug, Clone)]
enum Outcome {
    Stopped(String),
    Failed(Trouble),
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
                    self.update(params.get("update"), base, events);
                }
            }
            Some("session/request_permission") => {
                let call = params.get("toolCall");
                let title = call.get("title").text().unwrap_or_default().to_owned();
                let what = if title.is_empty() {
                    what_of(call.get("rawInput"))
                } else {
                    title
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
        let (result, error) = (line.get("result"), line.get("error"));
        match line.get("id").number() {
            Some(INITIALIZE) => self.loads = true,
            Some(SESSION) => self.loads = false,
            Some(_) | None => {}
        }
        if !error.is_null() {
            base.began = true;
            let code = error.get("code").number();
            if code.is_some_and(|code| NOT_UNDERSTOOD.contains(&code)) {
                return;
            }
            let mut trouble = Trouble::of(error)
                .code(error.at(&["data", "errorKind"]).text())
                .code(error.at(&["data", "errorName"]).text());
            if code == Some(AUTH_REQUIRED) {
                trouble = trouble.code(Some("auth_required"));
            }
            base.ends(events, &trouble.words());
            self.end = Some(Outcome::Failed(trouble));
            return;
        }
        if let Some(session) = result.get("sessionId").text() {
            let model = result.at(&["models", "currentModelId"]).text();
            base.session(events, Some(session), model);
        }
        if let Some(stop) = result.get("stopReason").text() {
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
            let told = match stop {
                "end_turn" if self.broke => "the turn broke",
                "end_turn" => "",
                other => other,
            };
            base.ends(events, told);
            self.end = Some(Outcome::Stopped(stop.to_owned()));
            if let Some(message) = &mut self.message {
                message.over = true;
            }
        }
    }

    fn update(&mut self, update: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let text = update.at(&["content", "text"]).text().unwrap_or_default();
        match update.get("sessionUpdate").text().unwrap_or_default() {
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
                    Some("systemError") => self.broke = true,
                    Some("active") => self.broke = false,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn says(&mut self, id: Option<&str>, text: &str, base: &mut Base, events: &mut Vec<Event>) {
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
            call.kind = kind_of(kind);
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
        let ended = matches!(self.end, Some(Outcome::Stopped(_))) && !self.broke;
        let message = self.message.as_ref().filter(|_| ended)?;
        Some(&message.text)
    }

    pub fn conclude(&self, end: &End<'_>) -> Conclusion {
        let stop = match &self.end {
            None => return end.cut(),
            Some(Outcome::Failed(trouble)) => return end.trouble(trouble, &HINTS),
            Some(Outcome::Stopped(stop)) => stop.as_str(),
        };
        match stop {
            "end_turn" if self.broke => {
                let told = self.message.as_ref().map_or("", |message| &message.text);
                end.trouble(&Trouble::said(told), &HINTS)
            }
            "end_turn" => match end.ending {
                Ending::Exited(_) | Ending::Closed => super::end::completed(),
                Ending::Signalled(_) => end.after_success(),
            },
            "max_tokens" => {
                end.trouble(&Trouble::default().code(Some("max_output_tokens")), &HINTS)
            }
            "refusal" => end.trouble(&Trouble::default().code(Some("refusal")), &HINTS),
            "max_turn_requests" => End::failed(
                Reason::Runaway,
                "the agent stopped itself at its limit of requests in a turn",
                "",
            ),
            "cancelled" => End::failed(Reason::Cancelled, "the turn was cancelled", ""),
            other => End::failed(
                Reason::ExitNonzero,
                &format!(
                    "expected the turn to end with end_turn, found {}",
                    synod_shared::sanitize::line(other, 100)
                ),
                "",
            ),
        }
    }
}

fn kind_of(kind: &str) -> ToolKind {
    match kind {
        "read" => ToolKind::Read,
        "edit" => ToolKind::Edit,
        "delete" => ToolKind::Delete,
        "move" => ToolKind::Move,
        "search" => ToolKind::Search,
        "execute" => ToolKind::Execute,
        "think" => ToolKind::Think,
        "fetch" => ToolKind::Fetch,
        "switch_mode" => ToolKind::SwitchMode,
        _ => ToolKind::Other,
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

/// The model that a turn's counts are of.
fn model_of<'a>(result: &'a Json<'_>) -> Option<&'a str> {
    let models = result.at(&["_meta", "quota", "model_usage"]).items();
    models.iter().find_map(|of| of.get("model").text())
}

/// What the turn used. The standard fields count the input without what a cache gave; Gemini tells its own only.
fn measure(result: &Json<'_>) -> Option<Usage> {
    let standard = result.get("usage");
    let count = |key: &str| standard.get(key).count();
    if let Some(fresh) = count("inputTokens") {
        let cached_tokens = count("cachedReadTokens").unwrap_or_default();
        let written = count("cachedWriteTokens").unwrap_or_default();
        let input_tokens = fresh.saturating_add(cached_tokens).saturating_add(written);
        let output = count("outputTokens").unwrap_or_default();
        let reasoning_tokens = count("thoughtTokens").unwrap_or_default();
        // Some count what it thought with within the output, some beside it: the total tells.
        let all = input_tokens
            .saturating_add(output)
            .saturating_add(reasoning_tokens);
        let beside = count("totalTokens").is_some_and(|total| total >= all);
        let output_tokens = if beside {
            output.saturating_add(reasoning_tokens)
        } else {
            output
        };
        return Some(Usage {
            input_tokens,
            cached_tokens,
            output_tokens,
            reasoning_tokens,
            ..Usage::default()
        });
    }
    let own = result.at(&["_meta", "quota", "token_count"]);
    Some(Usage {
        input_tokens: own.get("input_tokens").count()?,
        output_tokens: own.get("output_tokens").count().unwrap_or_default(),
        ..Usage::default()
    })
}
