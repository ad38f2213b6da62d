//! The daemon as others meet it: handed a socket by a service manager, called by clients of another make, asked
//! at the very moment it begins or has just ended.
#![allow(clippy::unwrap_used)] // tests may

use std::{
    fs,
    io::{Read as _, Write as _},
    os::{
        fd::OwnedFd,
        unix::net::{UnixListener, UnixStream},
    },
    process::{Command, Stdio},
};

use synod_proto::v1;
use synod_tests::{DEADLINE, World, eventually, processes};

fn world() -> World {
    World::new(synod_tests::programs!())
}

/// As systemd does it, but for the pid: the listening socket is descriptor 3 and `LISTEN_FDS` says so.
#[test]
fn a_socket_that_was_handed_over_is_served_and_left_where_it_is() {
    let world = world();
    fs::create_dir(world.runtime_dir()).unwrap();
    let listener = UnixListener::bind(world.socket()).unwrap();
    let serve = world.synodd_command(["serve"]);
    let mut shell = Command::new("sh");
    shell
        .args([
            "-c",
            r#"exec 3<&0 0</dev/null; export LISTEN_FDS=1; exec "$@""#,
            "sh",
        ])
        .arg(serve.get_program())
        .args(serve.get_args())
        .env_clear()
        .envs(
            serve
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(world.work())
        .stdin(Stdio::from(OwnedFd::from(listener.try_clone().unwrap())));
    let mut daemon = shell.spawn().unwrap();
    // Its pid is the shell's, which it replaced: nobody else was started.
    let status = world.json(["daemon", "status"]);
    assert_eq!(status["pid"], daemon.id());
    world.synod(["daemon", "stop"]).success();
    assert!(daemon.wait().unwrap().success());
    // The service manager goes on listening there, for the next call.
    UnixStream::connect(world.socket()).unwrap();
}

/// gRPC's C core names the socket's path, escaped, as the authority of its calls.
#[test]
fn a_client_that_names_the_sockets_path_as_authority_is_served() {
    let world = world();
    world.start_daemon();
    let field = |name: &str, value: &str| {
        let length = |text: &str| u8::try_from(text.len()).unwrap();
        let mut bytes = vec![0x40, length(name)];
        bytes.extend(name.bytes());
        bytes.push(length(value));
        bytes.extend(value.bytes());
        bytes
    };
    let path = world.socket().to_str().unwrap().replace('/', "%2F");
    let headers = [
        field(":path", "/synod.v1.Supervisor/GetDaemonStatus"),
        field(":authority", &path),
        field(":method", "POST"),
        field(":scheme", "http"),
        field("content-type", "application/grpc"),
        field("te", "trailers"),
    ]
    .concat();
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut bytes = length.get(1..).unwrap().to_vec();
        bytes.extend([kind, flags, 0, 0, 0, stream]);
        bytes.extend(payload);
        bytes
    };
    let mut connection = UnixStream::connect(world.socket()).unwrap();
    connection.set_read_timeout(Some(DEADLINE)).unwrap();
    let sent = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(4, 0, 0, &[]),
        frame(1, 4, 1, &headers),
        // An empty message, and the end of the request.
        frame(0, 1, 1, &[0; 5]),
    ]
    .concat();
    connection.write_all(&sent).unwrap();
    // The first frame of the stream: HEADERS is an answer, RST_STREAM a refusal.
    let kind = loop {
        let mut head = [0; 9];
        connection.read_exact(&mut head).unwrap();
        let [a, b, c, kind, _, _, _, _, stream] = head;
        let mut payload = vec![0; usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)];
        connection.read_exact(&mut payload).unwrap();
        if stream == 1 {
            break kind;
        }
    };
    assert_eq!(kind, 1, "the stream was refused");
}

/// C4: what the directories prove is committed before anybody is answered, names included.
#[test]
fn the_first_listing_after_a_lost_database_misses_nothing_and_no_name_is_given_twice() {
    let world = world();
    world.exec(&["--name", "build"], &[]).success();
    world.exec(&["--name", "build"], &[]).success();
    world.synod(["daemon", "stop"]).success();
    for end in ["db", "db-wal", "db-shm"] {
        // Two of the three exist only while it is open.
        let _ = fs::remove_file(world.state_dir().join(format!("synod.{end}")));
    }
    let names = |world: &World| {
        let mut names: Vec<String> = world.json(["ps", "--all"])["runs"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|run| run["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&world), ["build", "build#2"]);
    world.exec(&["--name", "build"], &[]).success();
    assert_eq!(names(&world), ["build", "build#2", "build#3"]);
}

/// C5: the dying daemon's socket may still take a connection.
#[test]
fn a_daemon_is_started_though_the_one_before_is_just_going() {
    let world = world();
    for _ in 0..10 {
        let pid = world.start_daemon();
        // Not waited for: the next start is to meet it as it goes.
        processes::signal(pid, rustix::process::Signal::KILL);
    }
    world.start_daemon();
}

/// T1: also when nothing is committed for a long time.
#[test]
fn a_subscriber_that_leaves_is_forgotten_at_once() {
    let world = world();
    world.start_daemon();
    let subscribers = || {
        world
            .block_on(
                world
                    .supervisor()
                    .get_daemon_status(v1::GetDaemonStatusRequest {}),
            )
            .unwrap()
            .into_inner()
            .subscribers
    };
    let mut client = world.feed_client();
    let stream = world
        .block_on(client.subscribe(v1::SubscribeRequest::default()))
        .unwrap();
    assert_eq!(subscribers(), Some(1));
    drop((stream, client));
    eventually("the end of the subscription", || {
        (subscribers() == Some(0)).then_some(())
    });
}
