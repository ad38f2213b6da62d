//! Everything that is on the screen, as data: what is known (`known`), and where somebody is.
//!
//! Each screen's own place has a file of the screen's name. Nothing here does anything.

pub mod activity;
pub mod cursor;
pub mod form;
pub mod known;
pub mod layer;
pub mod link;
pub mod load;
pub mod past;
pub mod toast;

pub mod agents;
pub mod events;
pub mod ledger;
pub mod output;
pub mod questions;
pub mod run;
pub mod runs;

use jiff::{Timestamp, tz::TimeZone};
use synod_proto::v1::{GetDaemonStatusResponse, ListAgentsResponse, ListGatesResponse};

use super::{keys::Place, settings::Settings};
use known::Known;
use layer::Layer;
use link::Link;

/// A screen. What stands below it in the stack is where Esc leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// The list of runs.
    Runs,
    /// One run, by its id.
    Run(String),
    /// The output of the attempt in [`Model::output`].
    Output,
    /// The questions.
    Questions,
    /// The feed.
    Events,
    /// Agents and providers.
    Agents,
    /// What was decided for good.
    Ledger,
}

impl Screen {
    /// The screens Tab goes through.
    pub const ROOTS: [Self; 4] = [Self::Runs, Self::Questions, Self::Events, Self::Agents];

    /// Its name in the bar.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Runs => "Runs",
            Self::Run(_) => "Run",
            Self::Output => "Output",
            Self::Questions => "Questions",
            Self::Events => "Events",
            Self::Agents => "Agents",
            Self::Ledger => "Ledger",
        }
    }

    /// Whose keys hold on it.
    pub const fn place(&self) -> Place {
        match self {
            Self::Runs => Place::Runs,
            Self::Run(_) => Place::Run,
            Self::Output => Place::Output,
            Self::Questions => Place::Questions,
            Self::Events => Place::Events,
            Self::Agents => Place::Agents,
            Self::Ledger => Place::Ledger,
        }
    }
}

/// What the daemon said about its configuration when it was asked last.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Agents and providers.
    pub agents: Option<ListAgentsResponse>,
    /// Gates.
    pub gates: Option<ListGatesResponse>,
}

/// See the module.
#[derive(Debug)]
pub struct Model {
    /// Theme, keys and options.
    pub settings: Settings,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The clock.
    pub now: Timestamp,
    /// Where the clock on the wall hangs.
    pub zone: TimeZone,

    /// How the link to the daemon is.
    pub link: Link,
    /// The daemon that answered last, as it said when it did.
    pub daemon: Option<GetDaemonStatusResponse>,
    /// What the feed says.
    pub live: Known,
    /// The past that is looked at instead.
    pub past: Option<past::Past>,
    /// What is configured.
    pub catalog: Catalog,
    /// Calls whose reply is awaited.
    pub waiting: u32,

    /// Where somebody is; never empty.
    screens: Vec<Screen>,
    /// What lies over the screen, the topmost last.
    pub layers: Vec<Layer>,
    /// Forms that were closed before anything was started from them.
    pub drafts: form::Drafts,
    /// What just happened.
    pub toasts: toast::Toasts,

    /// The list of runs.
    pub runs: runs::RunsPlace,
    /// The run looked at.
    pub run: run::RunPlace,
    /// The output looked at.
    pub output: output::OutputPlace,
    /// The questions.
    pub questions: questions::QuestionsPlace,
    /// The feed.
    pub events: events::EventsPlace,
    /// Agents and providers.
    pub agents: agents::AgentsPlace,
    /// The ledger.
    pub ledger: ledger::LedgerPlace,
}

impl Model {
    /// Before anything is known.
    pub fn new(settings: Settings, size: (u16, u16), now: Timestamp, zone: TimeZone) -> Self {
        Self {
            settings,
            size,
            now,
            zone,
            link: Link::default(),
            daemon: None,
            live: Known::default(),
            past: None,
            catalog: Catalog::default(),
            waiting: 0,
            screens: vec![Screen::Runs],
            layers: Vec::new(),
            drafts: form::Drafts::default(),
            toasts: toast::Toasts::default(),
            runs: runs::RunsPlace::default(),
            run: run::RunPlace::default(),
            output: output::OutputPlace::default(),
            questions: questions::QuestionsPlace::default(),
            events: events::EventsPlace::default(),
            agents: agents::AgentsPlace::default(),
            ledger: ledger::LedgerPlace::default(),
        }
    }

    /// The state that is looked at: the present one, or the past one.
    pub fn shown(&self) -> &Known {
        let past = self.past.as_ref().and_then(|past| past.known.as_ref());
        past.unwrap_or(&self.live)
    }

    /// The moment all ages refer to: now, or the last thing that had happened then.
    pub fn moment(&self) -> Timestamp {
        let past = self.past.as_ref().and_then(|past| past.moment);
        past.unwrap_or(self.now)
    }

    /// The screen on top.
    pub fn screen(&self) -> &Screen {
        self.screens.last().unwrap_or(&Screen::Runs)
    }

    /// The screens from the bottom up.
    pub fn screens(&self) -> &[Screen] {
        &self.screens
    }

    /// Opens a screen over this one. There is one output and one ledger, so each stands on the way back once.
    pub fn push(&mut self, screen: Screen) {
        if matches!(screen, Screen::Output | Screen::Ledger) {
            self.screens.retain(|below| *below != screen);
        }
        if *self.screen() != screen {
            self.screens.push(screen);
        }
    }

    /// Back to the screen below; false at the bottom.
    pub fn pop(&mut self) -> bool {
        let more = self.screens.len() > 1;
        if more {
            self.screens.pop();
        }
        more
    }

    /// To one of the screens Tab goes through.
    pub fn go(&mut self, root: Screen) {
        self.screens = vec![root];
    }

    /// Whose keys hold now, nearest first.
    pub fn places(&self) -> Vec<Place> {
        let past = self.past.is_some().then_some(Place::Past);
        let screen = self.screen().place();
        past.into_iter()
            .chain([screen, Place::Lists, Place::Everywhere])
            .collect()
    }

    /// How text of `render` is to look in so many columns.
    pub fn look(&self, width: u16) -> crate::render::Look {
        crate::render::Look {
            width: usize::from(width),
            table_width: usize::from(width),
            colour: crate::render::Colour::Never,
            now: self.moment(),
            zone: self.zone.clone(),
        }
    }

    /// When the picture changes by itself next: a clock on the screen moves on, or a toast goes.
    pub fn next_wake(&self) -> Option<Timestamp> {
        let second = jiff::SignedDuration::from_secs(1);
        let clock = self.has_clock().then(|| self.now.checked_add(second).ok());
        let clock = clock.flatten();
        clock.into_iter().chain(self.toasts.next_end()).min()
    }

    /// Whether anything on the screen tells a time that goes on.
    fn has_clock(&self) -> bool {
        let live = || {
            // Finished runs are the last ones.
            let first = self.live.order().next();
            first.is_some_and(|(group, _)| group != known::Group::Finished)
        };
        let away = matches!(self.link.state, link::LinkState::Away { .. });
        away || (self.past.is_none() && live())
    }
}
