//! Gates of one's own: found by where the subject lies, read anew each time, recorded with the run.

use std::path::Path;

use serde_json::json;
use synod_proto::v1;
use synod_tests::World;

use crate::{
    Cast, SPEC,
    cast::{ask_gate, gate, write_gate},
    stage::{in_round, says},
    world,
};

/// A repository with a spec in a folder below it, and its own folder of gates.
fn repository(world: &World) -> (String, std::path::PathBuf) {
    std::fs::create_dir_all(world.work().join("repo/.git")).unwrap();
    let gates = world.work().join("repo/.synod/gates");
    std::fs::create_dir_all(&gates).unwrap();
    (world.spec_dir("repo/specs", &[("spec.md", SPEC)]), gates)
}

fn silent(world: &World) {
    Cast::new(world)
        .played("alice", "red", &says(&json!([]), &json!([])))
        .enter();
}

fn raise_version(dir: &Path, version: u32) {
    let path = dir.join("ours.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace("version = 1", &format!("version = {version}")),
    )
    .unwrap();
}

#[test]
fn a_repositorys_own_gate_wins_over_the_users_and_is_read_anew_without_a_restart() {
    let world = world();
    silent(&world);
    gate(&world, "ours", "");
    let (spec, dir) = repository(&world);
    let elsewhere = world.spec_dir("elsewhere", &[("spec.md", SPEC)]);
    write_gate(&dir, "ours", "");
    raise_version(&dir, 7);
    let daemon = world.start_daemon();
    let own = ask_gate(&world, "ours", &spec, &["alice"], &[]);
    assert_eq!(own.end(), (0, "passed"), "{}", own.out);
    let origin = dir.join("ours.toml").display().to_string();
    assert_eq!(
        (own.run.gate_version, own.run.gate_origin.as_str()),
        (7, origin.as_str())
    );
    let users = ask_gate(&world, "ours", &elsewhere, &["alice"], &[]);
    let of_user = world.config_dir().join("gates/ours.toml");
    assert_eq!(
        (users.run.gate_version, users.run.gate_origin.as_str()),
        (1, of_user.to_str().unwrap())
    );
    assert_ne!(own.run.gate_hash, users.run.gate_hash);
    // An edit holds at once, and shows though nobody raised the version.
    let template = dir.join("ours.md.j2");
    let text = std::fs::read_to_string(&template).unwrap();
    std::fs::write(&template, format!("{text}\nLook twice.\n")).unwrap();
    let edited = ask_gate(&world, "ours", &spec, &["alice"], &[]);
    assert_eq!(edited.run.gate_version, 7);
    assert_ne!(edited.run.gate_hash, own.run.gate_hash);
    assert_eq!(world.daemon_pid(), daemon);
    world.assert_invariants();
}

#[test]
fn a_run_keeps_the_gate_it_was_started_with() {
    let world = world();
    let (spec, dir) = repository(&world);
    write_gate(&dir, "ours", "repair = 1\n");
    let go = world.at("go");
    let script = [
        in_round("fresh", &["wait-file", &go, "print", "Fine."]),
        in_round("repair", &["answer", "[]"]),
    ]
    .concat();
    Cast::new(&world).played("alice", "red", &script).enter();
    let id = crate::cast::submit_gate(&world, "ours", &spec, &["alice"], &[]);
    world.wait_running(&id);
    std::fs::write(dir.join("ours.toml"), "[gate]\nbroken\n").unwrap();
    std::fs::remove_file(dir.join("ours.schema.json")).unwrap();
    world.kill_daemon();
    world.start_daemon();
    crate::cast::release(&world, "go");
    let run = world.wait_end(&id);
    assert_eq!(run.state, "passed", "{run:#?}");
    assert_eq!(run.executions[0].attempts.len(), 2);
}

#[test]
fn a_broken_gate_is_refused_with_its_line_and_none_is_run_in_its_place() {
    let world = world();
    silent(&world);
    gate(&world, "ours", "");
    let (spec, dir) = repository(&world);
    write_gate(&dir, "ours", "qourum = 2\n");
    let said = world
        .synod(["gate", "run", "ours", "--spec", &spec, "--roster", "alice"])
        .refusal(2);
    let place = format!("{}:8", dir.join("ours.toml").display());
    assert!(said.contains(&place), "{said}");
    assert!(said.contains("did you mean \"quorum\""), "{said}");
    // It takes no other away.
    let fine = crate::cast::ask(&world, &spec, &["alice"], &[]);
    assert_eq!(fine.end(), (0, "passed"));
    assert_eq!(world.all_runs().len(), 1);
}

#[test]
fn a_checkpoint_starts_each_of_its_gates_once_however_often_it_is_asked_for() {
    let world = world();
    silent(&world);
    world.start_daemon();
    let (spec, dir) = repository(&world);
    for name in ["one", "two", "three"] {
        write_gate(&dir, name, "checkpoint = \"before-lunch\"\n");
    }
    write_gate(&dir, "other", "checkpoint = \"after-lunch\"\n");
    let request = |id: &str| v1::SpawnQualityGateRequest {
        request_id: id.to_owned(),
        checkpoint: "before-lunch".to_owned(),
        subject: spec.clone(),
        roster: vec!["alice".to_owned()],
        ..Default::default()
    };
    let spawn = |id: &str| {
        let mut client = world.supervisor();
        let answer = world.block_on(client.spawn_quality_gate(request(id)));
        let runs = answer.unwrap().into_inner().runs;
        runs.into_iter()
            .map(|run| (run.gate, run.id))
            .collect::<Vec<_>>()
    };
    let first = spawn("once");
    let names: Vec<&str> = first.iter().map(|(gate, _)| gate.as_str()).collect();
    assert_eq!(names, ["one", "three", "two"]);
    assert_eq!(spawn("once"), first, "a repeat finds the same runs");
    for (_, id) in &first {
        assert_eq!(world.wait_end(id).state, "passed");
    }
    assert_eq!(spawn("once"), first, "also once they have ended");
    world.kill_daemon();
    world.start_daemon();
    assert_eq!(spawn("once"), first, "and by the next daemon");
    assert_eq!(world.all_runs().len(), 3);
    // One that is broken: none of them is started.
    write_gate(&dir, "two", "checkpoint = \"before-lunch\"\nbalot = true\n");
    let mut client = world.supervisor();
    let no = world.block_on(client.spawn_quality_gate(request("again")));
    assert_eq!(no.unwrap_err().code(), tonic::Code::InvalidArgument);
    assert_eq!(world.all_runs().len(), 3);
    world.assert_invariants();
}

#[test]
fn a_new_gate_is_written_checked_shown_and_run() {
    let world = world();
    silent(&world);
    let (spec, dir) = repository(&world);
    let root = world.work().join("repo");
    let here = |args: &[&str]| {
        let mut command = world.synod_command(args);
        command.current_dir(&root);
        world.finish(command, None)
    };
    let out = here(&["gate", "new", "privacy", "--from", "clarify"]).success();
    for file in ["privacy.toml", "privacy.md.j2", "privacy.schema.json"] {
        assert!(dir.join(file).is_file(), "{out}");
    }
    let before = std::fs::read_to_string(dir.join("privacy.toml")).unwrap();
    let again = here(&["gate", "new", "privacy"]).refusal(2);
    assert!(again.contains("privacy"), "{again}");
    assert_eq!(
        std::fs::read_to_string(dir.join("privacy.toml")).unwrap(),
        before
    );

    here(&["gate", "check"]).success();
    let shown = here(&["gate", "show", "privacy", "--toml"]).success();
    assert_eq!(shown.stdout(), before);
    let run = ask_gate(&world, "privacy", &spec, &["alice"], &[]).run;
    assert_eq!(
        (run.state.as_str(), run.gate.as_str()),
        ("passed", "privacy")
    );

    // What is wrong is told by its line, and what may have been meant.
    let refused = |file: &str, line: usize, word: &str| {
        let checked = here(&["gate", "check"]).code(2);
        let said = checked.stdout();
        assert!(said.contains(&format!("{file}:{line}")), "{checked}");
        assert!(
            said.contains(&format!("did you mean \"{word}\"")),
            "{checked}"
        );
    };
    let broken = format!("{before}\n[gate.deadline]\npartial_after = \"10m\"\n");
    let line = broken.lines().position(|line| line == "[gate.deadline]");
    std::fs::write(dir.join("privacy.toml"), &broken).unwrap();
    refused("privacy.toml", line.unwrap() + 1, "deadlines");
    std::fs::write(dir.join("privacy.toml"), &before).unwrap();
    let template = std::fs::read_to_string(dir.join("privacy.md.j2")).unwrap();
    let last = template.lines().count() + 1;
    let broken = format!("{template}{{{{ inptus }}}}\n");
    std::fs::write(dir.join("privacy.md.j2"), broken).unwrap();
    refused("privacy.md.j2", last, "inputs");
}
