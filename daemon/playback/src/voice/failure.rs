//! How a CLI can fail by itself, and what the provider says of it.

use std::str::FromStr;

use jiff::Timestamp;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The provider answered with this HTTP status, and the CLI gave up.
    Status {
        status: u16,
        /// Seconds, if the provider named them.
        retry_after: Option<u64>,
    },
    /// The model would not.
    Refusal,
    /// The answer was cut at the longest that is allowed.
    MaxTokens,
    UnknownModel,
    /// The prompt does not fit into the model.
    Context,
    /// Nobody is logged in, and there is no key.
    Login,
    /// The account has nothing left.
    Quota,
}

impl FromStr for Failure {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Ok(match word {
            "refusal" => Self::Refusal,
            "max-tokens" => Self::MaxTokens,
            "unknown-model" => Self::UnknownModel,
            "context" => Self::Context,
            "login" => Self::Login,
            "quota" => Self::Quota,
            number => Self::Status {
                status: number
                    .parse()
                    .ok()
                    .filter(|status| (400..600).contains(status))
                    .ok_or(())?,
                retry_after: None,
            },
        })
    }
}

impl Failure {
    /// What `fails` needs after it.
    pub const NEEDS: &str = "an HTTP status (400 to 599) or one of refusal, max-tokens, unknown-model, context, \
                             login, quota";

    /// The HTTP status behind it; 200 when the provider had nothing against the request.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status { status, .. } => *status,
            Self::Refusal | Self::MaxTokens => 200,
            Self::UnknownModel => 404,
            Self::Context => 400,
            Self::Login => 401,
            Self::Quota => 429,
        }
    }

    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::Refusal
            | Self::MaxTokens
            | Self::UnknownModel
            | Self::Context
            | Self::Login
            | Self::Quota => None,
        }
    }

    /// Unix time at which the provider would answer again.
    pub fn resets_at(&self) -> Option<i64> {
        let after = i64::try_from(self.retry_after()?).ok()?;
        Some(Timestamp::now().as_second().saturating_add(after))
    }

    /// The provider's sentence.
    pub fn message(&self, model: &str) -> String {
        match self {
            Self::Status {
                status,
                retry_after: Some(seconds),
            } => format!("fake error {status}. Please try again in {seconds}s."),
            Self::Status { status, .. } => format!("fake error {status}"),
            Self::Refusal => "the model refused to answer".to_owned(),
            Self::MaxTokens => "the answer exceeded the output token maximum".to_owned(),
            Self::UnknownModel => {
                format!("The model `{model}` does not exist or you do not have access to it.")
            }
            Self::Context => {
                "This model's maximum context length is 200000 tokens: the prompt is too long."
                    .to_owned()
            }
            Self::Login => "Missing bearer or basic authentication in header".to_owned(),
            Self::Quota => {
                "You exceeded your current quota, please check your plan and billing details."
                    .to_owned()
            }
        }
    }

    /// The provider's word for it, OpenAI's and Anthropic's alike.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Quota => "insufficient_quota",
            Self::Status { .. }
            | Self::Refusal
            | Self::MaxTokens
            | Self::UnknownModel
            | Self::Context
            | Self::Login => match self.status() {
                401 => "authentication_error",
                403 => "permission_error",
                404 => "not_found_error",
                429 => "rate_limit_error",
                529 => "overloaded_error",
                500.. => "api_error",
                _ => "invalid_request_error",
            },
        }
    }
}

/// `Unauthorized`, as HTTP calls it.
pub fn status_name(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "<unknown status code>",
    }
}

/// `UNAUTHENTICATED`, as Google calls it.
pub fn google_status(status: u16) -> &'static str {
    match status {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 | 529 => "UNAVAILABLE",
        500.. => "INTERNAL",
        _ => "UNKNOWN",
    }
}
