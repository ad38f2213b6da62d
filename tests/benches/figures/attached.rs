//! Many clients attached at once, as terminal UIs are: what each costs the daemon, how far apart they see the same
//! change, and what they cost while nothing happens.

use std::{
    collections::HashMap,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use synod_proto::v1::{self, answer_question_request::Disposition, subscribe_response::Message};
use synod_tests::{World, config};
use tokio::sync::mpsc;

use crate::{Bench, connection::submit, machine, sample::Sample, table::Target};

const CLIENTS: usize = 100;
/// Changes made one after the other, and how often.
const CHANGES: usize = 600;
const EVERY: Duration = Duration::from_millis(5);
/// Runs that are known, so that a snapshot is what it is for somebody who works with it.
const RUNS: usize = 50;
const LOOKING: Duration = Duration::from_mins(1);
/// A frame of the terminal UI.
const FRAME_MS: f64 = 33.0;

/// A client, the request whose change it saw, and when.
type Seen = (usize, String, Instant);

pub fn measure(bench: &mut Bench) {
    let world = World::new(bench.programs.clone());
    let question = asking(bench, &world);
    let pid = world.daemon_pid();
    world.block_on(async {
        let mut client = world.supervisor();
        for _ in 0..RUNS {
            let request = crate::connection::command(&world, vec!["true".to_owned()]);
            submit(&mut client, request).await;
        }
    });
    // Every path has been walked once, and one client's worth of everything is there.
    let (to, mut seen) = mpsc::unbounded_channel();
    world.block_on(attach(&world, 0, to.clone()));
    world.block_on(changes(&world, &question, "first", 20));
    world.block_on(async {
        while seen.len() < 20 {
            seen.recv().await.unwrap();
        }
    });
    let before = machine::memory(pid).own;
    world.block_on(async {
        for client in 1..=CLIENTS {
            attach(&world, client, to.clone()).await;
        }
    });
    let attached = machine::memory(pid).own;
    let began = world.block_on(changes(&world, &question, "then", CHANGES));
    let (spread, last) = world.block_on(collect(&mut seen, &began));
    let used = machine::memory(pid).own;
    // Nothing is awaited here: this is the time over which is measured.
    let (ticks, looked) = (machine::ticks(pid), Instant::now());
    while looked.elapsed() < LOOKING {
        thread::sleep(LOOKING.saturating_sub(looked.elapsed()));
    }
    let ticks = machine::ticks(pid) - ticks;
    report(bench, &[before, attached, used], ticks, &spread, &last);
}

fn report(bench: &mut Bench, own: &[f64; 3], ticks: u64, spread: &Sample, last: &Sample) {
    let table = &mut bench.table;
    let each = |now: f64| (now - own[0]) * 1e3 / CLIENTS as f64;
    let target = Target::AtMost {
        must: 200.0,
        aim: 50.0,
    };
    table.amount(
        "100 clients attached: the daemon's memory for each",
        CLIENTS,
        each(own[1]),
        " kB",
        target,
    );
    table.amount(
        "the same after 600 changes",
        CLIENTS,
        each(own[2]),
        " kB",
        target,
    );
    table.millis(
        "100 clients attached: a change, from the first that sees it to the last",
        spread,
        99.0,
        Target::AtMost {
            must: FRAME_MS,
            aim: FRAME_MS / 2.0,
        },
    );
    table.millis(
        "100 clients attached, 200 changes/s: call → the last has seen its change",
        last,
        99.0,
        Target::AtMost {
            must: FRAME_MS,
            aim: FRAME_MS / 2.0,
        },
    );
    table.amount(
        "idle with 100 clients attached over 60 s: CPU used",
        1,
        ticks as f64,
        " ticks",
        Target::AtMost {
            must: 1.0,
            aim: 0.0,
        },
    );
}

/// A run that asks: putting its question off is a change that costs nothing else.
fn asking(bench: &Bench, world: &World) -> v1::Question {
    let quote = "The part shall be quick.";
    let item = json!([{"kind": "ambiguity", "claim": "No time is given.", "severity": "critical",
        "resolvability": "need-human", "quotes": [{"path": "spec.md", "text": quote}]}]);
    let argv = bench.programs.fake(&["answer", &item.to_string()]);
    world.write_config(&config::agent("alice", "red", &argv, ""));
    let spec = world.spec_dir("spec", &[("spec.md", &format!("- FR-1: {quote}\n"))]);
    let args = [
        "--json", "gate", "run", "clarify", "--spec", &spec, "--roster", "alice",
    ];
    let run = world.synod(args).code(10).json();
    let mut run = world.run(run["id"].as_str().unwrap());
    run.questions.remove(0)
}

/// A subscriber on a connection of its own, which stays.
async fn attach(world: &World, client: usize, to: mpsc::UnboundedSender<Seen>) {
    let mut feed = world.feed_client();
    let request = v1::SubscribeRequest::default();
    let mut stream = feed.subscribe(request).await.unwrap().into_inner();
    stream.message().await.unwrap().unwrap();
    tokio::spawn(async move {
        while let Ok(Some(response)) = stream.message().await {
            let at = Instant::now();
            if let Some(Message::Change(change)) = response.message
                && !change.request_id.is_empty()
                && to.send((client, change.request_id, at)).is_err()
            {
                return;
            }
        }
    });
}

/// Puts the question off again and again; when each call began.
async fn changes(
    world: &World,
    question: &v1::Question,
    name: &str,
    count: usize,
) -> HashMap<String, Instant> {
    let mut client = world.supervisor();
    let mut began = HashMap::new();
    let mut ticker = tokio::time::interval(EVERY);
    for at in 0..count {
        ticker.tick().await;
        let request_id = format!("{name}-{at}");
        began.insert(request_id.clone(), Instant::now());
        let request = v1::AnswerQuestionRequest {
            request_id,
            question_id: question.id.clone(),
            content_hash: question.content_hash.clone(),
            disposition: Some(Disposition::Later(v1::Later {})),
            ..Default::default()
        };
        client.answer_question(request).await.unwrap();
    }
    began
}

/// For each change the time between the first client that saw it and the last, and from its call to the last.
async fn collect(
    seen: &mut mpsc::UnboundedReceiver<Seen>,
    began: &HashMap<String, Instant>,
) -> (Sample, Sample) {
    let mut firsts: HashMap<(usize, String), Instant> = HashMap::new();
    while firsts.len() < began.len() * (CLIENTS + 1) {
        let (client, request, at) = seen.recv().await.unwrap();
        if began.contains_key(&request) {
            firsts.entry((client, request)).or_insert(at);
        }
    }
    let (mut spread, mut last) = (Sample::default(), Sample::default());
    for (request, called) in began {
        let times = firsts.iter().filter(|((_, seen), _)| seen == request);
        let times: Vec<Instant> = times.map(|(_, at)| *at).collect();
        let (first, latest) = (times.iter().min().unwrap(), times.iter().max().unwrap());
        spread.push(*latest - *first);
        last.push(*latest - *called);
    }
    (spread, last)
}
