//! An agent that follows a plan.

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;
use serde_json::{Value, json};
use synod_adapters::acp::END;

/// What the agent does in its turn, one after the other.
#[derive(Debug, Clone)]
pub enum Act {
    Says,
    /// Not JSON.
    Noise,
    /// Asks, and goes on without waiting.
    Asks {
        kind: &'static str,
        twice: bool,
        same_id: bool,
    },
    /// Wants a file.
    Wants,
    /// Waits until all it asked is answered.
    Waits,
}

pub fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Says),
        1 => Just(Act::Noise),
        4 => (prop::sample::select(vec!["read", "edit", "execute"]), prop::bool::weighted(0.2), prop::bool::weighted(0.2))
            .prop_map(|(kind, twice, same_id)| Act::Asks { kind, twice, same_id }),
        1 => Just(Act::Wants),
        2 => Just(Act::Waits),
    ]
}

/// An agent that does what it planned.
#[derive(Debug)]
pub struct Agent {
    plan: VecDeque<Act>,
    in_turn: bool,
    next_id: u64,
    /// Requests without an answer, by id.
    unanswered: BTreeMap<String, usize>,
    pub heard: Vec<String>,
    pub out: Vec<String>,
    pub has_ended: bool,
}

impl Agent {
    pub fn new(plan: &[Act]) -> Self {
        Self {
            plan: plan.iter().cloned().collect(),
            in_turn: false,
            next_id: 0,
            unanswered: BTreeMap::new(),
            heard: Vec::new(),
            out: Vec::new(),
            has_ended: false,
        }
    }

    pub fn hears(&mut self, line: &str) {
        self.heard.push(line.to_owned());
        if line == END {
            self.has_ended = true;
            return;
        }
        let message: Value = serde_json::from_str(line).unwrap();
        let id = message["id"].clone();
        match message["method"].as_str() {
            Some("initialize") => self.replies(&id, &json!({"protocolVersion": 1})),
            Some("session/new") => self.replies(
                &id,
                &json!({"sessionId": "s", "modes": {"availableModes": [{"id": "default"}]}}),
            ),
            Some("session/set_mode") => self.replies(&id, &json!({})),
            Some("session/prompt") => self.in_turn = true,
            Some("session/cancel") => {
                self.plan.clear();
                self.unanswered.clear();
            }
            Some(other) => panic!("the agent was asked {other}"),
            None => {
                if let Some(left) = self.unanswered.get_mut(&id.to_string()) {
                    *left = left.saturating_sub(1);
                }
            }
        }
    }

    fn replies(&mut self, id: &Value, result: &Value) {
        self.out
            .push(json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string());
    }

    /// Goes on with its turn, if it has one.
    pub fn acts(&mut self) {
        if !self.in_turn {
            return;
        }
        match self.plan.front() {
            None => {
                self.in_turn = false;
                self.replies(&json!(3), &json!({"stopReason": "end_turn"}));
            }
            Some(Act::Waits) => {
                if self.unanswered.values().all(|left| *left == 0) {
                    self.plan.pop_front();
                }
            }
            Some(Act::Says) => {
                self.plan.pop_front();
                self.out.push(
                    json!({"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s", "update": {
                        "sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "tool_call"}}}})
                    .to_string(),
                );
            }
            Some(Act::Noise) => {
                self.plan.pop_front();
                self.out.push("Ripgrep is not available.".to_owned());
            }
            Some(Act::Wants) => {
                self.plan.pop_front();
                let id = self.fresh();
                self.out.push(
                    json!({"jsonrpc": "2.0", "id": id, "method": "fs/read_text_file", "params": {}}).to_string(),
                );
            }
            Some(Act::Asks {
                kind,
                twice,
                same_id,
            }) => {
                let (kind, twice, same_id) = (*kind, *twice, *same_id);
                self.plan.pop_front();
                let what = self.fresh();
                let id = if same_id { json!("again") } else { json!(what) };
                *self.unanswered.entry(id.to_string()).or_default() += 1;
                let line = json!({"jsonrpc": "2.0", "id": id, "method": "session/request_permission", "params": {
                    "sessionId": "s",
                    "toolCall": {"toolCallId": format!("c{what}"), "kind": kind, "title": format!("{kind} {what}")},
                    "options": [
                        {"optionId": "yes", "name": "Yes", "kind": "allow_once"},
                        {"optionId": "no", "name": "No", "kind": "reject_once"}]}})
                .to_string();
                for _ in 0..=usize::from(twice) {
                    self.out.push(line.clone());
                }
            }
        }
    }

    fn fresh(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}
