//! What a client says to a recorded agent: enough to play its answers in their place.

use std::{
    collections::BTreeSet,
    io::BufRead as _,
    sync::mpsc::{Receiver, channel},
    thread,
};

use serde_json::Value;

use crate::conversation::prompt_text;

/// The client's side, as far as it was heard.
pub struct Spoken {
    lines: Receiver<String>,
    /// The ids of requests, as JSON.
    requests: BTreeSet<String>,
    prompt: String,
}

impl Spoken {
    pub fn listen() -> Self {
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in std::io::stdin().lock().lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            lines,
            requests: BTreeSet::new(),
            prompt: String::new(),
        }
    }

    /// The text of all prompts so far.
    pub fn prompt(&self) -> &str {
        &self.prompt
    }

    /// If the line answers a request: waits until that was made, or nothing comes any more.
    pub fn wait_for_request(&mut self, line: &[u8]) {
        let Ok(message) = serde_json::from_slice::<Value>(line) else {
            return;
        };
        let id = &message["id"];
        if id.is_null() || message.get("method").is_some() {
            return;
        }
        let id = id.to_string();
        while !self.requests.contains(&id) && self.hear() {}
    }

    pub fn wait_for_end(&mut self) {
        while self.hear() {}
    }

    /// Whether there was another line.
    fn hear(&mut self) -> bool {
        let Ok(line) = self.lines.recv() else {
            return false;
        };
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            return true;
        };
        if message.get("method").is_some() && !message["id"].is_null() {
            self.requests.insert(message["id"].to_string());
        }
        if message["method"] == "session/prompt" {
            self.prompt
                .push_str(&prompt_text(&message["params"]["prompt"]));
        }
        true
    }
}
