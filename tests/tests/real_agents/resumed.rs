//! A second turn of a session: it remembers the first, and counts for itself.

use serde_json::json;

use crate::{Cli, Rig};

#[test]
fn a_second_turn_goes_on_with_the_session_and_counts_for_itself() {
    let Some(rig) = Rig::new() else { return };
    for cli in &rig.clis {
        let first = rig.completed(*cli, "the first turn", &[]);
        rig.models.play(
            *cli,
            &json!({"text": "the second answer", "input": 3000, "output": 70}),
        );
        let second = rig.completed(*cli, "the second turn", &["--continue", &first.run_id]);
        assert_eq!(second.session_id, first.session_id, "{}", cli.name());
        assert_eq!(second.final_text(), "the second answer");
        let texts = rig.models.texts(*cli, rig.models.asked(*cli)).concat();
        assert!(
            texts.contains("the first turn") && texts.contains("the second turn"),
            "{} forgot",
            cli.name()
        );
        let usage = second.usage.unwrap_or_default();
        assert_eq!(
            (usage.input_tokens, usage.output_tokens),
            (Some(3000), Some(70)),
            "{}",
            cli.name()
        );
        if *cli == Cli::Claude {
            let cost = |attempt: &synod_proto::v1::Attempt| {
                attempt
                    .usage
                    .as_ref()
                    .and_then(|usage| usage.cost_usd)
                    .unwrap()
            };
            assert!(
                cost(&second) < cost(&first) * 3.0,
                "the cost of both turns was counted"
            );
        }
    }
}
