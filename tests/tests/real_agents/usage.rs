//! What a run used, the same whoever counts.

use crate::{Cli, Rig};

#[test]
fn the_same_usage_reads_the_same_for_every_cli() {
    let Some(rig) = Rig::new() else { return };
    for cli in &rig.clis {
        let attempt = rig.completed(*cli, "say something", &[]);
        let usage = attempt.usage.unwrap_or_default();
        assert_eq!(
            (usage.input_tokens, usage.cached_tokens, usage.output_tokens),
            (Some(1234), Some(200), Some(56)),
            "{}",
            cli.name()
        );
        assert!(!attempt.session_id.is_empty(), "{}", cli.name());
        let tells = matches!(cli, Cli::Claude | Cli::Gemini);
        assert_eq!(!attempt.model.is_empty(), tells, "{}", cli.name());
    }
}
