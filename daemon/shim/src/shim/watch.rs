//! From the agent's start to the moment when nothing of its tree is left.
//!
//! One loop over three phases. It sleeps until a child ends, somebody signals, or the next limit
//! is due; without limits it costs nothing. It does not record the end ([`super::finish`] does).

use std::time::{Duration, Instant};

use rustix::{
    io::Errno,
    process::{Signal, WaitOptions, WaitStatus, kill_process_group, wait},
};

use super::{
    agent::Running,
    forward::Input,
    hooks::{self, Step},
    limits::{FirstByte, Level, OutputMeter},
    log, now_us,
};
use crate::{
    containment::{cgroup, sweep},
    dir::RunDir,
    files::{self, Durability},
    records::Started,
    spec::{Containment, Limits, Spec},
    sys::{self, Wake},
};

/// How long until a kill is repeated, at first and at most.
const FIRST_KILL_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_KILL_PAUSE: Duration = Duration::from_secs(1);
/// How soon a failed `started.json` is written again.
const RECORD_PAUSE: Duration = Duration::from_secs(1);
/// How soon a leaf is looked at again that no child of ours lives in. Seldom needed at all.
const LEAF_PAUSE: Duration = Duration::from_millis(10);
/// The part of the grace in which what outlives its agent may end unasked: long enough to write
/// a last line, short enough not to wait for a server that was left behind.
const UNASKED_PART: u32 = 5;

/// Why the shim asked the agent to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Cancelled,
    Timeout,
    OutputLimit,
    /// No first byte in time.
    Silent,
    /// It went on though its input was closed.
    Closed,
}

/// How the agent's own process ended.
#[derive(Clone, Copy, Debug)]
pub struct AgentEnd {
    pub status: WaitStatus,
    /// None: it ended before it was asked to, so the status is its own.
    pub cause: Option<Cause>,
    /// UTC microseconds.
    pub at_us: i64,
    pub duration: Duration,
}

pub struct TreeEnd {
    pub agent: AgentEnd,
    /// From the start until nothing was left.
    pub tree: Duration,
    pub leftovers: u32,
}

enum Phase {
    Running,
    Asked {
        cause: Cause,
        kill_at: Instant,
    },
    Ended {
        agent: AgentEnd,
        /// When those left are asked to end; none once they were.
        ask_at: Option<Instant>,
        kill_at: Instant,
    },
}

pub struct Watch<'a> {
    dir: &'a RunDir,
    limits: Limits,
    running: &'a Running,
    begun: Instant,
    output: OutputMeter<'a>,
    first_byte: FirstByte<'a>,
    /// None for an agent that has its prompt as a file.
    input: Option<Input>,
    phase: Phase,
    /// None once `started.json` is there.
    record_at: Option<Instant>,
    /// Somebody wants it to end, and that was not acted upon yet.
    wish: bool,
    kill_pause: Option<Duration>,
    leftovers: u32,
}

impl<'a> Watch<'a> {
    pub fn new(
        dir: &'a RunDir,
        spec: &'a Spec,
        running: &'a Running,
        input: Option<Input>,
        begun: Instant,
    ) -> Self {
        Self {
            dir,
            limits: spec.limits,
            running,
            begun,
            output: OutputMeter::new(spec.limits.output_bytes, running, begun),
            first_byte: FirstByte::new(spec.limits.first_byte_ms, running, begun),
            input,
            phase: Phase::Running,
            record_at: Some(begun),
            wish: false,
            kill_pause: None,
            leftovers: 0,
        }
    }

    pub fn until_gone(mut self, record: &Started) -> TreeEnd {
        loop {
            let now = Instant::now();
            if self.record_at.is_some_and(|at| now >= at) {
                self.record(record, now);
            }
            // Before any decision: an agent that has ended by itself is never said to be stopped.
            let childless = self.reap();
            self.advance(Instant::now());
            let populated = childless && self.leaf_is_populated();
            if let Phase::Ended { agent, .. } = self.phase
                && childless
                && !populated
            {
                return TreeEnd {
                    agent,
                    tree: self.begun.elapsed(),
                    leftovers: self.leftovers,
                };
            }
            let leaf_look = populated.then(|| Instant::now() + LEAF_PAUSE);
            self.sleep_until(self.next_look().into_iter().chain(leaf_look).min());
        }
    }

    fn sleep_until(&mut self, next: Option<Instant>) {
        let at_most = next.map(|next| next.saturating_duration_since(Instant::now()));
        match sys::wait_for_signal(at_most) {
            Ok(Wake::End) => self.wish = true,
            Ok(Wake::Child | Wake::News | Wake::Time) => {}
            Err(error) => {
                log(&format!("waiting for signals failed: {error}"));
                std::thread::sleep(LONGEST_KILL_PAUSE);
            }
        }
    }

    /// Tells who runs. Then looks for a wish: whoever left one before this record was there could
    /// not know whom to signal.
    fn record(&mut self, record: &Started, now: Instant) {
        match files::replace_json(
            &self.dir.started_json(),
            record,
            // Processes do not survive a loss of power either.
            Durability::Processes,
        ) {
            Ok(()) => {
                self.record_at = None;
                hooks::reached(Step::AfterStarted);
            }
            Err(error) => {
                log(&format!(
                    "started.json could not be written, trying again: {error}"
                ));
                self.record_at = Some(now + RECORD_PAUSE);
            }
        }
        match self.dir.is_cancelled() {
            Ok(cancelled) => self.wish |= cancelled,
            Err(error) => log(&error.to_string()),
        }
    }

    /// Takes the statuses of all children that ended. True if none is left, and so nobody of the
    /// tree: orphans become children of the shim, and a living chain begins with a living child.
    fn reap(&mut self) -> bool {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.running.pid => self.agent_ended(status),
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => return false,
                Err(_) => return true,
            }
        }
    }

    fn agent_ended(&mut self, status: WaitStatus) {
        let now = Instant::now();
        let grace = self.limits.grace();
        let (cause, ask_at, kill_at) = match self.phase {
            Phase::Running => (None, Some(now + grace / UNASKED_PART), now + grace),
            // The grace is one for the whole tree. After a kill there is nobody left to ask.
            Phase::Asked { cause, kill_at } => {
                let ask_at = self.kill_pause.is_none().then_some(now);
                (Some(cause), ask_at, kill_at)
            }
            // There is one agent, and it ends once.
            Phase::Ended { .. } => return,
        };
        let agent = AgentEnd {
            status,
            cause,
            at_us: now_us(),
            duration: now.duration_since(self.begun),
        };
        self.phase = Phase::Ended {
            agent,
            ask_at,
            kill_at,
        };
        hooks::reached(Step::AfterAgentExit);
    }

    /// Does what is due now.
    fn advance(&mut self, now: Instant) {
        let level = self.output.level(now);
        let wish = std::mem::take(&mut self.wish);
        match self.phase {
            Phase::Running => {
                if let Some(cause) = self.cause(now, wish, level) {
                    self.ask_agent();
                    self.phase = Phase::Asked {
                        cause,
                        kill_at: now + self.limits.grace(),
                    };
                }
            }
            Phase::Asked { cause, kill_at } => {
                if let Some(kill_at) = self.kill_if_due(now, kill_at, level) {
                    self.phase = Phase::Asked { cause, kill_at };
                }
            }
            Phase::Ended {
                agent,
                ask_at,
                kill_at,
            } => {
                let asked = ask_at.is_none_or(|ask_at| {
                    let due = wish || now >= ask_at;
                    if due {
                        self.ask_leftovers();
                    }
                    due
                });
                let next_kill = self.kill_if_due(now, kill_at, level);
                self.phase = Phase::Ended {
                    agent,
                    ask_at: ask_at.filter(|_| !asked),
                    kill_at: next_kill.unwrap_or(kill_at),
                };
            }
        }
    }

    /// Why a running agent is to end now, the strongest reason first.
    fn cause(&mut self, now: Instant, wish: bool, level: Level) -> Option<Cause> {
        let is_due = |end: Option<Instant>| end.is_some_and(|end| now >= end);
        if wish {
            Some(Cause::Cancelled)
        } else if is_due(self.wall_end()) {
            Some(Cause::Timeout)
        } else if level != Level::Within {
            Some(Cause::OutputLimit)
        } else if self.first_byte.is_missing(now) {
            Some(Cause::Silent)
        } else {
            is_due(self.closed_end()).then_some(Cause::Closed)
        }
    }

    fn wall_end(&self) -> Option<Instant> {
        let limit = Duration::from_millis(self.limits.wall_ms?);
        self.begun.checked_add(limit)
    }

    /// Until when an agent without input may end by itself.
    fn closed_end(&self) -> Option<Instant> {
        let closed = self.input.as_ref()?.closed_at()?;
        closed.checked_add(self.limits.grace())
    }

    fn next_look(&self) -> impl IntoIterator<Item = Instant> + use<> {
        let phase = match self.phase {
            Phase::Running => [
                self.wall_end(),
                self.first_byte.next_look(),
                self.closed_end(),
            ],
            Phase::Asked { kill_at, .. } => [Some(kill_at), None, None],
            Phase::Ended {
                ask_at, kill_at, ..
            } => [ask_at, Some(kill_at), None],
        };
        phase
            .into_iter()
            .chain([self.record_at, self.output.next_look()])
            .flatten()
    }

    /// The agent and what shares its process group; a stopped one must run to hear it.
    fn ask_agent(&self) {
        for signal in [Signal::TERM, Signal::CONT] {
            // It was not waited for yet, so its number is still its own; if it has ended, the
            // next look finds out.
            let _ = kill_process_group(self.running.pid, signal);
        }
    }

    fn ask_leftovers(&mut self) {
        match sweep::descendants_of(own_pid()) {
            Ok(left) => {
                self.leftovers = self.leftovers.max(left.len() as u32);
                for process in left {
                    sweep::send(process.identity(), Signal::TERM);
                    sweep::send(process.identity(), Signal::CONT);
                }
            }
            Err(error) => log(&format!("cannot list what outlived the agent: {error}")),
        }
    }

    /// Kills the tree when the grace is over, or at once when it writes without bounds. Returns
    /// when to do it again, should that not have been enough.
    fn kill_if_due(&mut self, now: Instant, kill_at: Instant, level: Level) -> Option<Instant> {
        let runaway = level == Level::FarBeyond && self.kill_pause.is_none();
        if now < kill_at && !runaway {
            return None;
        }
        // A leaf is killed by one write. Only what has left it must be looked for.
        let search = match &self.running.containment {
            Containment::Cgroup { leaf } => {
                if let Err(error) = cgroup::kill(leaf) {
                    log(&format!(
                        "cannot kill the cgroup {}: {error}",
                        leaf.display()
                    ));
                }
                self.kill_pause.is_some()
            }
            Containment::Session => true,
        };
        if search && let Err(error) = sweep::freeze_and_kill(|| sweep::descendants_of(own_pid())) {
            log(&format!("cannot look through /proc: {error}"));
        }
        let pause = self.kill_pause.unwrap_or(FIRST_KILL_PAUSE);
        self.kill_pause = Some((pause * 2).min(LONGEST_KILL_PAUSE));
        Some(now + pause)
    }

    /// Somebody may have been put into the leaf from outside. He goes with the tree.
    fn leaf_is_populated(&self) -> bool {
        match &self.running.containment {
            Containment::Cgroup { leaf } => cgroup::is_populated(leaf).unwrap_or_else(|error| {
                log(&format!(
                    "cannot read the cgroup {}: {error}",
                    leaf.display()
                ));
                false
            }),
            Containment::Session => false,
        }
    }
}

fn own_pid() -> i32 {
    std::process::id() as i32
}
