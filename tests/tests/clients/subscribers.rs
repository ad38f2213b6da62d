//! T1: those that do not read cost the others nothing.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use synod_proto::v1::{self, status_feed_client::StatusFeedClient, subscribe_response::Message};
use synod_shared::projection::{Applied, Projection};
use synod_tests::{World, config, invariants, processes};
use tokio::net::UnixStream;
use tonic::{Streaming, transport::Endpoint};

use crate::programs;

/// Questions of the run whose answers make the noise.
const QUESTIONS: usize = 200;
const STUCK: usize = 100;

/// A run with many questions, all of which are put off in one commit of as many changes, and one with a single
/// question, for commits that cost next to nothing.
fn asking() -> (World, v1::Run, v1::Run) {
    let programs = programs();
    let world = World::new(programs.clone());
    let [many, one] = [("many", QUESTIONS), ("one", 1)].map(|(name, count)| {
        let mut spec = String::new();
        let mut items: Vec<Value> = Vec::new();
        for n in 0..count {
            let quote = format!("FR-{n}: The part {n} shall be quick.");
            writeln!(spec, "- {quote}").unwrap();
            items.push(
                json!({"kind": "ambiguity", "claim": format!("FR-{n} gives no time for part {n}."),
                "severity": "critical", "resolvability": "need-human",
                "quotes": [{"path": "spec.md", "text": quote}]}),
            );
        }
        let file = world.at(&format!("{name}.json"));
        std::fs::write(&file, json!(items).to_string()).unwrap();
        world.write_config(&config::agent(
            "alice",
            "red",
            &programs.fake(&["answer", &file]),
            "",
        ));
        let spec = world.spec_dir(name, &[("spec.md", &spec)]);
        let args = [
            "--json", "gate", "run", "clarify", "--spec", &spec, "--roster", "alice",
        ];
        let run = world.synod(args).code(10).json();
        let run = world.run(run["id"].as_str().unwrap());
        assert_eq!(run.questions.len(), count);
        run
    });
    (world, many, one)
}

/// A subscriber on a connection of its own, whose transport takes little unread.
async fn subscribe(world: &World) -> Streaming<v1::SubscribeResponse> {
    let socket = world.socket();
    let connect = tower::service_fn(move |_: tonic::transport::Uri| {
        let socket = socket.clone();
        async move { UnixStream::connect(socket).await.map(TokioIo::new) }
    });
    let channel = Endpoint::from_static("http://synod.localhost")
        .initial_stream_window_size(65_535)
        .initial_connection_window_size(65_535)
        .connect_with_connector_lazy(connect);
    let mut client =
        StatusFeedClient::new(channel).max_decoding_message_size(synod_proto::MAX_MESSAGE);
    client
        .subscribe(v1::SubscribeRequest::default())
        .await
        .unwrap()
        .into_inner()
}

/// Puts all questions off.
async fn noise(world: &World, run: &v1::Run, name: &str) {
    let request = v1::AnswerRestRequest {
        request_id: name.to_owned(),
        run_id: run.id.clone(),
        disposition: "later".to_owned(),
        ..Default::default()
    };
    world.supervisor().answer_rest(request).await.unwrap();
}

/// Puts the first question off.
fn put_off(run: &v1::Run, request_id: &str) -> v1::AnswerQuestionRequest {
    let question = &run.questions[0];
    v1::AnswerQuestionRequest {
        request_id: request_id.to_owned(),
        question_id: question.id.clone(),
        content_hash: question.content_hash.clone(),
        disposition: Some(v1::answer_question_request::Disposition::Later(
            v1::Later {},
        )),
        ..Default::default()
    }
}

/// How long it takes from a call until the reader has its change: the median of many.
async fn latency(
    world: &World,
    run: &v1::Run,
    reader: &mut Streaming<v1::SubscribeResponse>,
    name: &str,
) -> Duration {
    let mut client = world.supervisor();
    let mut all = Vec::new();
    for n in 0..50 {
        let request_id = format!("{name}-{n}");
        let request = put_off(run, &request_id);
        let since = Instant::now();
        let call = client.answer_question(request);
        let seen = async {
            loop {
                match reader.message().await.unwrap().unwrap().message {
                    Some(Message::Change(change)) if change.request_id == request_id => {
                        return since.elapsed();
                    }
                    Some(_) => {}
                    None => panic!("a response with nothing in it"),
                }
            }
        };
        let (answer, seen) = tokio::join!(call, seen);
        answer.unwrap();
        all.push(seen);
    }
    all.sort();
    all[all.len() / 2]
}

/// Reads on until it knows this revision: by changes without a gap, or by a snapshot that says why.
async fn resynchronise(
    stream: &mut Streaming<v1::SubscribeResponse>,
    revision: u64,
) -> (Projection, bool) {
    let mut known = Projection::default();
    let mut skipped = false;
    while known.revision < revision {
        let response = stream
            .message()
            .await
            .unwrap()
            .expect("a feed that goes on");
        match response.message.unwrap() {
            Message::Snapshot(snapshot) => {
                if known.revision > 0 {
                    assert_eq!(snapshot.cause, "fell-behind");
                    skipped = true;
                }
                known = Projection::from_snapshot(&response.feed_id, &snapshot);
            }
            Message::Change(change) => assert_eq!(known.apply(&change), Applied::Applied),
            Message::Heartbeat(_) => {}
        }
    }
    (known, skipped)
}

/// What a subscriber knows of a run is what the daemon tells.
#[track_caller]
fn knows(world: &World, known: &Projection, id: &str) {
    let now = invariants::without_final_texts(world.run(id));
    let mut folded = known.compose_run(id).unwrap();
    folded.executions_done = now.executions_done;
    assert_eq!(folded, now);
}

/// T1
#[test]
fn a_hundred_subscribers_that_never_read_cost_nobody_anything() {
    let (world, many, one) = asking();
    let pid = world.daemon_pid();
    let (alone, before, mut stuck, beside) = world.block_on(async {
        let mut reader = subscribe(&world).await;
        let alone = latency(&world, &one, &mut reader, "alone").await;
        let before = processes::resident(pid);
        let mut stuck = Vec::new();
        for _ in 0..STUCK {
            stuck.push(subscribe(&world).await);
        }
        // With the snapshot, far more than the transport and the daemon's own buffers hold.
        for n in 0..4 {
            noise(&world, &many, &format!("noise-{n}")).await;
        }
        let beside = latency(&world, &one, &mut reader, "beside").await;
        (alone, before, stuck, beside)
    });
    let grown = processes::peak_resident(pid).saturating_sub(before) >> 20;
    println!(
        "alone {alone:?}, beside {STUCK} stuck ones {beside:?}; the daemon grew by {grown} MiB"
    );
    assert!(
        beside <= alone * 3 + Duration::from_millis(20),
        "{alone:?} became {beside:?}"
    );
    assert!(grown < 100, "the daemon grew by {grown} MiB");
    assert_eq!(world.json(["daemon", "status"])["subscribers"], STUCK);

    // Those that read again, at last.
    let newest = world.snapshot().1.revision;
    for stream in stuck.iter_mut().take(3) {
        let (known, _) = world.block_on(resynchronise(stream, newest));
        knows(&world, &known, &many.id);
        knows(&world, &known, &one.id);
    }
    drop(stuck);
    synod_tests::eventually("nobody listening", || {
        let status = world.json(["daemon", "status"]);
        (status["subscribers"] == 0).then_some(())
    });
    world.assert_invariants();
}

/// T1
#[test]
fn one_that_fell_far_behind_gets_a_snapshot_that_says_so() {
    let (world, many, one) = asking();
    let (mut stuck, newest) = world.block_on(async {
        let stuck = subscribe(&world).await;
        // More than 5,000 changes, and more commits than are kept for those a little behind.
        for n in 0..30 {
            noise(&world, &many, &format!("noise-{n}")).await;
        }
        let mut client = world.supervisor();
        for n in 0..520 {
            client
                .answer_question(put_off(&one, &format!("later-{n}")))
                .await
                .unwrap();
        }
        let newest = client.get_snapshot(v1::GetSnapshotRequest::default()).await;
        (
            stuck,
            newest.unwrap().into_inner().snapshot.unwrap().revision,
        )
    });
    let (known, skipped) = world.block_on(resynchronise(&mut stuck, newest));
    assert!(skipped, "it was not sent all that it had missed");
    knows(&world, &known, &many.id);
    knows(&world, &known, &one.id);
}

/// T1: neither one that never reads, nor a follower of output, nor a connection without a word.
#[test]
fn nobody_who_does_not_read_keeps_the_daemon_from_ending() {
    let (world, many, _) = asking();
    let loud = world.exec_detached(&[], &["print-bytes", "5000000"]);
    world.wait_end(&loud);
    let pid = world.daemon_pid();
    let _silent = std::os::unix::net::UnixStream::connect(world.socket()).unwrap();
    let _stuck = world.block_on(async {
        let stuck = subscribe(&world).await;
        for n in 0..4 {
            noise(&world, &many, &format!("noise-{n}")).await;
        }
        let request = v1::TailOutputRequest {
            attempt: loud,
            follow: true,
            ..Default::default()
        };
        let tail = world.feed_client().tail_output(request).await.unwrap();
        (stuck, tail)
    });
    let since = Instant::now();
    world.synod(["daemon", "stop"]).success();
    synod_tests::eventually("the end of the daemon", || {
        (!processes::is_alive(pid)).then_some(())
    });
    println!("ended after {:?}", since.elapsed());
    assert!(since.elapsed() < Duration::from_secs(15));
    world.start_daemon();
}
