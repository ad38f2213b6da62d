//! opencode, `run --format json`.
//!
//! Success is: exit code 0, the last step finished for the reason `stop`, and no `error` line. It prints nothing
//! while it tries again.

use super::{
    base::Base,
    end::{End, Hints},
};
use crate::{Conclusion, Event, Money, json::Json, trouble::Trouble};

const HINTS: Hints = Hints {
    key: "check the key of the provider in opencode's configuration, or run `opencode auth login`",
    login: "run `opencode auth login`",
    model: "check the agent's model: opencode names it provider/model",
};

/// What is kept between lines.
#[derive(Debug, Clone, Default)]
pub struct Opencode {
    message: Option<Message>,
    /// Why the last step finished.
    reason: Option<String>,
    /// Whether a step began that has not finished.
    open: bool,
    error: Option<Trouble>,
    /// The sum of what the steps cost, in dollars.
    dollars: f64,
}

/// What it said in one step.
#[derive(Debug, Clone)]
struct Message {
    id: String,
    text: String,
}

impl Opencode {
    pub fn line(&mut self, line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let part = line.get("part");
        let word = |key: &str| part.get(key).text().unwrap_or_default();
        match line.get("type").text().unwrap_or_default() {
            "step_start" => {
                self.open = true;
                base.session(events, line.get("sessionID").text(), None);
                base.step();
                base.began = true;
            }
            "text" => {
                base.session(events, line.get("sessionID").text(), None);
                self.says(word("messageID"), word("text"));
                base.says_anew(events, word("text"));
            }
            "reasoning" => base.thinks(events, word("text")),
            "tool_use" => tool(part, base, events),
            "step_finish" => self.finish(part, base, events),
            "error" => {
                base.session(events, line.get("sessionID").text(), None);
                let trouble = trouble(line.get("error"));
                base.ends(events, &trouble.words());
                self.error = Some(trouble);
            }
            _ => {}
        }
    }

    fn says(&mut self, id: &str, text: &str) {
        match &mut self.message {
            Some(message) if message.id == id => {
                message.text.push('\n');
                message.text.push_str(text);
            }
            _ => {
                self.message = Some(Message {
                    id: id.to_owned(),
                    text: text.to_owned(),
                });
            }
        }
    }

    fn finish(&mut self, part: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        self.open = false;
        base.session(events, part.get("sessionID").text(), None);
        let count = |path: &[&str]| part.get("tokens").at(path).count().unwrap_or_default();
        let usage = &mut base.record.usage;
        let cached = count(&["cache", "read"]);
        let reasoning = count(&["reasoning"]);
        let input = [count(&["input"]), cached, count(&["cache", "write"])]
            .into_iter()
            .fold(0, u64::saturating_add);
        usage.input_tokens = usage.input_tokens.saturating_add(input);
        usage.cached_tokens = usage.cached_tokens.saturating_add(cached);
        usage.output_tokens = usage
            .output_tokens
            .saturating_add(count(&["output"]))
            .saturating_add(reasoning);
        usage.reasoning_tokens = usage.reasoning_tokens.saturating_add(reasoning);
        self.dollars += part
            .get("cost")
            .number()
            .filter(|cost| *cost > 0.0)
            .unwrap_or_default();
        // It tells 0 for a model whose price it does not know.
        usage.cost = Some(self.dollars)
            .filter(|dollars| *dollars > 0.0)
            .and_then(Money::from_dollars);
        let reason = part.get("reason").text().unwrap_or("unknown");
        self.reason = Some(reason.to_owned());
        if reason == "stop" {
            base.ends(events, "");
        }
    }

    pub fn final_text(&self) -> Option<&str> {
        let ended = !self.open && self.error.is_none() && self.reason.is_some();
        let message = self.message.as_ref().filter(|_| ended)?;
        Some(&message.text)
    }

    pub fn conclude(&self, end: &End<'_>) -> Conclusion {
        if let Some(trouble) = &self.error {
            return end.trouble(trouble, &HINTS);
        }
        match (self.open, self.reason.as_deref()) {
            (false, Some("stop")) => end.after_success(),
            (false, Some("length")) => {
                end.trouble(&Trouble::default().code(Some("max_output_tokens")), &HINTS)
            }
            (false, Some("content-filter")) => {
                end.trouble(&Trouble::default().code(Some("content_filter")), &HINTS)
            }
            (false, Some("error")) => {
                end.trouble(&Trouble::default().code(Some("server_error")), &HINTS)
            }
            // It went on to call a tool, or never came to an end of a step.
            (_, _) => end.cut(),
        }
    }
}

fn tool(part: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
    let word = |key: &str| part.get(key).text().unwrap_or_default();
    let state = part.get("state");
    base.calls(events, word("callID"), word("tool"), state.get("input"));
    if word("tool") == "todowrite" {
        let todos = state.at(&["input", "todos"]).items();
        let entries = todos.iter().map(|todo| {
            let word = |key| todo.get(key).text().unwrap_or_default();
            (word("content"), word("status"))
        });
        base.plans(events, entries);
    }
    let told = state
        .get("output")
        .text()
        .or_else(|| state.get("error").text());
    let ok = state.get("status").text() != Some("error");
    base.returned(events, word("callID"), ok, told.unwrap_or_default());
}

fn trouble(error: &Json<'_>) -> Trouble {
    let data = error.get("data");
    let message = data
        .get("message")
        .text()
        .or_else(|| error.get("message").text())
        .unwrap_or_default();
    let mut trouble = Trouble::said(message)
        .body(data.get("responseBody").text())
        .code(error.get("name").text());
    trouble.status = data
        .get("statusCode")
        .count()
        .and_then(|status| u16::try_from(status).ok())
        .or(trouble.status);
    if error.get("name").text() == Some("ProviderAuthError") {
        trouble = trouble.code(Some("login_required"));
    }
    let after = data.at(&["responseHeaders", "retry-after"]).text();
    trouble.wait_ms = trouble
        .wait_ms
        .or_else(|| after.and_then(crate::trouble::span_ms));
    trouble
}
