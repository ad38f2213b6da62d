//! Tokens and money in few characters, the same everywhere.

use synod_proto::v1::{Attempt, Execution, Usage};

/// What something cost: `$0.0053`, `$1.25`, with `~` in front of an estimate. Nothing if it is not known.
pub fn cost(usage: &Usage) -> Option<String> {
    let dollars = usage.cost_usd.filter(|cost| cost.is_finite())?;
    let mark = if usage.estimated() { "~" } else { "" };
    Some(if dollars < 1.0 {
        format!("{mark}${dollars:.4}")
    } else {
        format!("{mark}${dollars:.2}")
    })
}

/// A count of tokens: `812`, `12.3k`, `4.1M`.
pub fn tokens(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..999_950 => format!("{:.1}k", count as f64 / 1e3),
        _ => format!("{:.1}M", count as f64 / 1e6),
    }
}

/// All of it in one line: `1,234 tokens in (200 cached), 56 out, $0.0053`.
pub fn whole(usage: &Usage) -> String {
    let mut words = Vec::new();
    if let Some(input) = usage.input_tokens {
        let cached = match usage.cached_tokens {
            Some(cached) if cached > 0 => format!(" ({} cached)", grouped(cached)),
            Some(_) | None => String::new(),
        };
        words.push(format!("{} tokens in{cached}", grouped(input)));
    }
    if let Some(output) = usage.output_tokens {
        let thought = match usage.reasoning_tokens {
            Some(thought) if thought > 0 => format!(" ({} reasoning)", grouped(thought)),
            Some(_) | None => String::new(),
        };
        words.push(format!("{} out{thought}", grouped(output)));
    }
    words.extend(cost(usage));
    words.join(", ")
}

/// Tokens in and out together, and the cost: `1.3k $0.0053`.
pub fn short(usage: &Usage) -> String {
    let all = u64::from(usage.input_tokens()) + u64::from(usage.output_tokens());
    [Some(tokens(all)), cost(usage)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether an agent's output is a protocol to be read, and not the answer itself.
pub fn is_structured(execution: &Execution) -> bool {
    !matches!(execution.adapter.as_str(), "" | "command")
}

/// What an attempt does just now: what it told, else its last line.
pub fn activity(attempt: &Attempt) -> &str {
    if attempt.activity.is_empty() {
        &attempt.last_line
    } else {
        &attempt.activity
    }
}

fn grouped(count: u32) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(cost: Option<f64>, estimated: bool) -> Usage {
        Usage {
            input_tokens: Some(1_234),
            cached_tokens: Some(200),
            output_tokens: Some(56),
            reasoning_tokens: Some(7),
            cost_usd: cost,
            estimated: cost.map(|_| estimated),
        }
    }

    #[test]
    fn money_and_tokens_are_told_in_few_characters() {
        assert_eq!(cost(&usage(Some(0.005_296), false)).unwrap(), "$0.0053");
        assert_eq!(cost(&usage(Some(1.25), true)).unwrap(), "~$1.25");
        assert_eq!(cost(&usage(None, false)), None);
        assert_eq!(
            whole(&usage(Some(0.5), false)),
            "1,234 tokens in (200 cached), 56 out (7 reasoning), $0.5000"
        );
        assert_eq!(short(&usage(None, false)), "1.3k");
        let counts = [0, 999, 1_000, 999_949, 999_950, 4_294_967_295].map(tokens);
        assert_eq!(counts, ["0", "999", "1.0k", "999.9k", "1.0M", "4295.0M"]);
    }
}
