//! Numbers with a unit in running text: where they stand, what they say, and other values for them.
//!
//! Which words are units is known to `marks`. What becomes of a number is the sorts' business.

use std::ops::Range;

use crate::marks::marks;

/// A number with its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Measure {
    /// Bytes of the number alone.
    pub(super) number: Range<usize>,
    /// With its unit.
    pub(super) whole: Range<usize>,
    /// `5 s`, however it is written.
    pub(super) mark: String,
    pub(super) unit: String,
}

const MARKS_OF_BOUNDS: &str = "(≤≥<>~=≈\"“";

/// The measures of a part of a text, in bytes of the text.
pub(super) fn measures(text: &str, part: &Range<usize>) -> Vec<Measure> {
    let mut found = Vec::new();
    let mut at = part.start;
    while let Some(next) = text[at..part.end].find(|c: char| c.is_ascii_digit()) {
        let start = at + next;
        let number = start..number_end(text, start, part.end);
        at = number.end;
        let before = text[part.start..start].chars().next_back();
        let begins = before.is_none_or(|c| c.is_whitespace() || MARKS_OF_BOUNDS.contains(c));
        if !begins {
            // The rest of a word such as `FR-12` is not a number either.
            at = word_end(text, at, part.end);
            continue;
        }
        if let Some(measure) = with_unit(text, number, part.end) {
            at = measure.whole.end;
            found.push(measure);
        }
    }
    found
}

fn number_end(text: &str, start: usize, limit: usize) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| at < limit && bytes[at].is_ascii_digit();
    let mut end = start;
    while digit(end) || (end < limit && b".,".contains(&bytes[end]) && digit(end + 1)) {
        end += 1;
    }
    end
}

fn word_end(text: &str, at: usize, limit: usize) -> usize {
    let rest = &text[at..limit];
    at + rest
        .find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))
        .unwrap_or(rest.len())
}

fn with_unit(text: &str, number: Range<usize>, limit: usize) -> Option<Measure> {
    let rest = &text[number.end..limit];
    let gap = rest.len() - rest.trim_start().len();
    let word = &rest[gap..];
    let long = if word.starts_with('%') {
        1
    } else {
        word.find(|c: char| !c.is_alphabetic())
            .unwrap_or(word.len())
    };
    let (unit, after) = word.split_at(long);
    if unit.is_empty() || after.starts_with(|c: char| c.is_alphanumeric() || "-_/".contains(c)) {
        return None;
    }
    let said = format!("{} {unit}", &text[number.clone()]);
    let [mark] = <[String; 1]>::try_from(marks(&said)).ok()?;
    let (_, unit) = mark.split_once(' ')?;
    Some(Measure {
        whole: number.start..number.end + gap + long,
        number,
        unit: unit.to_owned(),
        mark,
    })
}

/// A number as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    /// In units of its last decimal.
    scaled: u64,
    decimals: u32,
    grouped: bool,
}

impl Value {
    /// None where it is not plain which number is meant, as in `1,5`.
    pub(super) fn read(written: &str) -> Option<Self> {
        let (whole, decimals) = written.split_once('.').unwrap_or((written, ""));
        let groups: Vec<&str> = whole.split(',').collect();
        let grouped = groups.len() > 1;
        let plain =
            !grouped || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
        let digits = groups.concat() + decimals;
        let readable = plain && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit());
        readable.then(|| digits.parse().ok())?.map(|scaled| Self {
            scaled,
            decimals: decimals.len() as u32,
            grouped,
        })
    }

    pub(super) fn times(self, factor: u64) -> Self {
        let scaled = self.scaled * factor;
        Self { scaled, ..self }
    }

    pub(super) fn half(self) -> Option<Self> {
        let scaled = self.scaled / 2;
        (self.scaled.is_multiple_of(2) && scaled > 0).then_some(Self { scaled, ..self })
    }

    pub(super) fn plus(self, whole: u64) -> Self {
        let scaled = self.scaled + whole * 10_u64.pow(self.decimals);
        Self { scaled, ..self }
    }

    pub(super) fn minus(self, whole: u64) -> Option<Self> {
        let scaled = self.scaled.checked_sub(whole * 10_u64.pow(self.decimals))?;
        (scaled > 0).then_some(Self { scaled, ..self })
    }

    pub(super) fn is_at_most(self, whole: u64) -> bool {
        self.scaled <= whole * 10_u64.pow(self.decimals)
    }

    pub(super) fn write(self) -> String {
        let one = 10_u64.pow(self.decimals);
        let mut whole = (self.scaled / one).to_string();
        if self.grouped {
            for at in (1..whole.len())
                .rev()
                .filter(|at| (whole.len() - at).is_multiple_of(3))
                .collect::<Vec<_>>()
            {
                whole.insert(at, ',');
            }
        }
        match self.decimals {
            0 => whole,
            n => format!("{whole}.{:0width$}", self.scaled % one, width = n as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = measures(text, &(0..text.len()));
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|m| (&text[m.whole.clone()], m.mark.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn numbers_with_units_are_found_however_they_are_written() {
        check(
            "within 5 s, 200ms or (10\n  minutes); 99.9 % of 1,000 users",
            &[
                ("5 s", "5 s"),
                ("200ms", "200 ms"),
                ("10\n  minutes", "10 min"),
                ("99.9 %", "99.9 %"),
            ],
        );
    }

    #[test]
    fn ids_versions_dates_and_rates_are_no_measures() {
        check(
            "FR-5 s, v2 s, 2026-01-02 d, 3/4 h, 5 s/request, RFC 4180.",
            &[],
        );
    }

    #[test]
    fn another_value_is_written_as_the_first_one_was() {
        let of = |written| Value::read(written).unwrap();
        assert_eq!(of("99.9").plus(100).write(), "199.9");
        assert_eq!(of("1,000").times(10).write(), "10,000");
        assert_eq!(of("100,000").times(10).write(), "1,000,000");
        assert_eq!(of("5,000").half().unwrap().write(), "2,500");
        assert_eq!(of("0.50").minus(0).unwrap().write(), "0.50");
        assert_eq!(of("3").half(), None);
        assert_eq!(Value::read("1,5"), None);
        assert_eq!(Value::read("1.2.3"), None);
        assert_eq!(Value::read("12345678901"), None);
    }
}
