//! From `[agents.NAME]` to an [`Agent`]: which keys there are, which it cannot do without, and what
//! its adapter's profile says where the section does not.

use synod_adapters::Adapter;

use super::permissions;
use super::sense::{self, Argv, Named};
use super::values;
use super::{
    Agent, AgentLimits, BUILTIN, DEFAULT_TIMEOUT, Kind, Origin, Program, Recording, Speed,
};
use crate::document::{At, Problems, Section};
use crate::error::Fault;
use crate::money;
use crate::near::nearest;
use crate::profiles::Profiles;
use crate::provider::LOCAL;

/// Each attempt's steps are counted; more than this is no limit.
const MOST_STEPS: u32 = 1_000_000_000;
/// As above.
const MOST_TOKENS: u64 = 1_000_000_000_000;

/// Every key of the section.
pub(super) const KEYS: [&str; 20] = [
    "adapter",
    "args",
    "argv",
    "cost",
    "cwd",
    "env",
    "family",
    "first_byte",
    "isolation",
    "mode",
    "model",
    "output_bytes",
    "permissions",
    "profile_flags",
    "provider",
    "recording",
    "speed",
    "steps",
    "timeout",
    "tokens",
];

impl Agent {
    /// Reads `[agents.NAME]`; `None` when a part it cannot do without is wrong, and then a
    /// problem says so.
    pub(crate) fn read(
        name: At<&str>,
        section: &Section<'_, '_>,
        profiles: &Profiles,
        problems: &mut Problems<'_>,
    ) -> Option<Agent> {
        if BUILTIN.contains(&name.value) {
            let name_taken = Fault::BuiltinName {
                name: name.value.to_owned(),
            };
            problems.add(name.offset, name_taken);
        }
        values::check_name(name, "an agent", problems);
        section.only(&KEYS, problems);
        let named = read_adapter(section, problems);
        let argv = match section.raw("argv") {
            Some(_) => Argv::Given,
            None => Argv::Absent,
        };
        if let Some(named) = named {
            sense::check(named, argv, section, problems);
        }
        let program = read_program(named, section, problems);
        let kind = named.and_then(|named| read_kind(named, section, problems));
        let args = values::args(section, problems);
        let model = values::word(
            "model",
            "the name of a model, as the CLI knows it",
            section,
            problems,
        );
        let mode = values::word(
            "mode",
            "a session mode, as the agent knows it",
            section,
            problems,
        );
        let env = values::env(section, problems);
        let provider = values::label("provider", "a provider", section, problems);
        let family = values::label("family", "a family", section, problems);
        let timeout = section.duration("timeout", problems);
        let first_byte = values::first_byte(section, problems);
        let limits = read_limits(section, problems);
        let cwd = values::path("cwd", "a folder", section, problems);
        let isolation = values::isolation(section, problems);
        let permissions = permissions::read(section, problems);
        let (kind, program) = (kind?, program?);
        let profile = kind.adapter().map(|adapter| profiles.of(adapter));
        Some(Agent {
            name: name.value.to_owned(),
            kind,
            program,
            args,
            model,
            env,
            provider: provider
                .or_else(|| profile.and_then(|profile| profile.provider.clone()))
                .unwrap_or_else(|| LOCAL.to_owned()),
            family: family.or_else(|| profile.and_then(|profile| profile.family.clone())),
            timeout: timeout.map_or(DEFAULT_TIMEOUT, |at| at.value),
            first_byte: match first_byte {
                Some(said) => said.limit(),
                None => profile.and_then(|profile| profile.first_byte),
            },
            limits,
            cwd,
            isolation,
            mode,
            permissions,
            origin: Origin::User,
        })
    }
}

fn read_adapter(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Named> {
    let names: Vec<&str> = Named::all().map(Named::as_str).collect();
    let known = names.join(", ");
    let expected = format!("the name of an adapter ({known})");
    let Some(name) = section.string("adapter", &expected, problems) else {
        section.missing("adapter", &expected, problems);
        return None;
    };
    let named = Named::all().find(|named| named.as_str() == name.value);
    if named.is_none() {
        let fault = Fault::UnknownAdapter {
            suggestion: nearest(name.value, names),
            found: name.value.to_owned(),
            section: section.title().to_owned(),
            known,
        };
        problems.add(name.offset, fault);
    }
    named
}

fn read_kind(named: Named, section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Kind> {
    match named {
        Named::Cli(adapter) => Some(Kind::Cli(adapter)),
        Named::Replay => {
            section.missing("recording", "the absolute path of a recording", problems);
            let path = values::path("recording", "a recording", section, problems);
            let speed = values::speed(section, problems);
            Some(Kind::Replay(Recording {
                path: path?,
                speed: speed.unwrap_or(Speed::Thousandths(1000)),
            }))
        }
    }
}

fn read_program(
    named: Option<Named>,
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<Program> {
    let example = match named {
        Some(Named::Cli(Adapter::Acp)) => r#"["gemini", "--acp"]"#,
        _ => r#"["my-agent", "--json"]"#,
    };
    let expected = format!("an array of strings, the program first, such as {example}");
    let flags = section.read("profile_flags", "true or false", problems, |value| {
        value.as_bool()
    });
    if section.raw("argv").is_some() {
        let argv = values::argv(section, &expected, problems)?;
        return Some(match flags {
            Some(At { value: true, .. }) => Program::OwnWithFlags(argv),
            Some(At { value: false, .. }) | None => Program::Own(argv),
        });
    }
    match named {
        Some(Named::Cli(Adapter::Command | Adapter::Acp)) => {
            section.missing("argv", &expected, problems);
            None
        }
        Some(
            Named::Cli(Adapter::Claude | Adapter::Codex | Adapter::Gemini | Adapter::Opencode)
            | Named::Replay,
        )
        | None => Some(Program::Profile),
    }
}

fn read_limits(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> AgentLimits {
    AgentLimits {
        steps: section.integer("steps", 1..=MOST_STEPS, problems),
        tokens: section.count("tokens", 1..=MOST_TOKENS, problems),
        cost: money::read("cost", section, problems),
        output_bytes: section.size("output_bytes", problems),
    }
}
