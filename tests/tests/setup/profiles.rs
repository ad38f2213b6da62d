//! What profiles make of a configured agent: its words, its variables, its prompt.

use std::fs;

use crate::Clis;

/// Prints its words, its variables of interest and its standard input, one thing a line.
const TELLS: &str = "for word in \"$@\"; do echo \"word=$word\"; done; env | grep -E '^(ANTHROPIC|OTHER|HOME|DISABLE|OPENCODE)' | sort; \
                     echo \"stdin=$(cat)\"";

#[test]
fn an_agent_of_a_profile_gets_its_flags_its_model_and_its_variables_and_no_others() {
    let clis = Clis::new();
    clis.add("claude", TELLS);
    let world = clis
        .world()
        .env("ANTHROPIC_API_KEY", "k")
        .env("OTHER_KEY", "o")
        .config("[agents.c]\nadapter = \"claude\"\nmodel = \"opus\"\nargs = [\"--mine\"]\n")
        .build();
    // What it prints is no answer; that it was started so is what counts.
    world
        .synod(["run", "--agent", "c", "--detach", "do it"])
        .success();
    world.synod(["wait", "run/c"]);
    let said = world.synod(["logs", "--raw", "run/c"]).success().stdout();
    for line in [
        "word=stream-json",
        "word=--model",
        "word=opus",
        "word=--mine",
        "ANTHROPIC_API_KEY=k",
        "DISABLE_AUTOUPDATER=1",
        "stdin=do it",
    ] {
        assert!(said.lines().any(|said| said == line), "no {line} in {said}");
    }
    assert!(said.contains("HOME="), "{said}");
    assert!(!said.contains("OTHER_KEY"), "{said}");
}

#[test]
fn an_argv_of_ones_own_takes_the_place_of_the_profiles_flags_unless_they_are_asked_for() {
    let clis = Clis::new();
    clis.add("pinned", TELLS);
    let config = "[agents.a]\nadapter = \"claude\"\nargv = [\"pinned\", \"--own\"]\n\
                  [agents.b]\nadapter = \"claude\"\nargv = [\"pinned\", \"--own\"]\nprofile_flags = true\n";
    let world = clis.world().config(config).build();
    let words = |agent: &str| {
        world
            .synod(["run", "--agent", agent, "--detach", "x"])
            .success();
        let run = format!("run/{agent}");
        world.synod(["wait", &run]);
        let said = world.synod(["logs", "--raw", &run]).success().stdout();
        let words = said.lines().filter_map(|line| line.strip_prefix("word="));
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(words("a"), ["--own"]);
    let both = words("b");
    assert_eq!(both[0], "--own");
    assert!(both.contains(&"stream-json".to_owned()), "{both:?}");
}

/// P3: a prompt that a CLI is known to refuse is refused before anything starts, and says what it takes.
#[test]
fn a_prompt_beyond_what_the_cli_takes_is_refused_before_the_start() {
    let clis = Clis::new();
    let world = clis
        .world()
        .config("[agents.x]\nadapter = \"codex\"\n")
        .build();
    let prompt = vec![b'x'; 1_048_577];
    let out = world
        .synod_with_input(["run", "--agent", "x", "-"], &prompt)
        .code(2);
    let said = out.stderr();
    for words in ["agent x", "codex", "1048576 characters", "1048577"] {
        assert!(said.contains(words), "no {words} in {said}");
    }
    assert!(world.archived_dirs().is_empty());
    assert!(world.live_dirs().is_empty());
}

#[test]
fn a_word_that_the_kernel_would_refuse_is_refused_with_its_place() {
    let clis = Clis::new();
    let world = clis.world().build();
    // The caller's own start has the same limit: so by a file of arguments, which a configuration is.
    world.write_config(&format!(
        "[agents.a]\nadapter = \"command\"\nargv = [\"cat\", \"{}\"]\n",
        "x".repeat(131_072)
    ));
    let out = world.synod(["run", "--agent", "a", "x"]).code(2);
    assert!(out.stderr().contains("131072 bytes in word 2"), "{out}");
}

/// P3, for CLIs that want a file, and those that want a word.
#[test]
fn a_prompt_goes_into_a_file_or_a_word_byte_for_byte_where_a_profile_says_so() {
    let hostile = "-x \"$(id)\" `id` 'q'\n<<EOF\nEOF\n{prompt-file} \u{1f600}";
    let clis = Clis::new();
    clis.add("gemini", "cat \"$2\"; printf '|'; cat")
        .add("opencode", "printf %s \"$1\"; printf '|'; cat")
        .add("plain", "cat \"$1\"; printf '|'; cat");
    let config = "[agents.file]\nadapter = \"gemini\"\n[agents.word]\nadapter = \"opencode\"\n\
                  [agents.own]\nadapter = \"command\"\nargv = [\"plain\", \"{prompt-file}\"]\n";
    let world = clis.world().config(config).build();
    let profiles = world.config_dir().join("profiles");
    fs::create_dir_all(&profiles).unwrap();
    let write = |name: &str, text: &str| fs::write(profiles.join(name), text).unwrap();
    write(
        "gemini.toml",
        "program = \"gemini\"\nprompt = { file = { flag = \"--prompt-file\" } }\n",
    );
    write(
        "opencode.toml",
        "program = \"opencode\"\nprompt = \"argv\"\n",
    );
    for agent in ["file", "word", "own"] {
        world
            .synod_with_input(
                ["run", "--agent", agent, "--detach", "-"],
                hostile.as_bytes(),
            )
            .success();
        let run = format!("run/{agent}");
        world.synod(["wait", &run]);
        let said = world.synod(["logs", "--raw", &run]).success().stdout();
        assert_eq!(said, format!("{hostile}|"), "{agent}");
    }
    let long = vec![b'x'; 131_072];
    let out = world
        .synod_with_input(["run", "--agent", "word", "-"], &long)
        .code(2);
    assert!(out.stderr().contains("at most 131071 bytes"), "{out}");
}

#[test]
fn a_profile_that_cannot_be_read_is_named_and_nothing_starts_by_another() {
    let clis = Clis::new();
    let world = clis
        .world()
        .config("[agents.c]\nadapter = \"claude\"\n")
        .build();
    let profiles = world.config_dir().join("profiles");
    fs::create_dir_all(&profiles).unwrap();
    fs::write(profiles.join("claude.toml"), "programm = \"claude\"\n").unwrap();
    let out = world.synod(["run", "--agent", "c", "x"]).code(2);
    assert!(out.stderr().contains("profiles/claude.toml"), "{out}");
    world.synod(["doctor"]).code(1);
}

#[test]
fn a_program_that_is_not_there_is_an_end_that_names_it_and_never_another_program() {
    let clis = Clis::new();
    clis.add("codex", "echo wrong");
    let world = clis
        .world()
        .config("[agents.c]\nadapter = \"claude\"\n")
        .build();
    world.synod(["run", "--agent", "c", "x"]).code(1);
    let run = world.run("run/c");
    assert_eq!(run.reason, "spawn-failed");
    let detail = &run.executions[0].attempts[0].detail;
    assert!(detail.contains("claude"), "{detail}");
}

#[test]
fn a_roster_of_a_name_puts_a_gate_to_its_agents() {
    let clis = Clis::new();
    let config = "[rosters]\nall = [\"ambiguity\", \"consistency\"]\n";
    let world = clis.world().config(config).build();
    let spec = world.spec_dir("s", &[("spec.md", "# S\nFR-1 is TBD\n")]);
    let words = [
        "gate", "run", "clarify", "--spec", &spec, "--roster", "all", "--detach",
    ];
    world.synod(words).success();
    let agents: Vec<String> = world
        .run("clarify/s")
        .executions
        .iter()
        .map(|execution| execution.agent.clone())
        .collect();
    assert_eq!(agents, ["ambiguity", "consistency"]);
}
