//! `inputs` and `fallback` of a gate: the files it looks at.

use std::path::{Component, Path};

use toml::Spanned;
use toml::de::DeValue;

use crate::document::{At, Problems, Section, describe};
use crate::gate::{Fallback, InputDecl, Presence};

/// The name under which findings stand beside the inputs in later rounds. No input may have it.
pub const RESERVED: &str = "findings";

const EXPECTED: &str = r#"an array of files, such as [{ path = "spec.md", required = true }]"#;
const PATH_EXPECTED: &str = "a path below the subject's folder, each once, not \"findings\"";

pub(super) fn read_inputs(
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<Vec<InputDecl>> {
    let Some(items) = section.array("inputs", EXPECTED, problems) else {
        section.missing("inputs", EXPECTED, problems);
        return None;
    };
    let mut inputs: Vec<InputDecl> = Vec::new();
    for item in items.value {
        let input = read_input(section, item, &inputs, problems)?;
        inputs.push(input);
    }
    if inputs.is_empty() {
        let at = At {
            offset: items.offset,
            value: "an empty array",
        };
        section.refuse("inputs", at, EXPECTED, problems);
        return None;
    }
    Some(inputs)
}

fn read_input<'d>(
    section: &Section<'d, '_>,
    item: &'d Spanned<DeValue<'_>>,
    before: &[InputDecl],
    problems: &mut Problems<'_>,
) -> Option<InputDecl> {
    let Some(entry) = section.inline("inputs", item) else {
        let found = describe(item.get_ref());
        let at = At {
            offset: item.span().start,
            value: found.as_str(),
        };
        section.refuse("inputs", at, EXPECTED, problems);
        return None;
    };
    entry.only(&["limit", "path", "purpose", "required"], problems);
    let path = entry.read("path", PATH_EXPECTED, problems, |value| {
        value.as_str().filter(|path| {
            is_below(path) && *path != RESERVED && before.iter().all(|known| known.path != *path)
        })
    });
    if path.is_none() {
        entry.missing("path", PATH_EXPECTED, problems);
    }
    let required = entry.read("required", "true or false", problems, DeValue::as_bool);
    let limit = entry.size("limit", problems);
    let purpose = entry.string(
        "purpose",
        "what it is looked into for, in a few words",
        problems,
    );
    Some(InputDecl {
        path: path?.value.to_owned(),
        presence: if required.is_some_and(|at| at.value) {
            Presence::Required
        } else {
            Presence::Optional
        },
        limit,
        purpose: purpose.map(|at| at.value.to_owned()),
    })
}

/// A gate in a repository must not read outside the subject.
fn is_below(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\0')
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}

/// Absent: whoever requires nothing takes what is there.
pub(super) fn read_fallback(
    section: &Section<'_, '_>,
    inputs: &[InputDecl],
    problems: &mut Problems<'_>,
) -> Fallback {
    let expected =
        r#""markdown" (all *.md files of a folder that has none of the inputs) or "none""#;
    let read = section.read("fallback", expected, problems, |value| {
        match value.as_str()? {
            "markdown" => Some(Fallback::Markdown),
            "none" => Some(Fallback::Nothing),
            _ => None,
        }
    });
    match read {
        Some(at) => at.value,
        None if inputs.iter().any(|i| i.presence == Presence::Required) => Fallback::Nothing,
        None => Fallback::Markdown,
    }
}
