//! How an attempt ended, in the core's words: what the shim recorded, translated.

use synod_adapters::Ending;
use synod_core::entity::End;
use synod_shared::words::Reason;
use synod_shim::{
    records::{Exit, Outcome},
    spec::Containment,
};

/// What a containment is called.
#[must_use]
pub const fn describe(containment: &Containment) -> &'static str {
    match containment {
        Containment::Cgroup { .. } => "cgroup-v2",
        Containment::Session => "session",
    }
}

/// What the shim's record says.
pub fn end_of(exit: &Exit) -> End {
    let (exit_code, signal, reason, detail) = match &exit.outcome {
        Outcome::Exited { code: 0 } => (Some(0), None, Reason::Completed, String::new()),
        Outcome::Exited { code } => (
            Some(*code),
            None,
            Reason::ExitNonzero,
            format!("the agent ended with exit code {code}"),
        ),
        Outcome::Signalled { signal } => (
            None,
            Some(*signal),
            Reason::Signalled,
            format!("the agent was ended by signal {signal}"),
        ),
        Outcome::Cancelled { code, signal } => (
            *code,
            *signal,
            Reason::Cancelled,
            "ended by request".to_owned(),
        ),
        Outcome::Timeout { code, signal } => (
            *code,
            *signal,
            Reason::Timeout,
            "the agent ran into its time limit".to_owned(),
        ),
        Outcome::OutputLimit { code, signal } => (
            *code,
            *signal,
            Reason::OutputLimit,
            "the agent printed more than is allowed".to_owned(),
        ),
        Outcome::Silent { code, signal } => (
            *code,
            *signal,
            Reason::Timeout,
            "the agent printed nothing within its first-byte limit".to_owned(),
        ),
        Outcome::Closed { code, signal } => (
            *code,
            *signal,
            Reason::TransportCut,
            "ended after its input was closed".to_owned(),
        ),
        Outcome::SpawnFailed {
            errno,
            path,
            message,
        } => (
            None,
            None,
            Reason::SpawnFailed,
            spawn_detail(*errno, path, message),
        ),
    };
    End {
        exit_code,
        signal,
        duration_us: Some(exit.duration_us),
        output_bytes: exit.stdout_bytes,
        error_bytes: exit.stderr_bytes,
        ..End::new(reason, detail, exit.ended_at_us)
    }
}

/// How the process ended, where its own words say what that means; nothing where Synod ended it, or it never ran.
pub(super) const fn ending_of(exit: &Exit) -> Option<Ending> {
    match exit.outcome {
        Outcome::Exited { code } => Some(Ending::Exited(code)),
        Outcome::Signalled { signal } => Some(Ending::Signalled(signal)),
        Outcome::Closed { .. } => Some(Ending::Closed),
        Outcome::Cancelled { .. }
        | Outcome::Timeout { .. }
        | Outcome::OutputLimit { .. }
        | Outcome::Silent { .. }
        | Outcome::SpawnFailed { .. } => None,
    }
}

/// Begins with `not found:` or `not executable:`, so that a client can tell 127 from 126. Names what was tried.
fn spawn_detail(errno: i32, path: &str, message: &str) -> String {
    let kind = if errno == rustix::io::Errno::NOENT.raw_os_error()
        || errno == rustix::io::Errno::NOTDIR.raw_os_error()
    {
        "not found"
    } else {
        "not executable"
    };
    if path.is_empty() {
        format!("{kind}: {message}")
    } else {
        format!("{kind}: {path}: {message}")
    }
}
