//! The exit codes that scripts live by.

use serde_json::json;
use synod_tests::World;

use crate::{
    Cast, SPEC,
    cast::{ask, release, spec},
    finding, world,
};

/// Runs that ended in every way, by exit code.
fn one_of_each() -> (World, Vec<(i32, String)>) {
    let world = world();
    let never = world.at("never");
    let found = json!([finding("FR-1 gives no time.", "critical", "quickly")]).to_string();
    Cast::new(&world)
        .agent("fine", "red", &["answer", "[]"])
        .agent("mute", "blue", &["read-prompt"])
        .agent("finds", "green", &["answer", &found])
        .agent("hangs", "black", &["read-prompt", "wait-file", &never])
        .enter();
    let spec = spec(&world);
    let mut runs = Vec::new();
    for (code, roster, quorum) in [
        (0, &["fine"][..], "1"),
        (0, &["fine", "mute"], "1"),
        (11, &["mute"], "1"),
        (10, &["finds"], "1"),
    ] {
        let ended = ask(&world, &spec, roster, &["--quorum", quorum]);
        assert_eq!(ended.out.code, Some(code), "{}", ended.out);
        runs.push((code, ended.run.id));
    }
    // The same again, cancelled under whoever follows it.
    let args = [
        "gate", "run", "clarify", "--spec", &spec, "--roster", "hangs",
    ];
    let follower = world.spawn_synod(args);
    synod_tests::eventually("the run", || {
        (world.live_runs().iter().any(|run| run.roster == ["hangs"])).then_some(())
    });
    let id = world
        .live_runs()
        .into_iter()
        .find(|run| run.roster == ["hangs"])
        .unwrap()
        .id;
    world.synod(["cancel", &id]).success();
    follower.finish().code(13);
    runs.push((13, id));
    runs.push((1, world.exec_detached(&[], &["exit", "7"])));
    (world, runs)
}

#[test]
fn waiting_for_several_ends_with_the_worst() {
    let (world, runs) = one_of_each();
    let id = |code: i32| runs.iter().find(|(c, _)| *c == code).unwrap().1.as_str();
    for (code, id) in &runs {
        world.synod(["wait", id]).code(*code);
        world.synod(["show", id]).success();
    }
    for (ids, worst) in [
        (vec![0, 10], 10),
        (vec![10, 13], 13),
        (vec![13, 11, 0], 11),
        (vec![11, 1, 13, 10, 0], 1),
    ] {
        let mut args = vec!["wait"];
        args.extend(ids.iter().map(|code| id(*code)));
        world.synod(args).code(worst);
    }
    let degraded = &runs[1].1;
    world.synod(["wait", degraded, "--strict"]).code(14);
    world.synod(["wait", degraded, id(0), "--strict"]).code(14);
}

#[test]
fn strict_gates_tell_degraded_apart() {
    let (world, _) = one_of_each();
    // Of another specification: what one of them asks holds the next run of the same.
    let spec = world.spec_dir("elsewhere", &[("spec.md", SPEC)]);
    let ended = ask(
        &world,
        &spec,
        &["fine", "mute"],
        &["--quorum", "1", "--strict"],
    );
    assert_eq!(ended.end(), (14, "passed-degraded"));
}

#[test]
fn waiting_gives_up_after_the_time_given_and_the_work_goes_on() {
    let world = world();
    let go = world.at("go");
    let id = world.exec_detached(&["--name", "slow"], &["wait-file", &go]);
    let said = world.synod(["wait", &id, "--timeout", "100ms"]).refusal(6);
    assert!(said.contains("slow"), "{said}");
    assert_eq!(world.run(&id).state, "executing");
    release(&world, "go");
    world.synod(["wait", &id, "--timeout", "1m"]).success();
}

#[test]
fn what_is_not_there_is_not_found() {
    let world = world();
    for args in [
        &["show", "feedfacefeedface"][..],
        &["wait", "feedfacefeedface"],
        &["cancel", "no-such-run"],
        &["logs", "feedfacefeedface"],
        &["retry", "feedfacefeedface"],
        &["questions", "no-such-run"],
        &["gate", "show", "clarfy"],
    ] {
        let said = world.synod(args).refusal(3);
        assert!(said.contains(args.last().unwrap()), "{args:?}: {said}");
    }
    let error = world.synod(["--json", "show", "feedfacefeedface"]).code(3);
    let told: serde_json::Value = serde_json::from_slice(&error.stderr).unwrap();
    assert_eq!(told["error"]["code"], "not-found", "{told}");
    assert_eq!(error.stdout(), "");
}
