//! Claude Code, `--output-format stream-json` (or `json`: its only line is the same `result`).
//!
//! Success is: exit code 0, a `result` line, `is_error` false, `terminal_reason` completed. `subtype` says
//! "success" on API errors too.

mod count;
mod told;

use synod_shared::words::Reason;

use self::{
    count::{measure, tally},
    told::{call, system, user},
};
use super::{
    base::Base,
    end::{End, Hints},
};
use crate::{
    Conclusion, Event,
    json::Json,
    trouble::{Trouble, seconds_us},
};

const HINTS: Hints = Hints {
    key: "check ANTHROPIC_API_KEY",
    login: "run `claude` and /login, or set ANTHROPIC_API_KEY",
    model: "check the agent's model",
};

/// What is kept between lines.
#[derive(Debug, Clone, Default)]
pub struct Claude {
    /// The message of the model that was counted last.
    message: Option<String>,
    /// The message that came in pieces: not to be told again when it comes whole.
    streamed: Option<String>,
    /// When a window of the subscription opens again, once it was closed.
    resets_at_us: Option<i64>,
    /// The kind of error that the CLI wrote instead of a message.
    error: Option<String>,
    result: Option<Outcome>,
}

/// The `result` line.
#[derive(Debug, Clone, Default)]
struct Outcome {
    is_error: bool,
    subtype: String,
    terminal: Option<String>,
    stop: String,
    status: Option<u16>,
    codes: Vec<String>,
    text: Option<String>,
    errors: String,
    denied: Option<String>,
}

impl Claude {
    pub fn line(&mut self, line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let Some(kind) = line.get("type").text() else {
            return;
        };
        match kind {
            "system" => system(line, base, events),
            "assistant" => self.assistant(line, base, events),
            "user" => user(line, base, events),
            "stream_event" => self.piece(line, base, events),
            "rate_limit_event" => self.window(line.get("rate_limit_info"), base, events),
            "result" => self.result(line, base, events),
            _ => {}
        }
    }

    fn assistant(&mut self, line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let message = line.get("message");
        let text = |block: &Json<'_>| block.get("text").text().unwrap_or_default().to_owned();
        // Written by the CLI itself, not by the model.
        if line.get("is_api_error_message").is_true() || line.get("isApiErrorMessage").is_true() {
            self.error = line.get("error").text().map(str::to_owned);
            for block in message.get("content").items() {
                base.notes(events, &text(block));
            }
            return;
        }
        let id = message.get("id").text();
        if id.is_some() && id != self.message.as_deref() {
            self.message = id.map(str::to_owned);
            base.step();
            tally(message.get("usage"), &mut base.record.usage);
        }
        let model = message
            .get("model")
            .text()
            .filter(|model| *model != "<synthetic>");
        if line.get("parent_tool_use_id").is_null() {
            base.session(events, line.get("session_id").text(), model);
        }
        let told = id.is_some() && id == self.streamed.as_deref();
        for block in message.get("content").items() {
            match block.get("type").text().unwrap_or_default() {
                "text" if !told => base.says_anew(events, &text(block)),
                "thinking" if !told => {
                    base.thinks(events, block.get("thinking").text().unwrap_or_default());
                }
                "tool_use" | "server_tool_use" => call(block, base, events),
                _ => {}
            }
        }
    }

    /// A piece of a message, with `--include-partial-messages`.
    fn piece(&mut self, line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let event = line.get("event");
        match event.get("type").text().unwrap_or_default() {
            "message_start" => {
                self.streamed = event.at(&["message", "id"]).text().map(str::to_owned);
            }
            "content_block_delta" => {
                let delta = event.get("delta");
                base.says(events, delta.get("text").text().unwrap_or_default());
                base.thinks(events, delta.get("thinking").text().unwrap_or_default());
            }
            _ => {}
        }
    }

    /// A window of a subscription: how full it is, and when it opens again.
    fn window(&mut self, info: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let resets = info.get("resetsAt").count();
        let window = info
            .get("rateLimitType")
            .text()
            .unwrap_or("subscription")
            .replace('_', " ");
        match info.get("status").text().unwrap_or_default() {
            "rejected" => {
                self.resets_at_us = resets.and_then(seconds_us);
                base.notes(events, &format!("the {window} limit is reached"));
            }
            "allowed_warning" => base.notes(events, &format!("the {window} limit is near")),
            _ => self.resets_at_us = None,
        }
    }

    fn result(&mut self, line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let model = match line.get("modelUsage").fields() {
            [(model, _)] if base.record.model.is_none() => Some(model.as_ref()),
            _ => None,
        };
        base.session(events, line.get("session_id").text(), model);
        let word = |key: &str| line.get(key).text().unwrap_or_default().to_owned();
        let codes = ["api_error_type", "api_error"]
            .iter()
            .filter_map(|key| line.get(key).text().map(str::to_owned))
            .collect();
        let errors: Vec<&str> = line
            .get("errors")
            .items()
            .iter()
            .filter_map(Json::text)
            .collect();
        let structured = line.get("structured_output");
        let text = if structured.is_null() {
            line.get("result").text().map(str::to_owned)
        } else {
            Some(structured.to_string())
        };
        let outcome = Outcome {
            is_error: line.get("is_error").is_true(),
            subtype: word("subtype"),
            terminal: line.get("terminal_reason").text().map(str::to_owned),
            stop: word("stop_reason"),
            status: line
                .get("api_error_status")
                .count()
                .and_then(|status| u16::try_from(status).ok()),
            codes,
            text,
            errors: errors.join("; "),
            denied: line.get("permission_denials").items().last().map(|denial| {
                denial
                    .get("tool_name")
                    .text()
                    .unwrap_or("a tool")
                    .to_owned()
            }),
        };
        measure(line, &mut base.record.usage);
        let end = if outcome.is_success() {
            String::new()
        } else {
            outcome.message()
        };
        self.result = Some(outcome);
        base.ends(events, &end);
    }

    pub fn final_text(&self) -> Option<&str> {
        let result = self.result.as_ref()?;
        // An error's text is the CLI's, not the model's.
        if result.is_error {
            None
        } else {
            result.text.as_deref()
        }
    }

    pub fn conclude(&self, end: &End<'_>) -> Conclusion {
        let Some(result) = &self.result else {
            return end.cut();
        };
        if result.is_success() {
            let answered = result.text.as_ref().is_some_and(|text| !text.is_empty());
            return match (result.stop.as_str(), &result.denied) {
                ("max_tokens", _) => {
                    end.trouble(&Trouble::default().code(Some("max_output_tokens")), &HINTS)
                }
                ("refusal", _) => end.trouble(&Trouble::default().code(Some("refusal")), &HINTS),
                (_, Some(tool)) if !answered => End::failed(
                    Reason::ToolDenied,
                    &format!("{tool} was denied and the agent gave no answer"),
                    "allow the tool in the agent's argv, or ask for less",
                ),
                (_, _) => end.after_success(),
            };
        }
        let message = result.message();
        match (
            result.subtype.as_str(),
            result.terminal.as_deref().unwrap_or_default(),
        ) {
            ("error_max_turns" | "error_max_budget_usd", _)
            | (_, "max_turns" | "budget_exhausted") => {
                return End::failed(
                    Reason::Runaway,
                    &format!("the agent stopped itself: {message}"),
                    "",
                );
            }
            (_, "aborted_streaming" | "aborted_tools" | "aborted") => {
                return End::failed(
                    Reason::Signalled,
                    "the agent was interrupted, not by Synod",
                    "",
                );
            }
            _ => {}
        }
        let mut trouble = Trouble::said(&message);
        trouble.status = result.status;
        for code in &result.codes {
            trouble = trouble.code(Some(code));
        }
        let terminal = result.terminal.as_deref();
        trouble = trouble.code(terminal.filter(|terminal| *terminal == "prompt_too_long"));
        if result.stop == "refusal" {
            trouble = trouble.code(Some("refusal"));
        }
        // Without a status nothing was asked: there is neither key nor login.
        if result.status.is_none() && self.error.as_deref() == Some("authentication_failed") {
            trouble = trouble.code(Some("login_required"));
        }
        if self.error.as_deref() == Some("billing_error") {
            trouble = trouble.code(Some("billing_error"));
        }
        trouble.until_us = trouble
            .until_us
            .or(self.resets_at_us)
            .or_else(|| reset_in(&message));
        end.trouble(&trouble, &HINTS)
    }
}

impl Outcome {
    fn is_success(&self) -> bool {
        !self.is_error
            && match &self.terminal {
                Some(terminal) => terminal == "completed",
                // Older versions do not tell it.
                None => self.subtype.is_empty() || self.subtype == "success",
            }
    }

    fn message(&self) -> String {
        let text = self.text.clone().unwrap_or_default();
        match (text.is_empty(), self.errors.is_empty()) {
            (true, true) => self
                .terminal
                .clone()
                .unwrap_or_else(|| self.subtype.clone()),
            (true, false) => self.errors.clone(),
            (false, _) => text,
        }
    }
}

/// Older versions end their sentence about a used-up window with the second of its end: `…limit reached|1763856000`.
fn reset_in(message: &str) -> Option<i64> {
    let (before, seconds) = message.rsplit_once('|')?;
    before.ends_with("limit reached").then_some(())?;
    seconds.trim().parse().ok().and_then(seconds_us)
}
