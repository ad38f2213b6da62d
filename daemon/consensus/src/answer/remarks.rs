//! The shape `remarks`, of the gate `review`: each remark is a finding, with its quote and the lines it states.
//!
//! - A suggestion is a suggested fix, never a proposed *answer*: no two families write the same code, and if they
//!   did, recording it would settle a defect that still stands in the code. So no cell of the table resolves a
//!   remark; it asks about it, puts it to the arbiter, watches or notes it.
//! - Whether or not there is a suggestion it is `suggest-fix`: agents are not asked who could settle a remark, and
//!   `need-human`, which they then never said, would keep all of them from the arbiter.

use serde_json::Value;

use super::{Answer, Place, Quote, RawFinding, Resolvability, Severity, Side, items};
use crate::schema::Mismatch;

pub(super) fn read(value: &Value) -> Result<Answer, Mismatch> {
    let remarks = items(value, "remarks")?;
    let remarks = remarks.iter().enumerate();
    Ok(Answer {
        findings: remarks
            .map(|(n, item)| remark(n, item))
            .collect::<Result<_, _>>()?,
        cleared: Vec::new(),
    })
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
            None => Err(Mismatch::at(self.path, "string", self.value)),
        }
    }

    fn one_of<T>(self, words: &str, read: fn(&str) -> Option<T>) -> Result<T, Mismatch> {
        let word = self.value.and_then(Value::as_str);
        word.and_then(read)
            .ok_or_else(|| Mismatch::at(self.path, words, self.value))
    }

    /// From 1; any number of lines is believed, as it only chooses between places.
    fn line(self) -> Result<u32, Mismatch> {
        let number = self
            .value
            .and_then(Value::as_u64)
            .and_then(|n| u32::try_from(n).ok());
        let number = number.filter(|number| *number > 0);
        number.ok_or_else(|| Mismatch::at(self.path, "line number from 1", self.value))
    }

    /// What there is to say, if anything.
    fn said(self) -> Option<String> {
        let text = self.value.and_then(Value::as_str)?;
        (!text.trim().is_empty()).then(|| text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value() -> Value {
        json!({"kind": "bug", "severity": "critical", "path": "src/x.rs", "side": "new", "first": 3, "last": 4,
            "quote": "a\nb", "claim": "c", "suggestion": "fix", "reasoning": "r"})
    }

    #[test]
    fn a_remark_is_a_finding_with_its_place() {
        let found = read(&json!({"receipts": {}, "remarks": [value()]}))
            .unwrap()
            .findings;
        let finding = &found[0];
        let place = finding.place.as_ref().unwrap();
        assert_eq!(
            (place.path.as_str(), place.side, place.first, place.last),
            ("src/x.rs", Side::New, 3, 4)
        );
        assert_eq!(
            (finding.kind.as_str(), finding.severity),
            ("bug", Severity::Critical)
        );
        assert_eq!(
            (
                finding.quotes[0].path.as_deref(),
                finding.quotes[0].text.as_str()
            ),
            (Some("src/x.rs"), "a\nb")
        );
        assert_eq!(finding.suggested_fix.as_deref(), Some("fix"));
        assert_eq!(read(&json!({"remarks": []})).unwrap(), Answer::default());
    }

    #[test]
    fn a_suggestion_is_no_answer_and_its_lack_is_no_need_for_a_human() {
        let mut without = value();
        without["suggestion"] = json!(" ");
        for (value, fix) in [(value(), Some("fix")), (without, None)] {
            let found = read(&json!({"remarks": [value]})).unwrap().findings;
            assert_eq!(found[0].answer, None);
            assert_eq!(found[0].suggested_fix.as_deref(), fix);
            assert_eq!(found[0].resolvability, Resolvability::SuggestFix);
        }
    }

    #[test]
    fn what_is_no_remark_is_refused_with_its_place() {
        #[track_caller]
        fn check(key: &str, wrong: Value) {
            let mut item = value();
            item[key] = wrong;
            let error = read(&json!({"remarks": [value(), item]})).unwrap_err();
            assert_eq!(error.path, format!("/remarks/1/{key}"));
        }
        check("kind", json!(1));
        check("severity", json!("high"));
        check("path", Value::Null);
        check("side", json!("left"));
        check("first", json!(0));
        check("last", json!(-1));
        check("last", json!(5_000_000_000_u64));
        check("quote", json!([]));
        check("claim", Value::Null);
        assert_eq!(read(&json!({"findings": []})).unwrap_err().path, "/remarks");
    }
}
