//! Numbers and the units beside them: `300 ms`, `€50`, `5 failed attempts`, `30-minute`.
//!
//! Values are compared exactly, as integers of millionths of a base unit; no floats.

use crate::document::Document;
use crate::token::{Kind, Token};

/// A number that has a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measure {
    /// As written: `30 minutes`.
    pub shown: String,
    /// The unit's one name: `min` for minutes, `attempt` for attempts.
    pub unit: String,
    /// What may be compared with what: `time`, `data`, or the unit itself.
    pub dimension: String,
    /// Millionths of the dimension's base unit.
    pub value: u128,
    /// `p95` and the like, when the sentence names one percentile.
    pub percentile: Option<String>,
    /// "within 45 days", "at most 5": a word of limit stands before it.
    pub limits: bool,
}

/// (spellings, canonical name, dimension, factor to the dimension's base unit)
const UNITS: &[(&[&str], &str, &str, u128)] = &[
    (
        &["ms", "msec", "millisecond", "milliseconds"],
        "ms",
        "time",
        1,
    ),
    (
        &["s", "sec", "secs", "second", "seconds"],
        "s",
        "time",
        1_000,
    ),
    (&["min", "mins", "minute", "minutes"], "min", "time", 60_000),
    (&["h", "hr", "hrs", "hour", "hours"], "h", "time", 3_600_000),
    (&["d", "day", "days"], "day", "time", 86_400_000),
    (&["week", "weeks"], "week", "time", 604_800_000),
    (&["month", "months"], "month", "month", 1),
    (&["year", "years"], "year", "month", 12),
    (&["%", "percent"], "%", "%", 1),
    (&["byte", "bytes", "b"], "byte", "data", 1),
    (&["kb"], "kB", "data", 1_000),
    (&["kib"], "KiB", "data", 1_024),
    (&["mb"], "MB", "data", 1_000_000),
    (&["mib"], "MiB", "data", 1_048_576),
    (&["gb"], "GB", "data", 1_000_000_000),
    (&["gib"], "GiB", "data", 1_073_741_824),
    (&["tb"], "TB", "data", 1_000_000_000_000),
    (&["bit", "bits"], "bit", "bit", 1),
    (&["€", "eur", "euro", "euros"], "EUR", "EUR", 1),
    (&["$", "usd", "dollar", "dollars"], "USD", "USD", 1),
    (&["£", "gbp"], "GBP", "GBP", 1),
    (&["kbps"], "kbps", "rate", 1_000),
    (&["mbps"], "Mbps", "rate", 1_000_000),
    (&["gbps"], "Gbps", "rate", 1_000_000_000),
    (&["px", "pixel", "pixels"], "px", "px", 1),
    (&["rps", "qps", "tps"], "per s", "per s", 1),
    (&["fps", "dpi", "pt", "hz"], "other", "other", 1),
    (&["mm", "cm", "km", "kg", "g"], "other", "other", 1),
];

/// Small words that stand after a number without being its unit.
const NOT_UNITS: &[&str] = &[
    "a",
    "all",
    "an",
    "and",
    "are",
    "as",
    "at",
    "be",
    "because",
    "before",
    "but",
    "by",
    "each",
    "every",
    "for",
    "from",
    "had",
    "has",
    "have",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "must",
    "not",
    "of",
    "on",
    "once",
    "or",
    "shall",
    "should",
    "so",
    "than",
    "that",
    "the",
    "then",
    "they",
    "this",
    "to",
    "unless",
    "until",
    "via",
    "was",
    "were",
    "when",
    "where",
    "which",
    "while",
    "will",
    "with",
    "without",
    "after",
    "afterwards",
    "later",
    "per",
    "only",
];

pub(crate) fn is_unit(word: &str) -> bool {
    lookup(word).is_some()
}

fn lookup(
    word: &str,
) -> Option<&'static (&'static [&'static str], &'static str, &'static str, u128)> {
    UNITS.iter().find(|(names, ..)| names.contains(&word))
}

/// May this word stand for what is counted (so that the number before it is not bare)?
pub(crate) fn may_be_counted(word: &str) -> bool {
    !NOT_UNITS.contains(&word)
}

/// The number a token stands for, in millionths. Small number words count too.
pub(crate) fn value(document: &Document<'_>, token: Token) -> Option<u128> {
    let text = document.lower(token);
    match token.kind {
        Kind::Number => {
            let plain: String = text.chars().filter(|symbol| *symbol != ',').collect();
            let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
            if whole.len() > 18 || fraction.len() > 6 {
                return None;
            }
            let whole: u128 = whole.parse().ok()?;
            let fraction: u128 = format!("{fraction:0<6}").parse().ok()?;
            Some(whole * 1_000_000 + fraction)
        }
        Kind::Word => {
            let words = [
                "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            ];
            let at = words.iter().position(|word| *word == text)?;
            Some((at as u128 + 2) * 1_000_000)
        }
        Kind::Id | Kind::ShortId | Kind::Code | Kind::Symbol(_) => None,
    }
}

/// All numbers with units among the tokens of one sentence.
pub(crate) fn measures(document: &Document<'_>, tokens: &[Token]) -> Vec<Measure> {
    let percentile = one_percentile(document, tokens);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(number) = value(document, *token) else {
            continue;
        };
        let before = at
            .checked_sub(1)
            .and_then(|before| lookup(document.lower(tokens[before])));
        if let Some((_, name, dimension, factor)) =
            before.filter(|(_, _, dimension, _)| matches!(*dimension, "EUR" | "USD" | "GBP"))
        {
            let shown = &document.text[tokens[at - 1].start..token.end];
            found.push(Measure {
                shown: shown.to_owned(),
                unit: (*name).to_owned(),
                dimension: (*dimension).to_owned(),
                value: number * factor,
                percentile: percentile.clone(),
                limits: is_limited(document, &tokens[..at - 1]),
            });
            continue;
        }
        if let Some(mut measure) = unit_after(document, tokens, at) {
            measure.value = number.saturating_mul(measure.value);
            measure.percentile.clone_from(&percentile);
            measure.limits = is_limited(document, &tokens[..at]);
            found.push(measure);
        }
    }
    found
}

/// The unit that stands after the number at `at`; `value` holds its factor.
fn unit_after(document: &Document<'_>, tokens: &[Token], at: usize) -> Option<Measure> {
    let number = tokens[at];
    let mut next = at + 1;
    let mut shown = document.mask[number.range()].to_owned();
    // `3–5 s`, `3 to 5 s`, `between 3 and 5 s`: the unit stands after the second number.
    if let (Some(joint), Some(second)) = (tokens.get(next), tokens.get(next + 1)) {
        let joins = matches!(joint.kind, Kind::Symbol('-' | '–' | '—'))
            || matches!(document.lower(*joint), "to" | "and" | "or");
        if joins && second.kind == Kind::Number {
            next += 2;
        }
    }
    if let Some(Token {
        kind: Kind::Symbol('-'),
        ..
    }) = tokens.get(next)
    {
        next += 1; // `30-minute`
    }
    let first = tokens.get(next)?;
    let word = document.lower(*first);
    if let Some((_, name, dimension, factor)) = lookup(word) {
        if !matches!(word, "%" | "€" | "$" | "£") {
            shown.push(' ');
        }
        shown.push_str(&document.mask[first.range()]);
        return Some(Measure {
            shown,
            unit: (*name).to_owned(),
            dimension: (*dimension).to_owned(),
            value: *factor,
            percentile: None,
            limits: false,
        });
    }
    // A counted thing: a plural within the next two words (`5 failed attempts`).
    for token in tokens.get(next..)?.iter().take(2) {
        let word = document.lower(*token);
        if token.kind != Kind::Word || !may_be_counted(word) {
            return None;
        }
        if let Some(one) = singular(word) {
            return Some(Measure {
                shown: format!("{shown} {word}"),
                dimension: one.clone(),
                unit: one,
                value: 1,
                percentile: None,
                limits: false,
            });
        }
    }
    None
}

fn is_limited(document: &Document<'_>, before: &[Token]) -> bool {
    before.last().is_some_and(|last| {
        matches!(
            document.lower(*last),
            "above"
                | "below"
                | "exceed"
                | "exceeds"
                | "least"
                | "most"
                | "over"
                | "than"
                | "to"
                | "under"
                | "within"
                | "≤"
                | "≥"
                | "<"
                | ">"
        )
    })
}

fn singular(word: &str) -> Option<String> {
    if word == "people" {
        return Some("person".to_owned());
    }
    if word.len() < 4 || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return None;
    }
    match word.strip_suffix("ies") {
        Some(stem) => Some(format!("{stem}y")),
        None => word.strip_suffix('s').map(str::to_owned),
    }
}

fn one_percentile(document: &Document<'_>, tokens: &[Token]) -> Option<String> {
    let mut seen = tokens.iter().filter_map(|token| {
        let word = document.lower(*token);
        let digits = word.strip_prefix('p')?;
        matches!(digits, "50" | "75" | "90" | "95" | "99" | "999").then(|| word.to_owned())
    });
    let first = seen.next()?;
    seen.next().is_none().then_some(first)
}
