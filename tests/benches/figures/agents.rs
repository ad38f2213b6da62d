//! What the bench lets agents run: this program itself, which says when it ran.

use std::{io::Write as _, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of the clock that all processes of the machine share.
pub fn monotonic_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned()
}

/// Plays an agent, if that is what the arguments ask for.
pub fn play(args: &[String]) -> bool {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["stamp"] => say_now(),
        ["lines", count, pause_us] => {
            let pause = Duration::from_micros(pause_us.parse().unwrap());
            for _ in 0..count.parse::<u32>().unwrap() {
                say_now();
                std::thread::sleep(pause);
            }
        }
        _ => return false,
    }
    true
}

/// One line with the time of its printing; standard output is line-buffered, so it is out at once.
fn say_now() {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", monotonic_ns()).unwrap();
    out.flush().unwrap();
}

/// The command line of one of the above.
pub fn command(words: &[&str]) -> Vec<String> {
    let own = std::env::current_exe().unwrap();
    std::iter::once(own.to_str().unwrap())
        .chain(words.iter().copied())
        .map(str::to_owned)
        .collect()
}
