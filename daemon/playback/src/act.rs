//! What a script can do to the world. Outputs are written as they are, at once.

use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::process::CommandExt as _,
    process::Command,
};

use rustix::process::{Signal, getpid, kill_process};

use crate::PlayError;

const PIECE: usize = 64 * 1024;

pub fn read_stdin() -> Result<Vec<u8>, PlayError> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(PlayError::world("read standard input"))?;
    Ok(bytes)
}

pub fn close_stdin() -> Result<(), PlayError> {
    // Something must stand at descriptor 0, or the next file opened would.
    let nothing = fs::File::open("/dev/null").map_err(PlayError::file("/dev/null"))?;
    rustix::stdio::dup2_stdin(nothing).map_err(PlayError::world("close standard input"))
}

/// Not `print!`, which would wait for a newline.
pub fn print(bytes: &[u8]) -> Result<(), PlayError> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(PlayError::world("write to standard output"))
}

pub fn eprint(bytes: &[u8]) -> Result<(), PlayError> {
    io::stderr()
        .write_all(bytes)
        .map_err(PlayError::world("write to standard error"))
}

pub fn print_bytes(count: u64) -> Result<(), PlayError> {
    in_pieces(count, &line_pattern(), print)
}

pub fn spam_stderr(count: u64) -> Result<(), PlayError> {
    in_pieces(count, &line_pattern(), eprint)
}

pub fn line_of(count: u64) -> Result<(), PlayError> {
    in_pieces(count, &vec![b'x'; PIECE], print)?;
    print(b"\n")
}

pub fn lines(count: u64) -> Result<(), PlayError> {
    let mut text = String::new();
    for number in 1..=count {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "line {number}");
        if text.len() > PIECE {
            print(text.as_bytes())?;
            text.clear();
        }
    }
    print(text.as_bytes())
}

fn line_pattern() -> Vec<u8> {
    let line: Vec<u8> = (0..63).map(|at| b'!' + at).chain([b'\n']).collect();
    line.repeat(PIECE / 64)
}

fn in_pieces(
    count: u64,
    pattern: &[u8],
    write: impl Fn(&[u8]) -> Result<(), PlayError>,
) -> Result<(), PlayError> {
    let mut left = count;
    while left > 0 {
        let piece = left.min(pattern.len() as u64);
        write(&pattern[..piece as usize])?;
        left -= piece;
    }
    Ok(())
}

pub fn print_env(name: &str) -> Result<(), PlayError> {
    let value = std::env::var(name).unwrap_or_else(|_| "(not set)".to_owned());
    print(format!("{value}\n").as_bytes())
}

pub fn print_cwd() -> Result<(), PlayError> {
    let cwd = std::env::current_dir().map_err(PlayError::world("tell the working folder"))?;
    print(format!("{}\n", cwd.display()).as_bytes())
}

/// See `print-raw`.
pub fn unescaped(text: &str) -> Result<Vec<u8>, PlayError> {
    let unfit = |found: &str| PlayError::Unfit {
        after: "print-raw".to_owned(),
        needs: r"text whose escapes are \n, \r, \t, \e, \0, \\ or \xHH",
        found: found.to_owned(),
    };
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        let mut letters = escape.chars();
        rest = match letters.next() {
            Some('x') => {
                let (digits, rest) = letters
                    .as_str()
                    .split_at_checked(2)
                    .ok_or_else(|| unfit(text))?;
                bytes.push(u8::from_str_radix(digits, 16).map_err(|_| unfit(text))?);
                rest
            }
            Some(letter) => {
                bytes.push(match letter {
                    'n' => b'\n',
                    'r' => b'\r',
                    't' => b'\t',
                    'e' => 0x1b,
                    '0' => 0,
                    '\\' => b'\\',
                    _ => return Err(unfit(text)),
                });
                letters.as_str()
            }
            None => return Err(unfit(text)),
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

pub fn touch(path: &str) -> Result<(), PlayError> {
    fs::write(path, b"").map_err(PlayError::file(path))
}

/// One write, so that lines of several starts never mix.
pub fn append(path: &str, text: &str) -> Result<(), PlayError> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(format!("{text}\n").as_bytes()))
        .map_err(PlayError::file(path))
}

fn signal(word: &str) -> Result<Signal, PlayError> {
    Ok(match word.strip_prefix("SIG").unwrap_or(word) {
        "TERM" => Signal::TERM,
        "INT" => Signal::INT,
        "HUP" => Signal::HUP,
        "KILL" => Signal::KILL,
        "STOP" => Signal::STOP,
        "SEGV" => Signal::SEGV,
        "ABRT" => Signal::ABORT,
        "PIPE" => Signal::PIPE,
        "USR1" => Signal::USR1,
        number => number
            .parse()
            .ok()
            .and_then(Signal::from_named_raw)
            .ok_or_else(|| PlayError::Unfit {
                after: "kill-self".to_owned(),
                needs: "the name or number of a signal",
                found: word.to_owned(),
            })?,
    })
}

pub fn kill_self(word: &str) -> Result<(), PlayError> {
    kill_process(getpid(), signal(word)?).map_err(PlayError::world("signal itself"))
}

/// This program again, as far as it stands in front of a script.
fn again(before: &[String]) -> Result<Command, PlayError> {
    let program = std::env::current_exe().map_err(PlayError::world("find its own program"))?;
    let mut command = Command::new(program);
    command.args(before);
    Ok(command)
}

/// A disposition to ignore outlives an exec, and a shell sets it without unsafe code. Returns only if there is
/// no shell.
pub fn again_ignoring<'a>(
    word: &str,
    before: &[String],
    rest: impl Iterator<Item = &'a String>,
) -> PlayError {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(source) => return PlayError::world("find its own program")(source),
    };
    let error = Command::new("/bin/sh")
        .args(["-c", "trap '' \"$1\"; shift; exec \"$@\"", "sh"])
        .arg(word.strip_prefix("SIG").unwrap_or(word))
        .arg(program)
        .args(before)
        .args(rest)
        .exec();
    PlayError::world("start a shell that ignores a signal")(error)
}

/// Not waited for: it may outlive us.
pub fn child(before: &[String], first: &[&str], script: &[String]) -> Result<(), PlayError> {
    again(before)?
        .args(first)
        .args(script)
        .spawn()
        .map(drop)
        .map_err(PlayError::world("start a child"))
}

/// A child of a child that is gone.
pub fn orphan(before: &[String], script: &[String]) -> Result<(), PlayError> {
    let status = again(before)?
        .args(["fork-child", "["])
        .args(script)
        .arg("]")
        .status()
        .map_err(PlayError::world("start a child in between"))?;
    if status.success() {
        return Ok(());
    }
    // It has said why on standard error, which is ours too.
    Err(PlayError::World {
        what: "start a child of a child",
        source: io::Error::other(status.to_string()),
    })
}
