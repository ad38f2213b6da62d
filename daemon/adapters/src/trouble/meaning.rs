//! Codes, words and numbers of providers' errors, each with its reason: the tables.

use synod_shared::words::Reason;

/// Whether the words of the message cannot make more of it: a rate limit may turn out to be a used-up quota,
/// a permission denied or a thing not found may be about something else.
pub fn is_final(reason: Reason) -> bool {
    !matches!(
        reason,
        Reason::RateLimited | Reason::ServerError | Reason::BadKey
    )
}

pub fn by_code(code: &str) -> Option<Reason> {
    Some(match code {
        "insufficient_quota"
        | "quota_exceeded"
        | "usage_limit_reached"
        | "usage_not_included"
        | "billing_error"
        | "billing_hard_limit_reached"
        | "credit_balance_too_low"
        | "terminalquotaerror" => Reason::QuotaGone,
        "authentication_error"
        | "authentication_failed"
        | "invalid_api_key"
        | "unauthenticated"
        | "api_key_invalid"
        | "incorrect_api_key"
        | "permission_error"
        | "permission_denied"
        | "unauthorized"
        | "api_key_service_blocked" => Reason::BadKey,
        "auth_required"
        | "login_required"
        | "oauth_org_not_allowed"
        | "token_expired"
        | "token_invalidated"
        | "account_suspended"
        | "refresh_token_reused" => Reason::LoginNeeded,
        "model_not_found"
        | "not_found_error"
        | "not_found"
        | "modelnotfounderror"
        | "providermodelnotfounderror" => Reason::UnknownModel,
        "context_length_exceeded"
        | "contextoverflowerror"
        | "request_too_large"
        | "input_too_large"
        | "string_above_max_length"
        | "prompt_too_long" => Reason::ContextTooLong,
        "overloaded_error"
        | "overloaded"
        | "server_is_overloaded"
        | "slow_down"
        | "unavailable"
        | "engine_overloaded" => Reason::Overloaded,
        "rate_limit_error"
        | "rate_limit"
        | "rate_limit_exceeded"
        | "rate_limit_reached"
        | "too_many_requests"
        | "resource_exhausted" => Reason::RateLimited,
        "server_error" | "api_error" | "internal" | "internal_server_error" => Reason::ServerError,
        "content_filter" | "content_policy_violation" | "refusal" | "cyber_policy" => {
            Reason::Refused
        }
        "max_output_tokens" | "messageoutputlengtherror" => Reason::Truncated,
        "connection_failed"
        | "econnrefused"
        | "enotfound"
        | "econnreset"
        | "etimedout"
        | "eai_again"
        | "ehostunreach"
        | "enetunreach"
        | "und_err_socket"
        | "und_err_connect_timeout" => Reason::Network,
        // Google names quotas by their window: a day's is gone for today, a minute's is a rate limit.
        _ if code.contains("perday") => Reason::QuotaGone,
        _ => return None,
    })
}

pub fn by_words(message: &str, status: Option<u16>) -> Option<Reason> {
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    let may_be = |numbers: &[u16]| status.is_none_or(|status| numbers.contains(&status));
    if may_be(&[400, 413])
        && says(&[
            "prompt is too long",
            "context window",
            "context length",
            "maximum number of tokens",
            "input is too long",
            "too many tokens",
            "exceeds the maximum length",
        ])
    {
        return Some(Reason::ContextTooLong);
    }
    if may_be(&[400, 402, 403, 429])
        && says(&[
            "credit balance is too low",
            "insufficient_quota",
            "insufficient quota",
            "usage limit",
            "quota exceeded",
            "exceeded your current quota",
            "daily quota",
            "out of credits",
            "insufficient credits",
            "spending limit",
        ])
    {
        return Some(Reason::QuotaGone);
    }
    if may_be(&[400, 401, 403])
        && says(&[
            "api key not valid",
            "invalid api key",
            "incorrect api key",
            "api key expired",
        ])
    {
        return Some(Reason::BadKey);
    }
    if may_be(&[401, 403])
        && says(&[
            "not logged in",
            // A request without any key: Codex sends one when nobody ever logged in.
            "missing bearer",
            "please run /login",
            "log in again",
            "sign in again",
            "token has expired",
            "oauth",
        ])
    {
        return Some(Reason::LoginNeeded);
    }
    if may_be(&[400, 403, 404])
        && says(&["model"])
        && says(&[
            "does not exist",
            "not found",
            "is not supported",
            "may not exist",
            "unknown model",
            "not available",
        ])
    {
        return Some(Reason::UnknownModel);
    }
    if may_be(&[])
        && says(&[
            "fetch failed",
            "connection refused",
            "econnrefused",
            "enotfound",
            "error sending request",
            "unable to connect",
            "connection error",
            "network error",
            "connection reset",
            "other side closed",
            "dns error",
        ])
    {
        return Some(Reason::Network);
    }
    None
}

pub const fn by_status(status: u16) -> Option<Reason> {
    Some(match status {
        401 | 403 => Reason::BadKey,
        402 => Reason::QuotaGone,
        404 => Reason::UnknownModel,
        413 => Reason::ContextTooLong,
        429 => Reason::RateLimited,
        503 | 529 => Reason::Overloaded,
        408 | 500..=599 => Reason::ServerError,
        _ => return None,
    })
}
