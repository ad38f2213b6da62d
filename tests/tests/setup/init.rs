//! `synod init`.

use std::fs;

use crate::{Clis, probe};

#[test]
fn a_newcomer_gets_a_configuration_with_what_is_there_and_a_roster() {
    let clis = Clis::new();
    clis.add("claude", "echo '2.1.330 (Claude Code)'")
        .add("codex", "echo 'codex-cli 0.170.0'");
    let world = clis.world().build();
    let shown = world.synod(["init"]).success().stdout();
    for words in [
        "2.1.330",
        "0.170.0",
        "Synod was tested with 0.169.0",
        "gemini: install it: npm install",
        "synod doctor",
    ] {
        assert!(shown.contains(words), "no {words:?} in {shown}");
    }
    let agents = world.synod(["agents", "--json"]).success().json();
    let named = |name: &str| {
        let agents = agents["agents"].as_array().unwrap();
        agents.iter().find(|agent| agent["name"] == name).cloned()
    };
    assert_eq!(named("claude").unwrap()["provider"], "anthropic");
    assert_eq!(named("codex").unwrap()["state"], "ok");
    assert!(named("gemini").is_none());
    assert_eq!(agents["rosters"][0]["name"], "all");
    world.synod(["doctor"]).success();
}

#[test]
fn with_nothing_found_there_still_is_a_configuration_that_is_read() {
    let clis = Clis::new();
    let world = clis.world().env("PATH", clis.path()).build();
    let shown = world.synod(["init"]).success().stdout();
    assert!(shown.contains("missing"), "{shown}");
    assert!(shown.contains("synod init --force"), "{shown}");
    world.synod(["doctor"]).success();
}

#[test]
fn an_existing_configuration_is_left_alone_and_force_keeps_it_beside() {
    let clis = Clis::new();
    clis.add("claude", "echo 2.1.330");
    let own = "# mine\n";
    let world = clis.world().config(own).build();
    let file = world.config_dir().join("config.toml");
    let shown = world.synod(["init"]).success().stdout();
    assert!(shown.contains("left alone"), "{shown}");
    assert!(shown.contains("[agents.claude]"), "{shown}");
    assert_eq!(fs::read_to_string(&file).unwrap(), own);

    world.synod(["init", "--force"]).success();
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.contains("[agents.claude]"), "{written}");
    let kept = world.config_dir().join("config.toml.old-1");
    assert_eq!(fs::read_to_string(kept).unwrap(), own);

    let printed = world.synod(["init", "--print"]).success().stdout();
    assert_eq!(printed, written);
}

#[test]
fn a_broken_configuration_does_not_keep_init_from_helping() {
    let clis = Clis::new();
    clis.add("claude", "echo 2.1.330");
    let world = clis.world().config("[agents.x]\nadapter = 3\n").build();
    world.synod(["init"]).success();
    world.synod(["doctor"]).code(1);
    world.synod(["init", "--force"]).success();
    world.synod(["doctor"]).success();
}

/// A CLI may do anything when it is asked for its version.
#[test]
fn a_version_is_asked_for_within_bounds_and_nothing_of_it_is_left_running() {
    let clis = Clis::new();
    clis.add("claude", "setsid sleep 4711 & sleep 4712 & echo 2.1.330")
        .add(
            "codex",
            "trap '' TERM; sleep 4713 & while :; do sleep 1; done",
        )
        .add("gemini", "printf 'no \\033[2J idea\\n'; echo what >&2")
        .add("opencode", "echo 'cannot start' >&2; exit 3");
    let world = clis.world().build();
    let found = world.synod(["init", "--json"]).success().json();
    assert_eq!(probe(&found, "claude")["version"], "2.1.330");
    let told = |name: &str, words: &str| {
        let probe = probe(&found, name);
        assert_eq!(probe["state"], "broken", "{probe:#}");
        let problem = probe["problems"][0].as_str().unwrap();
        assert!(problem.contains(words), "{problem}");
        assert!(!problem.contains('\u{1b}'), "{problem:?}");
    };
    told("codex", "within 10 s");
    told("gemini", "expected a version");
    told("opencode", "exit code 3 and said \"cannot start\"");
    assert_eq!(world.agents_alive(), Vec::<i32>::new());
    let left = fs::read_dir(world.state_dir().join("probes")).unwrap();
    assert_eq!(left.count(), 0);
}
