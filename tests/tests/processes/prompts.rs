//! What is given to an agent on standard input, and what becomes of it.

use synod_tests::World;

use crate::{programs, with_agent, world};

/// Everything a shell would touch, 300 KB of it, beginning with a dash.
fn hostile_prompt() -> Vec<u8> {
    let piece = "- it's \"quoted\" `id` $(id) ${HOME} $HOME \\ \\n %s !! ~ * ? [a] {b,c}\n\
        EOF\n'EOF'\n<<EOF\n; rm -rf / & | > < \t--help\r\n\u{1b}[31m ünïcödé 漢字 \u{0}end of piece\n";
    let mut prompt = b"-n --prompt=- ".to_vec();
    while prompt.len() < 300_000 {
        prompt.extend_from_slice(piece.as_bytes());
    }
    prompt
}

/// P3
#[test]
fn a_hostile_prompt_of_300_kb_arrives_byte_for_byte() {
    let world = with_agent("echo", &["echo-prompt"], "");
    let prompt = hostile_prompt();
    let out = world
        .synod_with_input(["run", "--agent", "echo", "-"], &prompt)
        .success();
    assert!(
        out.stdout == prompt,
        "{} bytes of {}",
        out.stdout.len(),
        prompt.len()
    );
    let run = world.all_runs().remove(0);
    assert!(world.raw_output(&run.id) == prompt);
    let dir = world.attempt_dir(&run.executions[0].id, 1);
    assert!(
        std::fs::read(dir.join("prompt")).unwrap() == prompt,
        "kept exactly as sent"
    );
    world.assert_invariants();
}

/// P3
#[test]
fn a_prompt_on_the_command_line_may_begin_with_a_dash() {
    let world = with_agent("echo", &["echo-prompt"], "");
    for prompt in ["--help", "-x $(id) `id`", "two\nlines"] {
        let out = world
            .synod(["run", "--agent", "echo", "--", prompt])
            .success();
        assert_eq!(out.stdout(), prompt);
    }
    world.assert_invariants();
}

/// P3
#[test]
fn arguments_of_a_command_reach_it_without_a_shell() {
    let world = world();
    for word in ["$(id) `id` 'x' \"y\" ; & |", "", "-", "--", "ä\nb", "*"] {
        let out = world.exec(&[], &["print", word]).success();
        assert_eq!(out.stdout(), format!("{word}\n"));
    }
    world.assert_invariants();
}

/// P4
#[test]
fn a_command_that_wants_the_end_of_its_input_gets_it_at_once() {
    let world = world();
    let out = world
        .exec(&[], &["read-prompt", "echo-prompt", "print", "done"])
        .success();
    assert_eq!(out.stdout(), "done\n");
    let input = b"given on standard input";
    let mut args = vec!["exec".to_owned(), "-i".to_owned(), "--".to_owned()];
    args.extend(world.programs().fake(&["echo-prompt"]));
    let out = world.synod_with_input(args, input).success();
    assert_eq!(out.stdout, input);
    world.assert_invariants();
}

#[track_caller]
fn takes_a_large_prompt(world: &World, agent: &str) -> Vec<u8> {
    let out = world
        .synod_with_input(["run", "--agent", agent, "-"], &hostile_prompt())
        .success();
    let run = world.all_runs().remove(0);
    assert_eq!(
        (run.state.as_str(), run.reason.as_str()),
        ("passed", "completed")
    );
    out.stdout
}

/// P4
#[test]
fn an_agent_may_write_a_megabyte_before_it_reads_or_never_read_at_all() {
    let programs = programs();
    let config = ["late", "never", "closes", "half"]
        .into_iter()
        .zip([
            ["print-bytes", "1048576", "read-prompt", "print", "end"].as_slice(),
            &["never-read", "print", "end"],
            &["close-stdin", "print", "end"],
            &["print", "end"],
        ])
        .map(|(name, script)| synod_tests::config::agent(name, "house", &programs.fake(script), ""))
        .collect::<String>();
    let world = World::with(programs).config(config).build();
    assert_eq!(takes_a_large_prompt(&world, "late").len(), 1_048_576 + 4);
    assert_eq!(takes_a_large_prompt(&world, "never"), b"end\n");
    assert_eq!(takes_a_large_prompt(&world, "closes"), b"end\n");
    world.assert_invariants();
}
