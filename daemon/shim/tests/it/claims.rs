//! At most one agent for one directory, whoever tries.

use std::{
    fs::{self, File},
    os::fd::AsFd as _,
    process::{Command, Stdio},
};

use synod_shim::{containment::Preference, inspect::Evidence, records::Outcome};

use crate::support::{Attempt, Setup, eventually, in_each, shim_exe};

/// A shim by hand, with any file as its lock.
fn push_shim(attempt: &mut Attempt, stdin: Stdio) {
    let shim = Command::new(shim_exe())
        .arg("shim")
        .arg(attempt.dir.path())
        .stdin(stdin)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    attempt.shims.push(shim);
}

/// C1
#[test]
fn a_claimed_directory_never_runs_again() {
    in_each(|containment| {
        let mut attempt = Setup::sh(containment, "echo ran").create();
        fs::write(attempt.dir.claimed(), "").unwrap();
        attempt.launch();
        assert!(attempt.wait_for_shim().success());
        assert!(!attempt.dir.stdout().exists());
        assert!(matches!(attempt.settled(), Evidence::ClaimedFree(None)));
    });
}

/// C1
#[test]
fn a_directory_with_an_end_never_runs_again() {
    let mut attempt = Setup::sh(Preference::Session, "echo ran >>runs").launch();
    let first = attempt.finish_here();
    fs::remove_file(attempt.dir.claimed()).unwrap();
    attempt.launch();
    assert_eq!(attempt.finish_here(), first);
    assert_eq!(fs::read(attempt.work("runs")).unwrap(), b"ran\n");
}

/// C1: the worst case, two shims that share one lock.
#[test]
fn two_shims_of_one_directory_run_one_agent() {
    for _ in 0..10 {
        let mut attempt = Setup::sh(Preference::Session, "echo ran >>runs").create();
        let lock = attempt.dir.try_lock().unwrap().unwrap();
        for _ in 0..2 {
            let shared = lock.as_fd().try_clone_to_owned().unwrap();
            push_shim(&mut attempt, shared.into());
        }
        drop(lock);
        for mut shim in attempt.shims.drain(..) {
            eventually("the end of both", || shim.try_wait().unwrap());
        }
        let exit = attempt.dir.exit().unwrap().unwrap();
        assert_eq!(exit.outcome, Outcome::Exited { code: 0 });
        assert_eq!(fs::read(attempt.work("runs")).unwrap(), b"ran\n");
    }
}

/// C1: its daemon died, and another one has decided meanwhile.
#[test]
fn a_shim_without_the_held_lock_refuses_to_start_anything() {
    let mut attempt = Setup::sh(Preference::Session, "echo ran").create();
    let unlocked = || File::open(attempt.dir.lock()).unwrap();
    let (free, taken) = (unlocked(), unlocked());
    push_shim(&mut attempt, free.into());
    assert!(!attempt.wait_for_shim().success());
    let lock = eventually("a free lock", || attempt.dir.try_lock().unwrap());
    push_shim(&mut attempt, taken.into());
    assert!(!attempt.wait_for_shim().success());
    push_shim(&mut attempt, Stdio::null());
    assert!(!attempt.wait_for_shim().success());
    drop(lock);
    assert!(!attempt.dir.is_claimed().unwrap());
}

/// C1
#[test]
fn the_lock_is_held_from_the_launch_to_the_end() {
    in_each(|containment| {
        let mut attempt = Setup::sh(containment, "echo ran >>runs")
            .env("SYNOD_TEST_SHIM_DELAY_MS", "100")
            .launch();
        eventually("the end", || match attempt.evidence() {
            Evidence::Held(_) => None,
            Evidence::Exited(exit) => Some(exit),
            other => panic!("{other:?}"),
        });
        attempt.finish_here();
        assert_eq!(fs::read(attempt.work("runs")).unwrap(), b"ran\n");
    });
}
