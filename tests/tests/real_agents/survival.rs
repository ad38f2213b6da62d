//! C1: the daemon dies while real CLIs work.

use serde_json::json;
use synod_tests::eventually;

use crate::Rig;

#[test]
fn a_killed_daemon_loses_no_answer_and_asks_nobody_twice() {
    let Some(rig) = Rig::new() else { return };
    let answer = json!({"receipts": "$RECEIPTS", "findings": []}).to_string();
    for cli in &rig.clis {
        let slowly = json!({"text": answer, "chunks": 6, "chunk_delay": 1});
        rig.models.play(*cli, &slowly);
    }
    let id = rig.submit();
    eventually("every model was asked", || {
        rig.clis
            .iter()
            .all(|cli| rig.models.asked(*cli) == 1)
            .then_some(())
    });
    rig.world.kill_daemon();
    rig.world.start_daemon();
    let run = rig.world.wait_end(&id);
    assert_eq!(run.state, "passed", "{run:#?}");
    for cli in &rig.clis {
        assert_eq!(rig.models.asked(*cli), 1, "{}", cli.name());
    }
    for execution in &run.executions {
        assert_eq!(execution.attempts.len(), 1);
        assert_eq!(execution.attempts[0].reason, "completed");
    }
    rig.world.assert_invariants();
}
