//! `synod doctor` with the CLIs that are here.

use serde_json::json;

use crate::{Cli, Rig};

#[test]
fn doctor_knows_every_cli_and_its_version_and_asks_each_for_a_word() {
    let Some(rig) = Rig::new() else { return };
    let told = rig.world.json(["doctor", "--probe"]);
    for cli in &rig.clis {
        let named = |list: &str, name: &str| {
            let mut all = told[list].as_array().unwrap().iter();
            all.find(|one| one["name"] == name)
                .unwrap_or_else(|| panic!("no {name} in {told}"))
                .clone()
        };
        let probe = named("probes", cli.name());
        assert_eq!(probe["state"], "ok", "{probe}");
        assert_eq!(probe["version"], probe["testedVersion"], "{probe}");
        let run = named("runs", &format!("probe/{}", cli.name()));
        assert_eq!(run["state"], "passed", "{run}");
        assert_eq!(rig.models.asked(*cli), 1, "{}", cli.name());
    }
}

#[test]
fn doctor_says_whose_key_is_bad() {
    let Some(rig) = Rig::new() else { return };
    if !rig.has(Cli::Codex) {
        return;
    }
    rig.models.play(Cli::Codex, &json!({"key": "another"}));
    let out = rig
        .world
        .synod(["--json", "doctor", "--probe", "codex"])
        .code(1);
    let problems = out.json()["problems"].to_string();
    assert!(
        problems.contains("codex") && problems.contains("bad-key"),
        "{problems}"
    );
}
