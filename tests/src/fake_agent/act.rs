//! What a script can do to the world. Outputs are written as they are, at once.

use std::{
    collections::VecDeque,
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Command, exit},
    time::Duration,
};

use rustix::process::{Signal, getpid, kill_process};

const PIECE: usize = 64 * 1024;

pub fn read_stdin() -> Vec<u8> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .expect("a readable standard input");
    bytes
}

pub fn close_stdin() {
    // Something must stand at descriptor 0, or the next file opened would.
    let nothing = fs::File::open("/dev/null").unwrap();
    rustix::stdio::dup2_stdin(nothing).unwrap();
}

/// Not `print!`, which would wait for a newline.
pub fn print(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .expect("an output that takes it");
}

pub fn eprint(bytes: &[u8]) {
    io::stderr()
        .write_all(bytes)
        .expect("an output that takes it");
}

pub fn print_bytes(count: u64) {
    in_pieces(count, &line_pattern(), print);
}

pub fn spam_stderr(count: u64) {
    in_pieces(count, &line_pattern(), eprint);
}

pub fn line_of(count: u64) {
    in_pieces(count, &vec![b'x'; PIECE], print);
    print(b"\n");
}

pub fn lines(count: u64) {
    let mut text = String::new();
    for number in 1..=count {
        writeln!(text, "line {number}").unwrap();
        if text.len() > PIECE {
            print(text.as_bytes());
            text.clear();
        }
    }
    print(text.as_bytes());
}

fn line_pattern() -> Vec<u8> {
    let line: Vec<u8> = (0..63).map(|at| b'!' + at).chain([b'\n']).collect();
    line.repeat(PIECE / 64)
}

fn in_pieces(count: u64, pattern: &[u8], write: impl Fn(&[u8])) {
    let mut left = count;
    while left > 0 {
        let piece = left.min(pattern.len() as u64);
        write(&pattern[..piece as usize]);
        left -= piece;
    }
}

pub fn print_env(name: &str) {
    let value = std::env::var(name).unwrap_or_else(|_| "(not set)".to_owned());
    print(format!("{value}\n").as_bytes());
}

/// See `print-raw`.
pub fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let [code, tail @ ..] = rest else {
            panic!("an escape without its letter")
        };
        rest = tail;
        bytes.push(match code {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'e' => 0x1b,
            b'0' => 0,
            b'\\' => b'\\',
            b'x' => {
                let digits = std::str::from_utf8(&rest[..2]).unwrap();
                let byte = u8::from_str_radix(digits, 16).expect("two hex digits after \\x");
                rest = &rest[2..];
                byte
            }
            other => panic!("no escape: \\{}", char::from(*other)),
        });
    }
    bytes
}

/// There is nobody to tell us: looks every few milliseconds.
pub fn wait_file(path: &str) {
    while !Path::new(path).exists() {
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// One write, so that lines of several starts never mix.
pub fn append(path: &str, text: &str) {
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    file.write_all(format!("{text}\n").as_bytes()).unwrap();
}

fn signal(word: &str) -> Signal {
    match word.strip_prefix("SIG").unwrap_or(word) {
        "TERM" => Signal::TERM,
        "INT" => Signal::INT,
        "HUP" => Signal::HUP,
        "KILL" => Signal::KILL,
        "STOP" => Signal::STOP,
        "SEGV" => Signal::SEGV,
        "ABRT" => Signal::ABORT,
        "PIPE" => Signal::PIPE,
        "USR1" => Signal::USR1,
        number => {
            let number: i32 = number
                .parse()
                .unwrap_or_else(|_| panic!("no signal: {word:?}"));
            Signal::from_named_raw(number).unwrap_or_else(|| panic!("no signal: {word:?}"))
        }
    }
}

pub fn kill_self(word: &str) {
    kill_process(getpid(), signal(word)).expect("one's own process may be signalled");
}

/// A disposition to ignore outlives an exec, and a shell sets it without unsafe code.
pub fn again_ignoring(word: &str, rest: &VecDeque<String>) -> ! {
    let error = Command::new("/bin/sh")
        .args(["-c", "trap '' \"$1\"; shift; exec \"$@\"", "sh"])
        .arg(word.strip_prefix("SIG").unwrap_or(word))
        .arg(std::env::current_exe().unwrap())
        .args(rest)
        .exec();
    panic!("no shell to ignore {word} with: {error}");
}

/// Not waited for: it may outlive us.
#[expect(
    clippy::zombie_processes,
    reason = "outliving and not being waited for is what it plays"
)]
pub fn child(before: &[&str], script: &[String]) {
    let program = std::env::current_exe().unwrap();
    Command::new(program)
        .args(before)
        .args(script)
        .spawn()
        .expect("a child");
}

/// A child of a child that is gone.
pub fn orphan(script: &[String]) {
    let program = std::env::current_exe().unwrap();
    let status = Command::new(program)
        .args(["fork-child", "["])
        .args(script)
        .arg("]")
        .status()
        .expect("a child in between");
    if !status.success() {
        exit(70);
    }
}
