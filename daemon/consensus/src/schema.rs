//! A gate's result schema: compiled once, checked per candidate, one clear mismatch.
//!
//! It does not look for answers (`extract`) nor know what a finding is (`answer`). Nothing is
//! ever fetched: a schema is whole in itself.

use std::fmt;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The key under which an answer repeats the receipt codes of its inputs.
pub const RECEIPTS: &str = "receipts";

const CLARIFY: &str = include_str!("builtin/clarify.schema.json");
const CHECKLIST: &str = include_str!("builtin/checklist.schema.json");
const ANALYZE: &str = include_str!("builtin/analyze.schema.json");
const REVIEW: &str = include_str!("builtin/review.schema.json");

/// A compiled schema, and the keys an answer must have at its top.
#[derive(Debug, Clone)]
pub struct Schema {
    name: String,
    text: String,
    validator: Validator,
    required: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    #[error("schema {name} is not JSON: {detail}; write it as one JSON object")]
    NotJson { name: String, detail: String },
    #[error("schema {name} does not compile: {detail}; it must be whole in itself, draft 2020-12")]
    Invalid { name: String, detail: String },
    #[error(
        "schema {name} names no required keys besides `receipts`: expected a non-empty `required` \
         list at its top, otherwise any JSON in a log would pass for an answer"
    )]
    TooLoose { name: String },
}

/// The first thing in a value that the schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// JSON pointer into the value; empty for the value itself.
    pub path: String,
    pub expected: String,
    pub found: String,
}

impl Mismatch {
    /// What a schema looser than the shape it is for let through.
    pub(crate) fn at(path: String, expected: &str, found: Option<&Value>) -> Self {
        Self {
            path,
            expected: expected.to_owned(),
            found: found.map_or_else(|| "nothing".to_owned(), brief),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.path.is_empty() {
            "the top"
        } else {
            &self.path
        };
        write!(
            f,
            "at {at}: expected {}, found {}",
            self.expected, self.found
        )
    }
}

impl Schema {
    pub fn compile(name: &str, json: &str) -> Result<Self, SchemaError> {
        let value: Value = serde_json::from_str(json).map_err(|e| SchemaError::NotJson {
            name: name.to_owned(),
            detail: e.to_string(),
        })?;
        let validator = jsonschema::validator_for(&value).map_err(|e| SchemaError::Invalid {
            name: name.to_owned(),
            detail: e.to_string(),
        })?;
        let required: Vec<String> = value
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|key| key.as_str().map(str::to_owned))
            .collect();
        if required.iter().all(|key| key == RECEIPTS) {
            return Err(SchemaError::TooLoose {
                name: name.to_owned(),
            });
        }
        Ok(Self {
            name: name.to_owned(),
            text: json.to_owned(),
            validator,
            required,
        })
    }

    /// The built-in schema of the `clarify` gate.
    pub fn clarify() -> Result<Self, SchemaError> {
        Self::compile("clarify.schema.json", CLARIFY)
    }

    /// The built-in schema of the `checklist` gate.
    pub fn checklist() -> Result<Self, SchemaError> {
        Self::compile("checklist.schema.json", CHECKLIST)
    }

    /// The built-in schema of the `analyze` gate.
    pub fn analyze() -> Result<Self, SchemaError> {
        Self::compile("analyze.schema.json", ANALYZE)
    }

    /// The built-in schema of the `review` gate.
    pub fn review() -> Result<Self, SchemaError> {
        Self::compile("review.schema.json", REVIEW)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The schema as written, for prompts and for `gate show`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Keys an answer must have at its top.
    pub fn required(&self) -> &[String] {
        &self.required
    }

    pub fn check(&self, value: &Value) -> Result<(), Mismatch> {
        match self.validator.iter_errors(value).next() {
            None => Ok(()),
            Some(error) => Err(mismatch(&error)),
        }
    }

    /// As `check`, but a complaint about the receipts comes last: an answer that is fine
    /// except for its receipts did not see its inputs, which is another failure than a misshape.
    pub(crate) fn check_receipts_last(&self, value: &Value) -> Result<(), Refusal> {
        let mut about_receipts = None;
        for error in self.validator.iter_errors(value) {
            if concerns_receipts(&error) {
                about_receipts.get_or_insert_with(|| mismatch(&error));
            } else {
                return Err(Refusal::Shape(mismatch(&error)));
            }
        }
        match about_receipts {
            None => Ok(()),
            Some(_) => Err(Refusal::Receipts),
        }
    }
}

/// Why a candidate is not an answer.
#[derive(Debug)]
pub(crate) enum Refusal {
    Shape(Mismatch),
    Receipts,
}

fn concerns_receipts(error: &ValidationError<'_>) -> bool {
    let path = error.instance_path().as_str();
    let inside = path.strip_prefix('/').and_then(|p| p.split('/').next()) == Some(RECEIPTS);
    let missing = path.is_empty()
        && matches!(error.kind(), ValidationErrorKind::Required { property }
            if property.as_str() == Some(RECEIPTS));
    inside || missing
}

fn mismatch(error: &ValidationError<'_>) -> Mismatch {
    let found = brief(error.instance());
    let (expected, found) = match error.kind() {
        ValidationErrorKind::Required { property } => (
            format!("key {property}"),
            keys(error.instance()).unwrap_or(found),
        ),
        ValidationErrorKind::Type { kind } => (type_names(kind), found),
        ValidationErrorKind::Enum { options } => (format!("one of {options}"), found),
        ValidationErrorKind::AnyOf { context } => {
            let expected = match words_of(context) {
                Some(words) => format!("one of {}", Value::from(words)),
                None => asked_for(error.kind()),
            };
            (expected, found)
        }
        ValidationErrorKind::Constant { expected_value } => (expected_value.to_string(), found),
        ValidationErrorKind::Pattern { pattern } => (format!("text matching {pattern}"), found),
        ValidationErrorKind::MinItems { limit } => (format!("at least {limit} items"), found),
        ValidationErrorKind::MaxItems { limit } => (format!("at most {limit} items"), found),
        ValidationErrorKind::MinLength { limit } => (format!("at least {limit} characters"), found),
        ValidationErrorKind::MaxLength { limit } => (format!("at most {limit} characters"), found),
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            ("no other keys".to_owned(), clip(&format!("{unexpected:?}")))
        }
        // The rest of the vocabulary (a foreign, growing enum) by the keyword that said no.
        other => (asked_for(other), found),
    };
    Mismatch {
        path: error.instance_path().as_str().to_owned(),
        expected: clip(&expected),
        found,
    }
}

fn asked_for(kind: &ValidationErrorKind) -> String {
    format!("what `{}` in the schema asks for", kind.keyword())
}

/// Everything that may stand there, if each of the alternatives is a list of values.
fn words_of(alternatives: &[Vec<ValidationError<'_>>]) -> Option<Vec<Value>> {
    let mut words = Vec::new();
    for errors in alternatives {
        let [error] = errors.as_slice() else {
            return None;
        };
        let ValidationErrorKind::Enum { options } = error.kind() else {
            return None;
        };
        words.extend(options.as_array()?.iter().cloned());
    }
    Some(words)
}

fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(set) => {
            let names: Vec<String> = set.iter().map(|one| one.to_string()).collect();
            names.join(" or ")
        }
    }
}

fn keys(value: &Value) -> Option<String> {
    let names: Vec<&str> = value
        .as_object()?
        .keys()
        .take(12)
        .map(String::as_str)
        .collect();
    Some(clip(&format!("keys {names:?}")))
}

/// A value in a few words. Never the whole of it: it may be megabytes.
fn brief(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => format!("boolean {b}"),
        Value::Number(n) => format!("number {n}"),
        Value::String(s) => clip(&format!(
            "string {:?}",
            s.chars().take(80).collect::<String>()
        )),
        Value::Array(items) => format!("array of {}", items.len()),
        Value::Object(map) => format!("object with {} keys", map.len()),
    }
}

fn clip(text: &str) -> String {
    const MOST: usize = 240;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", &text[..cut]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn refused(value: Value) -> Mismatch {
        Schema::clarify().unwrap().check(&value).unwrap_err()
    }

    #[test]
    fn alternatives_that_are_lists_of_words_are_named_whole() {
        let answer = json!({"receipts": {}, "findings": [
            {"kind": "amb", "claim": "x", "severity": "minor", "resolvability": "auto-fix"},
        ]});
        let mismatch = Schema::analyze().unwrap().check(&answer).unwrap_err();
        assert_eq!(mismatch.path, "/findings/0/kind");
        assert!(
            mismatch
                .expected
                .starts_with(r#"one of ["conflict","gap","#)
                && mismatch.expected.contains(r#""placeholder""#),
            "{}",
            mismatch.expected
        );
    }

    #[test]
    fn clarify_accepts_an_empty_list_and_extra_keys_of_a_finding() {
        let schema = Schema::clarify().unwrap();
        schema
            .check(&json!({"receipts": {"a": "b"}, "findings": []}))
            .unwrap();
        let finding = json!({"kind": "scope", "claim": "c", "severity": "minor",
            "resolvability": "auto-fix", "id": 7, "confidence": "high", "answer": null,
            "suggested_fix": {"findings": []}});
        schema
            .check(&json!({"receipts": {}, "findings": [finding], "model": "x"}))
            .unwrap();
    }

    #[test]
    fn a_mismatch_names_path_expectation_and_find() {
        let missing = refused(json!({"receipts": {}, "issues": []}));
        assert_eq!(missing.path, "");
        assert_eq!(missing.expected, "key \"findings\"");
        assert_eq!(missing.found, "keys [\"receipts\", \"issues\"]");
        let severity = refused(
            json!({"receipts": {}, "findings": [{"kind": "scope", "claim": "c",
            "severity": "HIGH", "resolvability": "auto-fix"}]}),
        );
        assert_eq!(severity.path, "/findings/0/severity");
        assert!(severity.expected.contains("critical"), "{severity}");
        assert_eq!(severity.found, "string \"HIGH\"");
        let kind = refused(json!({"receipts": {}, "findings": "none"}));
        assert_eq!(
            (kind.path.as_str(), kind.expected.as_str()),
            ("/findings", "array")
        );
    }

    #[test]
    fn found_values_are_cut_short() {
        let long = refused(json!({"receipts": {}, "findings": "x".repeat(1_000_000)}));
        assert!(long.found.len() < 300);
    }

    #[test]
    fn a_schema_that_any_object_satisfies_is_refused() {
        let loose = Schema::compile("x", r#"{"type": "object"}"#).unwrap_err();
        assert!(matches!(loose, SchemaError::TooLoose { .. }));
        assert!(matches!(
            Schema::compile("x", "{").unwrap_err(),
            SchemaError::NotJson { .. }
        ));
        let bad = Schema::compile("x", r#"{"type": "objekt", "required": ["a"]}"#).unwrap_err();
        assert!(matches!(bad, SchemaError::Invalid { .. }));
    }

    #[test]
    fn a_schema_that_points_elsewhere_is_refused_not_fetched() {
        let json = r#"{"required": ["a"], "properties": {"a": {"$ref": "https://example.com/s"}}}"#;
        assert!(matches!(
            Schema::compile("x", json).unwrap_err(),
            SchemaError::Invalid { .. }
        ));
    }
}
