//! The daemon is killed at each of its durable calls, one after the other, and each of them fails once.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use synod_proto::v1;
use synod_tests::{World, eventually, random::Random};
use tonic::Code;

use crate::{
    expected::{Expected, assert_each_line_counted_once, assert_started_once, starts},
    programs,
    submit::{command, is_lost, submit, try_submit},
    traced::{CHANGING, DURABLE, Fate, Side, Story, Traced, can_trace},
};

/// A loop over all points ends here, and says how far it came.
const AT_MOST: Duration = Duration::from_secs(90);
/// Moments between durable calls are too many: so many are drawn, or `SYNOD_CRASH_POINTS`.
const SAMPLES: u64 = 20;

/// What the caller was told before the daemon went.
#[derive(Debug)]
enum Told {
    /// The run.
    Accepted(String),
    Refused,
    Nothing,
}

/// A command submitted to a daemon with its fate, and what was told.
fn submit_to(world: &World, expected: &Expected, mut daemon: Traced) -> (Told, Story) {
    let request = command(world, "request", &expected.argv);
    let told = eventually("an answer, or the daemon's end", || {
        match try_submit(world, &request) {
            Ok(run) => Some(Told::Accepted(run.id)),
            Err(status) if !is_lost(&status) => Some(Told::Refused),
            Err(_) => daemon.has_ended().then_some(Told::Nothing),
        }
    });
    if let Told::Accepted(id) = &told {
        // To the very end: its directory is put away after the last commit.
        eventually("the end of the run, or of the daemon", || {
            let request = v1::GetRunRequest {
                id: id.clone(),
                ..Default::default()
            };
            let answer = world.block_on(world.supervisor().get_run(request));
            let state = answer.ok().and_then(|answer| answer.into_inner().run);
            let ended = state.is_some_and(|run| run.ended_at.is_some());
            (daemon.has_ended() || ended && world.live_dirs().is_empty()).then_some(())
        });
    }
    if !daemon.has_ended() {
        // Ends in peace, or by its fate.
        drop(world.synod(["daemon", "stop"]));
    }
    (told, daemon.end())
}

/// After whatever happened, an ordinary daemon brings it to its end.
#[track_caller]
fn assert_all_is_well(world: &World, expected: &Expected, told: &Told) -> v1::Run {
    world.start_daemon();
    let run = submit(world, &command(world, "request", &expected.argv));
    if let Told::Accepted(before) = told {
        assert_eq!(&run.id, before, "what was acknowledged is known");
    }
    let run = world.wait_end(&run.id);
    assert_eq!(world.all_runs().len(), 1);
    assert_each_line_counted_once(world);
    world.assert_invariants();
    assert_eq!(world.agents_alive(), Vec::<i32>::new());
    eventually("the directory in the archive", || {
        world.live_dirs().is_empty().then_some(())
    });
    run
}

fn killed_at(calls: &str, n: u64, side: Side, hold: Duration) -> Story {
    let world = World::new(programs());
    let expected = Expected::short(&world, "agent", 7);
    let fate = Fate::KilledAt {
        calls,
        n,
        side,
        hold,
    };
    let (told, story) = submit_to(&world, &expected, Traced::start(&world, fate));
    assert_old_or_new(&world);
    let run = assert_all_is_well(&world, &expected, &told);
    expected.assert_ended(&world, &run);
    assert_started_once(&world, ["agent"]);
    story
}

/// The schema is there as a whole, or not at all.
#[track_caller]
fn assert_old_or_new(world: &World) {
    let Ok(database) =
        Connection::open_with_flags(world.database(), OpenFlags::SQLITE_OPEN_READ_WRITE)
    else {
        // Not even the file is there yet.
        return;
    };
    let number = |sql: &str| -> i64 { database.query_row(sql, [], |row| row.get(0)).unwrap() };
    let version = number("PRAGMA user_version");
    let tables = number("SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
    let feeds = |tables| {
        if tables > 0 {
            number("SELECT count(*) FROM meta WHERE key = 'feed'")
        } else {
            0
        }
    };
    assert!(
        (version, tables) == (0, 0) || version == 2 && tables > 10 && feeds(tables) == 1,
        "version {version} with {tables} tables"
    );
}

/// C1, C8: also those of the schema's creation. Also between a commit and its answer.
#[test]
fn a_daemon_killed_at_any_durable_call_loses_and_repeats_nothing() {
    let test = "a_daemon_killed_at_any_durable_call_loses_and_repeats_nothing";
    if !can_trace(test) {
        return;
    }
    let begun = Instant::now();
    for side in [Side::Before, Side::After] {
        let mut points = 0;
        for n in 1.. {
            let story = killed_at(DURABLE, n, side, Duration::from_millis(12));
            if !story.killed {
                break;
            }
            points += 1;
            assert!(begun.elapsed() < AT_MOST, "{points} points are not all");
        }
        assert!(points > 5, "{points} durable calls are too few to be true");
        eprintln!(
            "{test}: {side:?} all {points} points, {:?}",
            begun.elapsed()
        );
    }
}

/// C1, C8
#[test]
fn a_daemon_killed_between_any_two_changes_of_files_loses_and_repeats_nothing() {
    let test = "a_daemon_killed_between_any_two_changes_of_files_loses_and_repeats_nothing";
    if !can_trace(test) {
        return;
    }
    let mut random = Random::seeded(test);
    let begun = Instant::now();
    let hold = Duration::from_millis(3);
    let all = killed_at(CHANGING, u64::MAX, Side::Before, hold).calls;
    let given = std::env::var("SYNOD_CRASH_POINTS").ok();
    let wanted = given.map_or(SAMPLES, |text| text.parse().expect("a number of points"));
    let mut tried = 0;
    while tried < wanted && (wanted > SAMPLES || begun.elapsed() < AT_MOST) {
        let n = 1 + random.below(all);
        eprintln!("killed at call {n} of {all}");
        killed_at(CHANGING, n, Side::Before, hold);
        tried += 1;
    }
    eprintln!("{test}: {tried} of {all} points, {:?}", begun.elapsed());
}

/// C3: the calls of the daemon's start.
#[test]
fn a_durable_call_that_fails_at_the_start_loses_nothing_that_was_acknowledged() {
    let test = "a_durable_call_that_fails_at_the_start_loses_nothing_that_was_acknowledged";
    each_call_fails(test, |world, what| {
        Traced::start(world, Fate::Injected(what))
    });
}

/// C3: the calls of the engine, and of everybody who writes files for it.
#[test]
fn a_durable_call_that_fails_at_work_loses_nothing_that_was_acknowledged() {
    let test = "a_durable_call_that_fails_at_work_loses_nothing_that_was_acknowledged";
    each_call_fails(test, |world, what| {
        let pid = world.start_daemon();
        Traced::attach(world, pid, Fate::Injected(what))
    });
}

/// C3: the commits alone, which others' failures would hide.
#[test]
fn a_commit_that_fails_loses_nothing_that_was_acknowledged() {
    let test = "a_commit_that_fails_loses_nothing_that_was_acknowledged";
    each_call_fails(test, |world, what| {
        let pid = world.start_daemon();
        let log = world.state_dir().join("synod.db-wal");
        Traced::attach(world, pid, Fate::InjectedInto(what, &log))
    });
}

fn each_call_fails(test: &str, daemon: impl Fn(&World, &str) -> Traced) {
    if !can_trace(test) {
        return;
    }
    let begun = Instant::now();
    for error in ["EIO", "ENOSPC"] {
        let mut points = 0;
        for n in 1.. {
            // Each thread counts for itself.
            let inject = format!("{DURABLE}:error={error}:when={n}");
            let world = World::new(programs());
            let expected = Expected::short(&world, "agent", 7);
            let daemon = daemon(&world, &inject);
            let (told, story) = submit_to(&world, &expected, daemon);
            if story.injected == 0 {
                break;
            }
            points += 1;
            let run = assert_all_is_well(&world, &expected, &told);
            let attempt = World::only_attempt(&run);
            if attempt.reason == "spawn-failed" {
                // Its directory could not be made durable, so it was not started: said, and true.
                assert_eq!(starts(&world).len(), 0);
                assert!(attempt.detail.contains("os error"), "{attempt:?}");
            } else {
                expected.assert_ended(&world, &run);
                assert_started_once(&world, ["agent"]);
            }
            eprintln!("{error} at call {n}: {told:?}, then {}", attempt.reason);
            assert!(begun.elapsed() < AT_MOST, "{points} points are not all");
        }
        assert!(points > 1, "{points} points are too few to be true");
        eprintln!(
            "{test}: {error} at all {points} points, {:?}",
            begun.elapsed()
        );
    }
}

/// C3
#[test]
fn while_there_is_no_room_work_is_refused_and_then_goes_on_by_itself() {
    let test = "while_there_is_no_room_work_is_refused_and_then_goes_on_by_itself";
    if !can_trace(test) {
        return;
    }
    let world = World::new(programs());
    let pid = world.start_daemon();
    // The engine's thread is the one that writes from now on.
    let full = Fate::Injected("pwrite64:error=ENOSPC:when=1..4");
    let mut daemon = Traced::attach(&world, pid, full);
    let expected = Expected::printing(&world, "agent", 7, 20);
    let request = command(&world, "request", &expected.argv);
    let mut refusals = 0;
    let run = eventually("room", || match try_submit(&world, &request) {
        Ok(run) => Some(run),
        Err(status) if is_lost(&status) => {
            assert!(!daemon.has_ended(), "a full disk does not end the daemon");
            None
        }
        Err(status) => {
            assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
            refusals += 1;
            None
        }
    });
    assert!(refusals > 0);
    expected.assert_ended(&world, &world.wait_end(&run.id));
    assert_started_once(&world, ["agent"]);
    assert_each_line_counted_once(&world);
    world.assert_invariants();
    assert!(!daemon.has_ended());
    world.synod(["daemon", "stop"]).success();
    assert!(daemon.end().injected > 0);
}
