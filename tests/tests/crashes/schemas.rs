//! Databases of every schema there ever was: today's code opens them and serves what is in them.

use std::{fs, path::Path};

use rusqlite::Connection;
use synod_tests::World;

use crate::{
    databases::schema_of,
    expected::{Expected, assert_started_once},
    submit::{command, submit},
    world,
};

/// The database as this fixture has it.
pub fn restore(world: &World, fixture: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(fixture);
    let sql = fs::read_to_string(path).unwrap();
    fs::create_dir_all(world.state_dir()).unwrap();
    let database = Connection::open(world.database()).unwrap();
    database.execute_batch(&sql).unwrap();
}

/// C8
#[test]
fn a_database_of_schema_1_is_served_and_worked_on() {
    let world = world();
    restore(&world, "schema-1.sql");
    world.start_daemon();
    let (feed, before) = world.snapshot();
    let stored: String = Connection::open(world.database())
        .unwrap()
        .query_row("SELECT value FROM meta WHERE key = 'feed'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(feed, stored, "its followers may go on");
    let told: Vec<(String, String)> = world
        .all_runs()
        .into_iter()
        .map(|run| (run.name, run.state))
        .collect();
    let wanted = [
        ("clarify/shop#2", "awaiting-human"),
        ("clarify/shop", "passed"),
        ("exec/sh", "failed"),
        ("greeting", "failed"),
    ];
    assert_eq!(
        told,
        wanted.map(|(name, state)| (name.to_owned(), state.to_owned()))
    );
    let greeting = world.run("greeting");
    let attempt = World::only_attempt(&greeting);
    assert_eq!(attempt.exit_code, Some(3));
    assert_eq!(attempt.last_line, "hello");
    assert_eq!(World::only_attempt(&world.run("exec/sh")).signal, Some(9));
    world.assert_invariants();
    // What was open can be settled, names go on, and new work is done.
    let question = world.run("clarify/shop#2").questions[0].id.clone();
    world
        .synod(["answer", &question, "at the 95th percentile"])
        .success();
    assert_eq!(world.run("clarify/shop#2").state, "passed");
    let expected = Expected::short(&world, "new", 4);
    let run = submit(&world, &command(&world, "new", &expected.argv)).id;
    expected.assert_ended(&world, &world.wait_end(&run));
    assert_started_once(&world, ["new"]);
    let again = world.exec(&["--name", "greeting"], &["exit", "0"]);
    again.success();
    assert_eq!(world.all_runs()[0].name, "greeting#2");
    assert!(world.snapshot().1.revision > before.revision);
    world.assert_invariants();
}

/// C8: there is no upgrade without a way back.
#[test]
fn a_database_of_which_no_copy_can_be_kept_is_left_as_it_is() {
    let world = world();
    restore(&world, "schema-1.sql");
    let in_the_way = world.state_dir().join("synod.db.schema-1.unfinished");
    fs::create_dir(&in_the_way).unwrap();
    let refused = world.finish(world.synodd_command(["serve"]), None).code(1);
    let said = refused.stderr();
    assert!(said.contains("no copy of the database"), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(
        schema_of(&Connection::open(world.database()).unwrap()),
        1,
        "the old one"
    );
    fs::remove_dir(in_the_way).unwrap();
    world.start_daemon();
    assert_eq!(world.all_runs().len(), 4);
    world.assert_invariants();
}
