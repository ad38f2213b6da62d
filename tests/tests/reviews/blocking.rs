//! What blocks the caller, and what does not.

use std::time::Duration;

use crate::{Stage, remark};

#[test]
fn open_questions_block_from_the_severity_on_that_was_said() {
    let stage = Stage::new();
    stage.ann_says(&[remark("important", 5, "FIVE")]);
    stage.review(&["--diff", "main"]).code(10);
    for (severity, code) in [
        ("minor", 10),
        ("important", 10),
        ("critical", 0),
        ("never", 0),
    ] {
        let output = stage.review(&["--diff", "main", "--block-on", severity]);
        assert_eq!(output.code, Some(code), "{severity}: {output}");
    }
    // All of them are about one run, which waits for its answer.
    assert_eq!(stage.asked(), 1);
}

#[test]
fn without_a_quorum_it_blocks_unless_a_warning_is_enough() {
    let stage = Stage::new();
    let mute = stage.program("mute", "#!/bin/sh\ncat > /dev/null\n");
    stage.let_ann_be(&[mute]);
    stage
        .review(&["--diff", "main", "--block-on", "never"])
        .code(11);
    stage
        .review(&["--diff", "main", "--on-no-quorum", "warn"])
        .success();
}

#[test]
fn a_deadline_ends_the_run_whatever_is_missing() {
    let stage = Stage::new();
    let slow = stage.program("slow", "#!/bin/sh\nexec sleep 600\n");
    stage.let_ann_be(&[slow]);
    let output = stage.review(&["--diff", "main", "--deadline", "1s"]);
    assert!(output.took < Duration::from_mins(1), "{output}");
    let run = stage.run_of(&output);
    assert!(
        [Some(11), Some(12)].contains(&output.code),
        "{}: {output}",
        run.state
    );
    stage
        .review(&[
            "--diff",
            "main",
            "--deadline",
            "1s",
            "--on-no-quorum",
            "warn",
        ])
        .success();
}
