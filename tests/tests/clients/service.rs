//! Queries of the API: pages, past states, output.

use synod_proto::v1;
use synod_shared::projection::{Applied, Projection};
use synod_tests::World;
use tonic::Code;

use crate::{release, world};

#[track_caller]
fn page(
    world: &World,
    page_size: u32,
    page_token: &str,
    include_ended: bool,
) -> v1::ListRunsResponse {
    let request = v1::ListRunsRequest {
        page_size,
        page_token: page_token.to_owned(),
        include_ended,
    };
    world
        .block_on(world.supervisor().list_runs(request))
        .unwrap()
        .into_inner()
}

#[test]
fn pages_of_two_show_five_runs_once_each_newest_first() {
    let world = world();
    let ids: Vec<String> = (0..5)
        .map(|n| {
            let id = world.exec_detached(&["--name", &format!("run-{n}")], &["print", "x"]);
            world.wait_end(&id);
            id
        })
        .collect();
    let mut seen = Vec::new();
    let mut sizes = Vec::new();
    let mut token = String::new();
    loop {
        let answer = page(&world, 2, &token, true);
        sizes.push(answer.runs.len());
        seen.extend(answer.runs);
        // What is new appears on no later page.
        if sizes.len() == 1 {
            let new = world.exec_detached(&["--name", "new"], &["print", "x"]);
            world.wait_end(&new);
        }
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let newest_first: Vec<&String> = ids.iter().rev().collect();
    assert_eq!(
        seen.iter().map(|run| &run.id).collect::<Vec<_>>(),
        newest_first
    );
    assert_eq!(sizes, [2, 2, 1]);
    assert!(seen.iter().all(|run| run.executions[0].attempts.len() == 1));
    assert!(page(&world, 0, "", false).runs.is_empty(), "none is live");
    let request = v1::ListRunsRequest {
        page_token: "not one of ours".to_owned(),
        ..Default::default()
    };
    let no = world
        .block_on(world.supervisor().list_runs(request))
        .unwrap_err();
    assert_eq!(no.code(), Code::InvalidArgument, "{no}");
}

#[test]
fn a_past_snapshot_is_the_feed_folded_up_to_it() {
    let world = world();
    let go = world.at("go");
    let live = world.exec_detached(&[], &["print", "one", "wait-file", &go]);
    let ended = world.exec_detached(&[], &["print", "two", "exit", "3"]);
    world.wait_end(&ended);
    world.wait_run(&live, |run| {
        World::has_attempt(run, |a| a.last_line == "one")
    });
    let feed = world.feed();
    let newest = feed.last().unwrap().revision;
    let at = |revision: u64| {
        let request = v1::GetSnapshotRequest {
            at_revision: Some(revision),
        };
        let answer = world.block_on(world.supervisor().get_snapshot(request));
        answer.map(|answer| answer.into_inner().snapshot.unwrap())
    };
    let mut known = Projection::empty(&world.snapshot().0);
    for change in &feed {
        assert_eq!(known.apply(change), Applied::Applied);
        let past = at(change.revision).unwrap();
        assert_eq!(past.revision, change.revision);
        assert_eq!(past.runs.len(), known.runs.len());
        for run in &past.runs {
            let mut folded = known.compose_run(&run.id).unwrap();
            folded.executions_done = run.executions_done;
            assert_eq!(*run, folded, "at {}", change.revision);
        }
    }
    assert!(at(0).unwrap().runs.is_empty());
    let no = at(newest + 1).unwrap_err();
    assert_eq!(no.code(), Code::OutOfRange);
    assert!(no.message().contains(&newest.to_string()), "{no}");
    release(&world, "go");
    world.wait_end(&live);
    assert_eq!(
        at(newest).unwrap().revision,
        newest,
        "the past does not move"
    );
}

/// What TailOutput sends: the bytes, and whether the last message says that all is sent.
#[track_caller]
fn tail(world: &World, request: v1::TailOutputRequest) -> (String, bool) {
    let mut client = world.feed_client();
    world.block_on(async {
        let mut expected = request.offset;
        let mut stream = client.tail_output(request).await.unwrap().into_inner();
        let (mut bytes, mut complete) = (Vec::new(), false);
        while let Some(piece) = stream.message().await.unwrap() {
            assert!(!complete, "nothing follows the end");
            assert_eq!(piece.offset, expected);
            assert_eq!(piece.attempt_id.len(), 32);
            expected += piece.data.len() as u64;
            bytes.extend(piece.data);
            complete = piece.complete;
        }
        (String::from_utf8(bytes).unwrap(), complete)
    })
}

#[test]
fn output_is_read_from_any_offset_to_any_limit_and_followed_to_the_end() {
    let world = world();
    let go = world.at("go");
    let id = world.exec_detached(
        &[],
        &[
            "print",
            "0123456789",
            "eprint",
            "err",
            "wait-file",
            &go,
            "print",
            "end",
        ],
    );
    world.wait_run(&id, |run| {
        World::has_attempt(run, |a| a.output_bytes == Some(11))
    });
    let of = |offset: u64, limit: u64, follow: bool| v1::TailOutputRequest {
        attempt: id.clone(),
        offset,
        limit,
        follow,
        ..Default::default()
    };
    assert_eq!(
        tail(&world, of(0, 0, false)),
        ("0123456789\n".to_owned(), false)
    );
    assert_eq!(tail(&world, of(3, 4, false)).0, "3456");
    assert_eq!(tail(&world, of(3, 4, true)).0, "3456");
    assert_eq!(tail(&world, of(11, 0, false)).0, "");
    assert_eq!(tail(&world, of(1000, 0, false)).0, "");
    let mut client = world.feed_client();
    let followed = world.block_on(async {
        let mut stream = client
            .tail_output(of(8, 0, true))
            .await
            .unwrap()
            .into_inner();
        let first = stream.message().await.unwrap().unwrap();
        assert_eq!((first.offset, &first.data[..]), (8, &b"89\n"[..]));
        release(&world, "go");
        let (mut rest, mut complete) = (Vec::new(), false);
        while let Some(piece) = stream.message().await.unwrap() {
            rest.extend(piece.data);
            complete = piece.complete;
        }
        (String::from_utf8(rest).unwrap(), complete)
    });
    assert_eq!(followed, ("end\n".to_owned(), true));
    assert_eq!(
        tail(&world, of(0, 0, false)),
        ("0123456789\nend\n".to_owned(), true)
    );
    let stderr = v1::TailOutputRequest {
        stream: "stderr".to_owned(),
        ..of(0, 0, true)
    };
    assert_eq!(tail(&world, stderr), ("err\n".to_owned(), true));
    let other = v1::TailOutputRequest {
        stream: "stdlog".to_owned(),
        ..of(0, 0, false)
    };
    let no = world
        .block_on(world.feed_client().tail_output(other))
        .unwrap_err();
    assert_eq!(no.code(), Code::InvalidArgument);
}

#[test]
fn output_of_what_has_not_been_started_is_told_as_such_and_can_be_waited_for() {
    let world = world();
    world.write_config("[limits]\nmax_running = 1\n");
    let go = world.at("go");
    let first = world.exec_detached(&[], &["wait-file", &go]);
    world.wait_running(&first);
    let second = world.exec_detached(&[], &["print", "x"]);
    let request = v1::TailOutputRequest {
        attempt: second.clone(),
        ..Default::default()
    };
    let no = world
        .block_on(world.feed_client().tail_output(request))
        .unwrap_err();
    assert_eq!(no.code(), Code::FailedPrecondition);
    assert!(
        no.message().contains("has not been started yet (queued)"),
        "{no}"
    );
    let out = world.synod(["logs", "-v", &second]).success();
    assert_eq!(out.stdout(), "");
    assert!(out.stderr().contains("has not been started"), "{out}");
    let follower = world.spawn_synod(["logs", "-f", &second]);
    release(&world, "go");
    assert_eq!(follower.finish().success().stdout(), "x\n");
    assert_eq!(world.run(&first).state, "passed");
}
