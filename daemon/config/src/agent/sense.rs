//! Keys that are known and yet mean nothing for an adapter: refused, because a setting without an
//! effect is a surprise later. Values are `values`'.

use synod_adapters::Adapter;

use super::Kind;
use crate::document::{Problems, Section};
use crate::error::Fault;

/// What `adapter` names; the rest of a [`Kind`] stands in other keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Cli(Adapter),
    Replay,
}

impl Named {
    pub fn as_str(self) -> &'static str {
        match self {
            Named::Cli(adapter) => adapter.as_str(),
            Named::Replay => Kind::REPLAY,
        }
    }

    /// The names, in the order of messages.
    pub fn all() -> impl Iterator<Item = Named> {
        let clis = Adapter::ALL.iter().copied().map(Named::Cli);
        clis.chain([Named::Replay])
    }
}

/// Whether there is an `argv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argv {
    Given,
    Absent,
}

/// Adds a problem for each key of the section that means nothing here.
pub(super) fn check(
    named: Named,
    argv: Argv,
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) {
    for key in super::read::KEYS {
        let (Some(value), Some(why)) = (section.raw(key), pointless(key, named, argv)) else {
            continue;
        };
        let fault = Fault::PointlessKey {
            key: key.to_owned(),
            section: section.title().to_owned(),
            adapter: named.as_str(),
            why,
        };
        problems.add(value.span().start, fault);
    }
}

/// Why a key has no effect, and what to do; `None` if it has one.
fn pointless(key: &str, named: Named, argv: Argv) -> Option<&'static str> {
    let tells_nothing =
        "its output tells no steps, tokens or money; limit it with timeout and output_bytes";
    let asks_nobody = "it asks nobody while it works; an agent that asks has adapter = \"acp\"";
    let own_words = "its command line stands in argv; write it there";
    match (named, key) {
        (Named::Replay, "argv" | "args" | "profile_flags" | "model" | "env" | "isolation") => {
            Some("a recording is played, no CLI is started; leave it out")
        }
        (Named::Replay, "mode" | "permissions") => {
            Some("a recording asks nobody; what was answered then is part of it; leave it out")
        }
        (Named::Cli(_), "recording" | "speed") => {
            Some("only a replay plays a recording; write adapter = \"replay\"")
        }
        (Named::Cli(Adapter::Command), "steps" | "tokens" | "cost") => Some(tells_nothing),
        (Named::Cli(Adapter::Command | Adapter::Acp), "model" | "profile_flags") => Some(own_words),
        (
            Named::Cli(
                Adapter::Command
                | Adapter::Claude
                | Adapter::Codex
                | Adapter::Gemini
                | Adapter::Opencode,
            ),
            "mode" | "permissions",
        ) => Some(asks_nobody),
        (
            Named::Cli(Adapter::Claude | Adapter::Codex | Adapter::Gemini | Adapter::Opencode),
            "profile_flags",
        ) if argv == Argv::Absent => {
            Some("without an argv the profile's flags are always there; leave it out")
        }
        (Named::Cli(_) | Named::Replay, _) => None,
    }
}
