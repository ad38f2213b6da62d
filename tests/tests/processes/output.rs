//! What an agent prints: kept exactly, in bounded memory, however much, in whatever pieces.

use synod_tests::{World, processes};

use crate::{with_agent, world};

const MIB: u64 = 1 << 20;
/// What the daemon may grow by while it reads any amount of output.
const GROWTH: u64 = 64 * MIB;

/// Runs the command detached to its end and tells by how much the daemon's memory grew at its peak.
#[track_caller]
fn growth_over(world: &World, script: &[&str]) -> (u64, String) {
    let pid = world.start_daemon();
    let before = processes::peak_resident(pid);
    let id = world.exec_detached(&[], script);
    world.wait_end(&id);
    assert_eq!(world.daemon_pid(), pid);
    (processes::peak_resident(pid).saturating_sub(before), id)
}

/// O7
#[test]
fn a_hundred_megabytes_are_streamed_whole_in_bounded_memory() {
    let world = world();
    let pid = world.start_daemon();
    let before = processes::peak_resident(pid);
    let out = world.exec(&[], &["print-bytes", "100000000"]).success();
    assert_eq!(out.stdout.len(), 100_000_000);
    let line: Vec<u8> = (0..63).map(|at| b'!' + at).chain([b'\n']).collect();
    assert!(
        out.stdout.chunks(64).all(|chunk| line.starts_with(chunk)),
        "not one byte is wrong"
    );
    let grown = processes::peak_resident(pid).saturating_sub(before);
    assert!(grown < GROWTH, "the daemon grew by {} MiB", grown / MIB);
    let run = world.all_runs().remove(0);
    assert_eq!(World::only_attempt(&run).output_bytes, Some(100_000_000));
    world.assert_invariants();
}

/// O7
#[test]
fn one_line_of_two_hundred_megabytes_is_kept_in_bounded_memory() {
    let world = world();
    let (grown, id) = growth_over(&world, &["line-of", "200000000", "print", "end"]);
    assert!(grown < GROWTH, "the daemon grew by {} MiB", grown / MIB);
    let run = world.run(&id);
    let attempt = World::only_attempt(&run);
    assert_eq!(
        (run.state.as_str(), attempt.output_bytes),
        ("passed", Some(200_000_005))
    );
    assert_eq!(attempt.last_line, "end");
    world.assert_invariants();
}

/// O7
#[test]
fn an_agent_over_its_output_limit_is_ended_and_told_so() {
    let world = with_agent("flood", &["print-bytes", "3000000", "sleep", "600000"], "");
    let text = std::fs::read_to_string(world.config_dir().join("config.toml")).unwrap();
    world.write_config(&text.replace("[limits]\n", "[limits]\noutput_bytes = \"1 MiB\"\n"));
    world.synod(["run", "--agent", "flood", "go"]).code(1);
    let run = world.all_runs().remove(0);
    let attempt = World::only_attempt(&run);
    assert_eq!(
        (run.state.as_str(), attempt.reason.as_str()),
        ("failed", "output-limit")
    );
    assert!(attempt.output_bytes >= Some(MIB), "what it printed is kept");
    world.assert_invariants();
}

/// O8
#[test]
fn bytes_that_are_no_text_are_kept_exactly() {
    let world = world();
    let script = r"\xff\xfe\0a\xc3\n\xe2\x82\n\xf0\x9f\x92\nok \0 end\r\n\xed\xa0\x80\x80";
    let bytes = b"\xff\xfe\0a\xc3\n\xe2\x82\n\xf0\x9f\x92\nok \0 end\r\n\xed\xa0\x80\x80";
    let out = world
        .exec(&["--name", "bytes"], &["print-raw", script])
        .success();
    assert_eq!(out.stdout, bytes);
    assert_eq!(world.raw_output("bytes"), bytes);
    let shown = world.synod(["logs", "bytes"]).success();
    assert!(
        String::from_utf8(shown.stdout).is_ok(),
        "shown text is text"
    );
    for verb in [["show", "bytes"], ["ps", "--all"], ["events", "--since=0"]] {
        world.synod(verb).success();
    }
    world.assert_invariants();
}

/// O8
#[test]
fn a_character_split_across_two_writes_is_one_character() {
    let world = world();
    let gate = world.at("go");
    let script = [
        "print-raw",
        r"first\nprice: 12 \xe2\x82",
        "wait-file",
        &gate,
        "print-raw",
        r"\xac fine\n",
    ];
    let id = world.exec_detached(&["--name", "split"], &script);
    world.wait_run(&id, |run| {
        World::only_attempt(run).last_line.starts_with("price")
    });
    let follower = world.spawn_synod(["logs", "-f", "split"]);
    std::fs::write(&gate, "").unwrap();
    assert_eq!(
        follower.finish().success().stdout(),
        "first\nprice: 12 € fine\n"
    );
    let run = world.wait_end(&id);
    assert_eq!(World::only_attempt(&run).last_line, "price: 12 € fine");
    world.assert_invariants();
}

/// O8
#[test]
fn multibyte_text_around_every_cut_never_panics() {
    let world = world();
    // The shown line ends at 200 characters, the kept one at 1,024 bytes.
    for before in (196..204).chain(1020..1028) {
        let text = format!("{}€漢🎉é", "x".repeat(before));
        let out = world.exec(&[], &["print", &text]).success();
        assert_eq!(out.stdout(), format!("{text}\n"));
    }
    for run in world.all_runs() {
        let line = &World::only_attempt(&run).last_line;
        assert!(
            line.chars().count() <= 201 && !line.contains('\u{fffd}'),
            "{line}"
        );
    }
    world.assert_invariants();
}

/// P10
#[test]
fn half_a_line_and_the_rest_later_are_one_line() {
    let world = world();
    let gate = world.at("go");
    let script = [
        "half-line",
        "{\"event\": ",
        "wait-file",
        &gate,
        "half-line",
        "1}\n",
    ];
    let id = world.exec_detached(&[], &script);
    world.wait_run(&id, |run| {
        World::only_attempt(run).last_line.starts_with("{\"event\"")
    });
    std::fs::write(&gate, "").unwrap();
    world.wait_end(&id);
    let lines: Vec<u64> = world
        .feed()
        .into_iter()
        .filter_map(progress_lines)
        .collect();
    assert_eq!(lines.last(), Some(&1), "{lines:?}");
    assert!(lines.is_sorted(), "{lines:?}");
    world.assert_invariants();
}

fn progress_lines(change: synod_proto::v1::Change) -> Option<u64> {
    match change.entity? {
        synod_proto::v1::change::Entity::Progress(progress) => Some(progress.lines),
        _ => None,
    }
}

/// P12
#[test]
fn a_flood_on_standard_error_neither_blocks_nor_mixes() {
    let world = world();
    let out = world
        .exec(
            &["--name", "flood"],
            &["print", "first", "spam-stderr", "20000000", "print", "last"],
        )
        .success();
    assert_eq!(out.stdout(), "first\nlast\n");
    assert_eq!(out.stderr.len(), 20_000_000);
    assert_eq!(world.raw_output("flood"), b"first\nlast\n");
    let kept = world
        .synod(["logs", "--raw", "--stderr", "flood"])
        .success();
    assert_eq!(kept.stdout.len(), 20_000_000);
    let run = world.run("flood");
    let attempt = World::only_attempt(&run);
    assert_eq!(
        (attempt.output_bytes, attempt.error_bytes),
        (Some(11), Some(20_000_000))
    );
    assert_eq!(attempt.last_line, "last", "what was printed last is shown");
    world.assert_invariants();
}

/// O8
#[test]
fn output_cut_off_behind_the_daemons_back_is_told_as_lost() {
    let world = world();
    let gate = world.at("go");
    let script =
        "echo one; echo two; until [ -e \"$0\" ]; do sleep 0.01; done; : >/proc/self/fd/1; echo x";
    let run = world.json([
        "exec", "--detach", "--name", "cut", "--", "sh", "-c", script, &gate,
    ]);
    let id = run["id"].as_str().unwrap();
    world.wait_run(id, |run| World::only_attempt(run).last_line == "two");
    let mut follower = world.spawn_synod(["logs", "-f", "--raw", "cut"]);
    assert!(follower.is_running());
    std::fs::write(&gate, "").unwrap();
    let run = world.wait_end(id);
    let attempt = World::only_attempt(&run);
    assert_eq!(
        (run.state.as_str(), run.reason.as_str()),
        ("failed", "output-lost")
    );
    assert_eq!(
        (attempt.exit_code, attempt.output_bytes),
        (Some(0), Some(2))
    );
    follower.finish();
    world.synod(["logs", "cut"]).success();
    world.assert_invariants();
}
