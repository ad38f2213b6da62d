//! Who may speak to a daemon, and what a client says where none can be reached.

use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use synod_tests::{Output, World};

use crate::world;

/// Nobody in particular.
const OTHER: u32 = 65534;

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A folder that the other user may read, with a copy of the program: the build's own folder may be closed to
/// them.
struct Outside(tempfile::TempDir, PathBuf);

impl Outside {
    fn new(world: &World) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("so")
            .tempdir_in("/tmp")
            .unwrap();
        mode(dir.path(), 0o755);
        let program = dir.path().join("synod");
        // By another process: a file that is open for writing here, even for a moment, is open in whatever another
        // test starts at that moment, and cannot be executed.
        let copied = Command::new("cp")
            .arg(&world.programs().synod)
            .arg(&program)
            .status();
        assert!(copied.unwrap().success());
        mode(&program, 0o755);
        Self(dir, program)
    }

    /// `synod` of the other user, towards this world's socket.
    fn synod(&self, world: &World, args: &[&str]) -> Output {
        let mut command = Command::new(&self.1);
        command
            .env_clear()
            .env("HOME", self.0.path())
            .env("SYNOD_DAEMON", "/nonexistent/synodd")
            .current_dir(self.0.path())
            .uid(OTHER)
            .gid(OTHER)
            .arg("--socket")
            .arg(world.socket())
            .args(args);
        world.finish(command, None)
    }
}

fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("skipped: only root can call as another user");
    }
    root
}

/// T6
#[test]
fn another_user_cannot_even_reach_the_socket() {
    if !is_root() {
        return;
    }
    let world = world();
    world.start_daemon();
    let outside = Outside::new(&world);
    let said = outside.synod(&world, &["ps"]).refusal(5);
    assert!(said.contains("permission denied"), "{said}");
}

/// T6
#[test]
fn another_user_who_reaches_the_socket_is_refused_by_the_daemon() {
    if !is_root() {
        return;
    }
    let world = world();
    let pid = world.start_daemon();
    let outside = Outside::new(&world);
    // Everything wrongly open.
    let socket = world.socket();
    for dir in socket
        .ancestors()
        .skip(1)
        .take_while(|dir| dir.starts_with(world.home()))
    {
        mode(dir, 0o755);
    }
    mode(&socket, 0o666);
    for args in [
        &["ps"][..],
        &["exec", "--", "id"],
        &["events"],
        &["daemon", "stop"],
    ] {
        let exit = if args[0] == "exec" { 125 } else { 5 };
        let said = outside.synod(&world, args).refusal(exit);
        assert!(said.contains("user id"), "{args:?}: {said}");
    }
    assert_eq!(world.daemon_pid(), pid);
    assert!(world.all_runs().is_empty());
}

#[test]
fn where_no_daemon_can_be_started_the_client_says_so() {
    let world = World::with(crate::programs())
        .env("SYNOD_DAEMON", "/nonexistent/synodd")
        .build();
    let said = world.synod(["ps"]).refusal(4);
    assert!(said.contains("/nonexistent/synodd"), "{said}");
    let said = world.synod(["daemon", "status"]).refusal(4);
    assert!(said.contains("synod daemon start"), "{said}");
    let said = world.synod(["exec", "--", "true"]).refusal(125);
    assert!(said.contains("/nonexistent/synodd"), "{said}");
}

#[test]
fn only_verbs_that_need_a_daemon_start_one() {
    let world = world();
    world.synod(["daemon", "status"]).refusal(4);
    assert_eq!(world.find_daemon(), None);
    world.synod(["--help"]).success();
    assert_eq!(world.find_daemon(), None);
    world.synod(["ps"]).success();
    let pid = world.daemon_pid();
    let status = world.json(["daemon", "status"]);
    assert_eq!(status["pid"], pid);
    assert_eq!(status["socket"], world.socket().to_str().unwrap());
    assert_eq!(status["stateDir"], world.state_dir().to_str().unwrap());
    world.synod(["daemon", "stop"]).success();
    synod_tests::eventually("the end of the daemon", || {
        world.find_daemon().is_none().then_some(())
    });
    world.synod(["daemon", "status"]).refusal(4);
}
