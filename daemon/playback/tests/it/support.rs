//! Playing a script to its end, and speaking to one that is played.

use std::{
    io::{BufRead as _, BufReader, Lines, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
};

use serde_json::{Value, json};

pub fn agent(script: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-under-test"));
    command.args(script);
    command
}

pub struct Played {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Played {
    #[track_caller]
    pub fn json(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))
            })
            .collect()
    }
}

/// Plays the script with this on standard input, then closed.
pub fn play(input: &str, script: &[&str]) -> Played {
    let mut child = agent(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // One that does not read its input is no fault of this thread's.
    let writer = thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Played {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// A scripted client of the Agent Client Protocol.
pub struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    pub session: String,
    /// Everything received, in order.
    pub heard: Vec<Value>,
}

impl Client {
    pub fn start(script: &[&str]) -> Self {
        let mut child = agent(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        Self {
            stdin: child.stdin.take(),
            lines: BufReader::new(stdout).lines(),
            child,
            session: String::new(),
            heard: Vec::new(),
        }
    }

    /// Past `initialize` and `session/new`, with a prompt sent under the id 3.
    pub fn with_prompt(script: &[&str], prompt: &str) -> Self {
        let mut client = Self::start(script);
        client.request(1, "initialize", json!({"protocolVersion": 1}));
        assert_eq!(client.answer(1)["result"]["protocolVersion"], 1);
        client.request(2, "session/new", json!({"cwd": "/", "mcpServers": []}));
        let answer = client.answer(2);
        let session = answer["result"]["sessionId"].as_str().unwrap();
        session.clone_into(&mut client.session);
        client.prompt(3, prompt);
        client
    }

    pub fn prompt(&mut self, id: u64, text: &str) {
        let params = json!({"sessionId": self.session, "prompt": [{"type": "text", "text": text}]});
        self.request(id, "session/prompt", params);
    }

    pub fn request(&mut self, id: u64, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
    }

    pub fn cancel(&mut self) {
        let params = json!({"sessionId": self.session});
        self.send(&json!({"jsonrpc": "2.0", "method": "session/cancel", "params": params}));
    }

    pub fn choose(&mut self, id: &Value, option: &str) {
        let outcome = json!({"outcome": {"outcome": "selected", "optionId": option}});
        self.send(&json!({"jsonrpc": "2.0", "id": id, "result": outcome}));
    }

    pub fn send(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.stdin
            .as_mut()
            .unwrap()
            .write_all(line.as_bytes())
            .unwrap();
    }

    /// The next line, raw.
    #[track_caller]
    pub fn line(&mut self) -> String {
        self.lines.next().expect("another line").unwrap()
    }

    #[track_caller]
    pub fn next(&mut self) -> Value {
        let line = self.line();
        let value: Value = serde_json::from_str(&line).unwrap();
        self.heard.push(value.clone());
        value
    }

    /// The next line that has this at that place.
    #[track_caller]
    pub fn until(&mut self, place: &str, wanted: &Value) -> Value {
        loop {
            let value = self.next();
            if value.pointer(place) == Some(wanted) {
                return value;
            }
        }
    }

    /// The answer to a request of ours.
    #[track_caller]
    pub fn answer(&mut self, id: u64) -> Value {
        loop {
            let value = self.next();
            if value["id"] == id && value.get("method").is_none() {
                return value;
            }
        }
    }

    /// What it said in all chunks so far.
    pub fn said(&self) -> String {
        self.heard
            .iter()
            .filter(|line| line["params"]["update"]["sessionUpdate"] == "agent_message_chunk")
            .filter_map(|line| line["params"]["update"]["content"]["text"].as_str())
            .collect()
    }

    /// Closes its input and waits for its end. Returns the exit code and what it still said.
    pub fn close(mut self) -> (i32, String) {
        drop(self.stdin.take());
        let mut rest = String::new();
        for line in &mut self.lines {
            rest.push_str(&line.unwrap());
            rest.push('\n');
        }
        (self.child.wait().unwrap().code().unwrap_or(-1), rest)
    }

    /// Closes its input; the agent lives on and is ended by force.
    pub fn close_and_kill(mut self) -> String {
        drop(self.stdin.take());
        assert!(self.child.try_wait().unwrap().is_none());
        self.child.kill().unwrap();
        let mut rest = String::new();
        for line in &mut self.lines {
            rest.push_str(&line.unwrap());
        }
        self.child.wait().unwrap();
        rest
    }
}

/// One that waits for what never comes would wait for ever; a test that fails leaves nobody behind.
impl Drop for Client {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All of a reader; for files that tests look into.
pub fn read(path: &std::path::Path) -> String {
    let mut text = String::new();
    std::fs::File::open(path)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}
