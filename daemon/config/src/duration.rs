//! Durations as people write them in a file: `500ms`, `90s`, `10m`, `1h30m`, `2d`.
//! It does not read TOML and knows no defaults.

use std::fmt::Write as _;
use std::time::Duration;

/// The longest duration accepted. Beyond a year a number is a slip of the finger, and far from
/// where adding it to a time could overflow.
pub const LONGEST: Duration = Duration::from_hours(366 * 24);

/// What a duration looks like, for messages.
pub const EXPECTED: &str = r#"a duration such as "90s", "10m" or "1h30m""#;

/// Largest first: parts must come in this order, each at most once.
const UNITS: [(&str, u64); 5] = [
    ("d", 24 * 60 * 60 * 1000),
    ("h", 60 * 60 * 1000),
    ("m", 60 * 1000),
    ("s", 1000),
    ("ms", 1),
];

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not whole numbers, each with a unit, largest unit first.
    #[error(
        "expected {EXPECTED} (whole numbers, each followed by d, h, m, s or ms, largest first); found {found:?}"
    )]
    Malformed {
        /// The text as given.
        found: String,
    },
    /// More than [`LONGEST`].
    #[error("expected at most 366d; found {found:?}")]
    TooLong {
        /// The text as given.
        found: String,
    },
}

impl DurationError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            DurationError::Malformed { .. } => "bad-duration",
            DurationError::TooLong { .. } => "duration-too-long",
        }
    }
}

/// Reads a duration.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let malformed = || DurationError::Malformed {
        found: text.to_owned(),
    };
    let too_long = || DurationError::TooLong {
        found: text.to_owned(),
    };
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total: u64 = 0;
    if rest.is_empty() {
        return Err(malformed());
    }
    while !rest.is_empty() {
        let (number, after) = split_where(rest, |c| !c.is_ascii_digit());
        let (unit, after) = split_where(after, |c| c.is_ascii_digit());
        if number.is_empty() {
            return Err(malformed());
        }
        // `find` consumes the larger units too, so a repeated or a larger one is not found again.
        let (_, millis) = units
            .find(|(name, _)| *name == unit)
            .ok_or_else(malformed)?;
        let count: u64 = number.parse().map_err(|_| too_long())?;
        total = count
            .checked_mul(*millis)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(too_long)?;
        rest = after;
    }
    let duration = Duration::from_millis(total);
    if duration > LONGEST {
        return Err(too_long());
    }
    Ok(duration)
}

/// Writes a duration so that [`parse`] reads the same milliseconds back; less than a millisecond
/// is left out.
pub fn format(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (name, millis) in UNITS {
        let count = rest / millis;
        rest %= millis;
        if count > 0 {
            // Writing to a String cannot fail.
            let _ = write!(text, "{count}{name}");
        }
    }
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text
    }
}

fn split_where(text: &str, stop: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(stop).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_read_as_people_write_them() {
        let check = |text: &str, millis: u64| {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        };
        check("500ms", 500);
        check("90s", 90_000);
        check("10m", 600_000);
        check("1h30m", 5_400_000);
        check("2d", 172_800_000);
        check("1m500ms", 60_500);
        check("0s", 0);
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in [
            "", "10", "m", "10 m", " 10m", "10min", "1.5h", "-5s", "+5s", "30m1h", "1m1m", "10M",
            "5s ", "١٠m",
        ] {
            assert_eq!(
                parse(text).map_err(|e| e.code()),
                Err("bad-duration"),
                "{text}"
            );
        }
        for text in ["367d", "99999999999999999999s", "18446744073709551615d"] {
            assert_eq!(
                parse(text).map_err(|e| e.code()),
                Err("duration-too-long"),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_formatted_duration_reads_back(millis in 0u64..366 * 24 * 3600 * 1000) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse(&format(duration)), Ok(duration));
        }

        #[test]
        fn no_text_makes_parsing_panic(text in ".*") {
            let _ = parse(&text);
        }
    }
}
