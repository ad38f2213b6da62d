//! Runs that may write, over the real programs and a real git: worktrees and copies from the wish to the end.
#![allow(clippy::unwrap_used, clippy::panic)] // tests may

mod copies;
mod crashes;
mod life;
mod merging;
mod odd_trees;
mod refusals;
mod repository;
mod retention;
mod sessions;
mod turns;

use std::path::PathBuf;

use serde_json::Value;
use synod_tests::{Programs, World, config, eventually};

use repository::Repository;

fn programs() -> Programs {
    synod_tests::programs!()
}

/// A world whose agent `alice` is this shell script, run where it is told to work.
fn world(script: &str) -> World {
    let world = World::with(programs()).config(agent(script, "")).build();
    repository::set_identity(&world);
    world
}

fn agent(script: &str, more: &str) -> String {
    let argv = ["/bin/sh", "-c", script].map(str::to_owned);
    config::SHORT_GRACE.to_owned() + &config::agent("alice", "house", &argv, more)
}

/// `synod run --agent alice` in a folder, to its end. Returns the run.
#[track_caller]
fn run_in(world: &World, folder: &std::path::Path, more: &[&str]) -> Value {
    let mut command = world.synod_command(["--json", "run", "--agent", "alice"]);
    command.args(more).arg("go").current_dir(folder);
    let output = world.finish(command, None);
    let run = output.json();
    show(world, run["id"].as_str().unwrap())
}

/// The same, not waiting for its end. Returns the run's id.
#[track_caller]
fn begin_in(world: &World, folder: &std::path::Path) -> String {
    let mut command = world.synod_command(["--json", "run", "--agent", "alice", "--detach", "go"]);
    command.current_dir(folder);
    let run = world.finish(command, None).success().json();
    run["id"].as_str().unwrap().to_owned()
}

fn restart(world: &World) {
    world.synod(["daemon", "stop"]).success();
    eventually("the end of the daemon", || {
        world.find_daemon().is_none().then_some(())
    });
    world.start_daemon();
}

#[track_caller]
fn show(world: &World, id: &str) -> Value {
    world.json(["show", id])
}

fn id(run: &Value) -> &str {
    run["id"].as_str().unwrap()
}

fn state(run: &Value) -> &str {
    run["workspace"]["state"].as_str().unwrap()
}

fn path(run: &Value) -> PathBuf {
    run["workspace"]["path"].as_str().unwrap().into()
}

fn branch(run: &Value) -> &str {
    run["workspace"]["branch"].as_str().unwrap()
}

/// Waits until the workspace of a run is said to stand there.
#[track_caller]
fn wait_workspace(world: &World, id: &str, wanted: &str) -> Value {
    eventually("the workspace's state", || {
        let run = show(world, id);
        (state(&run) == wanted).then_some(run)
    })
}

/// Everything of a run's workspace is gone: folder, git's record, branch.
#[track_caller]
fn assert_gone(repository: &Repository, run: &Value) {
    eventually("the end of the workspace", || {
        let gone =
            !path(run).exists() && repository.branches() == ["main"] && repository.worktrees() == 1;
        gone.then_some(())
    });
}
