//! Configurations that are fine, and what holds without one.

use std::path::Path;
use std::time::Duration;

use synod_adapters::{Adapter, Money, Policy, Rule, Ruling, ToolKind};
use synod_config::{
    Agent, AgentLimits, Config, Isolation, Kind, Limits, Origin, Program, Provider, Recording,
    Retention, Speed,
};

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
fn without_a_word_there_are_the_three_reviewers_run_from_the_daemons_own_binary() {
    let config = parse("");
    let names: Vec<&str> = config.agents.keys().map(String::as_str).collect();
    assert_eq!(names, ["ambiguity", "consistency", "testability"]);
    for agent in config.agents.values() {
        let argv = [SYNODD, "reviewer", &agent.name].map(str::to_owned);
        assert_eq!(agent.program, Program::Own(argv.to_vec()));
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
        adapter      = "command"
        argv         = ["sh", "-c", "cat >/dev/null; cat answer.json", ""]
        args         = ["--last"]
        env          = ["API_KEY", "_x1", "API_KEY"]
        provider     = "openai"
        family       = "house"
        timeout      = "1h30m"
        first_byte   = "5m"
        output_bytes = "1 MiB"
        cwd          = "/srv/work"
        isolation    = "copy"
        "#,
    );
    let argv = ["sh", "-c", "cat >/dev/null; cat answer.json", ""];
    let expected = Agent {
        name: "alice".to_owned(),
        kind: Kind::Cli(Adapter::Command),
        program: Program::Own(argv.map(str::to_owned).to_vec()),
        args: vec!["--last".to_owned()],
        model: None,
        env: vec!["API_KEY".to_owned(), "_x1".to_owned()],
        provider: "openai".to_owned(),
        family: Some("house".to_owned()),
        timeout: Duration::from_mins(90),
        first_byte: Some(Duration::from_mins(5)),
        limits: AgentLimits {
            output_bytes: Some(1 << 20),
            ..AgentLimits::default()
        },
        cwd: Some("/srv/work".into()),
        isolation: Some(Isolation::Copy),
        mode: None,
        permissions: Policy::default(),
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

#[test]
fn an_agent_of_a_known_cli_needs_its_adapter_alone() {
    let config = parse(
        "[agents.c]\nadapter='claude'\n[agents.x]\nadapter='codex'\n[agents.g]\nadapter='gemini'\n\
         [agents.o]\nadapter='opencode'\n[agents.a]\nadapter='acp'\nargv=['gemini', '--acp']\n",
    );
    let check = |name: &str, provider: &str, family: &str| {
        let agent = &config.agents[name];
        assert_eq!(
            (agent.provider.as_str(), agent.family()),
            (provider, family)
        );
    };
    check("c", "anthropic", "claude");
    check("x", "openai", "gpt");
    check("g", "google", "gemini");
    check("o", "local", "unknown");
    check("a", "local", "unknown");
    assert_eq!(config.agents["c"].program, Program::Profile);
    // P9: a silence within the first minute is no death.
    assert!(config.agents["c"].first_byte > Some(Duration::from_mins(1)));
}

#[test]
fn an_agent_of_a_known_cli_may_have_a_program_of_its_own_with_or_without_the_profiles_flags() {
    let config = parse(
        "[agents.a]\nadapter='claude'\nargv=['/opt/claude', '-x']\n\
         [agents.b]\nadapter='claude'\nargv=['/opt/claude']\nprofile_flags=true\nargs=['--y']\n",
    );
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let a = Program::Own(words(&["/opt/claude", "-x"]));
    assert_eq!(config.agents["a"].program, a);
    let b = Program::OwnWithFlags(words(&["/opt/claude"]));
    assert_eq!(config.agents["b"].program, b);
    assert_eq!(config.agents["b"].args, ["--y"]);
}

#[test]
fn limits_of_an_agent_are_read_to_the_last_digit() {
    let config = parse(
        "[agents.c]\nadapter='claude'\nmodel='opus'\nsteps=200\ntokens=5_000_000\ncost='2.50'\n\
         first_byte='off'\nisolation='none'\n[agents.d]\nadapter='codex'\ncost=0.3\n",
    );
    let agent = &config.agents["c"];
    let limits = AgentLimits {
        steps: Some(200),
        tokens: Some(5_000_000),
        cost: Some(Money(2_500_000)),
        output_bytes: None,
    };
    assert_eq!(agent.limits, limits);
    assert_eq!(agent.first_byte, None);
    assert_eq!(agent.model.as_deref(), Some("opus"));
    assert_eq!(agent.isolation, Some(Isolation::None));
    assert_eq!(config.agents["d"].limits.cost, Some(Money(300_000)));
}

#[test]
fn permissions_are_rules_in_their_order_and_what_holds_otherwise() {
    let config = parse(
        r#"
        [agents.a]
        adapter = "acp"
        argv    = ["gemini", "--acp"]
        mode    = "default"
        [agents.a.permissions]
        default = "deny"
        rules   = [{ kinds = ["read", "search"], ruling = "allow" }]
        [agents.b]
        adapter = "acp"
        argv    = ["x"]
        [[agents.b.permissions.rules]]
        kinds  = ["edit"]
        paths  = ["src/**"]
        ruling = "allow"
        [[agents.b.permissions.rules]]
        ruling = "deny"
        "#,
    );
    let rule = |kinds: &[ToolKind], paths: &[&str], ruling| Rule {
        kinds: kinds.to_vec(),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        ruling,
    };
    let a = Policy {
        rules: vec![rule(
            &[ToolKind::Read, ToolKind::Search],
            &[],
            Ruling::Allow,
        )],
        otherwise: Ruling::Deny,
    };
    assert_eq!(config.agents["a"].permissions, a);
    assert_eq!(config.agents["a"].mode.as_deref(), Some("default"));
    let b = Policy {
        rules: vec![
            rule(&[ToolKind::Edit], &["src/**"], Ruling::Allow),
            rule(&[], &[], Ruling::Deny),
        ],
        otherwise: Ruling::Ask,
    };
    assert_eq!(config.agents["b"].permissions, b);
}

#[test]
fn a_replay_plays_at_the_recorded_pace_unless_told_otherwise() {
    let replay = |speed: &str| {
        let text = format!("[agents.r]\nadapter='replay'\nrecording='/r.rec'\n{speed}\n");
        match &parse(&text).agents["r"].kind {
            Kind::Replay(Recording { path, speed }) => {
                assert_eq!(path, Path::new("/r.rec"));
                speed.to_string()
            }
            Kind::Cli(adapter) => panic!("expected a replay, found {adapter}"),
        }
    };
    assert_eq!(replay(""), "1");
    assert_eq!(replay("speed = 10"), "10");
    assert_eq!(replay("speed = 0.25"), "0.25");
    assert_eq!(replay("speed = 'max'"), "max");
    assert_eq!(Speed::Thousandths(1500).to_string(), "1.5");
}

#[test]
fn the_most_exact_price_counts_and_cached_tokens_cost_as_all_unless_said() {
    let config = parse(
        "[prices.'claude-*']\ninput=3\ncached=0.30\noutput=15\n\
         [prices.claude-opus-4]\ninput='5.000001'\noutput=25\n\
         [prices.'*']\ninput=0\noutput=0\n[prices.'claude-opus-*']\ninput=4\noutput=20\n",
    );
    let input = |model: &str| config.prices.of(model).unwrap().input;
    assert_eq!(input("claude-opus-4"), Money(5_000_001));
    assert_eq!(input("claude-opus-5"), Money(4_000_000));
    assert_eq!(input("claude-haiku"), Money(3_000_000));
    assert_eq!(input("gpt"), Money(0));
    let price = config.prices.of("claude-haiku").unwrap();
    assert_eq!(
        (price.cached, price.output),
        (Money(300_000), Money(15_000_000))
    );
    assert_eq!(
        config.prices.of("claude-opus-4").unwrap().cached,
        Money(5_000_001)
    );
    assert_eq!(parse("").prices.of("gpt"), None);
}

#[test]
fn worktrees_are_kept_two_weeks_unless_said_otherwise() {
    let kept = |text: &str| parse(text).retention;
    let worktrees = Some(Duration::from_hours(14 * 24));
    assert_eq!(kept(""), Retention { worktrees });
    let worktrees = Some(Duration::from_hours(48));
    assert_eq!(kept("[retention]\nworktrees='2d'"), Retention { worktrees });
    let worktrees = None;
    assert_eq!(
        kept("[retention]\nworktrees='forever'"),
        Retention { worktrees }
    );
}

#[test]
fn a_rosters_name_stands_for_its_agents() {
    let config = parse(
        "[agents.c]\nadapter='claude'\n[agents.x]\nadapter='codex'\n\
         [rosters]\nall=['x', 'c']\nwith-rules=['c', 'ambiguity']\n",
    );
    let names = |list: &[&str]| {
        config
            .roster(list)
            .map(|roster| roster.iter().map(|a| a.name.clone()).collect::<Vec<_>>())
            .map_err(|error| error.to_string())
    };
    assert_eq!(names(&["all"]).unwrap(), ["x", "c"]);
    assert_eq!(
        names(&["testability", "with-rules"]).unwrap(),
        ["testability", "c", "ambiguity"]
    );
    let twice = "agent \"c\" is named twice in the roster; name each agent once";
    assert_eq!(names(&["c", "all"]).unwrap_err(), twice);
    let unknown = "unknown agent \"al\"; did you mean \"all\"? known agents: ambiguity, c, \
                   consistency, testability, x; known rosters: all, with-rules";
    assert_eq!(names(&["al"]).unwrap_err(), unknown);
}
