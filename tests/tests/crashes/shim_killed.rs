//! The shim dies: at every named step of its life, and by a signal from outside; with the daemon alive, and with it.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use synod_proto::v1;
use synod_tests::{World, eventually, processes};

use crate::{
    expected::{starts, starts_file},
    in_each,
    submit::{command, submit},
};

/// What is promised is one second. This is what a machine that does ten things at once is given.
const AT_MOST: Duration = Duration::from_secs(5);
const KILL_AT: &str = "SYNOD_TEST_SHIM_KILL_AT";
const DELAY: &str = "SYNOD_TEST_SHIM_DELAY_MS";

/// What becomes of an attempt.
enum Becomes {
    Code(i32),
    Lost(&'static str),
}
use Becomes::{Code, Lost};

/// A step, whether its agent is one that stays, what becomes of it, and how often it may have started (least, most).
type Row = (&'static str, Agent, Becomes, (u32, u32));

#[derive(Clone, Copy)]
enum Agent {
    /// Ends at once with 6.
    Short,
    /// A tree of four that would stay.
    Tree,
}

impl Agent {
    fn argv(self, world: &World) -> Vec<String> {
        let starts = starts_file(world);
        let mut script = vec!["append", &starts, "agent"];
        script.extend(match self {
            Self::Short => &["exit", "6"][..],
            Self::Tree => &[
                "fork-child",
                "[",
                "sleep",
                "600000",
                "]",
                "setsid-child",
                "[",
                "sleep",
                "600000",
                "]",
                "double-fork-child",
                "[",
                "sleep",
                "600000",
                "]",
                "print",
                "up",
                "sleep",
                "600000",
            ],
        });
        world.programs().fake(&script)
    }
}

/// The run has ended as it must, and at this moment nothing of it lives.
#[track_caller]
fn assert_became(world: &World, run: &v1::Run, becomes: &Becomes, (least, most): (u32, u32)) {
    assert_eq!(world.agents_alive(), Vec::<i32>::new(), "the tree is gone");
    let attempt = World::only_attempt(run);
    match becomes {
        Code(code) => assert_eq!(attempt.exit_code, Some(*code), "{attempt:?}"),
        Lost(reason) => assert_eq!(
            (attempt.state.as_str(), attempt.reason.as_str()),
            ("lost", *reason),
            "{attempt:?}"
        ),
    }
    let times = starts(world).get("agent").copied().unwrap_or_default();
    assert!((least..=most).contains(&times), "{times} starts");
    world.assert_invariants();
}

fn shim_of(world: &World) -> i32 {
    eventually("the shim", || {
        let is_shim = |pid: &i32| processes::command_line(*pid).contains("exe shim ");
        world.agents_alive().into_iter().find(is_shim)
    })
}

/// C2
#[test]
fn a_shim_killed_at_any_step_is_noticed_and_its_tree_is_gone() {
    let rows: [Row; 7] = [
        ("before-claim", Agent::Short, Lost("spawn-failed"), (0, 0)),
        ("after-claim", Agent::Tree, Lost("shim-lost"), (0, 0)),
        ("after-spawn", Agent::Tree, Lost("shim-lost"), (0, 1)),
        ("after-started", Agent::Tree, Lost("shim-lost"), (0, 1)),
        ("after-agent-exit", Agent::Short, Lost("shim-lost"), (1, 1)),
        ("before-exit-json", Agent::Short, Lost("shim-lost"), (1, 1)),
        ("after-exit-json", Agent::Short, Code(6), (1, 1)),
    ];
    in_each(|world| {
        for (step, agent, becomes, times) in &rows {
            let _ = std::fs::remove_file(starts_file(&world));
            world.start_daemon_with(&[(KILL_AT, step)]);
            let run = submit(&world, &command(&world, step, &agent.argv(&world)));
            let since = Instant::now();
            let run = world.wait_end(&run.id);
            let took = since.elapsed();
            eprintln!("{step}: ended after {took:?}");
            assert!(took < AT_MOST, "{step}: {took:?}");
            assert_became(&world, &run, becomes, *times);
            world.kill_daemon();
        }
    });
}

/// C2
#[test]
fn a_shim_killed_at_any_step_while_the_daemon_is_away_is_found_by_the_next() {
    let rows: [Row; 7] = [
        // Nothing was started, so it is still to be.
        ("before-claim", Agent::Short, Code(6), (1, 1)),
        ("after-claim", Agent::Tree, Lost("shim-lost"), (0, 0)),
        ("after-spawn", Agent::Tree, Lost("shim-lost"), (0, 1)),
        ("after-started", Agent::Tree, Lost("shim-lost"), (0, 1)),
        ("after-agent-exit", Agent::Short, Lost("shim-lost"), (1, 1)),
        ("before-exit-json", Agent::Short, Lost("shim-lost"), (1, 1)),
        ("after-exit-json", Agent::Short, Code(6), (1, 1)),
    ];
    in_each(|world| {
        for (step, agent, becomes, times) in &rows {
            let _ = std::fs::remove_file(starts_file(&world));
            world.start_daemon_with(&[(KILL_AT, step), (DELAY, "500")]);
            let run = submit(&world, &command(&world, step, &agent.argv(&world)));
            let shim = shim_of(&world);
            world.kill_daemon();
            eventually("the end of the shim", || {
                (!processes::is_alive(shim)).then_some(())
            });
            for said in world.shim_logs() {
                eprintln!("{step}: {said}");
            }
            world.start_daemon();
            let since = Instant::now();
            let run = world.wait_end(&run.id);
            let took = since.elapsed();
            eprintln!("{step}, daemon away: ended {took:?} after the next start");
            assert!(took < AT_MOST, "{step}: {took:?}");
            assert_became(&world, &run, becomes, *times);
            world.kill_daemon();
        }
    });
}

/// C2
#[test]
fn a_killed_shim_is_told_of_within_a_second_and_its_tree_is_gone() {
    in_each(|world| {
        world.start_daemon();
        let run = submit(&world, &command(&world, "tree", &Agent::Tree.argv(&world)));
        world.wait_running(&run.id);
        wait_for_tree(&world);
        let shim = shim_of(&world);
        let since = Instant::now();
        processes::signal(shim, Signal::KILL);
        let run = world.wait_end(&run.id);
        let took = since.elapsed();
        eprintln!("told {took:?} after the kill");
        assert!(took < AT_MOST, "{took:?}");
        assert_became(&world, &run, &Lost("shim-lost"), (1, 1));
    });
}

/// C2
#[test]
fn a_shim_killed_with_its_daemon_is_recorded_by_the_next_start() {
    in_each(|world| {
        world.start_daemon();
        let run = submit(&world, &command(&world, "tree", &Agent::Tree.argv(&world)));
        world.wait_running(&run.id);
        wait_for_tree(&world);
        let shim = shim_of(&world);
        world.kill_daemon();
        processes::signal(shim, Signal::KILL);
        eventually("the end of the shim", || {
            (!processes::is_alive(shim)).then_some(())
        });
        world.start_daemon();
        let run = world.wait_end(&run.id);
        assert_became(&world, &run, &Lost("shim-lost"), (1, 1));
    });
}

/// The shim, the agent and its three children.
fn wait_for_tree(world: &World) {
    eventually("the whole tree", || {
        (world.agents_alive().len() == 5).then_some(())
    });
}
