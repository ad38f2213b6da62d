//! Lines: torn, flooded, large, of no known kind.

use synod_proto::v1;
use synod_tests::{World, processes};

use crate::{
    NATIVE, completed, failed, for_each_cli,
    stage::{OK, Stage, recorded},
};

const MIB: u64 = 1 << 20;

fn plain(adapter: &str) -> Vec<u8> {
    recorded(&format!("{adapter}-stream"), "stdout.jsonl")
}

/// What `synod logs` shows of a run: what was said and done, as text.
fn shown(world: &World, id: &str) -> String {
    let shown = world.synod(["logs", id]).success();
    String::from_utf8(shown.stdout).expect("shown text is text")
}

/// P10, O8: wherever a read ends, within a line, a character or an escape, nothing changes.
#[test]
fn a_stream_that_comes_in_torn_pieces_says_what_it_says_in_one() {
    for_each_cli(|adapter| {
        let whole = Stage::of(adapter);
        whole.plays(&format!("{adapter}-tool"));
        let expected = whole.run();

        let torn = Stage::of(adapter);
        let id = torn.start();
        let bytes = recorded(&format!("{adapter}-tool"), "stdout.jsonl");
        let middle = bytes.len() / 2;
        for piece in [
            &bytes[..1],
            &bytes[1..middle],
            &bytes[middle..=middle],
            &bytes[middle + 1..],
        ] {
            let before = printed(&torn.world, &id);
            torn.out(piece);
            // Each piece is read for itself: the next one comes only when it was counted.
            torn.world.wait_run(&id, |run| {
                attempt(run).and_then(|attempt| attempt.output_bytes)
                    >= Some(before + piece.len() as u64)
            });
        }
        torn.ends("exit 0");
        let found = torn.world.wait_end(&id);
        let (expected, found) = (World::only_attempt(&expected), World::only_attempt(&found));
        assert_eq!(found.final_text, expected.final_text, "{adapter}");
        assert_eq!(found.usage, expected.usage, "{adapter}");
        assert_eq!(found.steps, expected.steps, "{adapter}");
        assert_eq!(
            found.transcript_bytes, expected.transcript_bytes,
            "{adapter}"
        );
        assert_eq!(
            shown(&torn.world, &id),
            shown(&whole.world, &whole.world.all_runs()[0].id)
        );
        torn.world.assert_invariants();
    });
}

fn attempt(run: &v1::Run) -> Option<&v1::Attempt> {
    run.executions.first()?.attempts.first()
}

fn printed(world: &World, id: &str) -> u64 {
    attempt(&world.run(id))
        .and_then(|attempt| attempt.output_bytes)
        .unwrap_or_default()
}

/// P10
#[test]
fn half_a_final_line_ends_nothing_until_its_rest_is_there() {
    for_each_cli(|adapter| {
        let stage = Stage::of(adapter);
        let bytes = plain(adapter);
        let half = bytes.len() - 40;
        stage.out(&bytes[..half]);
        let id = stage.start();
        let run = stage.world.wait_run(&id, |run| {
            attempt(run).is_some_and(|attempt| attempt.output_bytes == Some(half as u64))
        });
        assert_eq!(run.state, "executing", "{adapter}");
        // Not even a newline at the very end.
        stage.out(bytes[half..].trim_ascii_end()).ends("exit 0");
        completed(&stage.world.wait_end(&id), OK);
    });
}

/// P12
#[test]
fn a_flood_on_standard_error_neither_blocks_an_agent_nor_touches_its_answer() {
    for adapter in NATIVE {
        let stage = Stage::of(adapter);
        stage.out(plain(adapter));
        stage.ends("head -c 20000000 /dev/zero >&2; exit 0");
        let run = stage.run();
        let attempt = completed(&run, OK);
        assert_eq!(attempt.error_bytes, Some(20_000_000), "{adapter}");
        stage.world.assert_invariants();
    }
}

/// O6: what is no line of the protocol, or of a kind nobody knows, changes nothing.
#[test]
fn banners_warnings_and_unknown_lines_between_the_known_ones_change_nothing() {
    for adapter in NATIVE {
        let stage = Stage::of(adapter);
        let noise = b"[2026-01-02T03:04:05] banner {\"type\": \n{\"type\":\"novelty\",\"text\":\"no\"}\n\
            {\"cost\": 0.42}\n[1, 2, 3]\nnull\n\"result\"\n{}\n\xff\xfe\0\n\n{\"type\":7}\n{\"type\":null}\n";
        for line in plain(adapter).split_inclusive(|&byte| byte == b'\n') {
            stage.out(noise).out(line);
        }
        stage.out(noise).ends("exit 0");
        completed(&stage.run(), OK);
    }
}

/// O8
#[test]
fn bytes_that_are_no_text_are_kept_exactly_and_shown_as_text() {
    for adapter in NATIVE {
        let stage = Stage::of(adapter);
        let odd = b"\xff\xfe\0a\xc3\n\xe2\x82\n\xf0\x9f\x92\nok \0 end\r\n\xed\xa0\x80\x80\n";
        let mut all = odd.to_vec();
        all.extend(plain(adapter));
        stage.out(&all).ends("exit 0");
        let run = stage.run();
        completed(&run, OK);
        assert_eq!(stage.world.raw_output(&run.id), all, "{adapter}");
        assert!(!shown(&stage.world, &run.id).contains(['\0', '\u{1b}']));
        stage.world.assert_invariants();
    }
}

/// O7: neither a line of 100 MB nor one nested 100,000 deep costs memory or the answer after it.
#[test]
fn huge_and_deep_lines_are_passed_over_in_bounded_memory() {
    for adapter in NATIVE {
        let stage = Stage::of(adapter);
        let pid = stage.world.start_daemon();
        let before = processes::peak_resident(pid);
        let huge = "printf '{\"type\":\"novelty\",\"text\":\"'; head -c 100000000 /dev/zero | tr '\\0' x; echo '\"}'";
        stage.out("[".repeat(100_000) + "\n");
        stage.out(format!(
            "{}1{}\n",
            "{\"a\":".repeat(100_000),
            "}".repeat(100_000)
        ));
        let rest = stage.world.at("rest");
        std::fs::write(&rest, plain(adapter)).unwrap();
        stage.ends(&format!("{huge}; cat '{rest}'; exit 0"));
        let run = stage.run();
        let attempt = completed(&run, OK);
        assert!(attempt.output_bytes > Some(100_000_000));
        assert_eq!(stage.world.daemon_pid(), pid, "the same daemon all along");
        let grown = processes::peak_resident(pid).saturating_sub(before);
        assert!(
            grown < 192 * MIB,
            "{adapter}: the daemon grew by {} MiB",
            grown / MIB
        );
    }
}

/// O7
#[test]
fn an_agent_over_its_output_limit_is_ended_and_told_so() {
    for adapter in NATIVE {
        let stage = Stage::with(adapter, "output_bytes = \"1 MiB\"\n");
        stage.out(plain(adapter));
        stage.ends("head -c 3000000 /dev/zero; sleep 1000");
        let run = stage.run();
        let attempt = failed(&run, "output-limit");
        assert!(attempt.output_bytes >= Some(MIB), "what it printed is kept");
    }
}
