//! The third round: what an arbiter says about the findings in dispute, one by one.
//!
//! Owns what a ruling is and how one is read. What it leaves out, repeats or invents is asked, and said: that
//! is `decide`'s.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::decide::FailReason;
use crate::schema::{Mismatch, Schema, SchemaError};
use crate::sheet::{MOST_UNKNOWN, Sheet, unknown_label};

const SCHEMA: &str = include_str!("builtin/arbiter.schema.json");

/// What the arbiter says about one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ruling")]
pub enum Ruling {
    /// It is real, and this is the answer.
    Uphold {
        answer: Option<String>,
        reason: Option<String>,
    },
    /// It is not an issue.
    Overrule { reason: Option<String> },
    /// The arbiter cannot tell: a human is asked.
    Abstain { reason: Option<String> },
}

/// What an arbiter's answer held, by the keys of the findings in dispute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rulings {
    pub rulings: BTreeMap<String, Ruling>,
    /// Keys it ruled on more than once: none of those counts.
    #[serde(default)]
    pub repeated: Vec<String>,
    /// Labels it ruled on that were not put to it.
    #[serde(default)]
    pub invented: Vec<String>,
}

/// What came of the arbitration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arbitration {
    pub agent: String,
    pub family: String,
    pub execution_id: String,
    pub attempt_id: String,
    pub result: Result<Rulings, FailReason>,
}

/// The schema of an arbiter's answer, the same for every gate.
pub fn schema() -> Result<Schema, SchemaError> {
    Schema::compile("arbiter.schema.json", SCHEMA)
}

impl Rulings {
    /// Reads a value the arbiter's schema has accepted, by the docket it was given.
    pub fn from_value(value: &Value, docket: &Sheet) -> Result<Self, Mismatch> {
        let list = value.get("rulings").and_then(Value::as_array);
        let Some(items) = list else {
            let path = "/rulings".to_owned();
            return Err(Mismatch::at(path, "array", value.get("rulings")));
        };
        let mut read = Self::default();
        for (n, item) in items.iter().enumerate() {
            let text = |key: &str| item.get(key).and_then(Value::as_str);
            let own = |key: &str| text(key).map(|words| words.trim().to_owned());
            let wrong = |key: &str, expected: &str| {
                Mismatch::at(format!("/rulings/{n}/{key}"), expected, item.get(key))
            };
            let label = text("finding").ok_or_else(|| wrong("finding", "a label"))?;
            let reason = own("reason").filter(|reason| !reason.is_empty());
            let ruling = match text("ruling") {
                Some("uphold") => Ruling::Uphold {
                    answer: own("answer").filter(|answer| !answer.is_empty()),
                    reason,
                },
                Some("overrule") => Ruling::Overrule { reason },
                Some("abstain") => Ruling::Abstain { reason },
                Some(_) | None => return Err(wrong("ruling", "uphold, overrule or abstain")),
            };
            match docket.key(label) {
                None => read.invented.push(unknown_label(label)),
                Some(key) => {
                    if read.rulings.insert(key.to_owned(), ruling).is_some() {
                        read.repeated.push(key.to_owned());
                    }
                }
            }
        }
        read.repeated.sort();
        read.repeated.dedup();
        read.rulings.retain(|key, _| !read.repeated.contains(key));
        read.invented.sort();
        read.invented.dedup();
        read.invented.truncate(MOST_UNKNOWN);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn docket() -> Sheet {
        Sheet::docket(&["a".to_owned(), "b".to_owned()], "run", "judge")
    }

    #[test]
    fn what_is_ruled_on_twice_or_was_not_put_does_not_count() {
        let of =
            |label: &str, ruling: &str| json!({"finding": label, "ruling": ruling, "reason": " "});
        let value = json!({"receipts": {}, "rulings": [
            of("D1", "overrule"), of("D2", "abstain"), of("d1", "overrule"), of("D9", "overrule"),
        ]});
        schema().unwrap().check(&value).unwrap();
        let read = Rulings::from_value(&value, &docket()).unwrap();
        let key = |n: usize| docket().items[n].key.clone();
        assert_eq!(read.repeated, [key(0)]);
        assert_eq!(read.invented, ["D9"]);
        let abstained = (key(1), Ruling::Abstain { reason: None });
        assert_eq!(read.rulings.into_iter().collect::<Vec<_>>(), [abstained]);
    }

    #[test]
    fn rulings_of_another_shape_are_refused_with_their_place() {
        let refused = |value: Value| Rulings::from_value(&value, &docket()).unwrap_err().path;
        assert_eq!(refused(json!([])), "/rulings");
        let guess = json!({"rulings": [{"finding": "D1", "ruling": "guilty"}]});
        assert_eq!(refused(guess), "/rulings/0/ruling");
    }
}
