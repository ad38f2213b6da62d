//! What comes in (`Msg`) and what is to be done (`Cmd`): the whole traffic between the pure half and the shell.

use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;
use synod_proto::v1::{
    Change, Execution, GetCalibrationResponse, GetDaemonStatusResponse, ListAgentsResponse,
    ListGatesResponse, ListLedgerResponse, ListRunsResponse, Run, Snapshot,
};

use crate::{link::Away, render::usage::is_structured};

/// Everything that can happen.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The mouse; only where the settings ask for it.
    Mouse(MouseEvent),
    /// The terminal has another size now: columns, rows.
    Resize(u16, u16),
    /// News of the link to the daemon.
    Link(LinkNews),
    /// What became of a [`Call`].
    Reply(Box<Reply>),
    /// Bytes of an attempt's output, or what became of a wish for some.
    Output(OutputNews),
    /// Names that continue a path: for forms.
    Completions {
        /// What had been typed.
        typed: String,
        /// Whole paths, folders with a slash at the end.
        paths: Vec<String>,
    },
    /// A frame is about to be drawn, now: time passes, and lists whose content changed are made anew.
    Frame(Timestamp),
}

/// What the link's task says.
#[derive(Debug, Clone)]
pub enum LinkNews {
    /// Connected; the daemon says how it is. A snapshot or changes follow.
    Connected(Box<GetDaemonStatusResponse>),
    /// The state at a revision; what was known before is to be forgotten.
    Snapshot {
        /// The feed it belongs to.
        feed_id: String,
        /// The state.
        snapshot: Box<Snapshot>,
    },
    /// Changes in order, without a gap to what was said before.
    Changes(Vec<Change>),
    /// There is no daemon at the socket; it is tried again, by itself.
    Away(Away),
    /// A daemon answers that speaks another protocol.
    OtherProtocol {
        /// The daemon's.
        theirs: u32,
        /// The daemon's version.
        version: String,
    },
    /// The daemon refuses, for this reason; it is tried again, by itself.
    Refused(String),
    /// No daemon could be started, for this reason. How the link stands is another matter.
    NotStarted(String),
}

/// What is put to a gate, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The path of a specification.
    Spec(String),
    /// A change in the repository that the terminal is in: revisions, or [`STAGED`].
    Change(String),
}

/// The word for what is staged, where revisions could stand.
pub const STAGED: &str = "staged";

/// A question or a command to the daemon. Request ids are minted when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Submit a gate run.
    RunGate {
        /// The gate.
        gate: String,
        /// What is put to it.
        subject: Subject,
        /// Agents instead of the gate's own; empty: the gate's.
        roster: Vec<String>,
        /// Start another run though an equal one is live.
        force: Force,
    },
    /// Submit a run of every gate of a checkpoint.
    RunCheckpoint {
        /// The checkpoint.
        checkpoint: String,
        /// What is put to its gates.
        subject: Subject,
        /// Agents instead of each gate's own; empty: the gates'.
        roster: Vec<String>,
        /// Start others though equal ones are live.
        force: Force,
    },
    /// Submit a single-agent run.
    RunAgent {
        /// A configured agent.
        agent: String,
        /// The prompt.
        prompt: String,
        /// A name for the run; empty: one is made.
        name: String,
    },
    /// Submit a command line, its words already taken apart.
    RunCommand {
        /// Program and arguments.
        argv: Vec<String>,
        /// A name for the run; empty: one is made.
        name: String,
    },
    /// Cancel a run.
    CancelRun {
        /// Its id.
        run: String,
    },
    /// Cancel one execution.
    CancelExecution {
        /// Its id.
        execution: String,
    },
    /// Run the work of an ended execution once more.
    Retry {
        /// The execution's id.
        execution: String,
    },
    /// Settle one question.
    Answer {
        /// Its id.
        question: String,
        /// The text that was on the screen.
        content_hash: String,
        /// What is said.
        said: Said,
    },
    /// Settle all that is open of a run.
    AnswerRest {
        /// The run.
        run: String,
        /// How.
        rest: Rest,
    },
    /// Forget an entry of the ledger.
    Forget {
        /// Its id.
        entry: String,
    },
    /// Read one run whole.
    GetRun {
        /// Its id.
        run: String,
    },
    /// Read a page of runs, ended ones too.
    ListRuns {
        /// From the page before; empty: the newest.
        page: String,
    },
    /// Read what is configured.
    Agents,
    /// Read the gates known.
    Gates,
    /// Read how often agents were right.
    Calibration,
    /// Read a page of the ledger.
    Ledger {
        /// Whose decisions.
        of: Scope,
        /// From the page before; empty: the newest.
        page: String,
    },
    /// Read how the daemon is.
    DaemonStatus,
    /// Read the state as it was.
    Snapshot {
        /// The revision.
        at: u64,
    },
    /// Read changes that came before those that are known.
    History {
        /// The feed those belong to: of another one, revisions mean something else.
        feed_id: String,
        /// After this revision.
        since: u64,
        /// Up to this one.
        until: u64,
    },
}

impl Call {
    /// Whether it changes something at the daemon.
    pub const fn is_command(&self) -> bool {
        match self {
            Self::RunGate { .. }
            | Self::RunCheckpoint { .. }
            | Self::RunAgent { .. }
            | Self::RunCommand { .. }
            | Self::CancelRun { .. }
            | Self::CancelExecution { .. }
            | Self::Retry { .. }
            | Self::Answer { .. }
            | Self::AnswerRest { .. }
            | Self::Forget { .. } => true,
            Self::GetRun { .. }
            | Self::ListRuns { .. }
            | Self::Agents
            | Self::Gates
            | Self::Calibration
            | Self::Ledger { .. }
            | Self::DaemonStatus
            | Self::Snapshot { .. }
            | Self::History { .. } => false,
        }
    }
}

/// Whose decisions of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// Of all gates about all subjects.
    #[default]
    All,
    /// Of one gate about one subject.
    Of {
        /// The gate.
        gate: String,
        /// The subject's path.
        subject: String,
    },
}

/// Whether an equal live run is attached to, or another started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// Attach.
    Attach,
    /// Start another.
    Another,
}

/// An answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// In words.
    Words(String),
    /// One of the options, counted from 1.
    Option(u32),
    /// The subject must be mended first.
    MustFix,
    /// Not an issue.
    Dismiss,
    /// Not now.
    Later,
    /// The same as another finding, by its id.
    Duplicate(String),
}

/// One answer to all that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// What is recommended.
    Recommended,
    /// Not an issue.
    Dismiss,
    /// Not now.
    Later,
}

/// What became of a call.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The call.
    pub call: Call,
    /// The answer, or why there is none, in a sentence.
    pub outcome: Result<Answer, String>,
}

/// An answer of the daemon.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Done; the feed tells the rest.
    Done,
    /// A run: submitted, attached to or read.
    Run(Box<Run>),
    /// A submission found an equal live run.
    Attached(Box<Run>),
    /// A submission found an equal run that has ended: its verdict stands.
    Stands(Box<Run>),
    /// The runs of a checkpoint's gates.
    Checkpoint(Vec<Run>),
    /// A page of runs.
    Runs(Box<ListRunsResponse>),
    /// Agents and providers.
    Agents(Box<ListAgentsResponse>),
    /// Gates.
    Gates(Box<ListGatesResponse>),
    /// How often agents were right.
    Calibration(Box<GetCalibrationResponse>),
    /// A page of the ledger.
    Ledger(Box<ListLedgerResponse>),
    /// How the daemon is.
    DaemonStatus(Box<GetDaemonStatusResponse>),
    /// A state.
    Snapshot(Box<Snapshot>),
    /// Older changes, oldest first.
    History(Vec<Change>),
}

/// What of an attempt is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Stream {
    /// Standard output, as it was printed.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
    /// What a structured agent said, ran and waited for, as text.
    Transcript,
    /// What the agent was given. Nothing that it printed, but read like it.
    Prompt,
}

impl Stream {
    /// Of a structured agent what it said, ran and waited for; of a plain command what it printed.
    pub fn first_of(execution: &Execution) -> Self {
        if is_structured(execution) {
            Self::Transcript
        } else {
            Self::Stdout
        }
    }

    /// The next one of those there are.
    #[must_use]
    pub const fn after(self, first: Self) -> Self {
        match (self, first) {
            (Self::Stdout, _) => Self::Stderr,
            (Self::Stderr, Self::Transcript) => Self::Transcript,
            (Self::Prompt, _) => first,
            (Self::Transcript, _) | (Self::Stderr, Self::Stdout | Self::Stderr | Self::Prompt) => {
                Self::Stdout
            }
        }
    }

    /// Its name in the line above.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::Transcript => "transcript",
            Self::Prompt => "prompt",
        }
    }
}

/// A wish about output. Each has a ticket; news of another ticket than the last one wished for is stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputWish {
    /// Read bytes once.
    Read {
        /// Of this wish.
        ticket: u64,
        /// The attempt's id.
        attempt: String,
        /// Which stream.
        stream: Stream,
        /// The first byte.
        offset: u64,
        /// How many at most.
        limit: u64,
    },
    /// Follow from an offset on; ends any other following.
    Follow {
        /// Of this wish.
        ticket: u64,
        /// The attempt's id.
        attempt: String,
        /// Which stream.
        stream: Stream,
        /// The first byte.
        offset: u64,
    },
    /// Follow nothing any more.
    Unfollow,
    /// Look for text; ends any other search.
    Search {
        /// Of this wish.
        ticket: u64,
        /// The attempt's id.
        attempt: String,
        /// Which stream.
        stream: Stream,
        /// What is looked for: case matters if it has a capital letter.
        needle: String,
        /// Lines that begin at or after this byte (forward), or before it (backward). A line begins there, or a
        /// piece of one that is too long to be looked at whole.
        from: u64,
        /// The first byte that is not looked at any more.
        until: u64,
        /// Which way.
        direction: Direction,
    },
    /// Search no more.
    StopSearch,
}

/// Which way a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the end.
    Forward,
    /// Towards the beginning.
    Backward,
}

/// News about output.
#[derive(Debug, Clone)]
pub enum OutputNews {
    /// Bytes, read or followed.
    Bytes {
        /// Of the wish.
        ticket: u64,
        /// Where they stand.
        offset: u64,
        /// The bytes, as printed.
        bytes: Vec<u8>,
    },
    /// A read has come to its end: less than the limit is all there is now. Following: the attempt has ended and
    /// everything was sent.
    End {
        /// Of the wish.
        ticket: u64,
        /// The first byte that was not there.
        offset: u64,
    },
    /// The daemon is away; following goes on when there is one again.
    Away {
        /// Of the wish.
        ticket: u64,
    },
    /// A search found a line.
    Found {
        /// Of the wish.
        ticket: u64,
        /// The line's first byte.
        offset: u64,
    },
    /// A search has come to the end without.
    NotFound {
        /// Of the wish.
        ticket: u64,
    },
    /// It could not be read, for this reason.
    Failed {
        /// Of the wish.
        ticket: u64,
        /// In a sentence.
        why: String,
    },
}

/// What the shell is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cmd {
    /// End this program, nothing else.
    Quit,
    /// Stop as Ctrl-Z does, until continued.
    Suspend,
    /// Draw everything anew: something else wrote on the terminal.
    Repaint,
    /// Ask the daemon.
    Call(Call),
    /// Read output.
    Output(OutputWish),
    /// Look for paths that begin so.
    Complete(String),
    /// Put text into the terminal's clipboard.
    Copy(String),
    /// Ring the bell.
    Bell,
    /// Tell the desktop: title and words.
    Notify(String, String),
    /// Start a daemon, because somebody asked for it.
    StartDaemon,
}
