//! T5: more connections than anybody needs, and messages as large as they may be. Nobody who works here notices.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
};

use synod_proto::v1::{self, subscribe_response::Message};
use synod_tests::{World, processes};
use tonic::{Streaming, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::{
    frames::{DATA, END_HEADERS, HEADERS, PREFACE, answers_a_ping, call, connect, frame},
    hostile::is_served,
    world,
};

/// Connections that the daemon keeps at a time: `rpc/accept.rs`.
const KEPT: usize = 512;
/// Opened in all, and in one batch. Two batches are open at a time.
const ALL: usize = 10_000;
const BATCH: usize = 500;

/// Whether the daemon has hung up.
fn is_closed(stream: &mut UnixStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let mut bytes = [0; 1024];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }
}

async fn subscribe(world: &World) -> Streaming<v1::SubscribeResponse> {
    let request = v1::SubscribeRequest::default();
    let answer = world.feed_client().subscribe(request).await;
    answer.unwrap().into_inner()
}

/// Reads on to this revision, and there is no gap on the way.
async fn read_to(stream: &mut Streaming<v1::SubscribeResponse>, known: &mut u64, revision: u64) {
    while *known < revision {
        match stream.message().await.unwrap().unwrap().message.unwrap() {
            Message::Snapshot(snapshot) => {
                assert_eq!(*known, 0, "a snapshot at the start only");
                *known = snapshot.revision;
            }
            Message::Change(change) => {
                assert_eq!(change.revision, *known + 1);
                *known = change.revision;
            }
            Message::Heartbeat(_) => {}
        }
    }
}

/// T5
#[test]
fn ten_thousand_connections_that_say_nothing_shut_nobody_out() {
    let world = world();
    let pid = world.start_daemon();
    is_served(&world, pid);
    let before = processes::resident(pid);
    let (mut attached, mut known) = (world.block_on(subscribe(&world)), 0);
    let mut open: Vec<UnixStream> = Vec::new();
    for batch in 0..ALL / BATCH {
        // Those of the last batch but one.
        let old = open.len().saturating_sub(BATCH);
        drop(open.drain(..old));
        for n in 0..BATCH {
            let mut stream = UnixStream::connect(world.socket()).unwrap();
            let said: &[u8] = [b"", &PREFACE[..10], PREFACE][n % 3];
            // It may have been hung up on already.
            let _ = stream.write_all(said);
            open.push(stream);
        }
        if batch % 4 == 3 {
            is_served(&world, pid);
            let newest = world.snapshot().1.revision;
            world.block_on(read_to(&mut attached, &mut known, newest));
        }
    }
    let kept = synod_tests::eventually("only as many connections as are kept", || {
        let kept = open
            .iter_mut()
            .filter_map(|stream| (!is_closed(stream)).then_some(()))
            .count();
        (kept <= KEPT).then_some(kept)
    });
    assert!(kept > 0, "those there is room for are let be");
    let grown = processes::peak_resident(pid).saturating_sub(before) >> 20;
    println!("{kept} kept; the daemon grew by {grown} MiB");
    assert!(grown < 64, "10,000 connections cost {grown} MiB");
    drop(open);
    is_served(&world, pid);
    world.assert_invariants();
}

/// T5
#[test]
fn beyond_the_connections_in_use_newcomers_are_refused_and_those_in_use_served() {
    let world = world();
    let pid = world.start_daemon();
    let (mut attached, mut known) = (world.block_on(subscribe(&world)), 0);
    let mut working = world.supervisor();
    let ping = v1::ListRunsRequest::default();
    world.block_on(working.list_runs(ping.clone())).unwrap();
    // Every one of them has asked for something.
    let mut used: Vec<(Channel, bool)> = Vec::new();
    world.block_on(async {
        for _ in 0..KEPT + 50 {
            let channel = world.channel();
            let mut health = HealthClient::new(channel.clone());
            let served = health.check(HealthCheckRequest::default()).await.is_ok();
            used.push((channel, served));
        }
    });
    let served = used.iter().filter(|(_, served)| *served).count();
    assert_eq!(
        served,
        KEPT - 2,
        "as many as there is room for beside the first two"
    );
    world.block_on(working.list_runs(ping)).unwrap();
    let refused = world.synod(["ps"]).refusal(4);
    println!("{refused}");
    // Where some have gone there is room again.
    used.truncate(KEPT / 2);
    synod_tests::eventually("room", || {
        (world.synod(["ps"]).code == Some(0)).then_some(())
    });
    is_served(&world, pid);
    let newest = world.snapshot().1.revision;
    world.block_on(read_to(&mut attached, &mut known, newest));
}

/// T5: the beginning of a message, and then silence.
#[test]
fn lengths_that_are_announced_and_never_sent_cost_nothing() {
    let world = world();
    let pid = world.start_daemon();
    is_served(&world, pid);
    let before = processes::resident(pid);
    let begun = [&[0][..], &(5_u32 << 20).to_be_bytes(), &[0; 1_000]].concat();
    let headers = call("/synod.v1.Supervisor/SpawnAgent");
    let calls = |count: u32| -> Vec<u8> {
        let streams = (0..count).map(|n| 2 * n + 1);
        let begin = |id| {
            let opened = frame(HEADERS, END_HEADERS, id, &headers);
            [opened, frame(DATA, 0, id, &begun)].concat()
        };
        streams.flat_map(begin).collect()
    };
    let open: Vec<UnixStream> = (0..8)
        .map(|_| {
            let mut stream = connect(&world);
            stream.write_all(&calls(40)).unwrap();
            // The daemon has read them: it answers what came after.
            assert!(answers_a_ping(&mut stream));
            stream
        })
        .collect();
    is_served(&world, pid);
    let grown = processes::peak_resident(pid).saturating_sub(before) >> 20;
    println!("1.6 GiB announced: the daemon grew by {grown} MiB");
    assert!(grown < 64, "calls that never end cost {grown} MiB");
    assert!(world.live_runs().is_empty());
    drop(open);
    is_served(&world, pid);
}

/// T5
#[test]
fn forty_messages_of_five_megabytes_at_once_are_each_taken_or_refused_with_a_reason() {
    let world = world();
    let pid = world.start_daemon();
    is_served(&world, pid);
    let before = processes::resident(pid);
    let (taken, refused) = world.block_on(async {
        let calls: Vec<_> = (0..40)
            .map(|n| {
                let mut client = world.supervisor();
                let mut request = crate::hostile::submission(5 << 20);
                request.request_id = format!("large-{n}");
                tokio::spawn(async move { client.spawn_agent(request).await })
            })
            .collect();
        let (mut taken, mut refused) = (Vec::new(), Vec::new());
        for call in calls {
            match call.await.unwrap() {
                Ok(answer) => taken.push(answer.into_inner().run.unwrap().id),
                Err(no) => refused.push(no),
            }
        }
        (taken, refused)
    });
    println!("{} taken, refused: {refused:?}", taken.len());
    assert!(!taken.is_empty());
    assert!(
        refused
            .iter()
            .all(|no| no.code() == tonic::Code::ResourceExhausted)
    );
    for run in &taken {
        assert_eq!(world.wait_end(run).state, "passed");
    }
    is_served(&world, pid);
    let grown = processes::resident(pid).saturating_sub(before) >> 20;
    println!("the daemon keeps {grown} MiB");
    assert!(
        grown < 200,
        "the daemon keeps {grown} MiB, as much as was sent"
    );
}
