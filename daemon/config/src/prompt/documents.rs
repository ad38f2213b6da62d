//! The documents of a prompt, each within its fence, and the promise that they all stand in it.

use std::collections::BTreeMap;

use minijinja::Value;

use crate::cut::Shown;
use crate::fence::fence;
use crate::gate::{GateDef, RESERVED};
use crate::receipt::{is_nonce, is_receipt};
use crate::subject::Subject;

use super::PromptError;

/// Fenced texts, in order, with their paths.
pub(super) struct Documents {
    fenced: Vec<Fenced>,
}

struct Fenced {
    path: String,
    bytes: usize,
    left_out: usize,
    text: String,
}

/// A prompt's fresh codes: the nonce of its fences, and a receipt for each document by its path.
#[derive(Clone, Copy)]
pub(super) struct Codes<'a> {
    pub nonce: &'a str,
    pub receipts: &'a BTreeMap<String, String>,
}

impl Documents {
    /// The subject's inputs, cut by the gate's limits, and after them what else is put before the
    /// agent, as pairs of path and text.
    pub fn fence(
        gate: &GateDef,
        subject: &Subject,
        further: &[(&str, &str)],
        codes: Codes<'_>,
    ) -> Result<Documents, PromptError> {
        let inputs = subject.inputs.iter();
        let texts: Vec<(&str, &str)> = inputs
            .map(|input| (input.path.as_str(), input.text.as_str()))
            .chain(further.iter().copied())
            .collect();
        codes.check(&texts)?;
        let fenced = texts.into_iter().map(|(path, text)| {
            let shown = Shown::limited(text, gate.limit_of(path));
            let receipt = codes.receipts.get(path).map_or("", String::as_str);
            Fenced {
                path: path.to_owned(),
                bytes: text.len(),
                left_out: shown.cut.map_or(0, |cut| cut.left),
                text: fence(codes.nonce, path, &shown, receipt),
            }
        });
        Ok(Documents {
            fenced: fenced.collect(),
        })
    }

    /// As a template sees them: `path`, `bytes`, `cut` (bytes left out), `fenced`.
    pub fn value(&self) -> Value {
        self.fenced.iter().map(Fenced::value).collect()
    }

    /// All but the last, and the last.
    pub fn split_last(&self) -> (Value, Value) {
        match self.fenced.split_last() {
            None => (Value::from(Vec::<Value>::new()), Value::from(())),
            Some((last, inputs)) => (inputs.iter().map(Fenced::value).collect(), last.value()),
        }
    }

    /// Refuses a prompt that a template left a document out of, or changed one in.
    pub fn must_stand_in(&self, prompt: String, file: &str) -> Result<String, PromptError> {
        let file = file.to_owned();
        match self.fenced.iter().find(|one| !prompt.contains(&one.text)) {
            None => Ok(prompt),
            Some(one) if one.path == RESERVED => Err(PromptError::AskedLeftOut {
                file,
                variable: "findings.fenced",
            }),
            Some(one) => Err(PromptError::InputLeftOut {
                file,
                input: one.path.clone(),
            }),
        }
    }
}

impl Fenced {
    fn value(&self) -> Value {
        Value::from_pairs([
            ("path", Value::from(one_line(&self.path))),
            ("bytes", Value::from(self.bytes)),
            ("cut", Value::from(self.left_out)),
            ("fenced", Value::from(&self.text)),
        ])
    }
}

/// A path as a template may write it in a sentence: one with control characters, such as git allows,
/// could pass for an instruction there.
fn one_line(path: &str) -> String {
    if path.contains(char::is_control) {
        serde_json::Value::from(path).to_string()
    } else {
        path.to_owned()
    }
}

impl Codes<'_> {
    fn check(self, texts: &[(&str, &str)]) -> Result<(), PromptError> {
        if !is_nonce(self.nonce) {
            return Err(PromptError::BadNonce {
                found: self.nonce.to_owned(),
            });
        }
        for (path, text) in texts {
            let receipt = self.receipts.get(*path);
            if !receipt.is_some_and(|receipt| is_receipt(receipt)) {
                return Err(PromptError::BadReceipt {
                    input: (*path).to_owned(),
                    found: receipt.map_or("none".to_owned(), |receipt| format!("{receipt:?}")),
                });
            }
            let has = |code: &str| text.contains(code) || path.contains(code);
            if has(self.nonce) || self.receipts.values().any(|receipt| has(receipt)) {
                return Err(PromptError::Collision {
                    input: (*path).to_owned(),
                });
            }
        }
        let is_text = |path: &String| texts.iter().any(|(known, _)| known == path);
        match self.receipts.keys().find(|path| !is_text(path)) {
            Some(path) => Err(PromptError::BadReceipt {
                input: path.clone(),
                found: "a receipt and is no input".to_owned(),
            }),
            None => Ok(()),
        }
    }
}
