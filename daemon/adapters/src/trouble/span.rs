//! Spans and moments of time, as protocols and people write them.

/// The delay in `… try again in 1m30.5s`, `… try again in 3 hours 2 minutes`.
pub fn wait_in(message: &str) -> Option<u64> {
    let lower = message.to_ascii_lowercase();
    let (_, after) = lower
        .split_once("try again in ")
        .or_else(|| lower.split_once("retry after "))
        .or_else(|| lower.split_once("retry in "))?;
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | ' ' | ',')));
    span_ms(after.get(..end.unwrap_or(after.len()))?)
}

/// A span of time as people and protocols write it: `34s`, `1.898s`, `250ms`, `2 days 3 hours`, `600`.
pub fn span_ms(text: &str) -> Option<u64> {
    let mut total = 0.0;
    let mut found = false;
    let mut rest = text.trim();
    while let Some(digits) = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .or(Some(rest.len()))
        .filter(|digits| *digits > 0)
    {
        let (number, after) = rest.split_at(digits);
        let Ok(number) = number.trim_end_matches('.').parse::<f64>() else {
            break;
        };
        let after = after.trim_start();
        let letters = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let factor = match unit {
            "ms" | "millisecond" | "milliseconds" => 1.0,
            "" | "s" | "sec" | "secs" | "second" | "seconds" => 1e3,
            "m" | "min" | "mins" | "minute" | "minutes" => 6e4,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3.6e6,
            "d" | "day" | "days" => 8.64e7,
            _ => break,
        };
        total += number * factor;
        found = true;
        rest = after.trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    (found && total.is_finite() && total < 1e13).then_some(total as u64)
}

/// A moment in seconds since 1970, as microseconds; what is in milliseconds already is recognised by its size.
pub fn seconds_us(seconds: u64) -> Option<i64> {
    let seconds = i64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    if seconds > 100_000_000_000 {
        seconds.checked_mul(1000)
    } else {
        seconds.checked_mul(1_000_000)
    }
}
