//! `usage`: what was used, by day.

use synod_proto::v1::{Usage, UsedOnDay};

use super::{
    Look, Tone, clean,
    table::{Cell, table},
    usage,
};

/// A line for each day, agent and model, and a sum if there are several.
pub fn spent(used: &[UsedOnDay], days: u32, look: &Look) -> String {
    if used.is_empty() {
        let since = match days {
            0 | 1 => "today".to_owned(),
            days => format!("within {days} days"),
        };
        return format!(
            "no agent has told of tokens {since}; plain commands never do, `synod agents` lists the others"
        );
    }
    let mut rows: Vec<Vec<Cell>> = used
        .iter()
        .map(|one| row(&one.day, &one.agent, one))
        .collect();
    if used.len() > 1 {
        let sum = used
            .iter()
            .fold(UsedOnDay::default(), |sum, one| plus(&sum, one));
        rows.push(row("sum", "", &sum));
    }
    let table = table(
        &[
            "DAY", "AGENT", "MODEL", "ATTEMPTS", "IN", "CACHED", "OUT", "COST",
        ],
        &rows,
        look.table_width,
        look.colour,
    );
    if used.iter().any(UsedOnDay::estimated) {
        let note = "~ computed from [prices] in config.toml, not told by the agent";
        return format!("{table}\n\n{}", look.colour.paint(Tone::Faint, note));
    }
    table
}

fn row(day: &str, agent: &str, used: &UsedOnDay) -> Vec<Cell> {
    let dash = |text: String| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text
        }
    };
    let cost = usage::cost(&Usage {
        cost_usd: used.cost_usd,
        estimated: used.estimated,
        ..Usage::default()
    });
    vec![
        Cell::plain(clean(day)),
        Cell::plain(clean(agent)),
        Cell::plain(if agent.is_empty() {
            String::new()
        } else {
            dash(clean(&used.model))
        }),
        Cell::plain(used.attempts.to_string()),
        Cell::plain(usage::tokens(used.input_tokens)),
        Cell::plain(usage::tokens(used.cached_tokens)),
        Cell::plain(usage::tokens(used.output_tokens)),
        Cell::plain(cost.unwrap_or_else(|| "-".to_owned())),
    ]
}

fn plus(sum: &UsedOnDay, one: &UsedOnDay) -> UsedOnDay {
    UsedOnDay {
        attempts: sum.attempts.saturating_add(one.attempts),
        input_tokens: sum.input_tokens.saturating_add(one.input_tokens),
        cached_tokens: sum.cached_tokens.saturating_add(one.cached_tokens),
        output_tokens: sum.output_tokens.saturating_add(one.output_tokens),
        reasoning_tokens: sum.reasoning_tokens.saturating_add(one.reasoning_tokens),
        cost_usd: match (sum.cost_usd, one.cost_usd) {
            (Some(sum), Some(one)) => Some(sum + one),
            (sum, one) => sum.or(one),
        },
        estimated: match (sum.estimated, one.estimated) {
            (Some(sum), Some(one)) => Some(sum || one),
            (sum, one) => sum.or(one),
        },
        ..UsedOnDay::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn days_stand_in_a_table_with_their_sum() {
        let one = |day: &str, model: &str, cost: Option<f64>, estimated| UsedOnDay {
            day: day.to_owned(),
            agent: "claude".to_owned(),
            model: model.to_owned(),
            attempts: 3,
            input_tokens: 12_345,
            cached_tokens: 2_000,
            output_tokens: 678,
            reasoning_tokens: 0,
            cost_usd: cost,
            estimated: cost.map(|_| estimated),
        };
        let used = [
            one("2026-11-21", "opus", Some(0.25), false),
            one("2026-11-22", "", Some(1.5), true),
        ];
        insta::assert_snapshot!(spent(&used, 2, &samples::look()));
        assert!(spent(&[], 7, &samples::look()).contains("within 7 days"));
    }
}
