//! The loop: keys first, then a frame if one is due, then news. Only what ends the program comes before keys.
//!
//! A frame is due when something changed: at most every 33 ms for news, after a key sooner, so that a flood of
//! changes is never between a key and what it does. With nothing to do the loop sleeps until the next key, piece
//! of news, or second of a clock on the screen.

use std::time::Duration;

use crossterm::event::{Event, EventStream};
use jiff::Timestamp;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_stream::StreamExt as _;

use super::{calls::Calls, clipboard, fault, link, output::Outputs, paths, terminal::Screen};
use crate::{
    exit::Exit,
    failure::Failure,
    link::Dial,
    tui::{
        model::Model,
        msg::{Cmd, Msg},
        update::update,
        view::view,
    },
};

/// Least time between two frames that only news asks for.
const FRAME: Duration = Duration::from_millis(33);
/// Least time between a frame and one that a key asks for.
const KEY_FRAME: Duration = Duration::from_millis(8);
/// News waiting for the loop. A full channel holds the link's task back, which is what tells the daemon that this
/// reader is slow.
const INBOX: usize = 64;

/// Runs until somebody leaves.
pub async fn run(screen: Screen, model: Model, dial: Dial) -> Result<Exit, Failure> {
    let (to, mut inbox) = mpsc::channel(INBOX);
    link::start(dial.clone(), to.clone());
    let mut pump = Pump {
        screen,
        model,
        calls: Calls::new(dial.clone(), to.clone()),
        outputs: Outputs::new(dial, to.clone()),
        to,
        frames: Frames::new(),
    };
    let mut events = EventStream::new();
    let mut hang_up = signal(SignalKind::hangup()).map_err(Failure::Output)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Output)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Output)?;
    let mut continued = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))
        .map_err(Failure::Output)?;
    let outcome = loop {
        let due = pump.frames.due(&pump.model);
        let then = tokio::select! {
            biased;
            _ = hang_up.recv() => Ok(Then::End(Exit::Success)),
            _ = terminate.recv() => Ok(Then::End(Exit::Success)),
            _ = interrupt.recv() => Ok(Then::End(Exit::Interrupted)),
            event = events.next() => match event {
                Some(Ok(event)) => pump.event(event),
                // The terminal is gone.
                Some(Err(_)) | None => Ok(Then::End(Exit::Success)),
            },
            // Somebody else may have used the terminal while we were stopped from outside.
            _ = continued.recv() => {
                pump.frames.key();
                pump.screen.resume().map(|()| Then::GoOn)
            }
            () = sleep_until(due.unwrap_or_else(far)), if due.is_some() => pump.draw(),
            msg = inbox.recv() => match msg {
                Some(msg) => pump.news(msg),
                // Impossible: the loop holds a sender itself.
                None => Ok(Then::End(Exit::Success)),
            },
        };
        match then {
            Ok(Then::GoOn) => {}
            Ok(Then::End(exit)) => break Ok(exit),
            Err(failure) => break Err(failure),
        }
    };
    let Pump { screen, calls, .. } = pump;
    // The terminal is given back first, and nobody listens to replies any more.
    drop((screen, inbox));
    let finished = calls.finish().await;
    outcome.and_then(|exit| finished.map(|()| exit))
}

enum Then {
    GoOn,
    End(Exit),
}

struct Pump {
    screen: Screen,
    model: Model,
    calls: Calls,
    outputs: Outputs,
    to: mpsc::Sender<Msg>,
    frames: Frames,
}

impl Pump {
    fn event(&mut self, event: Event) -> Result<Then, Failure> {
        self.frames.key();
        let msg = match event {
            Event::Key(key) => Msg::Key(key),
            Event::Paste(text) => Msg::Paste(text),
            Event::Mouse(mouse) => Msg::Mouse(mouse),
            Event::Resize(columns, rows) => Msg::Resize(columns, rows),
            Event::FocusGained | Event::FocusLost => return Ok(Then::GoOn),
        };
        self.take(msg)
    }

    fn news(&mut self, msg: Msg) -> Result<Then, Failure> {
        self.frames.changed();
        self.take(msg)
    }

    fn draw(&mut self) -> Result<Then, Failure> {
        let then = self.take(Msg::Frame(Timestamp::now()))?;
        let Self { screen, model, .. } = self;
        screen.draw(|frame| {
            fault::at(fault::Place::View);
            view(model, frame);
        })?;
        self.frames.drawn();
        Ok(then)
    }

    fn take(&mut self, msg: Msg) -> Result<Then, Failure> {
        for cmd in hear(&mut self.model, msg, Timestamp::now()) {
            if let Then::End(exit) = self.perform(cmd)? {
                return Ok(Then::End(exit));
            }
        }
        Ok(Then::GoOn)
    }

    fn perform(&mut self, cmd: Cmd) -> Result<Then, Failure> {
        match cmd {
            Cmd::Quit => return Ok(Then::End(Exit::Success)),
            Cmd::Suspend => {
                self.screen.suspend()?;
                self.frames.key();
            }
            Cmd::Repaint => self.screen.repaint()?,
            Cmd::Call(call) => self.calls.send(call),
            Cmd::Output(wish) => self.outputs.wish(wish),
            Cmd::Complete(typed) => paths::complete(typed, self.to.clone()),
            Cmd::Copy(text) => self.screen.send(&clipboard::copy(&text)?)?,
            Cmd::Bell => self.screen.send(b"\x07")?,
            Cmd::Notify(title, words) => self.screen.send(&clipboard::notify(&title, &words))?,
            Cmd::StartDaemon => self.calls.start_daemon(),
        }
        Ok(Then::GoOn)
    }
}

/// What happens, happens now: the clock of the last frame may be hours old where nothing has changed since.
fn hear(model: &mut Model, msg: Msg, now: Timestamp) -> Vec<Cmd> {
    model.now = now;
    update(model, msg)
}

/// When the next frame is due.
struct Frames {
    last: Instant,
    wanted: Wanted,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    No,
    ForNews,
    ForKey,
}

impl Frames {
    fn new() -> Self {
        Self {
            last: Instant::now(),
            wanted: Wanted::ForKey,
        }
    }

    fn key(&mut self) {
        self.wanted = Wanted::ForKey;
    }

    fn changed(&mut self) {
        self.wanted = self.wanted.max(Wanted::ForNews);
    }

    fn drawn(&mut self) {
        self.last = Instant::now();
        self.wanted = Wanted::No;
    }

    fn due(&self, model: &Model) -> Option<Instant> {
        match self.wanted {
            Wanted::ForKey => Some(self.last + KEY_FRAME),
            Wanted::ForNews => Some(self.last + FRAME),
            Wanted::No => {
                let wake = model.next_wake()?.duration_since(model.now);
                let wake = Duration::try_from(wake).unwrap_or(Duration::ZERO);
                Some(self.last + wake.max(FRAME))
            }
        }
    }
}

fn far() -> Instant {
    Instant::now() + Duration::from_hours(1)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::tui::{model::link::LinkState, msg::LinkNews, settings::Settings, theme::Depth};

    /// T2
    #[test]
    fn what_happens_after_an_idle_hour_is_told_as_of_now() {
        let settings = Settings::plain(Depth::None);
        let then = Timestamp::UNIX_EPOCH;
        let mut model = Model::new(settings, (80, 24), then, TimeZone::UTC);
        hear(&mut model, Msg::Frame(then), then);
        let now = then + Duration::from_hours(1);
        let esc = crossterm::event::KeyCode::Esc.into();
        hear(&mut model, Msg::Key(esc), now);
        let lost = LinkNews::Away(crate::link::Away::Lost);
        hear(&mut model, Msg::Link(lost), now);
        hear(&mut model, Msg::Frame(now), now);
        assert_eq!(model.toasts.shown().count(), 1, "the key's toast is seen");
        let LinkState::Away { since, .. } = model.link.state else {
            panic!("expected no daemon, found {:?}", model.link.state);
        };
        assert_eq!(since, now);
    }

    #[test]
    fn news_waits_for_33_ms_and_a_key_for_8() {
        let settings = Settings::plain(Depth::None);
        let mut model = Model::new(settings, (80, 24), Timestamp::UNIX_EPOCH, TimeZone::UTC);
        model.link.state = LinkState::Live;
        let mut frames = Frames::new();
        frames.drawn();
        let after = |frames: &Frames, model: &Model| frames.due(model).map(|due| due - frames.last);
        assert_eq!(
            after(&frames, &model),
            None,
            "nothing to do, nothing to wake up for"
        );
        frames.changed();
        assert_eq!(after(&frames, &model), Some(FRAME));
        frames.key();
        assert_eq!(after(&frames, &model), Some(KEY_FRAME));
        frames.changed();
        assert_eq!(
            after(&frames, &model),
            Some(KEY_FRAME),
            "news does not take a key's frame away"
        );
        frames.drawn();
        let tone = crate::render::Tone::Plain;
        model.toasts.add("done", tone, model.now);
        assert_eq!(after(&frames, &model), Some(Duration::from_secs(6)));
    }
}
