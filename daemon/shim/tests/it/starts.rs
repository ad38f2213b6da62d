//! What an agent finds when it starts, and why it did not.

use std::{fs, os::unix::fs::PermissionsExt as _};

use synod_shim::{
    containment::Preference,
    records::Outcome,
    spec::{Restore, Stdin},
};

use crate::support::{Setup, check_cancelled, in_each, shim_exe};

#[track_caller]
fn check_refused(setup: Setup, expected_errno: i32, path_and_reason: [&str; 2]) {
    let attempt = setup.launch();
    let exit = attempt.finish();
    let Outcome::SpawnFailed {
        errno,
        path,
        message,
    } = exit.outcome
    else {
        panic!("{:?}", exit.outcome);
    };
    assert_eq!(errno, expected_errno, "{path}: {message}");
    let [expected_path, reason] = path_and_reason;
    assert!(path.contains(expected_path), "{path}");
    assert!(message.contains(reason), "{message}");
    assert_eq!(exit.started_at_us, None);
}

/// P7
#[test]
fn a_missing_program_is_named_with_what_was_tried() {
    in_each(|containment| {
        check_refused(
            Setup::new(containment, ["no-such-agent", "-p"]).env("PATH", "/bin:/nowhere"),
            libc::ENOENT,
            ["no-such-agent", "/bin:/nowhere"],
        );
        check_refused(
            Setup::new(containment, ["/nowhere/agent"]),
            libc::ENOENT,
            ["/nowhere/agent", "no such program"],
        );
    });
}

/// P7
#[test]
fn a_program_that_cannot_be_executed_is_never_replaced_by_another() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str, mode| {
        let path = place.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let here = place.path().to_str().unwrap();
    let plain = write("plain", "#!/bin/sh\n", 0o644);
    let orphan = write("orphan", "#!/nowhere/python\n", 0o755);
    let headless = write("headless", "echo hello\n", 0o755);
    let session = Preference::Session;
    for (argv, errno, reason) in [
        (plain.as_str(), libc::EACCES, "not executable"),
        (here, libc::EACCES, "is a directory"),
        (&orphan, libc::ENOENT, "interpreter"),
        (&headless, libc::ENOEXEC, "#!"),
        ("", libc::ENOENT, "empty"),
    ] {
        check_refused(Setup::new(session, [argv]), errno, [argv, reason]);
    }
    check_refused(
        Setup::new(session, ["plain"]).env("PATH", here),
        libc::EACCES,
        [plain.as_str(), "not executable"],
    );
    check_refused(
        Setup::new(session, ["true", "a\0b"]),
        libc::EINVAL,
        ["true", "NUL"],
    );
}

/// P7
#[test]
fn a_missing_working_directory_is_told_apart_from_a_missing_program() {
    in_each(|containment| {
        let mut setup = Setup::new(containment, ["true"]);
        setup.spec.cwd = "/nowhere/at/all".into();
        check_refused(
            setup,
            libc::ENOENT,
            ["/nowhere/at/all", "working directory"],
        );
    });
}

#[test]
fn an_unreadable_spec_ends_the_attempt_and_says_so() {
    let mut attempt = Setup::new(Preference::Session, ["true"]).create();
    let lock = attempt.dir.try_lock().unwrap().unwrap();
    fs::write(attempt.dir.spec(), "{").unwrap();
    let shim = std::process::Command::new(shim_exe())
        .arg("shim")
        .arg(attempt.dir.path())
        .stdin(lock.into_stdio())
        .spawn();
    attempt.shims.push(shim.unwrap());
    attempt.wait_for_shim();
    let exit = attempt.dir.exit().unwrap().unwrap();
    let Outcome::SpawnFailed { message, .. } = exit.outcome else {
        panic!("{:?}", exit.outcome);
    };
    assert!(message.contains("spec.json"), "{message}");
}

#[test]
fn a_relative_program_is_relative_to_the_working_directory() {
    let attempt = Setup::new(Preference::Session, ["./here", "word"]).create();
    let program = attempt.work("here");
    fs::write(&program, "#!/bin/sh\necho \"$0 $1\"; pwd\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut attempt = attempt;
    attempt.launch();
    attempt.finish_here();
    let expected = format!("./here word\n{}\n", attempt.setup.spec.cwd.display());
    assert_eq!(String::from_utf8_lossy(&attempt.stdout()), expected);
}

/// P3
#[test]
fn arguments_and_environment_arrive_byte_for_byte() {
    let nasty = "-x $(id) `id` \"'\\ \n EOF ${HOME} %s ü";
    let mut attempt = Setup::new(
        Preference::Session,
        [
            "sh",
            "-c",
            "printf '%s|' \"$@\" \"$NASTY\"",
            "-",
            nasty,
            "",
            "--",
        ],
    )
    .env("NASTY", nasty)
    .launch();
    attempt.finish_here();
    let expected = format!("{nasty}||--|{nasty}|");
    assert_eq!(String::from_utf8_lossy(&attempt.stdout()), expected);
}

#[test]
fn the_agent_carries_its_ids_and_no_test_hooks() {
    let mut attempt = Setup::new(Preference::Session, ["env"])
        .env("SYNOD_TEST_SHIM_DELAY_MS", "1")
        .env("SYNOD_TEST_SHIM_KILL_AT", "never")
        .launch();
    attempt.finish_here();
    let stdout = String::from_utf8(attempt.stdout()).unwrap();
    let mut found: Vec<&str> = stdout
        .lines()
        .filter(|line| line.contains("SYNOD"))
        .collect();
    found.sort_unstable();
    let mark = format!("SYNOD_ATTEMPT={}", attempt.mark());
    assert_eq!(
        found,
        [
            mark.as_str(),
            "SYNOD_EXECUTION=execution-1",
            "SYNOD_RUN=run-1"
        ]
    );
}

/// P8: what a daemon under `nohup` ignores, its agents must hear; so too what it blocks.
#[test]
fn ignored_and_blocked_signals_are_not_inherited_by_the_agent() {
    let place = tempfile::tempdir().unwrap();
    let careless = place.path().join("careless");
    // All of them, by name and by number: also SIGINT, SIGHUP, SIGPIPE and SIGCHLD.
    let script = format!(
        "#!/bin/sh\nexec env --ignore-signal --block-signal {} \"$@\"\n",
        shim_exe().display()
    );
    fs::write(&careless, script).unwrap();
    fs::set_permissions(&careless, fs::Permissions::from_mode(0o755)).unwrap();
    for stdin in [Stdin::Prompt, Stdin::Journal] {
        in_each(|containment| {
            let argv = ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"];
            let mut setup = Setup::new(containment, argv);
            setup.spec.stdin = stdin;
            setup.exe.clone_from(&careless);
            let mut attempt = setup.launch();
            assert_eq!(attempt.finish_here().outcome, Outcome::Exited { code: 0 });
            let none = "0000000000000000";
            assert_eq!(
                String::from_utf8(attempt.stdout()).unwrap(),
                format!("SigBlk:\t{none}\nSigIgn:\t{none}\n"),
                "{stdin:?}"
            );
        });
    }
}

#[test]
fn the_agent_has_the_users_umask_and_limit_of_open_files() {
    let mut setup = Setup::sh(Preference::Session, "umask; ulimit -n");
    setup.spec.restore = Restore {
        umask: Some(0o027),
        open_files: Some(200),
    };
    let mut attempt = setup.launch();
    attempt.finish_here();
    assert_eq!(attempt.stdout(), b"0027\n200\n");
}

#[test]
fn the_users_settings_are_read_without_changing_them() {
    let (first, second) = (Restore::capture().unwrap(), Restore::capture().unwrap());
    assert_eq!(first, second);
    assert!(first.umask.is_some() && first.open_files.is_some());
}

#[test]
fn the_agent_has_three_descriptors_and_a_session_of_its_own() {
    in_each(|containment| {
        let script = "ls /proc/$$/fd; cut -d' ' -f1,5,6 /proc/$$/stat; exec sleep 1000";
        let attempt = Setup::sh(containment, script).launch();
        let started = attempt.wait_for_started();
        let pid = started.agent_pid;
        let expected = format!("0\n1\n2\n{pid} {pid} {pid}\n");
        attempt.wait_for_output(&expected);
        assert_eq!(String::from_utf8(attempt.stdout()).unwrap(), expected);
        attempt.cancel();
        attempt.finish();
    });
}

#[test]
fn the_shim_leads_a_session_of_its_own_and_pins_no_directory() {
    let attempt = Setup::sh(Preference::Session, "echo ready; exec sleep 1000").launch();
    attempt.wait_for_output("ready");
    let shim = attempt.wait_for_started().shim_pid;
    let stat = fs::read_to_string(format!("/proc/{shim}/stat")).unwrap();
    let session = stat.rsplit(") ").next().unwrap().split(' ').nth(3).unwrap();
    assert_eq!(session, shim.to_string());
    let place = fs::read_link(format!("/proc/{shim}/cwd")).unwrap();
    assert_eq!(place, std::path::Path::new("/"));
    check_cancelled(attempt);
}
