//! What a turn used, and of which model.

use crate::{Usage, json::Json};

/// The model that a turn's counts are of.
pub fn model_of<'a>(result: &'a Json<'_>) -> Option<&'a str> {
    let models = result.at(&["_meta", "quota", "model_usage"]).items();
    models.iter().find_map(|of| of.get("model").text())
}

/// What the turn used. The standard fields count the input without what a cache gave; Gemini tells its own only.
pub fn measure(result: &Json<'_>) -> Option<Usage> {
    let standard = result.get("usage");
    let count = |key: &str| standard.get(key).count();
    if let Some(fresh) = count("inputTokens") {
        let cached_tokens = count("cachedReadTokens").unwrap_or_default();
        let written = count("cachedWriteTokens").unwrap_or_default();
        let input_tokens = fresh.saturating_add(cached_tokens).saturating_add(written);
        let output = count("outputTokens").unwrap_or_default();
        let reasoning_tokens = count("thoughtTokens").unwrap_or_default();
        // Some count what it thought with within the output, some beside it: the total tells.
        let all = input_tokens
            .saturating_add(output)
            .saturating_add(reasoning_tokens);
        let beside = count("totalTokens").is_some_and(|total| total >= all);
        let output_tokens = if beside {
            output.saturating_add(reasoning_tokens)
        } else {
            output
        };
        return Some(Usage {
            input_tokens,
            cached_tokens,
            output_tokens,
            reasoning_tokens,
            ..Usage::default()
        });
    }
    let own = result.at(&["_meta", "quota", "token_count"]);
    Some(Usage {
        input_tokens: own.get("input_tokens").count()?,
        output_tokens: own.get("output_tokens").count().unwrap_or_default(),
        ..Usage::default()
    })
}
