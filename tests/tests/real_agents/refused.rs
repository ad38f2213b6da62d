//! Providers that say no: for a moment, or for good.

use serde_json::json;

use crate::{Cli, Rig};

/// L1: the CLIs that ask again by themselves do; nothing is started a second time.
#[test]
fn a_rate_limit_that_passes_is_waited_out_by_the_cli() {
    let Some(rig) = Rig::new() else { return };
    for cli in &rig.clis {
        // Codex takes a 429 for final, and asks again after a 500.
        let status = if *cli == Cli::Codex { 500 } else { 429 };
        rig.models
            .play(*cli, &json!({"status": status, "times": 1}));
        let attempt = rig.completed(*cli, "say something", &[]);
        assert!(attempt.final_text().contains("the stand-in answers"));
        assert_eq!(rig.models.asked(*cli), 2, "{}", cli.name());
    }
}

/// P9
#[test]
fn while_a_cli_waits_for_its_provider_this_is_told() {
    let Some(rig) = Rig::new() else { return };
    if !rig.has(Cli::Claude) {
        return;
    }
    rig.models.play(
        Cli::Claude,
        &json!({"status": 429, "times": 1, "retry_after": 4}),
    );
    let id = rig.start(Cli::Claude, "say something", &[]);
    rig.world.wait_run(&id, |run| {
        synod_tests::World::has_attempt(run, |attempt| attempt.activity.contains("429"))
    });
    let run = rig.world.wait_end(&id);
    assert_eq!(run.state, "passed");
    let logs = rig.world.synod(["logs", &id]).success().stdout();
    assert!(logs.contains("waits") && logs.contains("429"), "{logs}");
}

#[test]
fn codex_takes_a_rate_limit_for_final() {
    let Some(rig) = Rig::new() else { return };
    if !rig.has(Cli::Codex) {
        return;
    }
    rig.models.play(Cli::Codex, &json!({"status": 429}));
    let run = rig.run(Cli::Codex, "say something", &[]);
    let attempt = synod_tests::World::only_attempt(&run);
    assert_eq!(
        (run.state.as_str(), attempt.reason.as_str()),
        ("failed", "rate-limited"),
        "{}",
        attempt.detail
    );
    assert_eq!(rig.models.asked(Cli::Codex), 1);
}

/// L2: one bad key is named with what to do, and the others' answers count.
#[test]
fn a_bad_key_is_named_and_the_others_make_the_quorum() {
    let Some(rig) = Rig::new() else { return };
    if !rig.has(Cli::Codex) || rig.clis.len() < 2 {
        return;
    }
    let others: Vec<Cli> = rig
        .clis
        .iter()
        .copied()
        .filter(|cli| *cli != Cli::Codex)
        .collect();
    for cli in &others {
        rig.models.find(*cli, &json!([]));
    }
    rig.models.play(Cli::Codex, &json!({"key": "another"}));
    let quorum = others.len().to_string();
    let ended = rig.ask(&["--quorum", &quorum]);
    ended.answered(&rig, others);
    let refused = ended.execution(Cli::Codex);
    assert_eq!(
        (refused.state.as_str(), refused.reason.as_str()),
        ("failed", "bad-key"),
        "{refused:#?}"
    );
    assert_eq!(refused.attempts.len(), 1, "a bad key is not tried again");
    assert!(
        refused.attempts[0].detail.contains("key") || refused.attempts[0].detail.contains("login"),
        "expected what to do, found {:?}",
        refused.attempts[0].detail
    );
    assert_eq!(ended.end(), (0, "passed-degraded"));
}
