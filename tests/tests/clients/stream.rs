//! Subscribing: where one begins, what one is told when that place is not there, and that idle costs nothing.

use std::time::Duration;

use synod_proto::v1::{self, subscribe_response::Message};
use synod_tests::World;

use crate::{release, world};

/// The first message of a subscription, and the feed it names.
#[track_caller]
fn first(world: &World, request: v1::SubscribeRequest) -> (String, Option<Message>) {
    let mut client = world.feed_client();
    world.block_on(async {
        let mut stream = client.subscribe(request).await.unwrap().into_inner();
        match stream.message().await.unwrap() {
            Some(response) => (response.feed_id, response.message),
            None => (String::new(), None),
        }
    })
}

#[track_caller]
fn cause(message: Option<Message>) -> String {
    match message {
        Some(Message::Snapshot(snapshot)) => snapshot.cause,
        other => panic!("expected a snapshot, found {other:?}"),
    }
}

#[test]
fn one_begins_with_a_snapshot_or_after_the_revision_one_has() {
    let world = world();
    let id = world.exec_detached(&[], &["print", "x"]);
    world.wait_end(&id);
    let (feed_id, snapshot) = world.snapshot();
    let newest = snapshot.revision;
    let since = |revision: u64| v1::SubscribeRequest {
        since_revision: Some(revision),
        ..Default::default()
    };
    let (named, message) = first(&world, v1::SubscribeRequest::default());
    assert_eq!(
        (named, cause(message)),
        (feed_id.clone(), "requested".to_owned())
    );
    for revision in [0, 1, newest - 1] {
        let (_, message) = first(&world, since(revision));
        let Some(Message::Change(change)) = message else {
            panic!("expected a change after {revision}, found {message:?}")
        };
        assert_eq!(change.revision, revision + 1);
    }
    let (_, message) = first(&world, since(newest + 1000));
    assert_eq!(cause(message), "future-revision");
    let other = v1::SubscribeRequest {
        feed_id: "0".repeat(32),
        ..since(1)
    };
    let (named, message) = first(&world, other);
    assert_eq!(
        (named, cause(message)),
        (feed_id.clone(), "other-feed".to_owned())
    );
    let same = v1::SubscribeRequest {
        feed_id,
        ..since(1)
    };
    assert!(matches!(first(&world, same).1, Some(Message::Change(_))));
    let all = v1::SubscribeRequest {
        no_follow: true,
        ..since(newest)
    };
    assert_eq!(
        first(&world, all).1,
        None,
        "the stream ends when all is sent"
    );
}

#[test]
fn changes_follow_a_snapshot_without_a_gap() {
    let world = world();
    let go = world.at("go");
    let id = world.exec_detached(&[], &["wait-file", &go]);
    world.wait_running(&id);
    let mut client = world.feed_client();
    world.block_on(async {
        let mut stream = client
            .subscribe(v1::SubscribeRequest::default())
            .await
            .unwrap()
            .into_inner();
        let mut last = match stream.message().await.unwrap().unwrap().message.unwrap() {
            Message::Snapshot(snapshot) => snapshot.revision,
            other => panic!("expected a snapshot, found {other:?}"),
        };
        release(&world, "go");
        loop {
            let Some(Message::Change(change)) = stream.message().await.unwrap().unwrap().message
            else {
                panic!("expected a change after {last}")
            };
            assert_eq!(change.revision, last + 1);
            last = change.revision;
            if let Some(v1::change::Entity::Run(run)) = change.entity
                && run.state == "passed"
            {
                return;
            }
        }
    });
}

#[test]
fn heartbeats_come_only_when_asked_for() {
    let world = world();
    world.start_daemon();
    let (_, snapshot) = world.snapshot();
    let request = v1::SubscribeRequest {
        since_revision: Some(snapshot.revision),
        heartbeat: Some(prost_types::Duration {
            seconds: 0,
            nanos: 20_000_000,
        }),
        ..Default::default()
    };
    let mut asking = world.feed_client();
    let mut silent = world.feed_client();
    world.block_on(async {
        let without = v1::SubscribeRequest {
            heartbeat: None,
            ..request.clone()
        };
        let mut quiet = silent.subscribe(without).await.unwrap().into_inner();
        let mut stream = asking.subscribe(request).await.unwrap().into_inner();
        for _ in 0..5 {
            let message = stream.message().await.unwrap().unwrap().message;
            let Some(Message::Heartbeat(beat)) = message else {
                panic!("expected a heartbeat, found {message:?}")
            };
            assert_eq!(beat.revision, snapshot.revision);
        }
        // As long as those five took, and nothing came.
        let nothing = tokio::time::timeout(Duration::from_millis(1), quiet.message()).await;
        assert!(nothing.is_err(), "{nothing:?}");
    });
}
