//! The files a gate's TOML names: templates and schemas, each beside it, by its bare name.

use crate::document::{At, Problems, Section};
use crate::error::Fault;
use crate::gate::Companion;
use crate::gates::GateSource;
use crate::near::nearest;

/// A file the gate cannot do without.
pub(super) fn read_companion(
    key: &str,
    what: &'static str,
    section: &Section<'_, '_>,
    source: &GateSource,
    problems: &mut Problems<'_>,
) -> Option<Companion> {
    let expected = expected(what);
    let Some(name) = section.string(key, &expected, problems) else {
        section.missing(key, &expected, problems);
        return None;
    };
    named(what, name, section, source, problems)
}

/// A file the gate may leave out.
pub(super) fn read_optional(
    key: &str,
    what: &'static str,
    section: &Section<'_, '_>,
    source: &GateSource,
    problems: &mut Problems<'_>,
) -> Option<Companion> {
    let name = section.string(key, &expected(what), problems)?;
    named(what, name, section, source, problems)
}

fn expected(what: &str) -> String {
    format!("the file name of a {what}")
}

fn named(
    what: &'static str,
    name: At<&str>,
    section: &Section<'_, '_>,
    source: &GateSource,
    problems: &mut Problems<'_>,
) -> Option<Companion> {
    if let Some(text) = source.companions.get(name.value) {
        return Some(Companion {
            name: name.value.to_owned(),
            file: source.file.with_file_name(name.value).display().to_string(),
            text: text.clone(),
        });
    }
    let found = name.value.to_owned();
    let section = section.title().to_owned();
    let fault = if let Some(message) = source.beside.refused.get(name.value) {
        Fault::Companion {
            what,
            found,
            section,
            message: message.clone(),
        }
    } else {
        let known = || source.known_companions();
        Fault::UnknownReference {
            what,
            suggestion: nearest(name.value, known()),
            found,
            section,
            known: known().collect::<Vec<_>>().join(", "),
        }
    };
    problems.add(name.offset, fault);
    None
}
