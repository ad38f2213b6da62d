//! What is put before a voter or an arbiter: labels for findings, in an order of its own for each reader.
//!
//! Labels mean nothing outside the sheet they stand on. How a sheet looks in a prompt is the configuration's.

use serde::{Deserialize, Serialize};

use crate::text::Fingerprint;

/// The findings of one sheet by label, in the order they are shown in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub label: String,
    /// Key of the finding.
    pub key: String,
}

impl Sheet {
    /// The findings of a ballot as F1, F2 … for one agent. The same for the same seed, agent and set of keys.
    pub fn ballot(keys: &[String], seed: &str, agent: &str) -> Self {
        Self::shuffled('F', keys, seed, agent)
    }

    /// The findings in dispute as D1, D2 … for the arbiter.
    pub fn docket(keys: &[String], seed: &str, agent: &str) -> Self {
        Self::shuffled('D', keys, seed, agent)
    }

    fn shuffled(letter: char, keys: &[String], seed: &str, agent: &str) -> Self {
        let mut keys: Vec<&String> = keys.iter().collect();
        keys.sort();
        keys.dedup();
        keys.sort_by_cached_key(|key| {
            Fingerprint::new("synod/sheet/v1")
                .part(&letter.to_string())
                .part(seed)
                .part(agent)
                .part(key)
                .finish()
        });
        let label = |(n, key): (usize, &String)| Item {
            label: format!("{letter}{}", n + 1),
            key: key.clone(),
        };
        Self {
            items: keys.into_iter().enumerate().map(label).collect(),
        }
    }

    /// The key a label stands for. Case and white space around do not matter.
    pub fn key(&self, label: &str) -> Option<&str> {
        let label = label.trim();
        let item = self
            .items
            .iter()
            .find(|item| item.label.eq_ignore_ascii_case(label));
        item.map(|item| item.key.as_str())
    }
}

/// A label nobody was given, as it is kept: short, whatever an agent wrote.
pub(crate) fn unknown_label(label: &str) -> String {
    label.trim().chars().take(40).collect()
}

/// Labels nobody was given that are kept of one answer: the rest would be a wall of text.
pub(crate) const MOST_UNKNOWN: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Vec<String> {
        (0..20).map(|n| format!("key-{n}")).collect()
    }

    #[test]
    fn each_agent_gets_every_finding_in_an_order_of_its_own() {
        let of = |agent: &str, keys: &[String]| Sheet::ballot(keys, "run", agent);
        let mut turned = keys();
        turned.reverse();
        assert_eq!(of("a", &keys()), of("a", &turned));
        assert_ne!(of("a", &keys()), of("b", &keys()));
        assert_ne!(of("a", &keys()), Sheet::ballot(&keys(), "other run", "a"));
        let mut seen: Vec<String> = of("a", &keys()).items.into_iter().map(|i| i.key).collect();
        seen.sort();
        let mut all = keys();
        all.sort();
        assert_eq!(seen, all);
    }

    #[test]
    fn a_label_stands_for_one_key_and_others_for_none() {
        let sheet = Sheet::docket(&keys(), "run", "judge");
        assert_eq!(sheet.items[2].label, "D3");
        assert_eq!(sheet.key(" d3 "), Some(sheet.items[2].key.as_str()));
        assert_eq!(sheet.key("D21"), None);
        assert_eq!(sheet.key("F3"), None);
    }
}
