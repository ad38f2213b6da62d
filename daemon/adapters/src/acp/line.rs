//! One line of JSON-RPC: what kind of message it is. Takes apart only what a conversation depends on; the bulk of an
//! agent's output (its text, its tools' output) is passed over unparsed.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::Value;

/// A message of either side. Ids are kept as the JSON they were.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Message {
    /// `params` is absent if it is missing or cannot be read (nested too deep).
    Request {
        id: String,
        method: String,
        params: Option<Value>,
    },
    Notification {
        method: String,
        params: Option<Value>,
    },
    Response {
        id: String,
        outcome: Outcome,
    },
}

/// How a request was answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Result(Value),
    Error { code: i64, message: String },
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default, deserialize_with = "present")]
    id: Option<Value>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "present")]
    result: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Params {
    params: Value,
}

#[derive(Deserialize)]
struct Reply {
    result: Option<Value>,
    error: Option<Value>,
}

/// `null` is there; only a missing field is absent.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// The message in a line, if there is one.
pub(super) fn read(line: &[u8]) -> Option<Message> {
    let text = String::from_utf8_lossy(line);
    let head: Head<'_> = serde_json::from_str(&text).ok()?;
    let params = || {
        serde_json::from_str::<Params>(&text)
            .ok()
            .map(|with| with.params)
    };
    match (head.method, head.id) {
        (Some(method), Some(id)) => Some(Message::Request {
            id: id.to_string(),
            method: method.into_owned(),
            params: params(),
        }),
        (Some(method), None) => Some(Message::Notification {
            params: if is_read(&method, &text) {
                params()
            } else {
                None
            },
            method: method.into_owned(),
        }),
        (None, Some(id)) if head.error.is_some() || head.result.is_some() => {
            Some(Message::Response {
                id: id.to_string(),
                outcome: outcome(&text),
            })
        }
        (None, _) => None,
    }
}

/// Whether a notification's parameters matter here. Nearly all of an agent's output is updates with its text.
fn is_read(method: &str, text: &str) -> bool {
    match method {
        "session/update" => text.contains("tool_call"),
        _ => method == "$/cancel_request",
    }
}

fn outcome(text: &str) -> Outcome {
    let Ok(reply) = serde_json::from_str::<Reply>(text) else {
        return Outcome::Result(Value::Null);
    };
    match reply.error {
        None => Outcome::Result(reply.result.unwrap_or_default()),
        Some(error) => Outcome::Error {
            code: error["code"].as_i64().unwrap_or_default(),
            message: match &error["message"] {
                Value::String(message) => message.clone(),
                Value::Null => error.to_string(),
                other => other.to_string(),
            },
        },
    }
}
