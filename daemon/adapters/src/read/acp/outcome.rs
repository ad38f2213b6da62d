//! How a turn of the Agent Client Protocol ended, and what that means.

use synod_shared::{sanitize, words::Reason};

use super::super::{
    codex,
    end::{End, Hints, completed},
};
use crate::{Conclusion, Ending, json::Json, trouble::Trouble};

const HINTS: Hints = Hints {
    key: "check the agent's key",
    login: "log in with the agent's own program",
    model: "check the agent's model",
};

/// JSON-RPC: the method, or its parameters, are not known.
const NOT_UNDERSTOOD: [f64; 2] = [-32601.0, -32602.0];
/// The protocol's own: authentication is required.
const AUTH_REQUIRED: f64 = -32000.0;

/// How one of our requests was answered.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// With a stop reason; empty if there was none.
    Stopped(String),
    Failed(Trouble),
    /// It was not understood.
    Refused(Trouble),
}

impl Outcome {
    pub fn of_error(error: &Json<'_>) -> Self {
        let code = error.get("code").number();
        let mut trouble = Trouble::of(error)
            .code(error.at(&["data", "errorKind"]).text())
            .code(error.at(&["data", "errorName"]).text());
        if code == Some(AUTH_REQUIRED) {
            trouble = trouble.code(Some("auth_required"));
        }
        if code.is_some_and(|code| NOT_UNDERSTOOD.contains(&code)) {
            Self::Refused(trouble)
        } else {
            Self::Failed(trouble)
        }
    }

    /// For people; empty if all went well. `broke`: what was said since the thread broke, if it did.
    pub fn told(&self, broke: Option<&str>) -> String {
        match self {
            Self::Stopped(stop) => match stop.as_str() {
                "end_turn" if broke.is_some() => "the turn broke".to_owned(),
                "end_turn" => String::new(),
                "" => "the turn ended without a reason".to_owned(),
                other => other.to_owned(),
            },
            Self::Failed(trouble) | Self::Refused(trouble) => trouble.words(),
        }
    }

    pub fn conclude(&self, broke: Option<&str>, end: &End<'_>) -> Conclusion {
        match (self, broke) {
            (Self::Failed(trouble), _) => end.trouble(trouble, &HINTS),
            (Self::Refused(trouble), _) => refused(trouble, end),
            (Self::Stopped(stop), Some(told)) if stop == "end_turn" => broken(told, end),
            (Self::Stopped(stop), _) => stopped(stop, end),
        }
    }
}

/// The prompt was refused for good: the same again would be refused again.
fn refused(trouble: &Trouble, end: &End<'_>) -> Conclusion {
    match trouble.reason() {
        Some(_) => end.trouble(trouble, &HINTS),
        None => End::failed(
            Reason::ExitNonzero,
            &format!("the agent refused the prompt: {}", trouble.words()),
            "use a release of it that keeps to version 1 of the Agent Client Protocol",
        ),
    }
}

/// codex-acp tells the error of a broken thread as if the agent had said it. Only what has the shape of one of Codex's
/// errors is judged: the words may still be the model's (L3).
fn broken(told: &str, end: &End<'_>) -> Conclusion {
    let trouble = codex::trouble(told.trim());
    if trouble.is_shaped() {
        end.trouble(&trouble, &HINTS)
    } else {
        end.unknown(&trouble, &HINTS)
    }
}

fn stopped(stop: &str, end: &End<'_>) -> Conclusion {
    match stop {
        "end_turn" => match end.ending {
            Ending::Exited(_) | Ending::Closed => completed(),
            Ending::Signalled(_) => end.after_success(),
        },
        "max_tokens" => end.trouble(&Trouble::default().code(Some("max_output_tokens")), &HINTS),
        "refusal" => end.trouble(&Trouble::default().code(Some("refusal")), &HINTS),
        "max_turn_requests" => End::failed(
            Reason::Runaway,
            "the agent stopped itself at its limit of requests in a turn",
            "",
        ),
        "" => End::failed(
            Reason::ExitNonzero,
            "expected the turn to end with a stopReason, found none: the agent does not keep to the protocol",
            "",
        ),
        "cancelled" => End::failed(Reason::Cancelled, "the turn was cancelled", ""),
        other => End::failed(
            Reason::ExitNonzero,
            &format!(
                "expected the turn to end with end_turn, found {}",
                sanitize::line(other, 100)
            ),
            "",
        ),
    }
}
