//! The words that make a claim be about one thing and no other: numbers with their units, ids,
//! code identifiers, file names.
//!
//! Generous on purpose: a mark too many splits two findings, a mark too few merges them. What
//! follows from differing marks is for `similarity`.

use crate::text::fold;

const NUMBERS: &[&str] = &[
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// Units, each with the spellings that mean it.
const UNITS: &[(&str, &[&str])] = &[
    ("ms", &["ms", "millisecond", "milliseconds"]),
    ("s", &["s", "sec", "secs", "second", "seconds"]),
    ("min", &["min", "mins", "minute", "minutes"]),
    ("h", &["h", "hr", "hrs", "hour", "hours"]),
    ("d", &["d", "day", "days"]),
    ("week", &["week", "weeks"]),
    ("month", &["month", "months"]),
    ("year", &["year", "years"]),
    ("%", &["%", "percent"]),
    ("b", &["b", "byte", "bytes"]),
    ("kb", &["kb", "kib"]),
    ("mb", &["mb", "mib"]),
    ("gb", &["gb", "gib"]),
];

/// The words that make a claim be about one thing and no other.
pub(crate) fn marks(claim: &str) -> Vec<String> {
    let words: Vec<&str> = claim
        .split_whitespace()
        .map(strip)
        .filter(|w| !w.is_empty())
        .collect();
    let mut found: Vec<String> = claim
        .split_whitespace()
        .filter_map(operator)
        .map(str::to_owned)
        .collect();
    for (n, word) in words.iter().enumerate() {
        let folded = fold(word);
        if let Some((number, rest)) = leading_number(&folded) {
            let sign = if folded.starts_with('-') { "-" } else { "" };
            let unit = if rest.is_empty() {
                words.get(n + 1).and_then(|next| unit(&fold(next)))
            } else {
                unit(rest.trim_start_matches('-'))
            };
            match unit {
                Some(unit) => found.push(format!("{sign}{number} {unit}")),
                None => found.push(folded),
            }
        } else if let Some(value) = NUMBERS.iter().position(|name| *name == folded) {
            let unit = words.get(n + 1).and_then(|next| unit(&fold(next)));
            let number = value + 2;
            found.push(unit.map_or(number.to_string(), |unit| format!("{number} {unit}")));
        } else if is_mixed(word) || is_code(word) || is_file(word) {
            found.push(folded.trim_matches('`').trim_end_matches("()").to_owned());
        }
    }
    found
}

pub(crate) fn is_operator(c: char) -> bool {
    "<>≤≥=≠!~&|^%+".contains(c)
}

/// An operator that stands alone or before a number: "> 5" is not "< 5".
fn operator(token: &str) -> Option<&str> {
    let token = token.trim_matches(['`', '"', '\'', '(', ')', ',', '.', ';', ':']);
    let end = token.find(|c| !is_operator(c)).unwrap_or(token.len());
    let (operator, rest) = token.split_at(end);
    let compares = operator.contains(['<', '>', '≤', '≥', '=', '≠']) || operator.len() == 2;
    let before_number = rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit());
    (compares && before_number).then_some(operator)
}

fn strip(word: &str) -> &str {
    let opening = |c: char| "\"'“”‘’(),;:!?<>[]{}*≤≥~=".contains(c);
    let word = word.trim_start_matches(opening);
    // `call()` keeps its parentheses: they make it code.
    let word = word.trim_end_matches(|c: char| c == '.' || (opening(c) && c != ')'));
    if word.ends_with("()") || word.ends_with("()`") {
        word
    } else {
        word.trim_end_matches([')', '.'])
    }
}

fn leading_number(word: &str) -> Option<(&str, &str)> {
    let word = word.trim_start_matches(['$', '€', '£', '+', '-']);
    let end = word
        .find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')
        .unwrap_or(word.len());
    let (number, rest) = word.split_at(end);
    let number = number.trim_end_matches(['.', ',']);
    number
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some((number, rest))
}

pub(crate) fn unit(word: &str) -> Option<&'static str> {
    UNITS
        .iter()
        .find(|(_, spellings)| spellings.contains(&word))
        .map(|(unit, _)| *unit)
}

/// Letters with digits: an id, a version, a percentile. Wider than `looks_like_id`, since a veto
/// only splits.
fn is_mixed(word: &str) -> bool {
    word.chars().any(char::is_alphabetic) && word.chars().any(|c| c.is_ascii_digit())
}

/// A requirement id: letters, then a number, with or without a separator; `FR-12`, `US3`, `A-1`,
/// `FR-AUTH-2`.
pub(crate) fn looks_like_id(word: &str) -> bool {
    let begins = word.starts_with(|c: char| c.is_ascii_uppercase());
    let digits = word.bytes().any(|b| b.is_ascii_digit());
    let plain = word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    begins && digits && plain && word.len() <= 32
}

/// A number, an id or a file name: a word that points at something without saying what it is.
/// Code identifiers do say.
pub(crate) fn is_pointer(token: &str) -> bool {
    let word = strip(token).trim_matches('`');
    let folded = fold(word);
    operator(token).is_some()
        || leading_number(&folded).is_some()
        || (is_mixed(word) && !word.contains('_'))
        || is_file(word)
        || NUMBERS.contains(&folded.as_str())
        || UNITS
            .iter()
            .any(|(_, spellings)| spellings.contains(&folded.as_str()))
}

fn is_code(word: &str) -> bool {
    let inner = word.trim_matches('`');
    let camel = inner
        .as_bytes()
        .windows(2)
        .any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase());
    inner.len() < word.len()
        || inner.contains('_')
        || inner.contains("::")
        || inner.ends_with("()")
        || camel
}

fn is_file(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=5).contains(&extension.len())
            && extension
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && stem
                .chars()
                .all(|c| c.is_alphanumeric() || "-_./".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(claim: &str, expected: &[&str]) {
        assert_eq!(marks(claim), expected);
    }

    #[test]
    fn numbers_carry_their_units_however_they_are_written() {
        check(
            "within 5 s, 5s, 5 seconds or (five sec)",
            &["5 s", "5 s", "5 s", "5 s"],
        );
        check("99.9 % of 1,000 users", &["99.9 %", "1,000"]);
        check("no number here", &[]);
    }

    #[test]
    fn ids_code_and_files_are_marks() {
        check(
            "FR-12 and us-3: `total` in plan.md, orderId, a_b, `run()`.",
            &["fr-12", "us-3", "total", "plan.md", "orderid", "a_b", "run"],
        );
    }

    #[test]
    fn signs_and_comparisons_are_marks() {
        check("> 5 or <10 or `===`", &[">", "<", "===", "5", "10", "==="]);
        check("at -5 °C, 5 °C", &["-5", "5"]);
        check("> quoted, <path>, a => b, x = y", &[">", "=>", "="]);
    }
}
