//! Values of `[agents.NAME]`, each with the words for what it must be.
//! What a value means for an adapter is `sense`'s.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeValue;

use super::{Isolation, Speed};
use crate::document::{At, Problems, Section};
use crate::error::Fault;
use crate::{duration, money};

/// Names are typed on command lines, stand in comma lists and in the names of directories.
pub(crate) fn check_name(name: At<&str>, what: &'static str, problems: &mut Problems<'_>) {
    if !is_name(name.value) {
        let found = name.value.to_owned();
        problems.add(name.offset, Fault::BadName { found, what });
    }
}

/// Whether it can be used on a command line and in a path.
pub(crate) fn is_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    starts_well && name.len() <= 64 && name.chars().all(fits)
}

/// A program with its arguments.
pub(super) fn argv(
    section: &Section<'_, '_>,
    expected: &str,
    problems: &mut Problems<'_>,
) -> Option<Vec<String>> {
    let argv = section.strings("argv", expected, problems)?;
    let refuse = |offset, found: &str, problems: &mut Problems<'_>| {
        let at = At {
            offset,
            value: found,
        };
        section.refuse("argv", at, expected, problems);
        None
    };
    let Some(program) = argv.value.first() else {
        return refuse(argv.offset, "an empty array", problems);
    };
    if program.value.is_empty() {
        return refuse(program.offset, "an empty program name", problems);
    }
    words("argv", &argv.value, section, expected, problems)
}

/// Arguments.
pub(super) fn args(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Vec<String> {
    let expected = r#"an array of strings, such as ["--verbose"]"#;
    let Some(args) = section.strings("args", expected, problems) else {
        return Vec::new();
    };
    words("args", &args.value, section, expected, problems).unwrap_or_default()
}

fn words(
    key: &str,
    found: &[At<&str>],
    section: &Section<'_, '_>,
    expected: &str,
    problems: &mut Problems<'_>,
) -> Option<Vec<String>> {
    if let Some(bad) = found.iter().find(|word| word.value.contains('\0')) {
        let at = At {
            offset: bad.offset,
            value: "a NUL character, which no argument can hold",
        };
        section.refuse(key, at, expected, problems);
        return None;
    }
    Some(found.iter().map(|word| word.value.to_owned()).collect())
}

/// Names of environment variables.
pub(super) fn env(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Vec<String> {
    let expected = "an array of names of environment variables, whose values come from the caller, \
                    such as [\"API_KEY\"]";
    let Some(names) = section.strings("env", expected, problems) else {
        return Vec::new();
    };
    let mut env: Vec<String> = Vec::new();
    for name in &names.value {
        let usable = !name.value.is_empty()
            && !name.value.starts_with(|c: char| c.is_ascii_digit())
            && name
                .value
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !usable {
            // Not the value of what may be NAME=secret.
            let shown = name.value.split('=').next().unwrap_or_default();
            let found = if name.value.contains('=') {
                format!("a value beside the name {shown:?}")
            } else {
                format!("{shown:?}")
            };
            let at = At {
                offset: name.offset,
                value: found.as_str(),
            };
            section.refuse("env", at, expected, problems);
        } else if !env.iter().any(|known| known == name.value) {
            env.push(name.value.to_owned());
        }
    }
    env
}

/// A provider or a family: a name of its own, or of many agents.
pub(super) fn label(
    key: &str,
    what: &'static str,
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<String> {
    let label = section.string(key, &format!("the name of {what}"), problems)?;
    check_name(label, what, problems);
    Some(label.value.to_owned())
}

/// A model or a mode: the CLI's own word, passed on as one argument.
pub(super) fn word(
    key: &str,
    expected: &str,
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<String> {
    let word = section.read(key, expected, problems, |value| {
        value.as_str().filter(|text| {
            // A leading dash would make it a flag of the CLI's.
            !text.is_empty() && !text.starts_with('-') && !text.contains(char::is_control)
        })
    })?;
    Some(word.value.to_owned())
}

/// An absolute path: the daemon's own folder is nobody's idea of "here".
pub(super) fn path(
    key: &str,
    what: &str,
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<PathBuf> {
    let expected = format!("an absolute path of {what}");
    let path = section.read(key, &expected, problems, |value| {
        value
            .as_str()
            .filter(|text| Path::new(text).is_absolute() && !text.contains('\0'))
    })?;
    Some(PathBuf::from(path.value))
}

/// What stands under `first_byte`.
#[derive(Debug, Clone, Copy)]
pub(super) enum FirstByte {
    Off,
    Within(Duration),
}

impl FirstByte {
    pub fn limit(self) -> Option<Duration> {
        match self {
            FirstByte::Off => None,
            FirstByte::Within(limit) => Some(limit),
        }
    }
}

/// A duration, or `"off"`.
pub(super) fn first_byte(
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<FirstByte> {
    let expected = format!(
        r#"{}, more than 0 and at most 366d, or "off""#,
        duration::EXPECTED
    );
    let limit = section.read("first_byte", &expected, problems, |value| {
        match value.as_str()? {
            "off" => Some(FirstByte::Off),
            text => duration::parse(text)
                .ok()
                .filter(|limit| !limit.is_zero())
                .map(FirstByte::Within),
        }
    })?;
    Some(limit.value)
}

/// A choice of names.
pub(super) fn isolation(
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<Isolation> {
    let expected = r#""worktree", "copy" or "none""#;
    let isolation = section.read("isolation", expected, problems, |value| {
        let found = value.as_str()?;
        Isolation::ALL
            .into_iter()
            .find(|isolation| isolation.as_str() == found)
    })?;
    Some(isolation.value)
}

/// A pace: a number above 0, or `"max"`.
pub(super) fn speed(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Speed> {
    let expected = r#"a number from 0.001 to 1000000, such as 10 for ten times as fast, or "max""#;
    let speed = section.read("speed", expected, problems, |value| match value {
        DeValue::String(text) => (text == "max").then_some(Speed::Max),
        DeValue::Integer(number) => thousandths(number.as_str()),
        DeValue::Float(number) => thousandths(number.as_str()),
        _ => None,
    })?;
    Some(speed.value)
}

fn thousandths(number: &str) -> Option<Speed> {
    let millionths = money::parse(number)?.0;
    // The bound of the sentence above; a thousand times it fits 32 bits.
    let speed = u32::try_from(millionths / 1000).ok()?;
    (1..=1_000_000_000)
        .contains(&speed)
        .then_some(Speed::Thousandths(speed))
}
