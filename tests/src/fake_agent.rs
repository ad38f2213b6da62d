//! The fake agent as a program of its own, as short as a script wants it.

fn main() -> std::process::ExitCode {
    synod_playback::fake_agent(&[], std::env::args_os().skip(1))
}
