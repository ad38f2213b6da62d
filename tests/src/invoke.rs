//! Calling `synod`, to its end or beside the test.

use std::{
    ffi::OsStr,
    io::{Read, Write as _},
    process::{Child, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::Value;
use synod_proto::v1;

use crate::{DEADLINE, World};

/// How a call ended, and what it said.
#[derive(Debug, Clone)]
pub struct Output {
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub took: Duration,
}

impl Output {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// It must have ended with this code.
    #[track_caller]
    #[allow(clippy::return_self_not_must_use)] // asserting is use enough
    pub fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, Some(expected), "{self}");
        self
    }

    /// It must have ended well.
    #[track_caller]
    #[allow(clippy::return_self_not_must_use)] // as above
    pub fn success(self) -> Self {
        self.code(0)
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Standard output as one JSON value a line.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let parse = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
        };
        self.stdout().lines().map(parse).collect()
    }

    /// It must have refused with this code, one sentence and nothing else. Returns the sentence.
    #[track_caller]
    pub fn refusal(&self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self}");
        assert_eq!(
            self.stdout(),
            "",
            "a refusal is told on standard error alone"
        );
        let said = self.stderr();
        let sentence = said
            .strip_prefix("synod: ")
            .unwrap_or_else(|| panic!("expected a sentence of synod's: {self}"))
            .trim_end();
        assert!(
            !sentence.is_empty() && !sentence.contains("panicked"),
            "{self}"
        );
        sentence.to_owned()
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cut = |bytes: &[u8]| {
            let end = bytes.len().min(4000);
            String::from_utf8_lossy(&bytes[..end]).into_owned()
        };
        write!(
            f,
            "code {:?} after {:?}\n--- stdout ({} bytes):\n{}\n--- stderr ({} bytes):\n{}",
            self.code,
            self.took,
            self.stdout.len(),
            cut(&self.stdout),
            self.stderr.len(),
            cut(&self.stderr)
        )
    }
}

/// A call under way.
#[derive(Debug)]
pub struct Background {
    child: Child,
    stdout: Option<JoinHandle<Vec<u8>>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
    since: Instant,
}

impl Background {
    pub fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Whether it goes on.
    pub fn is_running(&mut self) -> bool {
        self.child
            .try_wait()
            .expect("a child that can be waited for")
            .is_none()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        let deadline = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break Some(status);
            }
            if Instant::now() > deadline {
                break None;
            }
            thread::sleep(Duration::from_millis(2));
        };
        self.collect(status)
    }

    #[track_caller]
    fn collect(&mut self, status: Option<ExitStatus>) -> Output {
        if status.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let read = |reader: Option<JoinHandle<Vec<u8>>>| {
            reader
                .map(|reader| reader.join().unwrap())
                .unwrap_or_default()
        };
        let output = Output {
            code: status.and_then(|status| status.code()),
            stdout: read(self.stdout.take()),
            stderr: read(self.stderr.take()),
            took: self.since.elapsed(),
        };
        assert!(
            status.is_some(),
            "it did not end within {DEADLINE:?}: {output}"
        );
        output
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Already collected where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl World {
    /// `synod` with these arguments, to be arranged further.
    pub fn synod_command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.command_of(&self.programs.synod);
        command.args(args);
        command
    }

    /// The daemon's own program with these arguments.
    pub fn synodd_command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.command_of(&self.programs.synodd);
        command.args(args);
        command
    }

    /// Calls `synod` and waits for its end.
    #[track_caller]
    pub fn synod<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        self.finish(self.synod_command(args), None)
    }

    /// The same, with this on standard input.
    #[track_caller]
    pub fn synod_with_input<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> Output {
        self.finish(self.synod_command(args), Some(input))
    }

    /// Calls `synod --json`, which must end well, and reads what it says.
    #[track_caller]
    pub fn json<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Value {
        let mut command = self.synod_command(["--json"]);
        command.args(args);
        self.finish(command, None).success().json()
    }

    /// Calls `synod` beside the test.
    pub fn spawn_synod<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Background {
        Self::background(self.synod_command(args), None)
    }

    /// Runs a program to its end.
    #[track_caller]
    pub fn finish(&self, command: Command, input: Option<&[u8]>) -> Output {
        Self::background(command, input).finish()
    }

    /// Starts a program beside the test. What it prints is read all along, so it never blocks.
    pub fn background(mut command: Command, input: Option<&[u8]>) -> Background {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(if input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let since = Instant::now();
        let mut child = command.spawn().expect("the program starts");
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            let input = input.to_owned();
            // One that does not read its input is no fault of this thread's.
            thread::spawn(move || drop(stdin.write_all(&input)));
        }
        Background {
            stdout: child.stdout.take().map(read_all),
            stderr: child.stderr.take().map(read_all),
            child,
            since,
        }
    }

    /// `synod exec FLAGS -- fake-agent SCRIPT`.
    #[track_caller]
    pub fn exec(&self, flags: &[&str], script: &[&str]) -> Output {
        self.finish(self.exec_command(flags, script), None)
    }

    /// The same beside the test.
    pub fn spawn_exec(&self, flags: &[&str], script: &[&str]) -> Background {
        Self::background(self.exec_command(flags, script), None)
    }

    /// The same, not waiting for the end. Returns the run's id.
    #[track_caller]
    pub fn exec_detached(&self, flags: &[&str], script: &[&str]) -> String {
        let mut all = vec!["--json", "--detach"];
        all.extend(flags);
        let run = self.exec(&all, script).success().json();
        run["id"].as_str().expect("the run's id").to_owned()
    }

    fn exec_command(&self, flags: &[&str], script: &[&str]) -> Command {
        let mut command = self.synod_command(["exec"]);
        command
            .args(flags)
            .arg("--")
            .args(self.programs.fake(script));
        command
    }

    /// What an attempt, execution or run printed on standard output, byte for byte.
    #[track_caller]
    pub fn raw_output(&self, id: &str) -> Vec<u8> {
        self.synod(["logs", "--raw", id]).success().stdout
    }

    /// The only attempt of a run that has one.
    #[track_caller]
    pub fn only_attempt(run: &v1::Run) -> &v1::Attempt {
        let attempts: Vec<&v1::Attempt> = run
            .executions
            .iter()
            .flat_map(|execution| &execution.attempts)
            .collect();
        assert_eq!(attempts.len(), 1, "{run:?}");
        attempts[0]
    }

    /// Whether a run has begun an attempt that is as wanted.
    pub fn has_attempt(run: &v1::Run, wanted: impl Fn(&v1::Attempt) -> bool) -> bool {
        let mut executions = run.executions.iter();
        executions.any(|execution| execution.attempts.iter().any(&wanted))
    }
}

fn read_all(mut from: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before a broken pipe is what there is.
        let _ = from.read_to_end(&mut bytes);
        bytes
    })
}
