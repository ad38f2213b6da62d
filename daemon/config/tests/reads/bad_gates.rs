//! Gate definitions that are refused, each with the exact words.

use std::fmt::Write as _;

use synod_config::gates::GateSource;
use synod_config::{GateDef, GateError};
use synod_consensus::Table;
use synod_consensus::table::Cell;

const GOOD: &str = r#"[gate]
name = "mine"
version = 1
roster = ["alice", { agent = "bob", role = "the lawyer" }]
inputs = [{ path = "spec.md", required = true }, { path = "docs/PRD.md" }]
prompt = "mine.md.j2"
schema = "mine.schema.json"
"#;

fn source(toml: &str, template: &str, schema: &str) -> GateSource {
    let companions = [
        ("mine.md.j2".to_owned(), template.to_owned()),
        ("mine.schema.json".to_owned(), schema.to_owned()),
    ];
    GateSource::new("mine.toml", toml, companions)
}

const SCHEMA: &str = r#"{"required": ["findings"]}"#;

const TEMPLATE: &str = "{% for input in inputs %}{{ input.fenced }}{% endfor %}";

fn parse(toml: &str) -> Result<GateDef, GateError> {
    GateDef::parse(&source(toml, TEMPLATE, SCHEMA))
}

#[test]
fn a_gate_of_ones_own_is_read_whole() {
    let gate = parse(GOOD).unwrap();
    assert_eq!(gate.role_of("bob"), Some("the lawyer"));
    assert_eq!(gate.role_of("alice"), None);
    assert_eq!(gate.checkpoint, None);
    assert_eq!(gate.prompt.text, TEMPLATE);
    let rounds = "ballot = true\nrepair = 3\narbiter = \"judge\"\naudit = 0.1\n";
    let gate = parse(&format!("{GOOD}{rounds}")).unwrap();
    assert_eq!((gate.ballot, gate.repair), (true, 3));
    assert_eq!(gate.arbiter.as_deref(), Some("judge"));
    assert_eq!(gate.audit_permille, 100);
    let off = "ballot = false\nrepair = 0\narbiter = \"\"\naudit = 0.0\n";
    let gate = parse(&format!("{GOOD}{off}")).unwrap();
    assert_eq!((gate.ballot, gate.repair), (false, 0));
    assert_eq!((gate.arbiter, gate.audit_permille), (None, 0));
    let row = "table.unconfirmed = { critical = 'ask', important = 'ask', minor = 'watch' }\n";
    let table = parse(&format!("{GOOD}{row}")).unwrap().table;
    assert_eq!(
        (table.unconfirmed.minor, table.contested),
        (Cell::Watch, Table::default().contested)
    );
}

#[test]
fn every_mistake_in_a_gate_is_named_with_its_line() {
    let with = |line: &str| format!("{GOOD}{line}\n");
    let instead = |key: &str, line: &str| {
        GOOD.lines()
            .map(|old| if old.starts_with(key) { line } else { old })
            .fold(String::new(), |text, line| text + line + "\n")
    };
    let cases = [
        ("no gate", "name = \"mine\"\n".into()),
        ("empty gate", "[gate]\n".into()),
        ("unknown key", with("qourum = 2")),
        ("bad name", instead("name", "name = \"my gate\"")),
        ("version zero", instead("version", "version = 0")),
        ("roster in words", instead("roster", "roster = \"all\"")),
        (
            "quorum of nobody",
            instead("roster", "roster = []\nquorum = 0"),
        ),
        (
            "agent twice",
            instead("roster", "roster = [\"alice\", { agent = \"alice\" }]"),
        ),
        (
            "seat without agent",
            instead("roster", "roster = [{ role = \"x\" }]"),
        ),
        (
            "seat with unknown key",
            instead("roster", "roster = [{ agent = \"x\", rol = \"x\" }]"),
        ),
        ("a number in the roster", instead("roster", "roster = [3]")),
        ("quorum zero", with("quorum = 0")),
        ("quorum out of reach", with("quorum = 3")),
        ("quorum in words", with("quorum = \"most\"")),
        ("no inputs", instead("inputs", "inputs = []")),
        (
            "inputs as names",
            instead("inputs", "inputs = [\"spec.md\"]"),
        ),
        (
            "input outside the subject",
            instead("inputs", "inputs = [{ path = \"../secret.md\" }]"),
        ),
        (
            "input with an absolute path",
            instead("inputs", "inputs = [{ path = \"/etc/passwd\" }]"),
        ),
        (
            "input twice",
            instead(
                "inputs",
                "inputs = [{ path = \"a.md\" }, { path = \"a.md\" }]",
            ),
        ),
        (
            "required in words",
            instead(
                "inputs",
                "inputs = [{ path = \"a.md\", required = \"yes\" }]",
            ),
        ),
        (
            "unknown template",
            instead("prompt", "prompt = \"mine.j2\""),
        ),
        (
            "unknown schema",
            instead("schema", "schema = \"other.json\""),
        ),
        (
            "limit of nothing",
            instead("inputs", "inputs = [{ path = \"a.md\", limit = 0 }]"),
        ),
        (
            "limit in words",
            instead("inputs", "inputs = [{ path = \"a.md\", limit = \"much\" }]"),
        ),
        (
            "input with the name of what later rounds add",
            instead("inputs", "inputs = [{ path = \"findings\" }]"),
        ),
        (
            "input with an unknown key",
            instead("inputs", "inputs = [{ path = \"a.md\", require = true }]"),
        ),
        ("unknown fallback", with("fallback = \"all\"")),
        ("unknown shape", with("answers = \"scores\"")),
        (
            "answers of another shape than the schema's",
            with("answers = \"checks\""),
        ),
        ("ballot in words", with("ballot = \"yes\"")),
        ("too many repairs", with("repair = 4")),
        ("arbiter of several", with("arbiter = [\"alice\"]")),
        ("arbiter with a bad name", with("arbiter = \"the judge\"")),
        ("audit of more than all", with("audit = 1.5")),
        ("audit too fine", with("audit = 0.0001")),
        ("audit in percent", with("audit = \"10%\"")),
        (
            "unknown ballot prompt",
            with("ballot_prompt = \"vote.md.j2\""),
        ),
        (
            "arbiter prompt that leaves out what is asked",
            with("arbiter_prompt = \"mine.md.j2\""),
        ),
        (
            "unknown row",
            with("[gate.table.unconfirmd]\nminor = \"ask\""),
        ),
        (
            "half a row",
            with("[gate.table.unconfirmed]\nminor = \"ask\""),
        ),
        (
            "unknown cell",
            with(
                "[gate.table]\nunconfirmed = { critical = \"ask\", important = \"pass\", minor = \"note\" }",
            ),
        ),
        ("unknown deadline", with("[gate.deadlines]\nafter = \"1m\"")),
        (
            "deadlines the wrong way round",
            with("[gate.deadlines]\npartial_after = \"10m\"\nfail_after = \"5m\""),
        ),
        ("patience", with("[gate.questions]\nremind = \"1h\"")),
        (
            "a reminder at no time",
            with("[gate.questions]\nremind_after = \"soon\""),
        ),
    ];
    let mut told = String::new();
    for (name, toml) in cases {
        let error = parse(&toml).unwrap_err();
        writeln!(told, "{name} [{}]\n{error}\n", error.code()).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn every_mistake_in_a_template_or_schema_is_named() {
    let template = |text: &str| GateDef::parse(&source(GOOD, text, SCHEMA)).unwrap_err();
    let schema = |text: &str| GateDef::parse(&source(GOOD, TEMPLATE, text)).unwrap_err();
    let cases = [
        ("unclosed tag", template("line one\n{{ inputs \n")),
        ("unclosed loop", template("a\n\n{% for input in inputs %}")),
        ("unknown variable", template("a\nb\n{{ input }}\n")),
        ("unknown part of the gate", template("{{ gate.nmae }}")),
        ("unknown filter", template("a\n{{ role|shout }}")),
        (
            "unknown part of an input",
            template("{% for input in inputs %}{{ input.text }}{% endfor %}"),
        ),
        ("input left out", template("review it")),
        (
            "endless",
            template(
                "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}",
            ),
        ),
        ("not JSON", schema("{")),
        ("not an object", schema("[]")),
        (
            "not a schema",
            schema(r#"{"type": "strnig", "required": ["a"]}"#),
        ),
    ];
    let mut told = String::new();
    for (name, error) in cases {
        writeln!(told, "{name} [{}]\n{error}\n", error.code()).unwrap();
    }
    insta::assert_snapshot!(told);
}
