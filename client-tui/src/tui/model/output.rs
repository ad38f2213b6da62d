//! The output that is looked at: of which attempt, where in it, and what was asked for and has not come yet.

pub mod needle;
pub mod pager;
pub mod pages;
pub mod rows;
pub mod segments;

use needle::Needle;
use pager::{Pager, Spot, Want};
use rows::Wrap;

use crate::tui::msg::{Direction, OutputWish, Stream};

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct OutputPlace {
    /// Whose output.
    pub target: Option<Target>,
    /// Which stream.
    pub stream: Stream,
    /// Who chose that.
    pub choice: Choice,
    /// Whether long lines are taken apart.
    pub wrap: Wrap,
    /// Columns scrolled to the right, where they are not.
    pub left: usize,
    /// The window on it.
    pub pager: Pager,
    /// Where the window is to be next.
    pub want: Want,
    /// Whether it stays at the end.
    pub following: Following,
    /// What is followed.
    pub tail: Tail,
    /// What is being read.
    pub reading: Option<Reading>,
    /// Less was there than was recorded: up to this byte.
    pub cut: Option<u64>,
    /// Why it cannot be read.
    pub failed: Option<String>,
    /// Whether the daemon is there for what was asked.
    pub daemon: Presence,
    /// What is looked for.
    pub search: Option<Search>,
    /// What is to be said to the shell with the next frame.
    pub outbox: Vec<OutputWish>,
    /// What the window was made of last, if it could be made.
    pub made_of: Option<(u64, rows::Layout, usize)>,
    last_ticket: u64,
}

/// Who chose the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// Nobody: it is the one an agent of its kind is best read by, once that is known.
    #[default]
    Open,
    /// It was found out, or somebody said so.
    Made,
}

/// Whose output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The run.
    pub run: String,
    /// The execution, once it is known.
    pub execution: Option<String>,
    /// The attempt, once there is one.
    pub attempt: Option<String>,
}

/// Whether the window stays at the end while more is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Following {
    /// It does.
    #[default]
    On,
    /// It stays where it is.
    Off,
}

/// What is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tail {
    /// Nothing.
    #[default]
    None,
    /// The stream, from an offset on.
    Running {
        /// Of the wish.
        ticket: u64,
        /// The first byte wished for.
        from: u64,
        /// The next byte to come.
        at: u64,
    },
    /// The attempt has ended, and this is its length.
    Complete(u64),
}

/// Bytes that are being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Of the wish.
    pub ticket: u64,
    /// The first byte.
    pub from: u64,
    /// Behind the last one.
    pub until: u64,
}

/// Whether the daemon is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Presence {
    /// As far as is known.
    #[default]
    There,
    /// Not; what was asked for comes when it is back.
    Away,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// As typed.
    pub typed: String,
    /// The same, to be compared with.
    pub needle: Needle,
    /// How far that has come.
    pub state: SearchState,
    /// Where it was found last.
    pub at: Option<Spot>,
}

/// How far a search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchState {
    /// Nothing is looked for now.
    #[default]
    Resting,
    /// Under way outside what is here.
    Under {
        /// Of the wish.
        ticket: u64,
        /// Which way.
        direction: Direction,
    },
    /// In the segment that begins here; it is on its way.
    Coming {
        /// The segment's first byte.
        segment: u64,
        /// Which way.
        direction: Direction,
    },
    /// Nowhere in this direction.
    Nowhere(Direction),
}

impl OutputPlace {
    /// A number no wish had before.
    pub fn ticket(&mut self) -> u64 {
        self.last_ticket += 1;
        self.last_ticket
    }

    /// To another output, or to none: at its end, following. Without a stream it is the one that suits the agent.
    pub fn show(&mut self, target: Option<Target>, stream: Option<Stream>) {
        let search = self.search.take().map(|search| Search {
            state: SearchState::Resting,
            at: None,
            ..search
        });
        let kept_search = search.filter(|_| target.is_some());
        *self = Self {
            target,
            stream: stream.unwrap_or_default(),
            choice: stream.map_or(Choice::Open, |_| Choice::Made),
            wrap: self.wrap,
            search: kept_search,
            // A prompt is read from its beginning.
            want: match stream {
                Some(Stream::Prompt) => Want::First,
                Some(Stream::Stdout | Stream::Stderr | Stream::Transcript) | None => Want::Last,
            },
            following: match stream {
                Some(Stream::Prompt) => Following::Off,
                Some(Stream::Stdout | Stream::Stderr | Stream::Transcript) | None => Following::On,
            },
            outbox: vec![OutputWish::Unfollow, OutputWish::StopSearch],
            last_ticket: self.last_ticket,
            ..Self::default()
        };
    }

    /// What is read from: the attempt; a prompt is there before any.
    pub fn source(&self) -> Option<&String> {
        let target = self.target.as_ref()?;
        let prompt = (self.stream == Stream::Prompt).then_some(target.execution.as_ref());
        target.attempt.as_ref().or(prompt.flatten())
    }

    /// Whether a search is under way.
    pub fn is_searching(&self) -> bool {
        let search = self.search.as_ref().map(|search| search.state);
        matches!(
            search,
            Some(SearchState::Under { .. } | SearchState::Coming { .. })
        )
    }
}
