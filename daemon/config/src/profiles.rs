//! What holds for every agent of an adapter that does not say otherwise.

use std::time::Duration;

use synod_adapters::Adapter;

/// What an adapter's agents are by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    pub provider: Option<String>,
    pub family: Option<String>,
    pub first_byte: Option<Duration>,
}

/// The profile of each adapter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Profiles;

impl Profiles {
    #[allow(clippy::unused_self, reason = "profiles of the user's come next")]
    pub fn of(&self, adapter: Adapter) -> Profile {
        let (provider, family) = match adapter {
            Adapter::Command | Adapter::Acp => return Profile::default(),
            Adapter::Claude => (Some("anthropic"), Some("claude")),
            Adapter::Codex => (Some("openai"), Some("gpt")),
            Adapter::Gemini => (Some("google"), Some("gemini")),
            Adapter::Opencode => (None, None),
        };
        Profile {
            provider: provider.map(str::to_owned),
            family: family.map(str::to_owned),
            first_byte: Some(Duration::from_mins(2)),
        }
    }
}
