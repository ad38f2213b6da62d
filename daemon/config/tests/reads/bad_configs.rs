//! Configurations that are refused, each with the exact words. Read the snapshot as a user would.

use std::fmt::Write as _;
use std::path::Path;

use synod_config::{Config, ConfigError};

const AGENT: &str = "[agents.alice]\nadapter = \"command\"\nargv = [\"sh\"]\n";

fn refusal(text: &str) -> ConfigError {
    Config::parse(Path::new("config.toml"), text, Path::new("synodd")).unwrap_err()
}

#[test]
fn every_mistake_in_a_configuration_is_named_with_its_line() {
    let own = |line: &str| format!("{AGENT}{line}\n");
    let argv = |argv: &str| format!("[agents.alice]\nadapter = \"command\"\nargv = {argv}\n");
    let cases = [
        ("unknown key with a near name", own("famly = \"x\"")),
        ("unknown key with no near name", own("colour = 1")),
        ("unknown table", "[agent.alice]\n".into()),
        (
            "unknown key in limits",
            "[limits]\nmax-running = 3\n".into(),
        ),
        (
            "unknown key in a provider",
            "[providers.openai]\nrpm = 3\n".into(),
        ),
        (
            "a name with a dot, unquoted",
            "[agents.gpt-5.1]\nadapter = \"command\"\nargv = [\"x\"]\n".into(),
        ),
        ("not TOML", "[limits]\nmax_running = \n".into()),
        (
            "unclosed string",
            "[agents.alice]\nadapter = \"command\n".into(),
        ),
        ("the same key twice", own("argv = [\"b\"]")),
        ("the same agent twice", format!("{AGENT}{AGENT}")),
        (
            "a string for a number",
            "[limits]\nmax_running = \"many\"\n".into(),
        ),
        ("a table for a number", "[limits.max_running]\n".into()),
        ("a number for a table", "limits = 3\n".into()),
        (
            "an array for a table",
            "[[agents]]\nname = \"alice\"\n".into(),
        ),
        ("zero running", "[limits]\nmax_running = 0\n".into()),
        ("negative queue", "[limits]\nmax_queued = -1\n".into()),
        (
            "a queue beyond 32 bits",
            "[limits]\nmax_queued = 5000000000\n".into(),
        ),
        ("zero bytes", "[limits]\noutput_bytes = 0\n".into()),
        (
            "a size in unknown units",
            "[limits]\nspec_bytes = \"5 pages\"\n".into(),
        ),
        ("zero grace", "[limits]\ngrace = \"0s\"\n".into()),
        (
            "zero for a provider",
            "[providers.openai]\nmax_running = 0\n".into(),
        ),
        (
            "a float for a provider",
            "[providers.openai]\nmax_running = 1.5\n".into(),
        ),
        ("no adapter", "[agents.alice]\nargv = [\"x\"]\n".into()),
        (
            "unknown adapter",
            "[agents.alice]\nadapter = \"comand\"\nargv = [\"x\"]\n".into(),
        ),
        (
            "empty adapter",
            "[agents.alice]\nadapter = \"\"\nargv = [\"x\"]\n".into(),
        ),
        ("no argv", "[agents.alice]\nadapter = \"command\"\n".into()),
        ("argv as one string", argv("\"sh -c true\"")),
        ("empty argv", argv("[]")),
        ("empty program", argv("[\"\", \"x\"]")),
        ("a number in argv", argv("[\n  \"sleep\",\n  5,\n]")),
        ("NUL in argv", argv("[\"sh\", \"a\\u0000b\"]")),
        ("duration as a number", own("timeout = 600")),
        ("duration in words", own("timeout = \"10 minutes\"")),
        ("zero timeout", own("timeout = \"0s\"")),
        ("endless timeout", own("timeout = \"1000d\"")),
        ("env with a value", own("env = [\"API_KEY=hunter2\"]")),
        ("env with a bad name", own("env = [\"API-KEY\"]")),
        ("env as a table", own("env = { API_KEY = \"x\" }")),
        ("relative cwd", own("cwd = \"work\"")),
        ("empty provider", own("provider = \"\"")),
        ("provider with a space", own("provider = \"open ai\"")),
        ("empty family", own("family = \"\"")),
        (
            "empty agent name",
            "[agents.\"\"]\nadapter = \"command\"\nargv = [\"x\"]\n".into(),
        ),
        (
            "agent name with a comma",
            "[agents.\"a,b\"]\nadapter = \"command\"\nargv = [\"x\"]\n".into(),
        ),
        (
            "agent name like an option",
            "[agents.-x]\nadapter = \"command\"\nargv = [\"x\"]\n".into(),
        ),
        (
            "a built-in's name",
            "[agents.ambiguity]\nadapter = \"command\"\nargv = [\"x\"]\n".into(),
        ),
        (
            "CRLF lines",
            "[limits]\r\nmax_running = 4\r\ngrace = 5\r\n".into(),
        ),
        (
            "several at once, in order",
            "[limits]\ngrace = 5\nmax_runing = 2\n[agents.bob]\nadapter = \"codx\"\n".into(),
        ),
    ];
    insta::assert_snapshot!(told(&cases));
}

#[test]
fn every_mistake_in_an_agent_of_a_known_cli_is_named_with_its_line() {
    let claude = |line: &str| format!("[agents.c]\nadapter = \"claude\"\n{line}\n");
    let command = |line: &str| format!("{AGENT}{line}\n");
    let acp = |line: &str| format!("[agents.g]\nadapter = \"acp\"\nargv = [\"g\"]\n{line}\n");
    let replay =
        |line: &str| format!("[agents.r]\nadapter = \"replay\"\nrecording = \"/r.rec\"\n{line}\n");
    let rules = |rules: &str| acp(&format!("[agents.g.permissions]\nrules = {rules}"));
    let mut cases = vec![
        ("acp without argv", "[agents.g]\nadapter = \"acp\"\n".into()),
        (
            "a replay of nothing",
            "[agents.r]\nadapter = \"replay\"\n".into(),
        ),
        (
            "a relative recording",
            "[agents.r]\nadapter = \"replay\"\nrecording = \"r\"\n".into(),
        ),
        ("a speed of nothing", replay("speed = 0")),
        ("a speed in words", replay("speed = \"fast\"")),
        ("empty argv of a known CLI", claude("argv = []")),
        (
            "flags as a word",
            claude("argv = [\"c\"]\nprofile_flags = \"yes\""),
        ),
        ("NUL in args", claude("args = [\"a\\u0000\"]")),
        ("args as one string", claude("args = \"--verbose\"")),
        ("an empty model", claude("model = \"\"")),
        (
            "a model like a flag",
            claude("model = \"--dangerously-skip-permissions\""),
        ),
        ("no steps", claude("steps = 0")),
        ("tokens in words", claude("tokens = \"5M\"")),
        ("a negative cost", claude("cost = -1")),
        ("a cost in euros", claude("cost = \"2 EUR\"")),
        ("a cost with an exponent", claude("cost = 1e3")),
        ("a first byte of nothing", claude("first_byte = \"0s\"")),
        ("a first byte never", claude("first_byte = \"never\"")),
        ("an unknown isolation", claude("isolation = \"container\"")),
        (
            "an unknown ruling",
            acp("[agents.g.permissions]\ndefault = \"maybe\""),
        ),
        ("permissions as a word", acp("permissions = \"allow\"")),
        (
            "an unknown key of permissions",
            acp("[agents.g.permissions]\notherwise = \"ask\""),
        ),
        ("a rule without a ruling", rules("[{ kinds = [\"read\"] }]")),
        (
            "a rule of unknown kind",
            rules("[{ kinds = [\"write\"], ruling = \"deny\" }]"),
        ),
        (
            "a rule for no kind",
            rules("[{ kinds = [], ruling = \"allow\" }]"),
        ),
        (
            "a rule for no path",
            rules("[{ paths = [\"\"], ruling = \"allow\" }]"),
        ),
        (
            "a rule with a misspelt key",
            rules("[{ path = [\"x\"], ruling = \"allow\" }]"),
        ),
        ("a rule as a word", rules("[\"allow\"]")),
        ("a price of nothing", "[prices.m]\n".into()),
        (
            "a price in words",
            "[prices.m]\ninput = \"cheap\"\noutput = 1\n".into(),
        ),
        (
            "a price of no model",
            "[prices.\"\"]\ninput = 1\noutput = 1\n".into(),
        ),
        ("a price as a number", "[prices]\nm = 3\n".into()),
        (
            "an unknown key of a price",
            "[prices.m]\ninput = 1\noutput = 1\nreasoning = 1\n".into(),
        ),
        (
            "a retention of nothing",
            "[retention]\nworktrees = \"0d\"\n".into(),
        ),
        (
            "an unknown retention",
            "[retention]\nruns = \"1d\"\n".into(),
        ),
        (
            "a roster of a stranger",
            "[rosters]\nall = [\"ambiguity\", \"clude\"]\n".into(),
        ),
        (
            "a roster of one twice",
            "[rosters]\nall = [\"ambiguity\", \"ambiguity\"]\n".into(),
        ),
        ("a roster of nobody", "[rosters]\nall = []\n".into()),
        (
            "a roster as a word",
            "[rosters]\nall = \"ambiguity\"\n".into(),
        ),
        (
            "a roster named as an agent",
            "[rosters]\nambiguity = [\"testability\"]\n".into(),
        ),
        (
            "a roster with a bad name",
            "[rosters]\n\"a,b\" = [\"testability\"]\n".into(),
        ),
        (
            "a roster of a refused agent is told once",
            "[agents.c]\nadapter = \"clude\"\n[rosters]\nall = [\"c\"]\n".into(),
        ),
    ];
    for line in [
        "model = \"m\"",
        "profile_flags = true",
        "steps = 1",
        "tokens = 1",
        "cost = 1",
    ] {
        cases.push(("pointless for a command", command(line)));
    }
    for line in [
        "mode = \"m\"",
        "permissions = {}",
        "recording = \"/r\"",
        "speed = 1",
    ] {
        cases.push(("pointless for a command", command(line)));
        cases.push(("pointless for a known CLI", claude(line)));
    }
    cases.push(("pointless for a known CLI", claude("profile_flags = true")));
    for line in ["model = \"m\"", "profile_flags = true", "speed = 1"] {
        cases.push(("pointless for acp", acp(line)));
    }
    for line in [
        "argv = [\"x\"]",
        "args = []",
        "profile_flags = false",
        "model = \"m\"",
        "mode = \"m\"",
        "env = []",
        "isolation = \"none\"",
        "permissions = {}",
    ] {
        cases.push(("pointless for a replay", replay(line)));
    }
    insta::assert_snapshot!(told(&cases));
}

/// Each case and what is said of it.
fn told(cases: &[(&str, String)]) -> String {
    let mut told = String::new();
    for (name, text) in cases {
        let error = refusal(text);
        writeln!(told, "{name} [{}]\n{error}\n", error.code()).unwrap();
    }
    told
}

#[test]
fn a_secret_beside_a_name_is_not_repeated() {
    let error = refusal(&format!("{AGENT}env = [\"API_KEY=hunter2\"]\n")).to_string();
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_configuration_that_cannot_be_read_is_refused_and_not_taken_for_absent() {
    let folder = tempfile::tempdir().unwrap();
    let load = |path: &Path| Config::load(path, Path::new("synodd")).unwrap_err();
    let error = load(folder.path());
    assert_eq!(error.code(), "not-a-file");
    assert!(
        error
            .to_string()
            .ends_with("expected a regular file, found a directory"),
        "{error}"
    );

    let latin1 = folder.path().join("config.toml");
    std::fs::write(&latin1, b"# caf\xe9\n").unwrap();
    let error = load(&latin1);
    assert_eq!(error.code(), "not-utf8");
    assert!(error.to_string().contains("offset 5"), "{error}");
}
