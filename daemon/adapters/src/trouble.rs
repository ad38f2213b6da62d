//! What a provider's error means: from its status number, its type and code, and the words of its own message.
//!
//! Only what stands in an error object, or in the one final error line of a CLI, comes here. What an agent says or
//! a tool prints never does (L3): an answer about "404" and "429" is an answer.
//!
//! Not here: where each CLI puts its errors.

mod meaning;
mod span;

use synod_shared::{sanitize, words::Reason};

pub use self::span::{seconds_us, span_ms};
use self::{
    meaning::{by_code, by_status, by_words, is_final},
    span::wait_in,
};
use crate::json::{self, Json};

/// Longest piece of a provider's message in a sentence of ours, in characters.
const LONGEST_MESSAGE: usize = 300;

/// An error as a provider, or a CLI about its provider, tells it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trouble {
    pub status: Option<u16>,
    /// Types, codes, status words: `rate_limit_error`, `insufficient_quota`, `RESOURCE_EXHAUSTED`.
    pub codes: Vec<String>,
    pub message: String,
    /// How long to wait, if it says so, in milliseconds.
    pub wait_ms: Option<u64>,
    /// When it may be asked again, if it says so, in UTC microseconds.
    pub until_us: Option<i64>,
}

impl Trouble {
    /// An error that is known by a sentence.
    pub fn said(message: &str) -> Self {
        let mut trouble = Self::default();
        trouble.says(message);
        trouble
    }

    /// An error that is known by its number.
    pub fn numbered(status: u16, message: &str) -> Self {
        let mut trouble = Self::said(message);
        trouble.status = Some(status);
        trouble
    }

    pub fn code(mut self, code: Option<&str>) -> Self {
        self.push(code);
        self
    }

    fn push(&mut self, code: Option<&str>) {
        if let Some(code) = code.filter(|code| !code.is_empty() && code.len() <= 100) {
            self.codes.push(code.to_ascii_lowercase());
        }
    }

    /// Takes a message in. Where it is, or ends in, the JSON of an error (`[API Error: {…}]`), that is read.
    fn says(&mut self, message: &str) {
        let found = message
            .find('{')
            .zip(message.rfind('}'))
            .and_then(|(from, to)| message.get(from..=to))
            .and_then(|inner| {
                json::with(inner.as_bytes(), |body| {
                    let error = body.get("error");
                    if error.is_null() {
                        None
                    } else {
                        Some(Self::of(error))
                    }
                })
                .flatten()
            });
        if let Some(inner) = found {
            self.take(inner);
        } else {
            self.wait_ms = self.wait_ms.or_else(|| wait_in(message));
            message.clone_into(&mut self.message);
        }
    }

    /// Reads an error object: OpenAI's, Anthropic's, Google's.
    pub fn of(error: &Json<'_>) -> Self {
        let mut trouble = Self::default();
        let code = error.get("code");
        trouble.status = number(error.get("status")).or_else(|| number(code));
        trouble.push(code.text());
        trouble.push(error.get("type").text());
        trouble.push(error.get("status").text());
        trouble.push(error.get("name").text());
        trouble.wait_ms = error
            .get("resets_in_seconds")
            .count()
            .or_else(|| error.get("retry_after").count())
            .map(|seconds| seconds.saturating_mul(1000));
        trouble.until_us = error.get("resets_at").count().and_then(seconds_us);
        for detail in error.get("details").items() {
            trouble.push(detail.get("reason").text());
            if let Some(delay) = detail.get("retryDelay").text() {
                trouble.wait_ms = trouble.wait_ms.or_else(|| span_ms(delay));
            }
            for violation in detail.get("violations").items() {
                trouble.push(violation.get("quotaId").text());
            }
        }
        if let Some(message) = error.get("message").text().or_else(|| error.text()) {
            trouble.says(message);
        }
        trouble
    }

    /// Reads the text of a response: an error object, or something with one in `error`.
    pub fn body(mut self, body: Option<&str>) -> Self {
        let inner = body.and_then(|body| {
            json::with(body.as_bytes(), |body| match body.get("error") {
                Json::Null => Self::of(body),
                error => Self::of(error),
            })
        });
        if let Some(inner) = inner {
            self.take(inner);
        }
        self
    }

    fn take(&mut self, inner: Self) {
        self.status = self.status.or(inner.status);
        self.codes.extend(inner.codes);
        self.wait_ms = self.wait_ms.or(inner.wait_ms);
        self.until_us = self.until_us.or(inner.until_us);
        if !inner.message.is_empty() {
            self.message = inner.message;
        }
    }

    /// Whether it is known by more than a sentence.
    pub fn is_shaped(&self) -> bool {
        self.status.is_some() || !self.codes.is_empty()
    }

    /// What it means, if that can be told. Codes say more than words, words more than numbers: a 400 may be a wrong
    /// key, a 429 a used-up quota.
    pub fn reason(&self) -> Option<Reason> {
        self.codes
            .iter()
            .find_map(|code| by_code(code))
            .filter(|reason| is_final(*reason))
            .or_else(|| by_words(&self.message.to_ascii_lowercase(), self.status))
            .or_else(|| self.codes.iter().find_map(|code| by_code(code)))
            .or_else(|| self.status.and_then(by_status))
    }

    /// When the provider may be asked again, counted from `now_us` where it named a delay.
    pub fn retry_at(&self, now_us: i64) -> Option<i64> {
        self.until_us.or_else(|| {
            let wait = i64::try_from(self.wait_ms?).ok()?;
            now_us.checked_add(wait.checked_mul(1000)?)
        })
    }

    /// The message, harmless and short.
    pub fn words(&self) -> String {
        let words = sanitize::line(&self.message, LONGEST_MESSAGE);
        match (self.status, words.is_empty()) {
            (Some(status), true) => format!("status {status}"),
            (Some(status), false) if !words.contains(&status.to_string()) => {
                format!("{words} (status {status})")
            }
            (_, _) => words,
        }
    }
}

/// A status number, if it is one of HTTP's.
fn number(value: &Json<'_>) -> Option<u16> {
    u16::try_from(value.count()?)
        .ok()
        .filter(|status| (400..600).contains(status))
}
