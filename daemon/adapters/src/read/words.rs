//! Words for people about what an agent does, cut to a length; and which words may be arguments.

use std::fmt::Write as _;

use crate::{ToolKind, json::Json};

/// How much of a command line is looked at for one line, in bytes.
const LONGEST_SHOWN: usize = 1024;

pub fn calls(tool: &str, kind: ToolKind, what: &str) -> String {
    let what = head(what, LONGEST_SHOWN);
    let verb = match kind {
        ToolKind::Execute => "runs",
        ToolKind::Read => "reads",
        ToolKind::Edit => "edits",
        ToolKind::Delete => "deletes",
        ToolKind::Move => "moves",
        ToolKind::Search => "searches",
        ToolKind::Fetch => "fetches",
        ToolKind::Think | ToolKind::SwitchMode | ToolKind::Other => {
            return format!("calls {tool}: {what}");
        }
    };
    format!("{verb}: {}", if what.is_empty() { tool } else { what })
}

/// `waits: rate limit (429), try 2 of 10 in 2.3 s`
pub fn waits(attempt: u32, of: Option<u32>, after_ms: Option<u64>, why: &str) -> String {
    let mut text = format!("waits: {why}, try {attempt}");
    if let Some(of) = of {
        let _infallible = write!(text, " of {of}");
    }
    if let Some(ms) = after_ms {
        let _infallible = write!(text, " in {}.{} s", ms / 1000, ms % 1000 / 100);
    }
    text
}

/// Whether this can be given to a CLI as the name of a session.
pub fn is_id(id: &str) -> bool {
    id.len() <= 200
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || b"-_.:".contains(&c))
}

/// What a tool does, by the names that the CLIs give to theirs.
pub fn kind_of(tool: &str) -> ToolKind {
    match tool {
        "Bash" | "bash" | "shell" | "run_shell_command" | "exec_command" | "command_execution"
        | "PowerShell" | "local_shell" | "shell_command" => ToolKind::Execute,
        "Read" | "read" | "read_file" | "read_many_files" | "NotebookRead" => ToolKind::Read,
        "Edit" | "MultiEdit" | "Write" | "NotebookEdit" | "edit" | "write" | "write_file"
        | "replace" | "patch" | "apply_patch" | "file_change" | "multiedit" => ToolKind::Edit,
        "Grep"
        | "Glob"
        | "LS"
        | "grep"
        | "glob"
        | "list"
        | "list_directory"
        | "search_file_content"
        | "grep_search"
        | "ToolSearch" => ToolKind::Search,
        "WebFetch" | "WebSearch" | "webfetch" | "websearch" | "web_fetch" | "web_search"
        | "google_web_search" => ToolKind::Fetch,
        "EnterPlanMode" | "ExitPlanMode" => ToolKind::SwitchMode,
        _ => ToolKind::Other,
    }
}

/// What a call is about: the command, the path, the pattern, or its whole input.
pub fn what_of(input: &Json<'_>) -> String {
    let told = [
        "command",
        "cmd",
        "file_path",
        "filePath",
        "absolute_path",
        "notebook_path",
        "path",
        "pattern",
        "query",
        "url",
        "prompt",
        "description",
    ]
    .iter()
    .find_map(|key| match input.get(key) {
        Json::Text(text) => Some(text.to_string()),
        list @ Json::List(_) => {
            let words: Vec<&str> = list.items().iter().filter_map(Json::text).collect();
            (!words.is_empty()).then(|| words.join(" "))
        }
        _ => None,
    });
    told.unwrap_or_else(|| match input {
        Json::Null | Json::Deep => String::new(),
        Json::Object(fields) if fields.is_empty() => String::new(),
        Json::Text(text) => text.to_string(),
        other => other.to_string(),
    })
}

/// The beginning of a text, cut between characters.
pub fn head(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

/// A text of at most this many bytes and, if it was longer, its length.
pub fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}… ({} bytes)", head(text, most), text.len())
}
