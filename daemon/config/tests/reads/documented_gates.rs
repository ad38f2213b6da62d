//! What `docs/gates.md` and the example promise to those who write gates.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use synod_config::{
    Agents, Checklist, Deadlines, GateDef, GateSource, Presence, check_folder, render,
};
use synod_consensus::{Table, extract};

use super::material::{NONCE, builtin, receipts, subject};

const DOCUMENT: &str = include_str!("../../../../docs/gates.md");

fn examples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/gates")
}

fn block(beginning: &str) -> &'static str {
    let start = DOCUMENT.find(&format!("\n```toml\n{beginning}")).unwrap() + "\n```toml\n".len();
    DOCUMENT[start..].split_once("```\n").unwrap().0
}

fn parse(toml: &str) -> Result<GateDef, synod_config::GateError> {
    let template = "{% for input in inputs %}{{ input.fenced }}{% endfor %}";
    let companions = [
        ("mine.md.j2".to_owned(), template.to_owned()),
        (
            "mine.schema.json".to_owned(),
            r#"{"required": ["findings"]}"#.to_owned(),
        ),
    ];
    GateDef::parse(&GateSource::new("mine.toml", toml, companions))
}

#[test]
fn the_example_of_a_gate_of_ones_own_is_read() {
    let checked = check_folder(&examples(), Agents::Known(&BTreeSet::new())).unwrap();
    let gates: Vec<GateDef> = checked.into_iter().map(|one| one.gate.unwrap()).collect();
    let [privacy] = &gates[..] else {
        panic!("one gate: {}", gates.len());
    };
    assert_eq!(
        (privacy.name.as_str(), privacy.ballot, privacy.repair),
        ("privacy", true, 1)
    );
    assert_eq!(privacy.limit_of("data.md"), Some(200_000));

    let subject = subject(&[("spec.md", "We keep e-mail addresses.")]);
    let receipts = receipts(&subject);
    let role = Some("the lawyer");
    let prompt = render(
        privacy,
        role,
        &subject,
        &Checklist::default(),
        NONCE,
        &receipts,
    )
    .unwrap();
    assert!(prompt.contains("Your part in this review: the lawyer. Look there first"));
    let answer = json!({"receipts": receipts, "findings": [{
        "kind": "retention", "claim": "Nothing says how long addresses are kept.",
        "severity": "important", "resolvability": "need-human",
        "quotes": [{"path": "spec.md", "text": "We keep e-mail addresses."}],
    }]});
    let known = Some(prompt.as_bytes());
    let printed = answer.to_string();
    let found = extract(printed.as_bytes(), &privacy.schema, &receipts, known).unwrap();
    assert_eq!(found.value, answer);
}

#[test]
fn the_shortest_gate_shown_is_read() {
    let gate = parse(block("[gate]\nname = \"mine\"")).unwrap();
    assert_eq!(gate.role_of("bob"), Some("the lawyer"));
    assert_eq!(gate.deadlines, Deadlines::default());
}

#[test]
fn the_rosters_inputs_and_table_shown_are_read_and_the_table_is_the_default() {
    let head = "[gate]\nname = \"mine\"\nversion = 1\nprompt = \"mine.md.j2\"\nschema = \"mine.schema.json\"\n";
    let toml = [
        head,
        block("roster = "),
        block("inputs = "),
        block("[gate.table]"),
    ]
    .concat();
    let gate = parse(&toml).unwrap();
    assert_eq!(gate.inputs[0].presence, Presence::Required);
    assert_eq!(gate.limit_of("docs/data.md"), Some(200_000));
    assert_eq!(gate.table, Table::default());
}

/// The words after `known …:` in a refusal, which come from the reader itself.
fn known(words: &str, what: &str) -> Vec<String> {
    let (_, list) = words.split_once(&format!("known {what}: ")).unwrap();
    list.lines()
        .next()
        .unwrap()
        .split(", ")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_key_and_every_variable_is_in_the_document() {
    let toml = block("[gate]\nname = \"mine\"");
    let keys = parse(&format!("{toml}nonsense = 1\n"))
        .unwrap_err()
        .to_string();
    let mut source = builtin("clarify").source().clone();
    source
        .companions
        .insert("clarify.md.j2".to_owned(), "{{ nonsense }}".to_owned());
    let variables = GateDef::parse(&source).unwrap_err().to_string();
    source = builtin("clarify").source().clone();
    source.toml = source
        .toml
        .replace("ballot = true", "ballot_prompt = \"b.j2\"");
    source
        .companions
        .insert("b.j2".to_owned(), "{{ nonsense }}".to_owned());
    let later = GateDef::parse(&source).unwrap_err().to_string();
    let mut names = known(&keys, "keys");
    assert!(names.len() > 15, "{names:?}");
    names.extend(known(&variables, "variables"));
    names.extend(known(&later, "variables"));
    for name in names {
        assert!(DOCUMENT.contains(&format!("`{name}`")), "{name}");
    }
}

/// The table of gates says what the gates say.
#[test]
fn the_four_gates_are_told_as_they_are() {
    for name in ["clarify", "checklist", "analyze", "review"] {
        let gate = builtin(name);
        let line = DOCUMENT
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")))
            .unwrap();
        assert!(
            line.contains(&format!("`{}`", gate.checkpoint.unwrap())),
            "{line}"
        );
        for input in gate.inputs.iter().filter(|input| input.path != "diff") {
            assert!(line.contains(&format!("`{}`", input.path)), "{line}");
        }
        assert_eq!(
            line.contains("no: name agents"),
            gate.roster.is_empty(),
            "{line}"
        );
    }
}
