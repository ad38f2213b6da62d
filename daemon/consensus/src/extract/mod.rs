//! From the bytes an agent printed to its answer, or to the reason why there is none.
//!
//! Candidates are JSON values a real parser can read, fenced or not, however long, found without
//! marker words or windows. One counts when it satisfies the gate's schema and repeats the
//! receipt codes. The outermost wins, and of disjoint ones the last. Linear in the input; no
//! input makes it panic. Who answered is not its business: that is known from the attempt.

mod automaton;
mod scan;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::{Mismatch, RECEIPTS, Refusal, Schema};
use crate::text::Fingerprint;
use scan::{Keys, Scan};

/// A candidate longer than this is not read: values take several times their text in memory.
pub const MAX_CANDIDATE_BYTES: usize = 32 * 1024 * 1024;

/// Required keys beyond this many do not help to recognise an attempt.
const MAX_KEYS: usize = 63;

/// The answer, and where in the output it stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extracted {
    pub value: Value,
    pub range: Range<usize>,
    /// Valid answers elsewhere in the output that say something else. The last one won.
    pub other_valid: usize,
}

/// Why an output holds no answer. The published reasons, with what a reader needs beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Invalid {
    #[error("expected one JSON object with the answer, found no JSON; ask for JSON only")]
    NoJson,
    #[error(
        "the answer does not fit the schema: expected {expected} at {}, found {found}",
        if path.is_empty() { "the top" } else { path }
    )]
    SchemaMismatch {
        /// A JSON pointer; empty for the answer itself.
        path: String,
        expected: String,
        found: String,
    },
    #[error(
        "expected the receipt code of {path} in `receipts`, found none or another: the agent did \
         not read that input to its end"
    )]
    NoReceipt { path: String },
    #[error("expected an answer, found only JSON that stands in the prompt; the agent echoed it")]
    EchoOfPrompt,
    #[error("the output goes beyond a limit: {what}")]
    OutputLimit { what: String },
}

impl Invalid {
    /// The stable word for it, from the published table of reasons.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoJson => "no-json",
            Self::SchemaMismatch { .. } => "schema-mismatch",
            Self::NoReceipt { .. } => "no-receipt",
            Self::EchoOfPrompt => "echo-of-prompt",
            Self::OutputLimit { .. } => "output-limit",
        }
    }

    fn shape(
        Mismatch {
            path,
            expected,
            found,
        }: Mismatch,
    ) -> Self {
        Self::SchemaMismatch {
            path,
            expected,
            found,
        }
    }
}

/// Finds the answer in `output`. `receipts` are the codes the prompt gave, by input path;
/// `prompt` are the bytes the agent was given, so that its own words are not taken for an answer.
pub fn extract(
    output: &[u8],
    schema: &Schema,
    receipts: &BTreeMap<String, String>,
    prompt: Option<&[u8]>,
) -> Result<Extracted, Invalid> {
    Search::new(output, schema, receipts, prompt).run().0
}

/// As `extract`, with the number of bytes of the output that were looked at, over all passes.
pub fn extract_counted(
    output: &[u8],
    schema: &Schema,
    receipts: &BTreeMap<String, String>,
    prompt: Option<&[u8]>,
) -> (Result<Extracted, Invalid>, usize) {
    Search::new(output, schema, receipts, prompt).run()
}

struct Search<'a> {
    output: &'a [u8],
    schema: &'a Schema,
    receipts: &'a BTreeMap<String, String>,
    prompt: Option<&'a [u8]>,
    keys: Keys<'a>,
    examined: usize,
}

impl<'a> Search<'a> {
    fn new(
        output: &'a [u8],
        schema: &'a Schema,
        receipts: &'a BTreeMap<String, String>,
        prompt: Option<&'a [u8]>,
    ) -> Self {
        let all = schema.required().iter().map(String::as_str);
        let all = all.filter(|key| *key != RECEIPTS).take(MAX_KEYS).collect();
        let keys = Keys {
            all,
            hint: RECEIPTS,
        };
        Self {
            output,
            schema,
            receipts,
            prompt,
            keys,
            examined: 0,
        }
    }

    fn run(mut self) -> (Result<Extracted, Invalid>, usize) {
        let scan = Scan::of(self.output, &self.keys);
        self.examined += scan.examined;
        let result = self.choose(&scan);
        (result, self.examined)
    }

    fn choose(&mut self, scan: &Scan) -> Result<Extracted, Invalid> {
        let echoes = if scan.attempts.is_empty() {
            HashSet::new()
        } else {
            self.prompt_attempts()
        };
        let mut best: Option<Extracted> = None;
        let mut refused = Refused::default();
        for range in scan.attempts.iter().rev() {
            let value = match self.read(range) {
                Ok(value) => value,
                Err(invalid) => {
                    refused.own.get_or_insert(invalid);
                    continue;
                }
            };
            self.examined += range.len();
            let verdict = self.judge(&value);
            let echo = !echoes.is_empty() && {
                self.examined += range.len();
                echoes.contains(&fingerprint(&value))
            };
            match (verdict, &mut best) {
                (Ok(()), _) if echo => refused.echo = true,
                (Ok(()), None) => {
                    best = Some(Extracted {
                        value,
                        range: range.clone(),
                        other_valid: 0,
                    });
                }
                (Ok(()), Some(last)) => last.other_valid += usize::from(last.value != value),
                (Err(invalid), _) => refused.note(invalid, echo),
            }
        }
        match best {
            Some(found) => Ok(found),
            None if scan.attempts.is_empty() => Err(self.explain(scan)),
            None => Err(refused.into_reason()),
        }
    }

    /// There is no attempt at an answer: say the most useful thing about what there is.
    fn explain(&mut self, scan: &Scan) -> Invalid {
        if scan.too_deep {
            let what = format!("JSON nested deeper than {} levels", scan::MAX_DEPTH);
            return Invalid::OutputLimit { what };
        }
        let Some(object) = scan.partial.as_ref().or(scan.object.as_ref()) else {
            return Invalid::NoJson;
        };
        let around = |array: &&Range<usize>| array.start < object.start && object.end < array.end;
        let range = scan.array.as_ref().filter(around).unwrap_or(object);
        if self
            .prompt
            .is_some_and(|prompt| contains(prompt, &self.output[range.clone()]))
        {
            return Invalid::EchoOfPrompt;
        }
        let value = match self.read(range) {
            Ok(value) => value,
            Err(invalid) => return invalid,
        };
        match self.schema.check_receipts_last(&value) {
            Err(Refusal::Shape(mismatch)) => Invalid::shape(mismatch),
            // A value without the required keys cannot satisfy the schema; said all the same.
            Err(Refusal::Receipts) | Ok(()) => Invalid::NoJson,
        }
    }

    fn read(&mut self, range: &Range<usize>) -> Result<Value, Invalid> {
        if range.len() > MAX_CANDIDATE_BYTES {
            let what = format!(
                "a JSON value of {} bytes, at most {MAX_CANDIDATE_BYTES} are read",
                range.len()
            );
            return Err(Invalid::OutputLimit { what });
        }
        self.examined += range.len();
        serde_json::from_slice(&self.output[range.clone()]).map_err(|error| {
            Invalid::SchemaMismatch {
                path: String::new(),
                expected: "JSON in valid UTF-8 with numbers in range".to_owned(),
                found: error.to_string(),
            }
        })
    }

    fn judge(&self, value: &Value) -> Result<(), Invalid> {
        let shape = self.schema.check_receipts_last(value);
        if let Err(Refusal::Shape(mismatch)) = shape {
            return Err(Invalid::shape(mismatch));
        }
        let given = value.get(RECEIPTS);
        for (path, code) in self.receipts {
            let repeated = given.and_then(|r| r.get(path)).and_then(Value::as_str);
            if repeated.map(str::trim) != Some(code.trim()) {
                return Err(Invalid::NoReceipt { path: path.clone() });
            }
        }
        match shape {
            Ok(()) => Ok(()),
            Err(_) => Err(Invalid::NoReceipt {
                path: RECEIPTS.to_owned(),
            }),
        }
    }

    /// What stands in the prompt and looks like an answer: examples, the schema, planted JSON.
    fn prompt_attempts(&self) -> HashSet<String> {
        let Some(prompt) = self.prompt else {
            return HashSet::new();
        };
        Scan::of(prompt, &self.keys)
            .attempts
            .into_iter()
            .filter(|range| range.len() <= MAX_CANDIDATE_BYTES)
            .filter_map(|range| serde_json::from_slice::<Value>(&prompt[range]).ok())
            .map(|value| fingerprint(&value))
            .collect()
    }
}

/// Why attempts were refused, the last one first.
#[derive(Default)]
struct Refused {
    /// Of an attempt that does not stand in the prompt.
    own: Option<Invalid>,
    /// Of one that does, but shows that the inputs were not read.
    receipt: Option<Invalid>,
    echo: bool,
}

impl Refused {
    fn note(&mut self, invalid: Invalid, echo: bool) {
        match (echo, &invalid) {
            (false, _) => {
                self.own.get_or_insert(invalid);
            }
            (true, Invalid::NoReceipt { .. }) => {
                self.receipt.get_or_insert(invalid);
            }
            (true, _) => self.echo = true,
        }
    }

    fn into_reason(self) -> Invalid {
        let Self { own, receipt, echo } = self;
        own.or(receipt).unwrap_or(if echo {
            Invalid::EchoOfPrompt
        } else {
            Invalid::NoJson
        })
    }
}

fn fingerprint(value: &Value) -> String {
    Fingerprint::new("synod/value/v1")
        .part(&value.to_string())
        .finish()
}

/// Lossy on purpose: std's search in text is linear, and a byte that is no UTF-8 stands in no
/// prompt.
fn contains(prompt: &[u8], part: &[u8]) -> bool {
    String::from_utf8_lossy(prompt).contains(&*String::from_utf8_lossy(part))
}
