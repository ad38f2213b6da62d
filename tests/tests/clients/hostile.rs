//! T5 in small: what is no request is refused, and everybody else is served.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
    time::Duration,
};

use synod_proto::v1::{self, spawn_agent_request::Work};
use synod_tests::{World, processes};
use tonic::Code;

use crate::{frames::PREFACE, world};

/// The daemon lives, is the same, and answers.
#[track_caller]
pub fn is_served(world: &World, pid: i32) {
    world.synod(["exec", "--", "true"]).success();
    assert_eq!(world.daemon_pid(), pid);
}

/// T5
#[test]
fn malformed_bytes_end_their_own_connection_only() {
    let world = world();
    let pid = world.start_daemon();
    let frame = |header: &[u8], body: &[u8]| [PREFACE, header, body].concat();
    let cases: [(&str, Vec<u8>); 7] = [
        ("noise", (0..=255).cycle().take(4096).collect()),
        (
            "another protocol",
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        ),
        ("half a preface", PREFACE[..10].to_vec()),
        (
            "a frame of 16 MB announced",
            frame(&[0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1], &[0; 64]),
        ),
        (
            "data on no stream",
            frame(&[0, 0, 4, 0, 0, 0, 0, 0, 7], &[0; 4]),
        ),
        (
            "an unknown frame",
            frame(&[0, 0, 4, 0xfa, 0xff, 0, 0, 0, 0], &[0; 4]),
        ),
        (
            "headers that are no headers",
            frame(&[0, 0, 8, 1, 5, 0, 0, 0, 1], &[0xff; 8]),
        ),
    ];
    for (name, bytes) in cases {
        let mut stream = UnixStream::connect(world.socket()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        // The daemon may have hung up before all was written.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{name}"),
        }
        is_served(&world, pid);
    }
}

pub fn submission(bytes: usize) -> v1::SpawnAgentRequest {
    v1::SpawnAgentRequest {
        request_id: format!("bytes-{bytes}"),
        cwd: "/".to_owned(),
        work: Some(Work::Command(v1::CommandLine {
            argv: vec!["true".to_owned()],
            input: vec![b'x'; bytes],
        })),
        ..Default::default()
    }
}

/// T5
#[test]
fn a_message_beyond_the_limit_is_refused_and_one_within_is_taken() {
    let world = world();
    let pid = world.start_daemon();
    let before = processes::resident(pid);
    let mut client = world.supervisor();
    let no = world
        .block_on(client.spawn_agent(submission(17 << 20)))
        .unwrap_err();
    assert!(
        [Code::OutOfRange, Code::ResourceExhausted].contains(&no.code()),
        "{no}"
    );
    assert!(no.message().contains("too large"), "{no}");
    assert!(world.all_runs().is_empty());
    let run = world
        .block_on(client.spawn_agent(submission(5 << 20)))
        .unwrap();
    let run = run.into_inner().run.unwrap();
    assert_eq!(world.wait_end(&run.id).state, "passed");
    is_served(&world, pid);
    let grown = processes::resident(pid).saturating_sub(before) >> 20;
    assert!(grown < 100, "the daemon keeps {grown} MiB");
}

/// T5
#[test]
fn requests_with_nothing_in_them_are_refused_one_by_one() {
    let world = world();
    let pid = world.start_daemon();
    let mut client = world.supervisor();
    let codes = world.block_on(async {
        [
            client
                .spawn_agent(v1::SpawnAgentRequest::default())
                .await
                .unwrap_err()
                .code(),
            client
                .spawn_quality_gate(v1::SpawnQualityGateRequest::default())
                .await
                .unwrap_err()
                .code(),
            client
                .cancel_run(v1::CancelRunRequest::default())
                .await
                .unwrap_err()
                .code(),
            client
                .cancel_agent(v1::CancelAgentRequest::default())
                .await
                .unwrap_err()
                .code(),
            client
                .retry_agent(v1::RetryAgentRequest::default())
                .await
                .unwrap_err()
                .code(),
            client
                .answer_question(v1::AnswerQuestionRequest::default())
                .await
                .unwrap_err()
                .code(),
            client
                .answer_rest(v1::AnswerRestRequest::default())
                .await
                .unwrap_err()
                .code(),
            client
                .shutdown(v1::ShutdownRequest::default())
                .await
                .unwrap_err()
                .code(),
        ]
    });
    assert_eq!(codes, [Code::InvalidArgument; 8]);
    let empty = world.block_on(async {
        [
            client
                .get_run(v1::GetRunRequest::default())
                .await
                .unwrap_err()
                .code(),
            client
                .query_status(v1::QueryStatusRequest::default())
                .await
                .unwrap_err()
                .code(),
            client
                .get_gate(v1::GetGateRequest::default())
                .await
                .unwrap_err()
                .code(),
        ]
    });
    assert!(
        empty
            .iter()
            .all(|code| [Code::NotFound, Code::InvalidArgument].contains(code)),
        "{empty:?}"
    );
    is_served(&world, pid);
}

/// T5
#[test]
fn five_hundred_connections_that_say_nothing_shut_nobody_out() {
    let world = world();
    let pid = world.start_daemon();
    let before = processes::resident(pid);
    let idle: Vec<UnixStream> = (0..500)
        .map(|n| {
            let mut stream = UnixStream::connect(world.socket()).unwrap();
            if n % 2 == 0 {
                stream.write_all(PREFACE).unwrap();
            }
            stream
        })
        .collect();
    is_served(&world, pid);
    let grown = processes::resident(pid).saturating_sub(before) >> 20;
    assert!(grown < 100, "500 connections cost {grown} MiB");
    drop(idle);
    is_served(&world, pid);
}
