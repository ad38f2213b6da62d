//! Gemini CLI, `-o stream-json` (and `-o json`, whose one value goes over several lines).
//!
//! Success is: exit code 0 and a `result` with status `success`. The exit code of a failure is the HTTP status
//! modulo 256. A stream that is cut is asked for again and repeats what was said, with nothing in between but time.

use synod_shared::words::Reason;

use super::{
    base::Base,
    end::{End, Hints},
};
use crate::{
    Conclusion, Ending, Event, Usage,
    json::{self, Json},
    trouble::Trouble,
};

const HINTS: Hints = Hints {
    key: "check GEMINI_API_KEY",
    login: "set GEMINI_API_KEY, or run `gemini` once and log in",
    model: "check the agent's model",
};

/// A stream is asked for again after a second at the earliest.
const RESTART_US: i64 = 900_000;
/// How much of what was said must come again to be taken for a new beginning, in bytes.
const RESTART_BYTES: usize = 12;
/// It stops in the middle of an answer that it takes for a loop, or at its limit of turns, and calls that a success.
const STOPPED: [&str; 2] = [
    "Loop detected, stopping execution",
    "Maximum session turns exceeded",
];
/// The longest answer in `json` mode, in bytes.
const LONGEST_VALUE: usize = 256 << 20;

/// What is kept between lines.
#[derive(Debug, Clone, Default)]
pub struct Gemini {
    message: String,
    /// Whether the next piece begins another message.
    turned: bool,
    /// When the last piece came.
    spoke_us: Option<i64>,
    /// The last `error` line.
    error: Option<String>,
    result: Option<Outcome>,
    /// `json` mode: the value so far.
    value: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
enum Outcome {
    Success,
    /// With the message of its error, if it has one.
    Failed(Option<String>),
}

impl Gemini {
    pub fn line(&mut self, line: &[u8], base: &mut Base, events: &mut Vec<Event>) {
        // Within the value of `json` mode lines are indented: this one is of a stream, the brace before was a stray.
        if line.starts_with(b"{\"") {
            self.value = None;
        }
        if let Some(value) = &mut self.value {
            if value.len() + line.len() < LONGEST_VALUE {
                value.extend_from_slice(line);
                value.push(b'\n');
            }
            if line.trim_ascii_end() == b"}" {
                let value = self.value.take().unwrap_or_default();
                json::with(&value, |value| self.whole(value, base, events));
            }
        } else if line.trim_ascii_end() == b"{" {
            self.value = Some(b"{\n".to_vec());
        } else {
            json::with(line, |line| self.event(line, base, events));
        }
    }

    fn event(&mut self, line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let word = |key: &str| line.get(key).text().unwrap_or_default();
        match word("type") {
            "init" => base.session(
                events,
                line.get("session_id").text(),
                line.get("model").text(),
            ),
            // The prompt is told back with role `user`.
            "message" if word("role") == "assistant" => {
                self.piece(word("content"), line.get("timestamp"), base, events);
            }
            "tool_use" => {
                self.turned = true;
                base.calls(
                    events,
                    word("tool_id"),
                    word("tool_name"),
                    line.get("parameters"),
                );
            }
            "tool_result" => {
                self.turned = true;
                let told = line
                    .get("output")
                    .text()
                    .or_else(|| line.at(&["error", "message"]).text());
                base.returned(
                    events,
                    word("tool_id"),
                    word("status") != "error",
                    told.unwrap_or_default(),
                );
            }
            "error" => {
                self.error = Some(word("message").to_owned());
                base.notes(events, word("message"));
            }
            "result" => {
                measure(line.get("stats"), &mut base.record.usage);
                if word("status") == "success" {
                    self.result = Some(Outcome::Success);
                    base.ends(events, "");
                } else {
                    let message = line.at(&["error", "message"]).text().map(str::to_owned);
                    let told = message.clone().or_else(|| self.error.clone());
                    self.result = Some(Outcome::Failed(message));
                    base.ends(events, told.as_deref().unwrap_or("the result is an error"));
                }
            }
            _ => {}
        }
    }

    fn piece(&mut self, text: &str, at: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        if text.is_empty() {
            return;
        }
        let at_us = at
            .text()
            .and_then(|at| at.parse::<jiff::Timestamp>().ok())
            .map(jiff::Timestamp::as_microsecond);
        if self.turned || self.message.is_empty() {
            self.message.clear();
            base.step();
        } else if self.begins_again(text, at_us) {
            self.message.clear();
            base.step();
            base.notes(
                events,
                "the answer was cut and is given again from its beginning",
            );
        }
        self.turned = false;
        self.spoke_us = at_us;
        self.message.push_str(text);
        base.says(events, text);
    }

    /// Whether this piece is the beginning of the message once more.
    fn begins_again(&self, text: &str, at_us: Option<i64>) -> bool {
        let again = self.message.starts_with(text) || text.starts_with(&self.message);
        let paused = self
            .spoke_us
            .zip(at_us)
            .is_some_and(|(before, now)| now.saturating_sub(before) >= RESTART_US);
        again && paused && text.len().min(self.message.len()) >= RESTART_BYTES
    }

    /// The one value of `json` mode.
    fn whole(&mut self, value: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
        let error = value.get("error");
        let response = value.get("response").text();
        if error.is_null() && response.is_none() {
            return;
        }
        let models = value.at(&["stats", "models"]).fields();
        let model = models.first().map(|(name, _)| name.as_ref());
        base.session(events, value.get("session_id").text(), model);
        let mut usage = Usage::default();
        for (_, model) in models {
            let count = |key: &str| model.at(&["tokens", key]).count().unwrap_or_default();
            usage.input_tokens = usage.input_tokens.saturating_add(count("prompt"));
            usage.cached_tokens = usage.cached_tokens.saturating_add(count("cached"));
            usage.output_tokens = usage.output_tokens.saturating_add(count("candidates"));
            usage.reasoning_tokens = usage.reasoning_tokens.saturating_add(count("thoughts"));
            let requests = model
                .at(&["api", "totalRequests"])
                .count()
                .unwrap_or_default();
            base.record.steps = base
                .record
                .steps
                .saturating_add(u32::try_from(requests).unwrap_or(u32::MAX));
        }
        base.record.usage = usage;
        if let Some(response) = response {
            response.clone_into(&mut self.message);
            base.says(events, response);
        }
        let message = error.get("message").text().map(str::to_owned);
        base.ends(events, message.as_deref().unwrap_or_default());
        self.result = Some(if error.is_null() {
            Outcome::Success
        } else {
            Outcome::Failed(message)
        });
    }

    /// What it said when it stopped itself.
    fn stopped(&self) -> Option<&str> {
        let said = self.error.as_deref()?;
        STOPPED.contains(&said).then_some(said)
    }

    pub fn final_text(&self) -> Option<&str> {
        let succeeded = matches!(self.result, Some(Outcome::Success));
        (succeeded && !self.message.is_empty()).then_some(self.message.as_str())
    }

    pub fn conclude(&self, end: &End<'_>) -> Conclusion {
        match &self.result {
            Some(Outcome::Success) if self.stopped().is_some() => End::failed(
                Reason::Runaway,
                &format!(
                    "the agent stopped itself before its answer was whole: {}",
                    self.stopped().unwrap_or_default()
                ),
                "ask for less at once, or set model.disableLoopDetection in its settings.json if this was no loop",
            ),
            // Longer than the model's context, a prompt is dropped without a word: nothing was asked.
            Some(Outcome::Success)
                if self.message.is_empty() && end.base.record.usage == Usage::default() =>
            {
                End::failed(
                    Reason::ContextTooLong,
                    "the agent ended well but asked its model nothing: the prompt does not fit into the model's context",
                    "give it less to read",
                )
            }
            Some(Outcome::Success) => end.after_success(),
            Some(Outcome::Failed(message)) => {
                let told = message
                    .as_deref()
                    .or(self.error.as_deref())
                    .unwrap_or_default();
                end.trouble(&trouble(told, end), &HINTS)
            }
            None => match end.ending {
                Ending::Exited(41) => End::failed(
                    Reason::LoginNeeded,
                    &format!("a login is needed: {}", end.complaint().unwrap_or_default()),
                    HINTS.login,
                ),
                Ending::Exited(42) => End::failed(
                    Reason::ExitNonzero,
                    &format!(
                        "the agent did not take its input: {}",
                        end.complaint().unwrap_or_default()
                    ),
                    "",
                ),
                Ending::Exited(53) => End::failed(
                    Reason::Runaway,
                    "the agent stopped itself at its limit of turns",
                    "",
                ),
                Ending::Exited(55) => End::failed(
                    Reason::ExitNonzero,
                    &format!(
                        "the agent does not trust the directory: {}",
                        end.complaint().unwrap_or_default()
                    ),
                    "add --skip-trust to its argv",
                ),
                Ending::Exited(code) if code != 0 => match by_stderr(&end.stderr) {
                    Some(trouble) => end.trouble(&trouble, &HINTS),
                    None => end.cut(),
                },
                Ending::Exited(_) | Ending::Signalled(_) | Ending::Closed => end.cut(),
            },
        }
    }
}

/// The error of the result line, with what standard error and the exit code add to it.
fn trouble(message: &str, end: &End<'_>) -> Trouble {
    let mut trouble = Trouble::said(message);
    if let Some(told) = by_stderr(&end.stderr) {
        trouble.status = trouble.status.or(told.status);
        trouble.wait_ms = trouble.wait_ms.or(told.wait_ms);
        trouble.codes.extend(told.codes);
    }
    if trouble.status.is_none() {
        trouble.status = by_code(end.ending);
    }
    if message.starts_with("[API Error: terminated]") {
        trouble = trouble.code(Some("econnreset"));
    }
    trouble
}

/// The status behind an exit code, if only one can be meant.
fn by_code(ending: Ending) -> Option<u16> {
    let Ending::Exited(code) = ending else {
        return None;
    };
    [400_u16, 401, 403, 404, 429, 500, 502, 503, 504]
        .into_iter()
        .find(|status| i32::from(status % 256) == code)
}

/// The error that the CLI died of, in the shapes it prints: `_ApiError: {json}`, `ModelNotFoundError: …`,
/// `TerminalQuotaError: …`, then `status: NNN` or `code: NNN` on a line of its own. What it tried again is not that.
fn by_stderr(stderr: &str) -> Option<Trouble> {
    let at = stderr
        .rfind("Error when talking to Gemini API")
        .or_else(|| stderr.rfind("An unexpected critical error occurred"))?;
    let told = stderr.get(at..)?;
    let first = told.lines().next().unwrap_or_default();
    let mut trouble = match first.split_once("_ApiError: ") {
        Some((_, body)) => Trouble::said(body),
        None => Trouble::default(),
    };
    for name in ["ModelNotFoundError", "TerminalQuotaError"] {
        if first.contains(&format!("{name}: ")) {
            trouble = trouble.code(Some(name));
        }
    }
    for line in told.lines().map(str::trim) {
        let value = line.trim_end_matches(',');
        let number = value
            .strip_prefix("status: ")
            .or_else(|| value.strip_prefix("code: "));
        if let Some(status) = number.and_then(|number| number.parse().ok()) {
            trouble.status = trouble.status.or(Some(status));
        }
        let delay = value
            .strip_prefix("retryDelayMs: ")
            .and_then(|ms| ms.parse::<f64>().ok());
        if let Some(delay) = delay.filter(|delay| delay.is_finite() && *delay >= 0.0) {
            trouble.wait_ms = trouble.wait_ms.or(Some(delay as u64));
        }
    }
    Some(trouble)
}

fn measure(stats: &Json<'_>, usage: &mut Usage) {
    let count = |key: &str| stats.get(key).count().unwrap_or_default();
    let (input, output) = (count("input_tokens"), count("output_tokens"));
    *usage = Usage {
        input_tokens: input,
        cached_tokens: count("cached"),
        output_tokens: output,
        // Told nowhere but in the total.
        reasoning_tokens: count("total_tokens")
            .saturating_sub(input)
            .saturating_sub(output),
        cost: None,
        estimated: false,
    };
}
