//! The fake agent as a process, for this package's own tests.

fn main() -> std::process::ExitCode {
    synod_playback::fake_agent(&[], std::env::args_os().skip(1))
}
