//! The rules of a report: one for each kind of finding in it.

use serde_json::{Value, json};

use super::slug;

/// The rules used so far, in the order of their first use.
#[derive(Debug)]
pub(super) struct Rules {
    gate: String,
    kinds: Vec<String>,
}

impl Rules {
    pub fn of(gate: &str) -> Self {
        Self {
            gate: slug(gate),
            kinds: Vec::new(),
        }
    }

    /// The id of a kind's rule, and its place in the table.
    pub fn place(&mut self, kind: &str) -> (String, usize) {
        let kind = slug(kind);
        let at = self.kinds.iter().position(|known| *known == kind);
        let at = at.unwrap_or_else(|| {
            self.kinds.push(kind.clone());
            self.kinds.len() - 1
        });
        (format!("{}/{kind}", self.gate), at)
    }

    /// The table.
    pub fn table(&self) -> Vec<Value> {
        self.kinds
            .iter()
            .map(|kind| {
                let gate = &self.gate;
                let spoken = kind.replace(['-', '_'], " ");
                json!({
                    "id": format!("{gate}/{kind}"),
                    "shortDescription": {"text": format!("{spoken} (gate {gate})")},
                    "fullDescription": {
                        "text": format!("Agents of the gate {gate} reported it as {spoken}; voices, votes and the decision are in the result's properties."),
                    },
                    "help": {
                        "text": format!("`synod gate show {gate}` tells what the gate asks for, `synod ledger` what was decided before."),
                    },
                    // Each result has its own level: this is for viewers that want one here.
                    "defaultConfiguration": {"level": "warning"},
                    "properties": {"tags": ["synod", gate]},
                })
            })
            .collect()
    }
}
