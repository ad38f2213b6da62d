//! The gate that `synod gate new` writes.

use std::collections::BTreeMap;

use synod_config::{GateDef, GateSource, starter_gate};

use super::material::builtin;

fn parse(files: &[(String, String)]) -> GateDef {
    let companions: BTreeMap<String, String> = files[1..].iter().cloned().collect();
    GateDef::parse(&GateSource::new(&files[0].0, &files[0].1, companions)).unwrap()
}

#[track_caller]
fn same(mine: &GateDef, from: &GateDef) {
    assert_eq!(mine.name, "mine");
    assert_eq!(mine.version, 1);
    assert_eq!(mine.checkpoint, from.checkpoint);
    assert_eq!(mine.description, from.description);
    assert_eq!(mine.roster, from.roster);
    assert_eq!(mine.quorum, from.quorum);
    assert_eq!(mine.inputs, from.inputs);
    assert_eq!(mine.fallback, from.fallback);
    assert_eq!(mine.answers, from.answers);
    assert_eq!(mine.prompt.text, from.prompt.text);
    assert_eq!(mine.schema.text(), from.schema.text());
    assert_eq!((mine.ballot, mine.repair), (from.ballot, from.repair));
    assert_eq!(
        (&mine.arbiter, mine.audit_permille),
        (&from.arbiter, from.audit_permille)
    );
    assert_eq!(mine.table, from.table);
    assert_eq!(mine.deadlines, from.deadlines);
}

#[test]
fn a_gate_begun_from_a_built_in_one_is_that_gate_under_another_name() {
    for name in ["clarify", "checklist", "analyze", "review"] {
        let from = builtin(name);
        let files = starter_gate("mine", &from).unwrap();
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["mine.toml", "mine.md.j2", "mine.schema.json"]);
        same(&parse(&files), &from);
    }
}

#[test]
fn everything_a_gate_can_say_is_carried_over() {
    let mut source = builtin("clarify").source().clone();
    source.toml = source.toml.replace(
        "roster = [",
        "arbiter = \"judge\"\naudit = 0.125\nballot_prompt = \"b.j2\"\narbiter_prompt = \"a.j2\"\n\
         roster = [{ agent = \"alice\", role = \"the \\\"lawyer\\\"\\n# {{ x }}\" }, ",
    );
    source.toml = source
        .toml
        .replace(
            "purpose = \"what is to be built\"",
            "limit = \"200KB\", purpose = 'a \\ b'",
        )
        .replace("quorum = \"majority\"", "quorum = 2");
    source.toml.push_str(
        "[gate.table]\ncontested = { critical = 'ask', important = 'ask', minor = 'watch' }\n",
    );
    let vote = "{% for input in inputs %}{{ input.fenced }}{% endfor %}{{ findings.fenced }}";
    source.companions.insert("a.j2".to_owned(), vote.to_owned());
    source
        .companions
        .insert("b.j2".to_owned(), format!("vote {vote}"));
    let from = GateDef::parse(&source).unwrap();
    let files = starter_gate("mine", &from).unwrap();
    let mine = parse(&files);
    same(&mine, &from);
    assert_eq!(
        mine.ballot_prompt.unwrap().text,
        from.ballot_prompt.unwrap().text
    );
    assert_eq!(
        mine.arbiter_prompt.unwrap().text,
        from.arbiter_prompt.unwrap().text
    );
}

/// Whoever takes a `#` away must not be punished for it.
#[test]
fn what_stands_in_comments_is_read_too() {
    let mut files = starter_gate("mine", &builtin("clarify")).unwrap();
    let lines = files[0]
        .1
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest)
                if rest.contains(" = ") && !rest.contains(". ") && !rest.contains(',')
                    || rest.starts_with('[')
                    || rest.contains("critical = ") =>
            {
                rest
            }
            _ => line,
        });
    files[0].1 = lines.collect::<Vec<_>>().join("\n");
    let gate = parse(&files);
    assert_eq!(
        (gate.arbiter.as_deref(), gate.audit_permille),
        (Some("AGENT"), 100)
    );
    assert_eq!(gate.table, builtin("clarify").table);
}

#[test]
fn a_newcomer_sees_this() {
    insta::assert_snapshot!(starter_gate("mine", &builtin("clarify")).unwrap()[0].1);
}

#[test]
fn a_name_that_is_none_is_refused() {
    for name in ["", "my gate", "../x", ".x", "a/b", &"x".repeat(65)] {
        let fault = starter_gate(name, &builtin("clarify")).unwrap_err();
        assert_eq!(fault.code(), "bad-name", "{name}");
    }
}
