//! Sizes as people write them in a file: `4096`, `256 MiB`, `5MB`. It knows no defaults.

/// What a size looks like, for messages.
pub const EXPECTED: &str = r#"a number of bytes or a size such as "512 KiB", "5 MiB" or "1 GiB""#;

const UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// Reads a size in bytes; `None` when it is not one (see [`EXPECTED`]).
pub fn parse(text: &str) -> Option<u64> {
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(split);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let (_, bytes) = UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    number.parse::<u64>().ok()?.checked_mul(*bytes)
}

/// Writes a size with the largest binary unit that loses nothing beyond a tenth.
pub fn format(bytes: u64) -> String {
    for (name, unit) in [("GiB", 1u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        if bytes >= unit {
            // u128: ten times a u64 may overflow a u64.
            let tenths = u128::from(bytes) * 10 / u128::from(unit);
            return match tenths % 10 {
                0 => format!("{} {name}", tenths / 10),
                tenth => format!("{}.{tenth} {name}", tenths / 10),
            };
        }
    }
    match bytes {
        1 => "1 byte".to_owned(),
        n => format!("{n} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::{format, parse};

    #[test]
    fn sizes_read_as_people_write_them() {
        let check = |text: &str, bytes: Option<u64>| assert_eq!(parse(text), bytes, "{text}");
        check("256 MiB", Some(256 << 20));
        check("256MiB", Some(256 << 20));
        check("5mb", Some(5_000_000));
        check("1 GiB", Some(1 << 30));
        check("10 B", Some(10));
        check("10", None); // a bare number is written as an integer, without quotes
        check("", None);
        check("MiB", None);
        check("-1 MiB", None);
        check("1.5 MiB", None);
        check("99999999999 GiB", None);
    }

    #[test]
    fn sizes_are_shown_short() {
        let check = |bytes: u64, text: &str| assert_eq!(format(bytes), text);
        check(0, "0 bytes");
        check(1, "1 byte");
        check(1023, "1023 bytes");
        check(5 << 20, "5 MiB");
        check(100_000_000, "95.3 MiB");
        check(u64::MAX, "17179869183.9 GiB");
    }
}
