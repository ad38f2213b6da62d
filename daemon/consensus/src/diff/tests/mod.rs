//! What is read, what is refused, what reviewers see, and where remarks stand.

mod hash;
mod placing;
mod properties;
mod reading;
mod refusing;
mod seen;
mod surroundings;

use crate::answer::{Place, Quote, RawFinding, Resolvability, Severity, Side};

/// A remark on some lines of a file.
fn remark(path: &str, side: Side, lines: (u32, u32), quote: &str) -> RawFinding {
    RawFinding {
        kind: "bug".into(),
        claim: "c".into(),
        severity: Severity::Important,
        resolvability: Resolvability::SuggestFix,
        answer: None,
        options: Vec::new(),
        reasoning: None,
        suggested_fix: None,
        quotes: vec![Quote {
            path: Some(path.into()),
            text: quote.into(),
        }],
        about: None,
        matter: None,
        place: Some(Place {
            path: path.into(),
            side,
            first: lines.0,
            last: lines.1,
        }),
    }
}
