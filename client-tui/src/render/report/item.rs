//! One matter of a report: a finding of the run, or what an earlier run left about a text that still stands.

use synod_proto::v1::{
    Finding, KnownFinding, LedgerEntry, Located, Place, Question, ReportedEntry,
};

use crate::render::{questions, short};

use super::{CLAIM, NAME, REASON, when, words};

/// One matter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    pub source: Source<'a>,
    pub standing: Standing,
}

/// Where a matter is from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// The run found it.
    Found {
        finding: &'a Finding,
        question: Option<&'a Question>,
        /// What earlier runs call it, if they knew it.
        known: Option<&'a KnownFinding>,
    },
    /// An earlier run did, and this one did not find it again.
    Left {
        entry: &'a LedgerEntry,
        place: Option<&'a Place>,
    },
}

/// How a matter stands, by the words of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A human is asked, or would have been had the run gone on.
    Open,
    /// A human said that the text must be mended.
    MustFix,
    /// A human answered.
    Answered,
    /// A human said that it is not an issue.
    Dismissed,
    /// A human said that it repeats another.
    Duplicate,
    /// Settled without a human.
    Resolved,
    /// Kept in view.
    Watched,
    /// Noted.
    Noted,
}

impl Standing {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::MustFix => "must-fix",
            Self::Answered => "answered",
            Self::Dismissed => "dismissed",
            Self::Duplicate => "duplicate",
            Self::Resolved => "resolved",
            Self::Watched => "watched",
            Self::Noted => "noted",
        }
    }

    /// What a human said.
    fn said(disposition: &str) -> Self {
        match disposition {
            "must-fix" => Self::MustFix,
            "answer" => Self::Answered,
            "dismiss" => Self::Dismissed,
            "duplicate" => Self::Duplicate,
            // A word of a newer daemon settles nothing here.
            _ => Self::Open,
        }
    }

    fn of_finding(finding: &Finding, question: Option<&Question>) -> Self {
        if let Some(question) = question {
            return match question.state.as_str() {
                "settled" => Self::said(&question.disposition),
                _ => Self::Open,
            };
        }
        match finding.decision.as_str() {
            "resolve" => Self::Resolved,
            "watch" => Self::Watched,
            "note" => Self::Noted,
            "settled" => finding
                .basis
                .as_ref()
                .and_then(|basis| basis.entry.as_ref())
                .map_or(Self::Open, Self::of_entry),
            _ => Self::Open,
        }
    }

    fn of_entry(entry: &LedgerEntry) -> Self {
        match entry.standing.as_str() {
            "settled" => Self::said(&entry.disposition),
            "resolved" => Self::Resolved,
            "watched" => Self::Watched,
            _ => Self::Open,
        }
    }
}

impl<'a> Item<'a> {
    pub fn found(
        finding: &'a Finding,
        question: Option<&'a Question>,
        known: Option<&'a KnownFinding>,
    ) -> Self {
        Self {
            source: Source::Found {
                finding,
                question,
                known,
            },
            standing: Standing::of_finding(finding, question),
        }
    }

    pub fn left(reported: &'a ReportedEntry) -> Option<Self> {
        let entry = reported.entry.as_ref()?;
        let place = reported.place.as_ref();
        Some(Self {
            source: Source::Left { entry, place },
            standing: Standing::of_entry(entry),
        })
    }

    pub fn kind(&self) -> String {
        let kind = match self.source {
            Source::Found { finding, .. } => &finding.kind,
            Source::Left { entry, .. } => &entry.kind,
        };
        match words(kind, NAME) {
            kind if kind.is_empty() => "finding".to_owned(),
            kind => kind,
        }
    }

    pub fn claim(&self) -> String {
        let claim = match self.source {
            Source::Found { finding, .. } => &finding.text,
            Source::Left { entry, .. } => &entry.claim,
        };
        match words(claim, CLAIM) {
            claim if claim.is_empty() => "(no words)".to_owned(),
            claim => claim,
        }
    }

    pub fn severity(&self) -> &'a str {
        match self.source {
            Source::Found { finding, .. } => &finding.severity,
            Source::Left { entry, .. } => &entry.severity,
        }
    }

    pub fn located(&self) -> Option<&'a Located> {
        match self.source {
            Source::Found { finding, .. } => finding.located.as_ref(),
            Source::Left { entry, .. } => entry.located.as_ref(),
        }
    }

    /// What stands there.
    pub fn quote(&self) -> &'a str {
        match self.source {
            Source::Found { finding, .. } => finding
                .anchors
                .first()
                .map_or("", |anchor| anchor.quote.as_str()),
            Source::Left { entry, .. } => &entry.quote,
        }
    }

    /// The words it was first found by, in whatever run.
    pub fn first_quote(&self) -> &'a str {
        match self.source {
            Source::Found {
                known: Some(known), ..
            } if !known.quote.is_empty() => &known.quote,
            Source::Found { .. } | Source::Left { .. } => self.quote(),
        }
    }

    /// Its fingerprint as a remark on a diff, the first one it had; empty if it is none.
    pub fn fingerprint(&self) -> &'a str {
        match self.source {
            Source::Found {
                known: Some(known), ..
            } if !known.fingerprint.is_empty() => &known.fingerprint,
            Source::Found { .. } | Source::Left { .. } => {
                self.located().map_or("", |it| it.fingerprint.as_str())
            }
        }
    }

    /// The input it is about; empty if it is about none.
    pub fn path(&self) -> &'a str {
        if let Some(located) = self.located() {
            return &located.path;
        }
        match self.source {
            Source::Found { finding, .. } => finding
                .anchors
                .first()
                .map_or("", |anchor| anchor.path.as_str()),
            Source::Left { entry, place } => place
                .map(|place| &place.path)
                .or(entry.paths.first())
                .map_or("", String::as_str),
        }
    }

    /// The entry of the ledger it is, by its id; empty if it is none.
    pub fn ledger_id(&self) -> &'a str {
        match self.source {
            Source::Found { finding, .. } => &finding.ledger_id,
            Source::Left { entry, .. } => &entry.id,
        }
    }

    /// The answer: given, decided, or recommended while it is open.
    pub fn answer(&self) -> String {
        let answer = match self.source {
            Source::Found {
                question: Some(question),
                ..
            } if !questions::is_open(question) => &question.answer,
            Source::Found { finding, .. } => match earlier(finding) {
                Some(entry) if finding.answer.is_empty() => &entry.answer,
                _ => &finding.answer,
            },
            Source::Left { entry, .. } => &entry.answer,
        };
        words(answer, CLAIM)
    }

    /// Who said so: a human, in this run or an earlier one. Empty where none did.
    pub fn decided_by(&self) -> String {
        let (by, from, at, bulk, run) = match self.source {
            Source::Found {
                question: Some(question),
                ..
            } if question.state == "settled" => (
                &question.answered_by,
                &question.answered_from,
                question.answered_at.as_ref(),
                question.bulk,
                None,
            ),
            Source::Found { finding, .. } => match earlier(finding) {
                Some(entry) => of_entry(entry),
                None => return String::new(),
            },
            Source::Left { .. } if self.standing == Standing::Open => return String::new(),
            Source::Left { entry, .. } => of_entry(entry),
        };
        let mut said = Vec::new();
        if !by.is_empty() {
            said.push(format!("by {}", words(by, NAME)));
        }
        if let Some(at) = at {
            said.push(when(at));
        }
        if !from.is_empty() {
            said.push(format!("from {}", words(from, NAME)));
        }
        if bulk {
            said.push("together with others".to_owned());
        }
        if let Some(run) = run.filter(|run| !run.is_empty()) {
            said.push(format!("in run {}", short(run)));
        }
        said.join(", ")
    }

    /// The cell of the table, or what an arbiter said.
    pub fn why(&self) -> String {
        match self.source {
            Source::Found { finding, .. } => match &finding.basis {
                Some(basis) if basis.by == "arbiter" => {
                    let said = format!("{} ruled {}: {}", basis.agent, basis.ruling, basis.reason);
                    words(&said, REASON)
                }
                Some(_) | None => words(&finding.rule, REASON),
            },
            Source::Left { entry, .. } if self.standing == Standing::Open => format!(
                "run {} found it and still asks about it, this one did not find it, and its text stands",
                short(&entry.run_id)
            ),
            Source::Left { .. } => {
                "an earlier run found it, this one did not, and its text stands".to_owned()
            }
        }
    }
}

/// The decision of an earlier run that stands for a finding.
pub(super) fn earlier(finding: &Finding) -> Option<&LedgerEntry> {
    finding.basis.as_ref()?.entry.as_ref()
}

type Said<'a> = (
    &'a String,
    &'a String,
    Option<&'a prost_types::Timestamp>,
    bool,
    Option<&'a String>,
);

fn of_entry(entry: &LedgerEntry) -> Said<'_> {
    let run = Some(&entry.run_id);
    (&entry.by, &entry.from, entry.at.as_ref(), entry.bulk, run)
}
