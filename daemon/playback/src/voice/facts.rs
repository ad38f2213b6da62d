//! What an agent knows of itself while it plays: its session, its model, what it used.

use std::time::Instant;

use jiff::Timestamp;

/// Tokens, as a user counts them: the input with what came from a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub input: u64,
    pub cached: u64,
    pub output: u64,
    pub reasoning: u64,
}

impl Usage {
    /// The input without what came from a cache, as some CLIs count it.
    pub fn fresh(self) -> u64 {
        self.input.saturating_sub(self.cached)
    }

    pub fn total(self) -> u64 {
        self.input + self.output
    }
}

/// A tool that was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub id: String,
    pub tool: String,
    /// A command line, a path, or what else the tool is given.
    pub what: String,
}

impl Call {
    /// The kind of tool it is, in the words of the Agent Client Protocol, judged by its name.
    pub fn kind(&self) -> &'static str {
        match self.tool.to_ascii_lowercase().as_str() {
            "read" | "read_file" => "read",
            "edit" | "write" | "write_file" | "replace" | "patch" => "edit",
            "delete" => "delete",
            "move" => "move",
            "search" | "grep" | "glob" | "search_file_content" => "search",
            "bash" | "shell" | "execute" | "exec_command" | "run_shell_command" => "execute",
            "think" => "think",
            "fetch" | "webfetch" | "web_fetch" | "websearch" => "fetch",
            "switch_mode" => "switch_mode",
            _ => "other",
        }
    }

    /// The name of the argument that `what` is.
    pub fn argument(&self) -> &'static str {
        match self.kind() {
            "execute" => "command",
            "read" | "edit" | "delete" | "move" => "file_path",
            "search" => "pattern",
            "fetch" => "url",
            _ => "input",
        }
    }
}

/// All of it.
#[derive(Debug)]
pub struct Facts {
    pub session: String,
    pub model: String,
    pub usage: Usage,
    /// US dollars.
    pub cost: f64,
    pub prompt: String,
    /// The final message, or else what was said last.
    pub message: String,
    pub call: Option<Call>,
    pub calls: u64,
    pub retries: u64,
    began: Instant,
    ids: u64,
}

impl Facts {
    pub fn new() -> Self {
        let mut facts = Self {
            session: String::new(),
            model: "fake-model".to_owned(),
            usage: Usage {
                input: 1234,
                cached: 200,
                output: 56,
                reasoning: 7,
            },
            cost: 0.005_296,
            prompt: String::new(),
            message: String::new(),
            call: None,
            calls: 0,
            retries: 0,
            began: Instant::now(),
            ids: 0,
        };
        facts.session = facts.uuid();
        facts
    }

    /// Another id than all before; no two processes that live at a time share one.
    pub fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// The same in the shape of a UUID.
    pub fn uuid(&mut self) -> String {
        let time = Timestamp::now().as_microsecond() as u64 & 0xffff_ffff_ffff;
        let id = self.id() & 0xfff;
        format!(
            "{:08x}-{:04x}-4{id:03x}-8000-{time:012x}",
            std::process::id(),
            self.ids >> 12 & 0xffff
        )
    }

    /// `prefix` and an id.
    pub fn named(&mut self, prefix: &str) -> String {
        format!("{prefix}{:012x}", self.id())
    }

    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The tool that returns: one that was never called has an id all the same.
    pub fn called(&self) -> Call {
        self.call.clone().unwrap_or_else(|| Call {
            id: "call_0".to_owned(),
            tool: "bash".to_owned(),
            what: String::new(),
        })
    }
}

/// `2026-11-22T13:49:47.630Z`
pub fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}
