//! The same work is done once, other work beside it.

use synod_proto::v1;
use synod_tests::World;

use crate::{
    Cast, SPEC,
    cast::{release, spec, submit},
    world,
};

/// Two agents that say that they were started, and wait.
fn waiting(world: &World) {
    let (go, starts) = (world.at("go"), world.at("starts"));
    let script = [
        "read-prompt",
        "append",
        &starts,
        "start",
        "wait-file",
        &go,
        "answer",
        "[]",
    ];
    Cast::new(world)
        .agent("alice", "red", &script)
        .agent("bob", "blue", &script)
        .enter();
}

fn starts(world: &World) -> usize {
    std::fs::read_to_string(world.at("starts"))
        .unwrap_or_default()
        .lines()
        .count()
}

fn request(id: &str, spec: &str) -> v1::SpawnQualityGateRequest {
    v1::SpawnQualityGateRequest {
        request_id: id.to_owned(),
        gate: "clarify".to_owned(),
        subject: spec.to_owned(),
        roster: vec!["alice".to_owned(), "bob".to_owned()],
        ..Default::default()
    }
}

/// R6
#[test]
fn two_submissions_at_once_are_one_run() {
    let world = world();
    waiting(&world);
    world.start_daemon();
    let spec = spec(&world);
    let (mut a, mut b) = (world.supervisor(), world.supervisor());
    let (first, second) = world.block_on(async {
        tokio::join!(
            a.spawn_quality_gate(request("a", &spec)),
            b.spawn_quality_gate(request("b", &spec)),
        )
    });
    let answers = [first.unwrap().into_inner(), second.unwrap().into_inner()];
    let mut attached = answers.each_ref().map(|answer| answer.attached);
    attached.sort_unstable();
    assert_eq!(
        attached,
        [false, true],
        "one is told that it joined the other"
    );
    let [one, two] = answers.map(|answer| answer.run.unwrap().id);
    assert_eq!(one, two);
    release(&world, "go");
    world.wait_end(&one);
    assert_eq!((starts(&world), world.all_runs().len()), (2, 1));
    world.assert_invariants();
}

/// R6
#[test]
fn two_specs_submitted_at_once_are_two_runs() {
    let world = world();
    waiting(&world);
    world.start_daemon();
    let specs = ["one", "two"].map(|name| world.spec_dir(name, &[("spec.md", SPEC)]));
    let calls = specs.each_ref().map(|spec| {
        let spec = spec.clone();
        let args = [
            "--json",
            "gate",
            "run",
            "clarify",
            "--spec",
            &spec,
            "--roster",
            "alice,bob",
        ];
        world.spawn_synod(args)
    });
    for spec in &specs {
        let name = format!("clarify/{}", spec.rsplit('/').next().unwrap());
        synod_tests::eventually("both submitted", || {
            world
                .all_runs()
                .iter()
                .any(|run| run.name == name)
                .then_some(())
        });
    }
    release(&world, "go");
    let ids = calls.map(|call| call.finish().success().json()["id"].clone());
    assert_ne!(ids[0], ids[1]);
    assert_eq!((starts(&world), world.all_runs().len()), (4, 2));
    world.assert_invariants();
}

/// R6
#[test]
fn only_equal_work_joins_a_run_and_only_unless_forced() {
    let world = world();
    waiting(&world);
    let path = spec(&world);
    let both = ["alice", "bob"];
    let first = submit(&world, &path, &both, &[]);
    assert_eq!(submit(&world, &path, &both, &[]), first);
    // So does the next daemon, and another way to write the same place.
    world.kill_daemon();
    assert_eq!(
        submit(&world, &format!("{path}/../checkout/"), &both, &[]),
        first
    );

    let mut others = vec![
        first,
        submit(&world, &path, &both, &["--force"]),
        submit(&world, &path, &both, &["--quorum", "1"]),
        submit(&world, &path, &["bob", "alice"], &[]),
        submit(&world, &path, &["alice"], &[]),
    ];
    std::fs::write(format!("{path}/spec.md"), format!("{SPEC}\nMore.\n")).unwrap();
    others.push(submit(&world, &path, &both, &[]));
    let count = others.len();
    let names: Vec<String> = others.iter().map(|id| world.run(id).name).collect();
    others.sort();
    others.dedup();
    assert_eq!(others.len(), count, "each other work is a run of its own");
    let expected: Vec<String> = (1..=count)
        .map(|n| match n {
            1 => "clarify/checkout".to_owned(),
            n => format!("clarify/checkout#{n}"),
        })
        .collect();
    assert_eq!(names, expected);
    release(&world, "go");
    for id in &others {
        assert_eq!(world.wait_end(id).state, "passed");
    }
    assert_eq!(starts(&world), 2 * count - 1);
    // What has ended is joined no more, and stands: nobody is asked again.
    assert!(others.contains(&submit(&world, &path, &both, &[])));
    assert_eq!(starts(&world), 2 * count - 1);
    world.assert_invariants();
}

/// R6: a request that is repeated because its answer was lost.
#[test]
fn a_repeated_request_gets_the_first_answer_and_another_payload_a_refusal() {
    let world = world();
    waiting(&world);
    world.start_daemon();
    let spec = spec(&world);
    let mut client = world.supervisor();
    let first = world.block_on(client.spawn_quality_gate(request("once", &spec)));
    let first = first.unwrap().into_inner().run.unwrap().id;
    world.kill_daemon();
    world.start_daemon();
    let mut client = world.supervisor();
    let again = world.block_on(client.spawn_quality_gate(request("once", &spec)));
    let again = again.unwrap().into_inner();
    assert_eq!(
        (again.run.unwrap().id, again.attached),
        (first.clone(), false)
    );
    let other = v1::SpawnQualityGateRequest {
        quorum: Some(1),
        ..request("once", &spec)
    };
    let no = world
        .block_on(client.spawn_quality_gate(other))
        .unwrap_err();
    assert_eq!(no.code(), tonic::Code::InvalidArgument, "{no}");
    release(&world, "go");
    world.wait_end(&first);
    assert_eq!((starts(&world), world.all_runs().len()), (2, 1));
}
