//! `synod doctor` and the states in `synod agents`.

use crate::{Clis, probe};

#[test]
fn what_is_missing_is_named_with_how_to_mend_it() {
    let clis = Clis::new();
    clis.add("claude", "echo 2.1.330");
    let config = "[agents.c]\nadapter = \"claude\"\n\
                  [agents.x]\nadapter = \"codex\"\n\
                  [agents.k]\nadapter = \"claude\"\nenv = [\"SOME_KEY\"]\n\
                  [agents.r]\nadapter = \"replay\"\nrecording = \"/nowhere/x.rec\"\n";
    let world = clis.world().config(config).build();
    let told = world.synod(["doctor", "--json"]).code(1).json();
    let state = |name: &str| probe(&told, name)["state"].as_str().unwrap().to_owned();
    assert_eq!(state("c"), "ok");
    assert_eq!(state("ambiguity"), "ok");
    for (name, words) in [
        ("x", "no such program in PATH"),
        ("k", "SOME_KEY"),
        ("r", "/nowhere/x.rec"),
    ] {
        assert_eq!(state(name), "missing");
        let problems = told["problems"].to_string();
        assert!(problems.contains(words), "{problems}");
    }
    let shown = world.synod(["agents"]).success().stdout();
    assert!(shown.contains("missing"), "{shown}");
    assert!(shown.contains("SOME_KEY"), "{shown}");
    // What is not asked about is not held against those that are.
    world.synod(["doctor", "c"]).success();
    world.synod(["doctor", "nobody"]).code(2);
}

#[test]
fn a_mistake_in_the_configuration_is_a_problem_with_its_line_and_the_rest_is_told() {
    let clis = Clis::new();
    let world = clis
        .world()
        .config("[agents.x]\nadaptor = \"claude\"\n")
        .build();
    let out = world.synod(["doctor"]).code(1);
    let shown = out.stdout();
    assert!(
        shown.contains("config.toml:2: unknown key \"adaptor\""),
        "{shown}"
    );
    assert!(shown.contains("containment"), "{shown}");
    assert_eq!(shown.matches("adaptor").count(), 1, "{shown}");
}

#[test]
fn a_real_call_tells_reason_model_tokens_and_cost() {
    let clis = Clis::new();
    let world = clis.world().build();
    let fake = world.programs().fake_agent.display().to_string();
    let script = |words: &str| format!("cat >/dev/null; exec '{fake}' as claude {words}");
    clis.add(
        "claude",
        &format!(
            "case $1 in --version) echo 2.1.330;; *) {};; esac",
            script("model claude-x usage 1234 200 56 0 cost 0.0053 final ready done")
        ),
    )
    .add(
        "broken",
        &format!(
            "case $1 in --version) echo 2.1.330;; *) {};; esac",
            script("fails 401")
        ),
    );
    world.write_config("[agents.c]\nadapter = \"claude\"\n");
    let told = world
        .synod(["doctor", "--probe", "--json"])
        .success()
        .json();
    let run = &told["runs"][0];
    assert_eq!(run["name"], "probe/c");
    let attempt = &run["executions"][0]["attempts"][0];
    assert_eq!(attempt["reason"], "completed", "{attempt:#}");
    assert_eq!(attempt["model"], "claude-x", "{attempt:#}");
    assert_eq!(attempt["usage"]["outputTokens"], 56, "{attempt:#}");
    assert_eq!(told["runs"].as_array().unwrap().len(), 1);

    world.write_config("[agents.b]\nadapter = \"claude\"\nargv = [\"broken\"]\n");
    let shown = world.synod(["doctor", "--probe"]).code(1).stdout();
    assert!(shown.contains("bad-key"), "{shown}");
    world.assert_invariants();
}
