//! The process table as a test needs it: who lives, who carries which mark, how much memory it takes.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// Whether it runs. A corpse that nobody has collected yet does not; one whose other threads have still to end
/// does, and holds its locks and sockets as long.
pub fn is_alive(pid: i32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task"));
    threads
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|thread| thread.file_name().to_str()?.parse().ok())
        .any(|thread| state(thread).is_some_and(|state| !matches!(state, 'Z' | 'X')))
}

/// The letter of the state in `/proc/PID/stat`.
pub fn state(pid: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything.
    stat.rsplit_once(')')?.1.trim_start().chars().next()
}

/// The parent's pid.
pub fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    fields.nth(1)?.parse().ok()
}

/// Whether it was started with exactly this `name=value`.
pub fn environment_has(pid: i32, assignment: &[u8]) -> bool {
    environment(pid)
        .split(|&byte| byte == 0)
        .any(|one| one == assignment)
}

/// The value of a variable it was started with.
pub fn variable(pid: i32, name: &str) -> Option<String> {
    let prefix = format!("{name}=");
    environment(pid).split(|&byte| byte == 0).find_map(|one| {
        one.strip_prefix(prefix.as_bytes())
            .map(|value| String::from_utf8_lossy(value).into_owned())
    })
}

fn environment(pid: i32) -> Vec<u8> {
    // Another user's, or one that has just ended, has none that concerns us.
    fs::read(format!("/proc/{pid}/environ")).unwrap_or_default()
}

/// Everything alive that was started with this `name=value`.
pub fn with_environment(assignment: &[u8]) -> Vec<i32> {
    all()
        .filter(|&pid| environment_has(pid, assignment) && is_alive(pid))
        .collect()
}

/// The command line, its words separated by spaces.
pub fn command_line(pid: i32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .replace('\0', " ")
        .trim_end()
        .to_owned()
}

/// Everything alive that runs with exactly these words, whatever its environment.
pub fn with_words(words: &[&str]) -> Vec<i32> {
    let wanted = words.join(" ");
    all()
        .filter(|&pid| command_line(pid) == wanted && is_alive(pid))
        .collect()
}

fn all() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Resident memory now, in bytes.
pub fn resident(pid: i32) -> u64 {
    kilobytes(pid, "VmRSS:") * 1024
}

/// The most resident memory it ever had, in bytes.
pub fn peak_resident(pid: i32) -> u64 {
    kilobytes(pid, "VmHWM:") * 1024
}

fn kilobytes(pid: i32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix(field)?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .unwrap_or_default()
}

/// Sends a signal. A process that is gone needs none.
pub fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = kill_process(pid, signal);
    }
}
