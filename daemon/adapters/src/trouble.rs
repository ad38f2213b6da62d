//! What a provider's error means: from its status number, its type and code, and the words of its own message.
//!
//! Only what stands in an error object, or in the one final error line of a CLI, comes here. What an agent says or
//! a tool prints never does (L3): an answer about "404" and "429" is an answer.
//!
//! Not here: where each CLI puts its errors.

use synod_shared::{sanitize, words::Reason};

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

/// Whether the words of the message cannot make more of it: a rate limit may turn out to be a used-up quota,
/// a permission denied or a thing not found may be about something else.
fn is_final(reason: Reason) -> bool {
    !matches!(
        reason,
        Reason::RateLimited | Reason::ServerError | Reason::BadKey
    )
}

/// A status number, if it is one of HTTP's.
fn number(value: &Json<'_>) -> Option<u16> {
    u16::try_from(value.count()?)
        .ok()
        .filter(|status| (400..600).contains(status))
}

fn by_code(code: &str) -> Option<Reason> {
    Some(match code {
        "insufficient_quota"
        | "quota_exceeded"
        | "usage_limit_reached"
        | "usage_not_included"
        | "billing_error"
        | "billing_hard_limit_reached"
        | "credit_balance_too_low"
        | "terminalquotaerror" => Reason::QuotaGone,
        "authentication_error"
        | "authentication_failed"
        | "invalid_api_key"
        | "unauthenticated"
        | "api_key_invalid"
        | "incorrect_api_key"
        | "permission_error"
        | "permission_denied"
        | "unauthorized"
        | "api_key_service_blocked" => Reason::BadKey,
        "auth_required"
        | "login_required"
        | "oauth_org_not_allowed"
        | "token_expired"
        | "token_invalidated"
        | "account_suspended"
        | "refresh_token_reused" => Reason::LoginNeeded,
        "model_not_found"
        | "not_found_error"
        | "not_found"
        | "modelnotfounderror"
        | "providermodelnotfounderror" => Reason::UnknownModel,
        "context_length_exceeded"
        | "contextoverflowerror"
        | "request_too_large"
        | "input_too_large"
        | "string_above_max_length"
        | "prompt_too_long" => Reason::ContextTooLong,
        "overloaded_error"
        | "overloaded"
        | "server_is_overloaded"
        | "slow_down"
        | "unavailable"
        | "engine_overloaded" => Reason::Overloaded,
        "rate_limit_error"
        | "rate_limit"
        | "rate_limit_exceeded"
        | "rate_limit_reached"
        | "too_many_requests"
        | "resource_exhausted" => Reason::RateLimited,
        "server_error" | "api_error" | "internal" | "internal_server_error" => Reason::ServerError,
        "content_filter" | "content_policy_violation" | "refusal" | "cyber_policy" => {
            Reason::Refused
        }
        "max_output_tokens" | "messageoutputlengtherror" => Reason::Truncated,
        "connection_failed"
        | "econnrefused"
        | "enotfound"
        | "econnreset"
        | "etimedout"
        | "eai_again"
        | "ehostunreach"
        | "enetunreach"
        | "und_err_socket"
        | "und_err_connect_timeout" => Reason::Network,
        // Google names quotas by their window: a day's is gone for today, a minute's is a rate limit.
        _ if code.contains("perday") => Reason::QuotaGone,
        _ => return None,
    })
}

fn by_words(message: &str, status: Option<u16>) -> Option<Reason> {
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    let may_be = |numbers: &[u16]| status.is_none_or(|status| numbers.contains(&status));
    if may_be(&[400, 413])
        && says(&[
            "prompt is too long",
            "context window",
            "context length",
            "maximum number of tokens",
            "input is too long",
            "too many tokens",
            "exceeds the maximum length",
        ])
    {
        return Some(Reason::ContextTooLong);
    }
    if may_be(&[400, 402, 403, 429])
        && says(&[
            "credit balance is too low",
            "insufficient_quota",
            "insufficient quota",
            "usage limit",
            "quota exceeded",
            "exceeded your current quota",
            "daily quota",
            "out of credits",
            "insufficient credits",
            "spending limit",
        ])
    {
        return Some(Reason::QuotaGone);
    }
    if may_be(&[400, 401, 403])
        && says(&[
            "api key not valid",
            "invalid api key",
            "incorrect api key",
            "api key expired",
        ])
    {
        return Some(Reason::BadKey);
    }
    if may_be(&[401, 403])
        && says(&[
            "not logged in",
            "please run /login",
            "log in again",
            "sign in again",
            "token has expired",
            "oauth",
        ])
    {
        return Some(Reason::LoginNeeded);
    }
    if may_be(&[400, 403, 404])
        && says(&["model"])
        && says(&[
            "does not exist",
            "not found",
            "is not supported",
            "may not exist",
            "unknown model",
            "not available",
        ])
    {
        return Some(Reason::UnknownModel);
    }
    if may_be(&[])
        && says(&[
            "fetch failed",
            "connection refused",
            "econnrefused",
            "enotfound",
            "error sending request",
            "unable to connect",
            "connection error",
            "network error",
            "connection reset",
            "other side closed",
            "dns error",
        ])
    {
        return Some(Reason::Network);
    }
    None
}

const fn by_status(status: u16) -> Option<Reason> {
    Some(match status {
        401 | 403 => Reason::BadKey,
        402 => Reason::QuotaGone,
        404 => Reason::UnknownModel,
        413 => Reason::ContextTooLong,
        429 => Reason::RateLimited,
        503 | 529 => Reason::Overloaded,
        408 | 500..=599 => Reason::ServerError,
        _ => return None,
    })
}

/// The delay in `… try again in 1m30.5s`, `… try again in 3 hours 2 minutes`.
fn wait_in(message: &str) -> Option<u64> {
    let lower = message.to_ascii_lowercase();
    let (_, after) = lower
        .split_once("try again in ")
        .or_else(|| lower.split_once("retry after "))
        .or_else(|| lower.split_once("retry in "))?;
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | ' ' | ',')));
    span_ms(after.get(..end.unwrap_or(after.len()))?)
}

/// A span of time as people and protocols write it: `34s`, `1.898s`, `250ms`, `2 days 3 hours`, `600`.
pub fn span_ms(text: &str) -> Option<u64> {
    let mut total = 0.0;
    let mut found = false;
    let mut rest = text.trim();
    while let Some(digits) = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .or(Some(rest.len()))
        .filter(|digits| *digits > 0)
    {
        let (number, after) = rest.split_at(digits);
        let Ok(number) = number.trim_end_matches('.').parse::<f64>() else {
            break;
        };
        let after = after.trim_start();
        let letters = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let factor = match unit {
            "ms" | "millisecond" | "milliseconds" => 1.0,
            "" | "s" | "sec" | "secs" | "second" | "seconds" => 1e3,
            "m" | "min" | "mins" | "minute" | "minutes" => 6e4,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3.6e6,
            "d" | "day" | "days" => 8.64e7,
            _ => break,
        };
        total += number * factor;
        found = true;
        rest = after.trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    (found && total.is_finite() && total < 1e13).then_some(total as u64)
}

/// A moment in seconds since 1970, as microseconds; what is in milliseconds already is recognised by its size.
pub fn seconds_us(seconds: u64) -> Option<i64> {
    let seconds = i64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    if seconds > 100_000_000_000 {
        seconds.checked_mul(1000)
    } else {
        seconds.checked_mul(1_000_000)
    }
}
