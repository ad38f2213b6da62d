//! The least of a shell with job control: `in-terminal TTY PROGRAM ARGUMENTS…` makes the terminal its own in a new
//! session, runs the program in it as its foreground job, and tells on standard output, a line each, how the job
//! fares: `pid N`, `stopped N`, `continued`, `exited N`, `signalled N`.
//!
//! Without a shell above it a program could not be suspended: the process group would be an orphan, and the kernel
//! would ignore the stop.

// Not a program for anybody but tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::{
    env,
    ffi::OsString,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::process::CommandExt as _,
    process::{Command, exit},
    thread,
    time::Duration,
};

use rustix::{
    process::{Pid, WaitOptions, getpgrp, ioctl_tiocsctty, setsid, waitpid},
    termios::{tcgetpgrp, tcsetpgrp},
};

/// What comes before a job that has still to become the foreground one.
const JOB: &str = "--job";

fn main() {
    let mut words = env::args_os().skip(1);
    let first = words.next().expect("a terminal");
    let program = words.next().expect("a program");
    let rest: Vec<OsString> = words.collect();
    if first == JOB {
        job(&program, &rest);
    }
    let tty = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&first)
        .unwrap();
    setsid().expect("a session of its own");
    ioctl_tiocsctty(&tty).expect("a terminal that is nobody's yet");
    shell(&tty, &program, &rest);
}

/// Starts the job, and tells of it to its end.
fn shell(tty: &File, program: &OsString, arguments: &[OsString]) -> ! {
    let stream = || tty.try_clone().unwrap();
    #[expect(clippy::zombie_processes, reason = "waited for by pid, with its stops")]
    let child = Command::new(env::current_exe().unwrap())
        .arg(JOB)
        .arg(program)
        .args(arguments)
        .stdin(stream())
        .stdout(stream())
        .stderr(stream())
        .process_group(0)
        .spawn()
        .expect("the job starts");
    let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
    tcsetpgrp(tty, pid).expect("the foreground is ours to give");
    tell(&format!("pid {}", child.id()));
    loop {
        let looked = waitpid(Some(pid), WaitOptions::UNTRACED | WaitOptions::CONTINUED);
        let (_, status) = looked.unwrap().expect("a child that is waited for");
        if let Some(code) = status.exit_status() {
            tell(&format!("exited {code}"));
            exit(0);
        } else if let Some(signal) = status.terminating_signal() {
            tell(&format!("signalled {signal}"));
            exit(0);
        } else if let Some(signal) = status.stopping_signal() {
            tell(&format!("stopped {signal}"));
        } else if status.continued() {
            tell("continued");
        }
    }
}

/// Becomes the program, once it is the terminal's foreground job: before, changing the terminal would stop it.
fn job(program: &OsString, arguments: &[OsString]) -> ! {
    while tcgetpgrp(io::stdin()).unwrap() != getpgrp() {
        thread::sleep(Duration::from_millis(1));
    }
    let error = Command::new(program).args(arguments).exec();
    panic!("{}: {error}", program.display());
}

fn tell(line: &str) {
    let mut out = io::stdout().lock();
    // Whoever wanted to know may have gone.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
