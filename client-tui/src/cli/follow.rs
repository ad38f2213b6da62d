//! Following a run to its end, with progress on standard error: drawn in place on a terminal, a line for
//! each step without one.

use std::time::Duration;

use synod_proto::v1::Run;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::app::{App, look_of_remarks};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    link::{self, Away, Session, WatchItem},
    output::{self, Form, Panel},
    render::progress,
};

/// How often the panel may be drawn at most.
const FRAME: Duration = Duration::from_millis(100);
/// How old a drawn panel may become: ages and elapsed times move on.
const STALE: Duration = Duration::from_secs(1);

/// How following ended.
#[derive(Debug)]
pub enum Followed {
    /// The run has ended, or needs a human.
    End,
    /// The person at the keyboard had enough.
    Interrupted,
}

/// Follows a run until it has ended or needs a human.
pub async fn follow(app: &App, session: &Session, id: &str) -> Result<Followed, Failure> {
    let mut runs = link::watch(session.clone(), vec![id.to_owned()]);
    let mut view = View::new(app);
    let mut frames = interval(FRAME);
    frames.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let interrupt = tokio::signal::ctrl_c();
    tokio::pin!(interrupt);
    loop {
        // Every arm only receives: nothing is lost when another one wins.
        tokio::select! {
            biased;
            _ = &mut interrupt => {
                view.close();
                return Ok(Followed::Interrupted);
            }
            item = runs.recv() => match item {
                Some(WatchItem::Run(run)) => {
                    let ended = Exit::of_run(&run.state, Degraded::Accepted).is_some();
                    view.show(*run);
                    if ended {
                        view.close();
                        return Ok(Followed::End);
                    }
                }
                Some(WatchItem::Away(away)) => view.away(app, away),
                Some(WatchItem::Failed(failure)) => {
                    view.close();
                    return Err(failure);
                }
                None => {
                    view.close();
                    return Err(Failure::Protocol(format!("following {id} ended before its run")));
                }
            },
            _ = frames.tick() => view.frame(),
        }
    }
}

/// What a person is told when a follower lets go of its work.
pub fn detached(run: &str, how_to_watch: &str) -> String {
    format!(
        "detached: {run} goes on; `{how_to_watch}` to follow it, `synod cancel {run}` to end it"
    )
}

struct View {
    run: Option<Box<Run>>,
    kind: Kind,
    told: ToldAway,
}

enum Kind {
    Drawn {
        panel: Panel,
        changed: bool,
        drawn_at: Instant,
    },
    Steps,
    Silent,
}

impl View {
    fn new(app: &App) -> Self {
        let kind = match app.form {
            Form::Text if output::can_draw() => Kind::Drawn {
                panel: Panel::default(),
                changed: false,
                drawn_at: Instant::now(),
            },
            Form::Text => Kind::Steps,
            // Programs read errors from standard error, as objects.
            Form::Json if app.is_verbose() => Kind::Steps,
            Form::Json => Kind::Silent,
        };
        Self {
            run: None,
            kind,
            told: ToldAway::default(),
        }
    }

    fn show(&mut self, run: Run) {
        match &mut self.kind {
            Kind::Drawn { changed, .. } => *changed = true,
            Kind::Steps => {
                for step in progress::steps(self.run.as_deref(), &run) {
                    output::remark(&step);
                }
            }
            Kind::Silent => {}
        }
        self.run = Some(Box::new(run));
    }

    fn frame(&mut self) {
        let Kind::Drawn {
            panel,
            changed,
            drawn_at,
        } = &mut self.kind
        else {
            return;
        };
        if let Some(run) = &self.run
            && (*changed || drawn_at.elapsed() >= STALE)
        {
            panel.draw(&progress::panel(run, &look_of_remarks()));
            *changed = false;
            *drawn_at = Instant::now();
        }
    }

    fn away(&mut self, app: &App, away: Away) {
        self.close();
        self.told.tell(app, away);
    }

    fn close(&mut self) {
        if let Kind::Drawn { panel, changed, .. } = &mut self.kind {
            panel.clear();
            *changed = true;
        }
    }
}

/// What was said about a daemon that went away under a follower: each sentence once.
#[derive(Debug, Default)]
pub struct ToldAway {
    lost: bool,
    stopped: bool,
}

impl ToldAway {
    /// Says that the daemon went away, unless that was said before. Also to a file: whoever reads it later
    /// wonders about the gap.
    pub fn tell(&mut self, app: &App, away: Away) {
        let (told, sentence) = match away {
            Away::Lost => (
                &mut self.lost,
                "the daemon went away; reconnecting. What it had started goes on",
            ),
            Away::Stopped => (
                &mut self.stopped,
                "the daemon was stopped; what it had started goes on. \
                 Waiting for it to be started again (Ctrl-C leaves)",
            ),
        };
        if !std::mem::replace(told, true) {
            app.tell(sentence);
        }
    }
}
