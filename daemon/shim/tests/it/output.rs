//! Between the agent and the disk there is nothing of ours.

use std::fs;

use synod_shim::records::Outcome;

use crate::support::{Setup, in_each};

fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    })
    .take(length)
    .collect()
}

/// O8
#[test]
fn output_is_kept_byte_for_byte_even_if_it_is_no_text() {
    in_each(|containment| {
        let mut attempt = Setup::new(containment, ["cat", "big"]).create();
        let bytes = noise(1 << 20);
        fs::write(attempt.work("big"), &bytes).unwrap();
        attempt.launch();
        let exit = attempt.finish_here();
        assert_eq!(exit.stdout_bytes, 1 << 20);
        assert!(attempt.stdout() == bytes, "other bytes came out");
    });
}

/// P3, P4
#[test]
fn a_prompt_of_300_kb_arrives_byte_for_byte_and_then_ends() {
    in_each(|containment| {
        let mut setup = Setup::new(containment, ["cat"]);
        setup.prompt = b"-n \"$(id)\" `id` 'x'\nEOF\n".to_vec();
        setup.prompt.extend(noise(300_000));
        let mut attempt = setup.launch();
        assert_eq!(attempt.finish_here().outcome, Outcome::Exited { code: 0 });
        assert!(
            attempt.stdout() == attempt.setup.prompt,
            "other bytes came out"
        );
    });
}

/// P4
#[test]
fn an_agent_that_never_reads_its_prompt_is_not_disturbed() {
    in_each(|containment| {
        let mut setup = Setup::sh(containment, "echo fine");
        setup.prompt = noise(300_000);
        let mut attempt = setup.launch();
        assert_eq!(attempt.finish_here().outcome, Outcome::Exited { code: 0 });
        assert_eq!(attempt.stdout(), b"fine\n");
    });
}

/// P4
#[test]
fn an_agent_that_writes_1_mb_before_it_reads_is_not_blocked() {
    in_each(|containment| {
        let mut setup = Setup::sh(containment, "head -c 1048576 /dev/zero; cat");
        setup.prompt = b"the end".to_vec();
        let mut attempt = setup.launch();
        assert_eq!(attempt.finish_here().stdout_bytes, 1_048_576 + 7);
        assert!(attempt.stdout().ends_with(b"the end"));
    });
}

/// P4
#[test]
fn without_a_prompt_standard_input_is_at_its_end() {
    in_each(|containment| {
        let mut attempt = Setup::sh(containment, "cat; readlink /proc/self/fd/0").launch();
        attempt.finish_here();
        assert_eq!(attempt.stdout(), b"/dev/null\n");
    });
}

/// P12
#[test]
fn a_flood_on_stderr_neither_blocks_the_agent_nor_touches_the_answer() {
    in_each(|containment| {
        let mut attempt =
            Setup::sh(containment, "head -c 20000000 /dev/zero >&2; echo answer").launch();
        let exit = attempt.finish_here();
        assert_eq!(exit.outcome, Outcome::Exited { code: 0 });
        assert_eq!(exit.stderr_bytes, 20_000_000);
        assert_eq!(attempt.stdout(), b"answer\n");
    });
}
