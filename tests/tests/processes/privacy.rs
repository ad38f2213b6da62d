//! Who may look: nobody else at the files, nobody at all at the values of variables.

use std::{
    fs,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use prost::Message as _;
use synod_tests::{World, config};

use crate::{programs, world};

const SECRET: &str = "tok-5f1e9c77-not-to-be-found";

/// Everything below a folder, itself included.
fn walk(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_path_buf()];
    let mut next = 0;
    while next < found.len() {
        let path = found[next].clone();
        next += 1;
        if path.symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
            found.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    found
}

#[track_caller]
fn assert_private(dir: &Path) {
    for path in walk(dir) {
        // Temporary files of a commit may go while we look.
        let Ok(meta) = path.symlink_metadata() else {
            continue;
        };
        let mode = meta.permissions().mode() & 0o777;
        if meta.is_dir() {
            assert_eq!(mode, 0o700, "{} is {mode:o}", path.display());
        } else {
            assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
            assert_eq!(mode & 0o600, 0o600, "{} is {mode:o}", path.display());
            assert!(!meta.file_type().is_socket() || mode == 0o600, "{mode:o}");
        }
    }
}

/// Files below these folders that hold the text.
fn holders(dirs: &[PathBuf], text: &str) -> Vec<PathBuf> {
    dirs.iter()
        .flat_map(|dir| walk(dir))
        .filter(|path| path.is_file())
        .filter(|path| {
            let bytes = fs::read(path).unwrap_or_default();
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        })
        .collect()
}

#[test]
fn directories_are_0700_and_files_and_socket_0600_during_and_after_a_run() {
    let world = world();
    let gate = world.at("go");
    let spec = world.spec_dir(
        "spec",
        &[("spec.md", "# A\n\nThe shop shall send a receipt, TBD.\n")],
    );
    // A caller with the most open mask, and folders that were made by hand.
    fs::create_dir_all(world.state_dir().join("runs")).unwrap();
    fs::set_permissions(world.state_dir(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "umask 000; exec \"$@\"", "sh"])
        .arg(&world.programs().synod);
    command.args(["exec", "--detach", "--name", "open", "--"]);
    command.args(
        world
            .programs()
            .fake(&["print", "x", "eprint", "y", "wait-file", &gate]),
    );
    let like = world.synod_command(["ps"]);
    command.env_clear().envs(
        like.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.current_dir(world.work());
    world.finish(command, None).success();
    world.wait_running("open");
    for dir in [world.state_dir(), world.runtime_dir()] {
        assert_private(&dir);
    }
    assert!(
        world
            .socket()
            .symlink_metadata()
            .unwrap()
            .file_type()
            .is_socket()
    );
    fs::write(&gate, "").unwrap();
    world.wait_end("open");
    world
        .synod(["gate", "run", "clarify", "--spec", &spec])
        .code(10);
    for dir in [world.state_dir(), world.runtime_dir()] {
        assert_private(&dir);
    }
}

/// The umask that is the daemon's own is not the agent's.
#[test]
fn an_agents_files_have_the_users_own_mask() {
    let world = world();
    let place = world.at("made");
    world.exec(&[], &["touch", &place]).success();
    let own = fs::metadata(world.work()).unwrap().permissions().mode() & 0o022;
    let mode = fs::metadata(&place).unwrap().permissions().mode() & 0o777;
    // What this test's own process makes beside it is the measure.
    let like = world.at("like");
    fs::write(&like, "").unwrap();
    let expected = fs::metadata(&like).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, expected, "{own:o}");
}

#[track_caller]
fn the_secret_is_found_nowhere_after(world: &World, submit: impl Fn(&str) -> String) {
    let gate = world.at("go");
    let id = submit(&gate);
    let run = world.wait_running(&id);
    let dirs = [world.state_dir(), world.runtime_dir(), world.config_dir()];
    let kept = world
        .state_dir()
        .join("env")
        .join(format!("{}.json", run.executions[0].id));
    for holder in holders(&dirs, SECRET) {
        assert!(
            holder.starts_with(world.state_dir().join("env")),
            "{} holds it",
            holder.display()
        );
        let mode = fs::metadata(&holder).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", holder.display());
    }
    fs::write(&gate, "").unwrap();
    let run = world.wait_end(&id);
    assert_eq!(run.state, "passed");
    let printed = String::from_utf8(world.raw_output(&id)).unwrap();
    assert_eq!(
        printed,
        format!("{} bytes\n", SECRET.len()),
        "the agent had it"
    );
    assert!(!kept.exists());
    synod_tests::eventually("the environment's removal", || {
        holders(&dirs, SECRET).is_empty().then_some(())
    });
    for change in world.feed() {
        let bytes = change.encode_to_vec();
        assert!(
            !bytes
                .windows(SECRET.len())
                .any(|window| window == SECRET.as_bytes()),
            "{change:?}"
        );
    }
    for args in [
        ["show", &id].as_slice(),
        &["events", "--since", "0", "--json"],
        &["show", "--json", &id],
    ] {
        let out = world.synod(args).success();
        assert!(!out.stdout().contains(SECRET), "{args:?}");
    }
    // Also not in what a stop and a start write.
    world.synod(["daemon", "stop"]).success();
    world.start_daemon();
    assert_eq!(holders(&dirs, SECRET), Vec::<PathBuf>::new());
    world.assert_invariants();
}

/// The length of the variable's value, then a pause, in a shell: the value itself is never printed.
const SCRIPT: &str = "echo ${#EXAMPLE_TOKEN} bytes; until [ -e \"$0\" ]; do sleep 0.01; done";

#[test]
fn a_value_from_the_allow_list_is_in_no_file_no_change_and_no_log() {
    let world = World::with(programs()).env("SYNOD_LOG", "trace").build();
    let gate = world.at("go");
    let argv = ["sh", "-c", SCRIPT, &gate].map(str::to_owned);
    world.write_config(&config::agent(
        "alice",
        "house",
        &argv,
        "env = [\"EXAMPLE_TOKEN\"]\n",
    ));
    world.start_daemon();
    the_secret_is_found_nowhere_after(&world, |_| {
        let mut command =
            world.synod_command(["--json", "run", "--agent", "alice", "--detach", "hello"]);
        command.env("EXAMPLE_TOKEN", SECRET);
        let run = world.finish(command, None).success().json();
        run["id"].as_str().unwrap().to_owned()
    });
}

#[test]
fn a_value_of_a_commands_environment_is_in_no_file_no_change_and_no_log() {
    let world = World::with(programs()).env("SYNOD_LOG", "trace").build();
    world.start_daemon();
    the_secret_is_found_nowhere_after(&world, |gate| {
        let mut command =
            world.synod_command(["--json", "exec", "--detach", "--", "sh", "-c", SCRIPT, gate]);
        command.env("EXAMPLE_TOKEN", SECRET);
        let run = world.finish(command, None).success().json();
        run["id"].as_str().unwrap().to_owned()
    });
}

/// An agent gets what every program needs, what it is allowed, and not what the caller has beside.
#[test]
fn an_agent_does_not_get_variables_it_was_not_allowed() {
    let argv = programs().fake(&[
        "print-env",
        "OTHER_TOKEN",
        "print-env",
        "EXAMPLE_TOKEN",
        "print-env",
        "HOME",
    ]);
    let text = config::agent("alice", "house", &argv, "env = [\"EXAMPLE_TOKEN\"]\n");
    let world = World::with(programs()).config(text).build();
    let mut command = world.synod_command(["run", "--agent", "alice", "hello"]);
    command
        .env("EXAMPLE_TOKEN", "given")
        .env("OTHER_TOKEN", SECRET);
    let out = world.finish(command, None).success();
    assert_eq!(
        out.stdout(),
        format!("(not set)\ngiven\n{}\n", world.home().display())
    );
}
