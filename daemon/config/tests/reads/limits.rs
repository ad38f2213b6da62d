//! Declared limits of inputs: what is cut is cut from the prompt alone, and the prompt says so.

use synod_config::{Checklist, GateDef, render};

use super::material::{NONCE, builtin, read_back, receipts, subject};

fn limited(limit: u64) -> GateDef {
    let mut gate = builtin("clarify");
    gate.inputs[0].limit = Some(limit);
    gate
}

fn prompt(gate: &GateDef, files: &[(&str, &str)]) -> String {
    let subject = subject(files);
    let receipts = receipts(&subject);
    render(
        gate,
        None,
        &subject,
        &Checklist::default(),
        NONCE,
        &receipts,
    )
    .unwrap()
}

#[test]
fn an_input_over_its_limit_is_cut_at_a_line_and_says_so_in_its_fence_and_its_last_line() {
    let text = "# Sessions\n\nFR-1 A session must end soon.\nFR-2 And begin.\n";
    let prompt = prompt(&limited(50), &[("spec.md", text), ("PRD.md", text)]);
    let shown = "# Sessions\n\nFR-1 A session must end soon.\n\
                 [cut here by the gate's limit: 16 of 58 bytes follow in no prompt]\n";
    let found = read_back(&prompt, NONCE);
    assert_eq!((found[0].1.as_str(), found[1].1.as_str()), (shown, text));
    let head = format!("<<<SYNOD INPUT nonce={NONCE} path=\"spec.md\" bytes=109 of=58\n");
    assert!(prompt.contains(&head), "{prompt}");
    assert!(prompt.contains("Of some of them only the beginning is shown"));
}

#[test]
fn a_prompt_in_which_nothing_is_cut_does_not_speak_of_it() {
    let prompt = prompt(
        &limited(5),
        &[("spec.md", "FR-1\n"), ("tasks.md", "long enough\n")],
    );
    assert!(!prompt.contains("only the beginning"));
    assert!(!prompt.contains(" of="));
}

#[test]
fn a_subject_keeps_the_whole_of_what_a_prompt_cuts() {
    let folder = tempfile::tempdir().unwrap();
    let text = "FR-1 a\nFR-2 b\n";
    std::fs::write(folder.path().join("spec.md"), text).unwrap();
    let limits = synod_config::Limits::default();
    let subject = synod_config::Subject::read(folder.path(), &limited(8), &limits).unwrap();
    assert_eq!(subject.inputs[0].text, text);
}

#[test]
fn a_limit_is_read_as_sizes_are_everywhere() {
    let source = builtin("clarify").source().clone();
    let toml = source
        .toml
        .replace("required = true,", "required = true, limit = \"200KB\",");
    let gate = GateDef::parse(&synod_config::GateSource { toml, ..source }).unwrap();
    assert_eq!(gate.limit_of("spec.md"), Some(200_000));
    assert_eq!(gate.limit_of("PRD.md"), None);
}
