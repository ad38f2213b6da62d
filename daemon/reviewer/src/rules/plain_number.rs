//! number-without-unit: a limit on time or size that does not say in what.
//!
//! Counts need no unit ("retries: at most 3"), so only numbers that bound a time or a size
//! are looked at.

use crate::answer::{Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::Document;
use crate::measure::may_be_counted;
use crate::rule::Rule;
use crate::rules::Seen;
use crate::token::{Kind as TokenKind, Token};

const RULE: Rule = Rule::NumberWithoutUnit;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bounds {
    Time,
    Size,
}

pub(crate) fn check(seen: &Seen<'_>, out: &mut Collector<'_>) {
    for sentence in &seen.unit.sentences {
        let Some((at, bounds)) = find(seen.document, &sentence.tokens) else {
            continue;
        };
        out.offer(Severity::Important, seen.position(sentence, RULE), || {
            let number = seen.document.word(sentence.tokens[at]);
            let class = (
                Kind::Untestable,
                Severity::Important,
                Resolvability::NeedHuman,
            );
            let says = format!("gives the limit {number} without a unit");
            let reasoning = format!(
                "rule {RULE}: {number} bounds a {} but could be read in several units",
                match bounds {
                    Bounds::Time => "time",
                    Bounds::Size => "size",
                }
            );
            let mut finding = seen.finding(sentence, class, &says, reasoning);
            let units: &[&str] = match bounds {
                Bounds::Time => &["ms", "seconds", "minutes", "hours", "days"],
                Bounds::Size => &["kB", "MB", "GB"],
            };
            finding.options = units
                .iter()
                .map(|unit| format!("{number} {unit}"))
                .collect();
            finding
        });
        return;
    }
}

fn find(document: &Document<'_>, tokens: &[Token]) -> Option<(usize, Bounds)> {
    (1..tokens.len()).find_map(|at| {
        if tokens[at].kind != TokenKind::Number || !is_bare(document, tokens, at) {
            return None;
        }
        bounds(document, tokens, at).map(|bounds| (at, bounds))
    })
}

/// Nothing follows that could be a unit or a counted thing.
fn is_bare(document: &Document<'_>, tokens: &[Token], at: usize) -> bool {
    let currency = matches!(
        tokens[at - 1].kind,
        TokenKind::Symbol('€' | '$' | '£' | '#')
    );
    let year = matches!(document.word(tokens[at]).parse(), Ok(1900_u32..=2100));
    let bare = match tokens.get(at + 1) {
        None => true,
        Some(next) => match next.kind {
            TokenKind::Word => {
                let word = document.lower(*next);
                !may_be_counted(word)
                    && !matches!(word, "of" | "per" | "each" | "to" | "and" | "or")
            }
            TokenKind::Symbol(symbol) => matches!(symbol, '.' | ',' | ';' | ')'),
            TokenKind::Number | TokenKind::Id | TokenKind::ShortId | TokenKind::Code => false,
        },
    };
    bare && !currency && !year
}

/// What the words before the number bound: `within 5`, `timeout of 30`, `expires after 24`.
fn bounds(document: &Document<'_>, tokens: &[Token], at: usize) -> Option<Bounds> {
    let before = |words: usize| tokens[at.saturating_sub(words)..at].iter();
    let near: Vec<&str> = before(5).map(|token| document.lower(*token)).collect();
    let last = *near.last()?;
    let limits = matches!(
        last,
        "within"
            | "after"
            | "every"
            | "of"
            | "is"
            | "be"
            | "below"
            | "under"
            | "than"
            | "most"
            | "least"
            | "to"
            | "exceed"
            | "exceeds"
            | "≤"
            | "<"
            | "="
    );
    if !limits {
        return None;
    }
    // "within 5" can only be a time; the other words need one near them.
    let time = last == "within"
        || near.iter().any(|word| {
            matches!(
                *word,
                "timeout"
                    | "time-out"
                    | "ttl"
                    | "latency"
                    | "delay"
                    | "interval"
                    | "intervals"
                    | "longer"
                    | "older"
                    | "window"
                    | "duration"
                    | "lifetime"
                    | "expire"
                    | "expires"
                    | "expiry"
                    | "cooldown"
                    | "debounce"
                    | "wait"
                    | "waits"
                    | "times"
            )
        });
    // "The size of an upload shall not exceed 10": the noun stands further away.
    let size = before(8).any(|token| {
        matches!(
            document.lower(*token),
            "size" | "sized" | "memory" | "storage" | "payload" | "larger" | "bigger"
        )
    });
    match (time, size) {
        (true, _) => Some(Bounds::Time),
        (false, true) => Some(Bounds::Size),
        (false, false) => None,
    }
}
