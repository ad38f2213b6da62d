//! What Claude Code says that it used.

use crate::{Money, Usage, json::Json};

/// Until the result tells it: the sum over the messages. (Their output is told before it is written.)
pub fn tally(usage: &Json<'_>, sum: &mut Usage) {
    let count = |key: &str| usage.get(key).count().unwrap_or_default();
    let cached = count("cache_read_input_tokens");
    let input = [
        count("input_tokens"),
        cached,
        count("cache_creation_input_tokens"),
    ]
    .into_iter()
    .fold(0, u64::saturating_add);
    sum.input_tokens = sum.input_tokens.saturating_add(input);
    sum.cached_tokens = sum.cached_tokens.saturating_add(cached);
    sum.output_tokens = sum.output_tokens.saturating_add(count("output_tokens"));
}

/// The final count. A run that its budget ended tells zeros in `usage`, and the truth for each model.
pub fn measure(line: &Json<'_>, usage: &mut Usage) {
    let mut told = Usage::default();
    tally(line.get("usage"), &mut told);
    told.reasoning_tokens = line
        .at(&["usage", "output_tokens_details", "thinking_tokens"])
        .count()
        .unwrap_or_default();
    let mut models = Usage::default();
    for (_, model) in line.get("model_usage_since_last_result").fields() {
        let count = |key: &str| model.get(key).count().unwrap_or_default();
        let cached = count("cacheReadInputTokens");
        let input = [
            count("inputTokens"),
            cached,
            count("cacheCreationInputTokens"),
        ]
        .into_iter()
        .fold(0, u64::saturating_add);
        models.input_tokens = models.input_tokens.saturating_add(input);
        models.cached_tokens = models.cached_tokens.saturating_add(cached);
        models.output_tokens = models.output_tokens.saturating_add(count("outputTokens"));
        models.reasoning_tokens = models
            .reasoning_tokens
            .saturating_add(count("thinkingTokens"));
    }
    *usage = Usage {
        input_tokens: told.input_tokens.max(models.input_tokens),
        cached_tokens: told.cached_tokens.max(models.cached_tokens),
        output_tokens: told.output_tokens.max(models.output_tokens),
        reasoning_tokens: told.reasoning_tokens.max(models.reasoning_tokens),
        cost: line
            .get("total_cost_usd")
            .number()
            .and_then(Money::from_dollars),
        estimated: false,
    };
}
