//! P8: a tool runs in a session of its own and outlives its CLI; not here.

use serde_json::json;
use synod_tests::{eventually, processes};

use crate::Rig;

#[test]
fn a_run_cancelled_in_a_tool_leaves_nothing_behind() {
    let Some(rig) = Rig::new() else { return };
    for cli in &rig.clis {
        // Claude Code refuses a mere `sleep`.
        let mark = format!("6{}", std::process::id());
        let words = ["tail", "-n", &mark, "-f", "/dev/null"];
        rig.models.play(*cli, &json!({"tool": words.join(" ")}));
        let id = rig.start(*cli, "wait a little", &[]);
        eventually(&format!("the tool of {}", cli.name()), || {
            let ended = synod_tests::World::has_attempt(&rig.world.run(&id), |attempt| {
                !attempt.reason.is_empty()
            });
            assert!(!ended, "it ran no tool: {}", rig.printed(&id));
            (!processes::with_words(&words).is_empty()).then_some(())
        });
        rig.world.synod(["cancel", &id]).success();
        let run = rig.world.wait_end(&id);
        assert_eq!(run.state, "cancelled", "{}", cli.name());
        assert_eq!(processes::with_words(&words), [0; 0], "{}", cli.name());
        assert_eq!(rig.world.agents_alive(), [0; 0], "{}", cli.name());
    }
}
