//! Codex, `exec --json`.
//!
//! Success is: exit code 0 and `turn.completed`. An `item` of type `error` may be a mere warning, an `error` line
//! that says "Reconnecting…" is not final; `turn.failed` is. Its message has no fields but known shapes, and only
//! these are read: a status number after `unexpected status`, the JSON of an error, sentences of Codex's own.

use super::{
    base::Base,
    end::{End, Hints},
    words::{kind_of, what_of},
};
use crate::{Conclusion, Event, ToolKind, Usage, json::Json, trouble::Trouble};

const HINTS: Hints = Hints {
    key: "run `codex login`, or check the key in the variable that its configuration names",
    login: "run `codex login`, or set the variable that its configuration names",
    model: "check the agent's model",
};

/// What is kept between lines.
#[derive(Debug, Clone, Default)]
pub struct Codex {
    /// The last message of the turn.
    message: Option<String>,
    /// Calls that were told when they began.
    open: Vec<String>,
    turn: Turn,
    /// The last `error` line that was not about trying again.
    error: Option<String>,
    /// How often it waited for the network, which is not counted by itself.
    waited: u32,
}

#[derive(Debug, Clone, Default)]
enum Turn {
    #[default]
    Open,
    Completed,
    Failed(String),
}

impl Codex {
    pub fn line(&mut self, line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        match line.get("type").text().unwrap_or_default() {
            "thread.started" => base.session(events, line.get("thread_id").text(), None),
            "turn.started" => {
                base.began = true;
                self.turn = Turn::Open;
                self.message = None;
                self.error = None;
            }
            "item.started" => self.started(line.get("item"), base, events),
            "item.updated" => {
                let item = line.get("item");
                if item.get("type").text() == Some("todo_list") {
                    todo(item, base, events);
                }
            }
            "item.completed" => self.completed(line.get("item"), base, events),
            "turn.completed" => {
                measure(line.get("usage"), &mut base.record.usage);
                self.turn = Turn::Completed;
                base.ends(events, "");
            }
            "turn.failed" => {
                let message = line.at(&["error", "message"]).text().unwrap_or_default();
                self.turn = Turn::Failed(message.to_owned());
                base.ends(events, message);
            }
            "error" => self.error(line.get("message").text().unwrap_or_default(), base, events),
            _ => {}
        }
    }

    fn error(&mut self, message: &str, base: &mut Base, events: &mut Vec<Event>) {
        let Some(about) = message.strip_prefix("Reconnecting... ") else {
            self.error = Some(message.to_owned());
            base.notes(events, message);
            return;
        };
        let (count, why) = about.split_once(" (").unwrap_or((about, ""));
        let why = why.strip_suffix(')').unwrap_or(why);
        let numbers = count.split_once('/');
        let attempt = numbers.and_then(|(attempt, _)| attempt.parse().ok());
        let of = numbers.and_then(|(_, of)| of.parse().ok());
        let attempt = attempt.unwrap_or_else(|| {
            self.waited = self.waited.saturating_add(1);
            self.waited
        });
        base.retries(
            events,
            attempt,
            of,
            None,
            if why.is_empty() { about } else { why },
        );
    }

    fn started(&mut self, item: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        if self.open.len() < 1000 && call(item, base, events) {
            self.open.push(id(item).to_owned());
        }
    }

    fn completed(&mut self, item: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let text = item.get("text").text().unwrap_or_default();
        match item.get("type").text().unwrap_or_default() {
            "agent_message" => {
                base.step();
                self.message = Some(text.to_owned());
                base.says_anew(events, text);
            }
            "reasoning" => base.thinks(events, text),
            "todo_list" => todo(item, base, events),
            "error" => base.notes(events, item.get("message").text().unwrap_or_default()),
            _ => {
                let open = self.open.iter().position(|open| open == id(item));
                let known = match open {
                    Some(at) => {
                        self.open.swap_remove(at);
                        true
                    }
                    None => call(item, base, events),
                };
                if known {
                    let status = item.get("status").text().unwrap_or("completed");
                    let ok =
                        status == "completed" && item.get("exit_code").count().unwrap_or(0) == 0;
                    base.returned(events, id(item), ok, &output(item));
                }
            }
        }
    }

    pub fn final_text(&self) -> Option<&str> {
        match self.turn {
            Turn::Completed => self.message.as_deref(),
            Turn::Open | Turn::Failed(_) => None,
        }
    }

    pub fn conclude(&self, end: &End<'_>) -> Conclusion {
        match (&self.turn, &self.error) {
            (Turn::Completed, _) => end.after_success(),
            (Turn::Failed(message), _) => end.trouble(&trouble(message), &HINTS),
            (Turn::Open, Some(message)) if matches!(end.ending, crate::Ending::Exited(code) if code != 0) => {
                end.trouble(&trouble(message), &HINTS)
            }
            (Turn::Open, _) => match too_large(&end.stderr) {
                Some(message) => end.trouble(
                    &Trouble::said(message).code(Some("input_too_large")),
                    &HINTS,
                ),
                None => end.cut(),
            },
        }
    }
}

/// What a final message means, by its shape.
pub fn trouble(message: &str) -> Trouble {
    let numbered = ["unexpected status ", "exceeded retry limit, last status: "]
        .iter()
        .find_map(|shape| message.strip_prefix(shape))
        .and_then(|after| {
            let status = after.get(..3)?.parse().ok()?;
            // `401 Unauthorized: what the provider said, url: http://…`
            let said = after.split_once(": ").map_or(after, |(_, said)| said);
            let said = said.rsplit_once(", url: ").map_or(said, |(said, _)| said);
            Some(Trouble::numbered(status, said))
        });
    if let Some(trouble) = numbered {
        return trouble;
    }
    let begins = |words: &[&str]| words.iter().any(|words| message.starts_with(words));
    let code = if begins(&[
        "Missing environment variable",
        "Not logged in",
        "Your access token could not be refreshed",
    ]) {
        Some("login_required")
    } else if begins(&[
        "Quota exceeded",
        "You’ve hit your usage limit",
        "You've hit your usage limit",
        "To use Codex with your ChatGPT plan",
    ]) {
        Some("usage_limit_reached")
    } else if begins(&[
        "Codex ran out of room in the model's context window",
        "Codex ran out of room in the model’s context window",
    ]) {
        Some("context_length_exceeded")
    } else if begins(&["The model `", "The requested model"]) {
        Some("model_not_found")
    } else if begins(&["Selected model is at capacity"]) {
        Some("overloaded")
    } else if begins(&[
        "We’re currently experiencing high demand",
        "We're currently experiencing high demand",
    ]) {
        // What Codex says for a 500.
        Some("server_error")
    } else if begins(&[
        "Connection failed",
        "stream disconnected before completion: Transport error",
        "stream disconnected before completion: error sending request",
        "error sending request",
    ]) {
        Some("econnreset")
    } else if begins(&["Rate limit reached"]) {
        Some("rate_limit_exceeded")
    } else if begins(&["stream disconnected before completion"]) {
        Some("server_error")
    } else {
        None
    };
    Trouble::said(message).code(code)
}

/// The refusal of a long prompt, which stands on standard error alone.
fn too_large(stderr: &str) -> Option<&str> {
    let line = stderr
        .lines()
        .find(|line| line.contains("\"input_error_code\":\"input_too_large\""))?;
    let message = line
        .rsplit_once("failed: ")
        .map_or(line, |(_, message)| message);
    Some(
        message
            .split_once(" (code ")
            .map_or(message, |(message, _)| message),
    )
}

fn id<'a>(item: &'a Json<'_>) -> &'a str {
    item.get("id").text().unwrap_or_default()
}

/// Tells a call; false if this item is none.
fn call(item: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) -> bool {
    let kind = item.get("type").text().unwrap_or_default();
    match kind {
        "command_execution" | "web_search" => base.calls(events, id(item), kind, item),
        "file_change" => {
            let paths: Vec<&str> = item
                .get("changes")
                .items()
                .iter()
                .filter_map(|change| change.get("path").text())
                .collect();
            base.calls_what(events, id(item), kind, ToolKind::Edit, &paths.join(" "));
        }
        "mcp_tool_call" | "collab_tool_call" => {
            let word = |key| item.get(key).text().unwrap_or_default();
            let tool = [word("server"), word("tool")].join(".");
            let what = what_of(item.get("arguments"));
            base.calls_what(
                events,
                id(item),
                tool.trim_matches('.'),
                kind_of(word("tool")),
                &what,
            );
        }
        _ => return false,
    }
    true
}

fn output(item: &Json<'_>) -> String {
    let told = item
        .get("aggregated_output")
        .text()
        .or_else(|| item.at(&["error", "message"]).text());
    told.map_or_else(
        || {
            let parts = item.at(&["result", "content"]).items();
            let texts: Vec<&str> = parts
                .iter()
                .filter_map(|part| part.get("text").text())
                .collect();
            texts.join("\n")
        },
        str::to_owned,
    )
}

fn todo(item: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
    let entries = item.get("items").items().iter().map(|entry| {
        let state = if entry.get("completed").is_true() {
            "completed"
        } else {
            "pending"
        };
        (entry.get("text").text().unwrap_or_default(), state)
    });
    base.plans(events, entries);
}

fn measure(told: &Json<'_>, usage: &mut Usage) {
    let count = |key: &str| told.get(key).count().unwrap_or_default();
    *usage = Usage {
        input_tokens: count("input_tokens"),
        cached_tokens: count("cached_input_tokens"),
        output_tokens: count("output_tokens"),
        reasoning_tokens: count("reasoning_output_tokens"),
        cost: None,
        estimated: false,
    };
}
