//! Claude Code, `--output-format stream-json` (or `json`: its only line is the same `result`).
//!
//! Success is: exit code 0, a `result` line, `is_error` false, `terminal_reason` completed. `subtype` says
//! "success" on API errors too.

use synod_shared::words::Reason;

use super::{
    base::Base,
    end::{End, Hints},
};
use crate::{
    Conclusion, Event, Money, Usage,
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

fn system(line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
    match line.get("subtype").text().unwrap_or_default() {
        "init" => base.session(
            events,
            line.get("session_id").text(),
            line.get("model").text(),
        ),
        "api_retry" => {
            let status = line.get("error_status").count();
            let error = line
                .get("error")
                .text()
                .unwrap_or("an error")
                .replace('_', " ");
            let why = status.map_or_else(|| error.clone(), |status| format!("{error} ({status})"));
            base.retries(
                events,
                small(line.get("attempt")).unwrap_or_default(),
                small(line.get("max_retries")),
                line.get("retry_delay_ms").count(),
                &why,
            );
        }
        "permission_denied" => {
            let tool = line.get("tool_name").text().unwrap_or("a tool");
            let why = line.get("message").text().unwrap_or_default();
            base.notes(events, &format!("{tool} was denied: {why}"));
        }
        "compact_boundary" => base.notes(events, "what was said before is now a summary"),
        "informational" | "warning" | "error" => {
            base.notes(events, line.get("content").text().unwrap_or_default());
        }
        "model_refusal_no_fallback" | "model_refusal_fallback" => {
            base.notes(events, "the model refused");
        }
        _ => {}
    }
}

fn user(line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
    let synthetic = line.get("isSynthetic").is_true();
    for block in line.at(&["message", "content"]).items() {
        match block.get("type").text().unwrap_or_default() {
            "tool_result" => {
                let content = block.get("content");
                let parts: Vec<&str> = match content {
                    Json::Text(text) => vec![text],
                    other => other
                        .items()
                        .iter()
                        .filter_map(|part| part.get("text").text())
                        .collect(),
                };
                base.returned(
                    events,
                    block.get("tool_use_id").text().unwrap_or_default(),
                    !block.get("is_error").is_true(),
                    &parts.join("\n"),
                );
            }
            // The CLI speaks to its model; a prompt that is told back is no news.
            "text" => {
                let text = block.get("text").text().unwrap_or_default();
                if synthetic || text.starts_with("[Request interrupted") {
                    base.notes(events, text);
                }
            }
            _ => {}
        }
    }
}

fn call(block: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
    let tool = block.get("name").text().unwrap_or("a tool");
    let input = block.get("input");
    base.calls(
        events,
        block.get("id").text().unwrap_or_default(),
        tool,
        input,
    );
    if tool == "TodoWrite" {
        let todos = input.get("todos").items();
        let entries = todos.iter().map(|todo| {
            let word = |key| todo.get(key).text().unwrap_or_default();
            (word("content"), word("status"))
        });
        base.plans(events, entries);
    }
}

/// Until the result tells it: the sum over the messages. (Their output is told before it is written.)
fn tally(usage: &Json<'_>, sum: &mut Usage) {
    let count = |key: &str| usage.get(key).count().unwrap_or_default();
    let cached = count("cache_read_input_tokens");
    let input = [
        count("input_tokens"),
        cached,
        count("cache_creation_input_tokens"),
    ]
    .into_iter()
    .fold(0, u64::saturating_add);
    sum.input_tokens = sum.input_tokens.saturating_add(input);
    sum.cached_tokens = sum.cached_tokens.saturating_add(cached);
    sum.output_tokens = sum.output_tokens.saturating_add(count("output_tokens"));
}

/// The final count. A run that its budget ended tells zeros in `usage`, and the truth for each model.
fn measure(line: &Json<'_>, usage: &mut Usage) {
    let mut told = Usage::default();
    tally(line.get("usage"), &mut told);
    told.reasoning_tokens = line
        .at(&["usage", "output_tokens_details", "thinking_tokens"])
        .count()
        .unwrap_or_default();
    let mut models = Usage::default();
    for (_, model) in line.get("model_usage_since_last_result").fields() {
        let count = |key: &str| model.get(key).count().unwrap_or_default();
        let cached = count("cacheReadInputTokens");
        let input = [
            count("inputTokens"),
            cached,
            count("cacheCreationInputTokens"),
        ]
        .into_iter()
        .fold(0, u64::saturating_add);
        models.input_tokens = models.input_tokens.saturating_add(input);
        models.cached_tokens = models.cached_tokens.saturating_add(cached);
        models.output_tokens = models.output_tokens.saturating_add(count("outputTokens"));
        models.reasoning_tokens = models
            .reasoning_tokens
            .saturating_add(count("thinkingTokens"));
    }
    *usage = Usage {
        input_tokens: told.input_tokens.max(models.input_tokens),
        cached_tokens: told.cached_tokens.max(models.cached_tokens),
        output_tokens: told.output_tokens.max(models.output_tokens),
        reasoning_tokens: told.reasoning_tokens.max(models.reasoning_tokens),
        cost: line
            .get("total_cost_usd")
            .number()
            .and_then(Money::from_dollars),
        estimated: false,
    };
}

/// Older versions end their sentence about a used-up window with the second of its end: `…limit reached|1763856000`.
fn reset_in(message: &str) -> Option<i64> {
    let (before, seconds) = message.rsplit_once('|')?;
    before.ends_with("limit reached").then_some(())?;
    seconds.trim().parse().ok().and_then(seconds_us)
}

fn small(value: &Json<'_>) -> Option<u32> {
    u32::try_from(value.count()?).ok()
}
