//! Cuts masked prose into words, numbers, ids and symbols.
//!
//! It works on the *mask* of a document (see `markdown`), in which markup is blank and code
//! is a run of [`CODE`] bytes; so every offset is an offset into the file.

use std::ops::Range;

use crate::measure;

/// Stands in the mask for every byte of inline code: something is there, but it is not prose.
pub(crate) const CODE: u8 = 0x01;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    /// Digits, perhaps with separators: `5`, `1,000`, `99.9`.
    Number,
    /// An id with a dash: `FR-1`, `NFR-2.3`, `REQ-AUTH-7`. Also `SHA-256`: only a register of
    /// what is defined can tell.
    Id,
    /// An id without a dash: `T001`, `US3`. Also `P95` and `S3`.
    ShortId,
    Code,
    Symbol(char),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

impl Token {
    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    pub(crate) fn is_id(self) -> bool {
        matches!(self.kind, Kind::Id | Kind::ShortId)
    }
}

pub(crate) fn tokens(mask: &str, range: Range<usize>) -> Vec<Token> {
    let bytes = mask.as_bytes();
    let end = range.end;
    let mut at = range.start;
    let mut out = Vec::with_capacity((end - at) / 6 + 1);
    while at < end {
        let byte = bytes[at];
        if byte == b' ' || byte == b'\n' || byte == b'\t' || byte == b'\r' {
            at += 1;
            continue;
        }
        let (kind, stop) = if byte == CODE {
            let stop = run(bytes, at, end, |byte| byte == CODE);
            (Kind::Code, stop)
        } else if byte.is_ascii_digit() {
            number(mask, at, end)
        } else if let Some(found) = id(bytes, at, end) {
            found
        } else {
            word(mask, at, end)
        };
        out.push(Token {
            kind,
            start: at,
            end: stop,
        });
        at = stop;
    }
    out
}

fn run(bytes: &[u8], from: usize, end: usize, keep: impl Fn(u8) -> bool) -> usize {
    let mut at = from;
    while at < end && keep(bytes[at]) {
        at += 1;
    }
    at
}

fn is_wordy(bytes: &[u8], at: usize, end: usize) -> bool {
    at < end && (bytes[at].is_ascii_alphanumeric() || bytes[at] >= 0x80)
}

/// `FR-1`, `FR-1.2`, `FR-AUTH-3`, `FR-3a`, `T001`.
fn id(bytes: &[u8], start: usize, end: usize) -> Option<(Kind, usize)> {
    let mut at = run(bytes, start, end, |byte| byte.is_ascii_uppercase());
    let letters = at - start;
    if letters == 0 || letters > 8 || at >= end {
        return None;
    }
    if bytes[at].is_ascii_digit() {
        let stop = run(bytes, at, end, |byte| byte.is_ascii_digit());
        let next = bytes.get(stop).filter(|_| stop < end);
        let goes_on = match next {
            Some(b'-') => is_wordy(bytes, stop + 1, end),
            Some(b'.') => stop + 1 < end && bytes[stop + 1].is_ascii_digit(),
            Some(_) | None => is_wordy(bytes, stop, end),
        };
        return (letters <= 3 && stop - at <= 4 && !goes_on).then_some((Kind::ShortId, stop));
    }
    for _ in 0..4 {
        if at >= end || bytes[at] != b'-' {
            return None;
        }
        let group = at + 1;
        let digits = run(bytes, group, end, |byte| byte.is_ascii_digit());
        if digits > group {
            if digits - group > 4 {
                return None;
            }
            at = digits;
            while at + 1 < end && bytes[at] == b'.' && bytes[at + 1].is_ascii_digit() {
                at = run(bytes, at + 1, end, |byte| byte.is_ascii_digit());
            }
            if at < end && bytes[at].is_ascii_lowercase() && !is_wordy(bytes, at + 1, end) {
                at += 1;
            }
            let open = is_wordy(bytes, at, end)
                || (at < end && bytes[at] == b'-' && is_wordy(bytes, at + 1, end));
            return (!open).then_some((Kind::Id, at));
        }
        at = run(bytes, group, end, |byte| byte.is_ascii_uppercase());
        if at == group {
            return None;
        }
    }
    None
}

fn number(mask: &str, start: usize, end: usize) -> (Kind, usize) {
    let bytes = mask.as_bytes();
    let mut at = start;
    let mut dots = 0;
    loop {
        at = run(bytes, at, end, |byte| byte.is_ascii_digit());
        let more = at + 1 < end && bytes[at + 1].is_ascii_digit();
        match bytes.get(at) {
            // A colon makes a time of day, a second dot a version: words, not measures.
            Some(b'.') if more => dots += 1,
            Some(b':') if more => dots += 2,
            Some(b',') if more => {}
            _ => break,
        }
        at += 1;
    }
    if dots > 1 {
        return (Kind::Word, at);
    }
    // 2026-03-31 is a date.
    if at - start == 4 && at + 1 < end && bytes[at] == b'-' && bytes[at + 1].is_ascii_digit() {
        let stop = run(bytes, at, end, |byte| byte.is_ascii_digit() || byte == b'-');
        return (Kind::Word, stop);
    }
    if is_wordy(bytes, at, end) {
        let (_, stop) = word(mask, at, end);
        // `300ms` is a number and its unit; `3D`, `2FA` and `1st` are words. One letter counts
        // only as it is: `7d` are days, `3D` is not.
        let suffix = &mask[at..stop];
        let is_unit = if suffix.len() == 1 {
            measure::is_unit(suffix)
        } else {
            measure::is_unit(&suffix.to_ascii_lowercase())
        };
        if !is_unit {
            return (Kind::Word, stop);
        }
    }
    (Kind::Number, at)
}

fn word(mask: &str, start: usize, end: usize) -> (Kind, usize) {
    let bytes = mask.as_bytes();
    let mut at = start;
    while at < end {
        let byte = bytes[at];
        let inner = matches!(byte, b'-' | b'\'') && at > start && is_wordy(bytes, at + 1, end);
        if byte.is_ascii_alphanumeric() || byte == b'_' || inner {
            at += 1;
        } else if byte >= 0x80 {
            let Some(symbol) = mask[at..end].chars().next() else {
                break;
            };
            if !(symbol.is_alphanumeric() || (symbol == '’' && at > start)) {
                break;
            }
            at += symbol.len_utf8();
        } else {
            break;
        }
    }
    if at == start {
        let symbol = mask[at..end].chars().next().unwrap_or(' ');
        return (Kind::Symbol(symbol), at + symbol.len_utf8());
    }
    if mask[at..end].starts_with("://") {
        let rest = &mask[at..end];
        let stop = rest.find(char::is_whitespace).unwrap_or(rest.len());
        return (Kind::Code, at + stop);
    }
    (Kind::Word, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let seen: Vec<(&str, &str)> = tokens(text, 0..text.len())
            .into_iter()
            .map(|token| {
                let name = match token.kind {
                    Kind::Word => "word",
                    Kind::Number => "number",
                    Kind::Id => "id",
                    Kind::ShortId => "short",
                    Kind::Code => "code",
                    Kind::Symbol(_) => "symbol",
                };
                (name, &text[token.range()])
            })
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn ids_are_told_from_words_and_dates() {
        check(
            "FR-1.2 T001 pre-FR x-1 2026-03-31 FR-AUTH-3a",
            &[
                ("id", "FR-1.2"),
                ("short", "T001"),
                ("word", "pre-FR"),
                ("word", "x-1"),
                ("word", "2026-03-31"),
                ("id", "FR-AUTH-3a"),
            ],
        );
    }

    #[test]
    fn numbers_keep_separators_and_leave_their_unit() {
        check(
            "1,000 99.9% 300ms 3D 18:00 1.2.3 5.",
            &[
                ("number", "1,000"),
                ("number", "99.9"),
                ("symbol", "%"),
                ("number", "300"),
                ("word", "ms"),
                ("word", "3D"),
                ("word", "18:00"),
                ("word", "1.2.3"),
                ("number", "5"),
                ("symbol", "."),
            ],
        );
    }

    #[test]
    fn hyphens_and_apostrophes_stay_inside_words() {
        check(
            "user-friendly don't é – https://a.b/c?d x",
            &[
                ("word", "user-friendly"),
                ("word", "don't"),
                ("word", "é"),
                ("symbol", "–"),
                ("code", "https://a.b/c?d"),
                ("word", "x"),
            ],
        );
    }
}
