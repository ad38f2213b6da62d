//! O7: a megabyte is whole to its last byte, through a real CLI into a file.

use serde_json::{Value, json};

use crate::{Rig, finding, with};

const MEGABYTE: usize = 1 << 20;

#[test]
fn a_megabyte_of_answer_is_whole_to_its_last_byte() {
    let Some(rig) = Rig::new() else { return };
    for cli in &rig.clis {
        let mut text: String = (0..)
            .map(|n| format!("line {n} äöü\n"))
            .take(60_000)
            .collect();
        text.push_str("the very end");
        assert!(text.len() > MEGABYTE);
        rig.models.play(*cli, &json!({"text": text, "chunks": 200}));
        let attempt = rig.completed(*cli, "say much", &[]);
        assert_eq!(
            attempt.final_text_bytes,
            Some(text.len() as u64),
            "{}",
            cli.name()
        );
        let logs = rig.world.raw_output(&attempt.id);
        assert!(
            String::from_utf8_lossy(&logs).contains("the very end"),
            "{}",
            cli.name()
        );
        assert!(text.starts_with(attempt.final_text()), "{}", cli.name());
    }
}

#[test]
fn a_gate_reads_answers_of_a_megabyte() {
    let Some(rig) = Rig::new() else { return };
    let findings: Vec<Value> = (0..60)
        .map(|n| {
            let claim = format!("Matter number {n} is open.");
            let seen = finding(&claim, "answer a search quickly");
            // Nothing that repeats itself: Gemini CLI takes that for a loop and stops.
            let reasons: Vec<String> = (0..1200)
                .map(|k| format!("reason {}", n * 7919 + k * k))
                .collect();
            with(seen, json!({"reasoning": reasons.join(", ")}))
        })
        .collect();
    assert!(json!(findings).to_string().len() > MEGABYTE);
    for cli in &rig.clis {
        rig.models.find(*cli, &json!(findings));
    }
    let ended = rig.ask(&[]);
    ended.answered(&rig, rig.clis.iter().copied());
    let raw: usize = ended
        .run
        .findings
        .iter()
        .map(|found| found.voices.len())
        .sum();
    assert!(raw > 0, "{:#?}", ended.run.verdict);
}
