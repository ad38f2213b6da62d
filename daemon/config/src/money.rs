//! Amounts of money as people write them in a file: `2.50`, `"2.50"`, `3`. Exact: the digits are
//! read as they stand, never through a floating point number.

use synod_adapters::Money;
use toml::de::DeValue;

use crate::document::{Problems, Section};

/// What an amount looks like, for messages.
pub const EXPECTED: &str =
    "an amount of US dollars from 0 to 1000000 with at most six decimals, such as 2.50";

/// Beyond this a number is a slip of the finger; it keeps sums far from overflowing.
const MOST: u64 = 1_000_000 * PER_DOLLAR;
const PER_DOLLAR: u64 = 1_000_000;

/// Reads a decimal number; `None` when it is not one (see [`EXPECTED`]).
pub fn parse(text: &str) -> Option<Money> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 6 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let part: u64 = format!("{part:0<6}").parse().ok()?;
    let amount = whole.checked_mul(PER_DOLLAR)?.checked_add(part)?;
    (amount <= MOST).then_some(Money(amount))
}

/// Reads the amount under `key`, a number or a string.
pub(crate) fn read(
    key: &str,
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<Money> {
    let amount = section.read(key, EXPECTED, problems, |value| match value {
        DeValue::String(text) => parse(text),
        DeValue::Integer(number) if number.radix() == 10 => parse(number.as_str()),
        DeValue::Float(number) => parse(number.as_str()),
        _ => None,
    })?;
    Some(amount.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_last_digit() {
        let check = |text: &str, millionths: Option<u64>| {
            assert_eq!(parse(text), millionths.map(Money), "{text}");
        };
        check("2.50", Some(2_500_000));
        check("0.000001", Some(1));
        check("3", Some(3_000_000));
        check("0", Some(0));
        check("1000000", Some(MOST));
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "1_0",
            "0.0000001",
            "1000001",
            "1,5",
            "2.5 ",
            "99999999999999999999",
        ] {
            check(text, None);
        }
    }
}
