//! Reads the labelled pairs and the documents they quote.

use serde::Deserialize;
use synod_consensus::{Input, Quote, RawFinding, Resolvability, Severity};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Tuned,
    HeldOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    Same,
    Different,
    Contradiction,
}

#[derive(Debug)]
pub struct Pair {
    pub part: Part,
    /// The folder and the number of the pair in it, from 1.
    pub place: String,
    pub label: Label,
    pub case: String,
    pub why: String,
    pub inputs: Vec<Input>,
    pub findings: [RawFinding; 2],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    pair: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    label: Label,
    case: String,
    why: String,
    a: Said,
    b: Said,
}

/// One finding; a quote names its document only where several have the words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    kind: String,
    claim: String,
    #[serde(default)]
    quote: Option<String>,
    #[serde(default)]
    quotes: Vec<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    about: Option<String>,
    #[serde(default)]
    answer: Option<String>,
}

macro_rules! folder {
    ($part:expr, $at:literal, $($document:literal),+) => {
        (
            $part,
            $at,
            include_str!(concat!("../../corpus/", $at, "/pairs.toml")),
            &[$(($document, include_str!(concat!("../../corpus/", $at, "/", $document)))),+],
        )
    };
}

/// Part, folder, its pairs, its documents with their names.
type Folder = (
    Part,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const FOLDERS: &[Folder] = &[
    folder!(Part::Tuned, "tuned/shop", "spec.md"),
    folder!(Part::Tuned, "tuned/auth", "spec.md", "plan.md"),
    folder!(
        Part::Tuned,
        "tuned/export",
        "spec.md",
        "plan.md",
        "tasks.md"
    ),
    folder!(Part::Tuned, "tuned/clinic", "spec.md"),
    folder!(Part::Tuned, "tuned/limiter", "change.diff"),
    folder!(Part::Tuned, "tuned/orders", "change.diff"),
    folder!(Part::Tuned, "tuned/lager", "spec.md"),
    folder!(Part::Tuned, "tuned/telemetry", "spec.md"),
    folder!(Part::Tuned, "tuned/api", "spec.md"),
    folder!(Part::HeldOut, "held-out/library", "spec.md"),
    folder!(Part::HeldOut, "held-out/upload", "change.diff"),
    folder!(Part::Tuned, "tuned/hotel", "spec.md"),
    folder!(Part::HeldOut, "held-out/payroll", "spec.md", "tasks.md"),
    folder!(Part::Tuned, "tuned/notices", "spec.md"),
    folder!(Part::HeldOut, "held-out/worker", "change.diff"),
    folder!(Part::Tuned, "tuned/parking", "spec.md"),
    folder!(Part::HeldOut, "held-out/survey", "spec.md"),
    folder!(Part::HeldOut, "held-out/cart", "change.diff"),
    folder!(Part::HeldOut, "held-out/backup", "change.diff"),
    folder!(Part::Tuned, "tuned/voting", "spec.md", "plan.md"),
];

pub fn pairs() -> Vec<Pair> {
    let mut all = Vec::new();
    for (part, folder, written, documents) in FOLDERS {
        let file: File = toml::from_str(written).unwrap_or_else(|e| panic!("{folder}: {e}"));
        for (n, pair) in file.pair.into_iter().enumerate() {
            all.push(Pair {
                part: *part,
                place: format!("{folder} #{}", n + 1),
                label: pair.label,
                case: pair.case,
                why: pair.why,
                inputs: documents
                    .iter()
                    .map(|(path, text)| Input {
                        path: (*path).into(),
                        text: (*text).into(),
                    })
                    .collect(),
                findings: [pair.a.finding(), pair.b.finding()],
            });
        }
    }
    all
}

impl Said {
    fn finding(self) -> RawFinding {
        let path = self.path;
        let quotes = self.quote.into_iter().chain(self.quotes);
        RawFinding {
            kind: self.kind,
            claim: self.claim,
            severity: Severity::Important,
            resolvability: Resolvability::SuggestFix,
            answer: self.answer,
            options: Vec::new(),
            reasoning: None,
            suggested_fix: None,
            quotes: quotes
                .map(|text| Quote {
                    path: path.clone(),
                    text,
                })
                .collect(),
            about: self.about,
            matter: None,
            place: None,
        }
    }
}
