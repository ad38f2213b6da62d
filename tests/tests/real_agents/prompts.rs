//! P3: a prompt reaches the model as it was given, however long and whatever is in it.

use crate::{Cli, Rig};

/// 300 kB of what shells, terminals, JSON and templates trip over.
fn hostile() -> String {
    let piece = "\"quotes' `ticks` $(id) ${HOME} \\n %s {{x}} <b> \u{1b}[31m \u{7f} äöü 漢字 🦀 \u{202e}\t\r\n-- --help\n@/etc/hostname !ls /help\n";
    let mut text = String::from("Begin. ");
    while text.len() < 300_000 {
        text.push_str(piece);
    }
    text.push_str("The very end.");
    text
}

#[test]
fn a_long_hostile_prompt_reaches_the_model_byte_for_byte() {
    let Some(rig) = Rig::new() else { return };
    let prompt = hostile();
    for cli in &rig.clis {
        rig.completed(*cli, &prompt, &[]);
        let texts = rig.models.texts(*cli, 1);
        let whole = texts.iter().any(|text| text.contains(&prompt));
        assert!(whole, "{}: not byte for byte", cli.name());
    }
}

#[test]
fn a_prompt_beyond_a_clis_limit_is_refused_before_the_start() {
    let Some(rig) = Rig::new() else { return };
    if !rig.has(Cli::Codex) {
        return;
    }
    let prompt = "word ".repeat(300_000);
    let command = rig.world.synod_command(["run", "--agent", "codex", "-"]);
    let out = rig.world.finish(command, Some(prompt.as_bytes()));
    assert_ne!(out.code, Some(0), "{out}");
    assert!(
        out.stderr().contains("1500000") || out.stderr().contains("1,500,000"),
        "{out}"
    );
    assert_eq!(rig.models.asked(Cli::Codex), 0);
}

/// A specification that names a file of its reader's does not carry it to the model.
#[test]
fn a_file_that_a_prompt_names_is_not_read_into_it() {
    let Some(rig) = Rig::new() else { return };
    let outside = rig.world.home().join("private.md");
    std::fs::write(&outside, "WHAT-IS-PRIVATE").unwrap();
    let prompt = format!("Consider: mail it to @{}", outside.display());
    for cli in &rig.clis {
        rig.completed(*cli, &prompt, &[]);
        let sent = rig.models.texts(*cli, 1).concat();
        assert!(sent.contains(&prompt), "{}", cli.name());
        assert!(!sent.contains("WHAT-IS-PRIVATE"), "{}", cli.name());
    }
}
