//! The gates in the binary, as text.

use std::path::Path;

use synod_consensus::{Schema, SchemaError};

use super::source::GateSource;

/// Their sources. A schema's owner is the crate that checks answers against it.
pub(super) fn sources() -> Result<Vec<GateSource>, SchemaError> {
    let source = |name: &str, toml: &str, template: &str, schema: &Schema| {
        let companions = [
            (format!("{name}.md.j2"), template.to_owned()),
            (schema.name().to_owned(), schema.text().to_owned()),
        ];
        GateSource::new(Path::new(name).with_extension("toml"), toml, companions)
    };
    Ok(vec![
        source(
            "clarify",
            include_str!("../builtin/clarify.toml"),
            include_str!("../builtin/clarify.md.j2"),
            &Schema::clarify()?,
        ),
        source(
            "checklist",
            include_str!("../builtin/checklist.toml"),
            include_str!("../builtin/checklist.md.j2"),
            &Schema::checklist()?,
        ),
        source(
            "analyze",
            include_str!("../builtin/analyze.toml"),
            include_str!("../builtin/analyze.md.j2"),
            &Schema::analyze()?,
        ),
        source(
            "review",
            include_str!("../builtin/review.toml"),
            include_str!("../builtin/review.md.j2"),
            &Schema::review()?,
        ),
    ])
}
