//! An answer of the gate `review` as findings: each remark is one, with its quote and the lines it states.
//!
//! - A suggestion is a suggested fix, never a proposed *answer*: no two families write the same code, and if they
//!   did, recording it would settle a defect that still stands in the code. So no cell of the table resolves a
//!   remark; it asks about it, puts it to the arbiter, watches or notes it.
//! - Whether or not there is a suggestion it is `suggest-fix`: agents are not asked who could settle a remark, and
//!   `need-human`, which they then never said, would keep all of them from the arbiter.

use serde_json::Value;

use crate::answer::{Place, Quote, RawFinding, Resolvability, Severity, Side};
use crate::schema::Mismatch;

/// Reads a value the gate's schema has accepted. A schema looser than this shape is told so.
pub fn read(value: &Value) -> Result<Vec<RawFinding>, Mismatch> {
    let remarks = value.get("remarks");
    let Some(items) = remarks.and_then(Value::as_array) else {
        return Err(mismatch("/remarks".to_owned(), "array", remarks));
    };
    items
        .iter()
        .enumerate()
        .map(|(n, item)| remark(n, item))
        .collect()
}

fn remark(n: usize, item: &Value) -> Result<RawFinding, Mismatch> {
    let field = |key: &str| Field {
        path: format!("/remarks/{n}/{key}"),
        value: item.get(key),
    };
    let path = field("path").text()?;
    let place = Place {
        path: path.clone(),
        side: field("side").one_of("new or old", |word| match word {
            "new" => Some(Side::New),
            "old" => Some(Side::Old),
            _ => None,
        })?,
        first: field("first").line()?,
        last: field("last").line()?,
    };
    Ok(RawFinding {
        kind: field("kind").text()?,
        claim: field("claim").text()?,
        severity: field("severity").one_of("critical, important or minor", |word| match word {
            "critical" => Some(Severity::Critical),
            "important" => Some(Severity::Important),
            "minor" => Some(Severity::Minor),
            _ => None,
        })?,
        resolvability: Resolvability::SuggestFix,
        answer: None,
        options: Vec::new(),
        reasoning: field("reasoning").said(),
        suggested_fix: field("suggestion").said(),
        quotes: vec![Quote {
            path: Some(path),
            text: field("quote").text()?,
        }],
        about: None,
        matter: None,
        place: Some(place),
    })
}

struct Field<'v> {
    path: String,
    value: Option<&'v Value>,
}

impl Field<'_> {
    fn text(self) -> Result<String, Mismatch> {
        match self.value.and_then(Value::as_str) {
            Some(text) => Ok(text.to_owned()),
            None => Err(mismatch(self.path, "string", self.value)),
        }
    }

    fn one_of<T>(self, words: &str, read: fn(&str) -> Option<T>) -> Result<T, Mismatch> {
        let word = self.value.and_then(Value::as_str);
        word.and_then(read)
            .ok_or_else(|| mismatch(self.path, words, self.value))
    }

    /// From 1; any number of lines is believed, as it only chooses between places.
    fn line(self) -> Result<u32, Mismatch> {
        let number = self
            .value
            .and_then(Value::as_u64)
            .and_then(|n| u32::try_from(n).ok());
        let number = number.filter(|number| *number > 0);
        number.ok_or_else(|| mismatch(self.path, "line number from 1", self.value))
    }

    /// What there is to say, if anything.
    fn said(self) -> Option<String> {
        let text = self.value.and_then(Value::as_str)?;
        (!text.trim().is_empty()).then(|| text.to_owned())
    }
}

fn mismatch(path: String, expected: &str, found: Option<&Value>) -> Mismatch {
    let found = found.map_or_else(
        || "nothing".to_owned(),
        |value| value.to_string().chars().take(80).collect(),
    );
    Mismatch {
        path,
        expected: expected.to_owned(),
        found,
    }
}
