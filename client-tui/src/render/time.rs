//! Times as people read them: how long, how long ago, and when.

use jiff::Timestamp;
use prost_types::Timestamp as Wire;

use super::Look;

/// The moment a message names; none when it is out of any clock's range.
pub fn instant(at: &Wire) -> Option<Timestamp> {
    Timestamp::new(at.seconds, at.nanos).ok()
}

/// A length of time in one or two units: `400ms`, `4.2s`, `42s`, `3m 05s`, `2h 10m`, `5d 03h`.
pub fn span(millis: i64) -> String {
    let millis = millis.max(0);
    let seconds = millis / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if millis < 1_000 {
        format!("{millis}ms")
    } else if millis < 10_000 {
        format!("{}.{}s", seconds, millis % 1000 / 100)
    } else if minutes == 0 {
        format!("{seconds}s")
    } else if hours == 0 {
        format!("{minutes}m {:02}s", seconds % 60)
    } else if days == 0 {
        format!("{hours}h {:02}m", minutes % 60)
    } else {
        format!("{days}d {:02}h", hours % 24)
    }
}

/// The time between two moments; the second is now unless it is known.
pub fn between(from: Option<&Wire>, to: Option<&Wire>, now: Timestamp) -> Option<String> {
    let from = instant(from?)?;
    let to = to.and_then(instant).unwrap_or(now);
    Some(span(to.duration_since(from).as_millis() as i64))
}

/// How old a moment is, in whole seconds at least: `3s`, `2m 10s`.
pub fn age(at: &Wire, now: Timestamp) -> Option<String> {
    let seconds = now.duration_since(instant(at)?).as_secs().max(0);
    Some(match seconds {
        0..10 => format!("{seconds}s"),
        _ => span(seconds.saturating_mul(1000)),
    })
}

/// When something happened: `2026-03-01 14:02:11 (3m 05s ago)`.
pub fn ago(at: &Wire, look: &Look) -> String {
    let Some(moment) = instant(at) else {
        return "an unknown time".to_owned();
    };
    let absolute = moment
        .to_zoned(look.zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string();
    match age(at, look.now) {
        Some(age) => format!("{absolute} ({age} ago)"),
        None => absolute,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_at_most_two_units() {
        let spans = [
            0,
            400,
            9_999,
            10_000,
            59_999,
            185_000,
            7_800_000,
            442_800_000,
            -5,
        ]
        .map(span);
        assert_eq!(
            spans,
            [
                "0ms", "400ms", "9.9s", "10s", "59s", "3m 05s", "2h 10m", "5d 03h", "0ms"
            ]
        );
    }

    #[test]
    fn a_time_out_of_range_is_no_panic() {
        let at = Wire {
            seconds: i64::MAX,
            nanos: 0,
        };
        assert_eq!(age(&at, Timestamp::UNIX_EPOCH), None);
    }
}
