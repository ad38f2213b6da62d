//! A `synod` whose standard output is read line by line while it goes on.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
};

use synod_tests::{DEADLINE, World, processes};

/// See the module. What it says on standard error is not looked at.
pub struct Attached {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Attached {
    pub fn new(world: &World, args: &[&str]) -> Self {
        Self::of(world.synod_command(args))
    }

    pub fn of(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (to, lines) = channel();
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            lines,
            seen: Vec::new(),
        }
    }

    /// Waits until it prints such a line.
    #[track_caller]
    pub fn until(&mut self, wanted: impl Fn(&str) -> bool) {
        loop {
            let line = self.lines.recv_timeout(DEADLINE);
            let line = line.unwrap_or_else(|_| panic!("no such line among {:#?}", self.seen));
            let found = wanted(&line);
            self.seen.push(line);
            if found {
                return;
            }
        }
    }

    /// Waits for its end: the exit code and all it printed.
    #[track_caller]
    pub fn finish(mut self) -> (Option<i32>, Vec<String>) {
        while let Ok(line) = self.lines.recv_timeout(DEADLINE) {
            self.seen.push(line);
        }
        let pid = self.child.id().cast_signed();
        synod_tests::eventually("the end of synod", || {
            (!processes::is_alive(pid)).then_some(())
        });
        let code = self.child.wait().unwrap().code();
        (code, std::mem::take(&mut self.seen))
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // Ended already where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Attached {
    pub fn signal(&self, signal: rustix::process::Signal) {
        processes::signal(self.child.id().cast_signed(), signal);
    }
}
