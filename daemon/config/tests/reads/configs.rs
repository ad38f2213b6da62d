//! Configurations that are fine, and what holds without one.

use std::path::Path;
use std::time::Duration;

use synod_config::{Adapter, Agent, Config, Limits, Origin, Provider};

const SYNODD: &str = "/opt/synod/synodd";

fn parse(text: &str) -> Config {
    Config::parse(Path::new("config.toml"), text, Path::new(SYNODD)).unwrap()
}

#[test]
fn a_missing_file_is_the_default_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let config = Config::load(&path, Path::new(SYNODD)).unwrap();
    assert_eq!(config, Config::defaults(Path::new(SYNODD)));
    assert_eq!(config, parse(""));
    assert_eq!(config.limits.max_running, 16);
    assert_eq!(config.limits.max_queued, 10_000);
    assert_eq!(config.limits.output_bytes, 256 * 1024 * 1024);
    assert_eq!(config.limits.spec_bytes, 5 * 1024 * 1024);
    assert_eq!(config.limits.grace, Duration::from_secs(5));
}

#[test]
fn the_default_roster_is_the_three_reviewers_run_from_the_daemons_own_binary() {
    let config = parse("");
    let roster = config.default_roster();
    let names: Vec<&str> = roster.iter().map(|agent| agent.name.as_str()).collect();
    assert_eq!(names, ["ambiguity", "testability", "consistency"]);
    for agent in roster {
        assert_eq!(agent.argv, [SYNODD, "reviewer", &agent.name]);
        assert_eq!(agent.family(), "rules");
        assert_eq!(agent.provider, "local");
        assert_eq!(agent.origin, Origin::Builtin);
    }
}

#[test]
fn an_agent_is_read_whole() {
    let config = parse(
        r#"
        [agents.alice]
        adapter  = "command"
        argv     = ["sh", "-c", "cat >/dev/null; cat answer.json", ""]
        env      = ["API_KEY", "_x1", "API_KEY"]
        provider = "openai"
        family   = "house"
        timeout  = "1h30m"
        cwd      = "/srv/work"
        "#,
    );
    let expected = Agent {
        name: "alice".to_owned(),
        adapter: Adapter::Command,
        argv: ["sh", "-c", "cat >/dev/null; cat answer.json", ""]
            .map(str::to_owned)
            .to_vec(),
        env: vec!["API_KEY".to_owned(), "_x1".to_owned()],
        provider: "openai".to_owned(),
        family: Some("house".to_owned()),
        timeout: Duration::from_mins(90),
        cwd: Some("/srv/work".into()),
        origin: Origin::User,
    };
    assert_eq!(config.agents["alice"], expected);
    assert_eq!(config.agents.len(), 4);
}

#[test]
fn an_agent_needs_no_more_than_an_adapter_and_a_command() {
    let config = parse("[agents.'gpt-5.1']\nadapter = 'command'\nargv = ['x']\n");
    let agent = &config.agents["gpt-5.1"];
    assert_eq!(agent.provider, "local");
    assert_eq!((agent.family.as_deref(), agent.family()), (None, "unknown"));
    assert_eq!(agent.timeout, Duration::from_mins(30));
    assert_eq!(agent.cwd, None);
}

#[test]
fn providers_run_three_at_once_unless_said_otherwise_and_this_machine_any_number() {
    let config = parse(
        "[providers.openai]\nmax_running = 8\n[providers.google]\n[providers.lab]\nmax_running = 'unlimited'\n",
    );
    let check = |name: &str, max_running| {
        assert_eq!(config.provider(name), Provider { max_running }, "{name}");
    };
    check("openai", Some(8));
    check("google", Some(3));
    check("lab", None);
    check("anthropic", Some(3));
    check("local", None);
    let config = parse("[providers.local]\nmax_running = 2\n");
    assert_eq!(config.provider("local").max_running, Some(2));
}

#[test]
fn limits_are_read_in_the_units_people_use() {
    let config = parse(
        "[limits]\nmax_running = 0x20\nmax_queued = 5\noutput_bytes = '1 GiB'\nspec_bytes = 4096\nsubject_bytes = '64KiB'\ngrace = '500ms'\n",
    );
    let expected = Limits {
        max_running: 32,
        max_queued: 5,
        output_bytes: 1 << 30,
        spec_bytes: 4096,
        subject_bytes: 64 << 10,
        grace: Duration::from_millis(500),
    };
    assert_eq!(config.limits, expected);
}

#[test]
fn a_roster_keeps_its_order_and_names_everyone_once() {
    let config = parse("[agents.alice]\nadapter = 'command'\nargv = ['x']\n");
    let names = |list: &[&str]| {
        config
            .roster(list)
            .map(|roster| roster.iter().map(|a| a.name.clone()).collect::<Vec<_>>())
            .map_err(|error| (error.code(), error.to_string()))
    };
    assert_eq!(names(&["alice"]).unwrap(), ["alice"]);
    assert_eq!(
        names(&["testability", "alice"]).unwrap(),
        ["testability", "alice"]
    );
    let known = "known agents: alice, ambiguity, consistency, testability";
    let unknown = format!("unknown agent \"alcie\"; did you mean \"alice\"? {known}");
    assert_eq!(names(&["alcie"]), Err(("unknown-agent", unknown)));
    assert_eq!(names(&["alice", "alice"]).unwrap_err().0, "agent-twice");
    assert_eq!(names(&[]).unwrap_err().0, "empty-roster");
}

/// What stands there is for the terminal UI to check.
#[test]
fn the_section_of_the_terminal_ui_is_left_alone() {
    let text = "[tui]\ntheme = 'sepia'\n[tui.keys]\nquit = 3\n";
    assert_eq!(parse(text), parse(""));
}
