//! The terminal: taken over, and given back however this program ends or stops.

use std::{
    io::{self, IsTerminal as _, Write, stdout},
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
};

use crossterm::{
    cursor, event, execute, queue,
    terminal::{self, BeginSynchronizedUpdate, EndSynchronizedUpdate},
};
use ratatui::{Frame, Terminal, backend::CrosstermBackend, layout::Rect};
use rustix::process::{Signal, kill_current_process_group};

use crate::failure::Failure;

/// Whether the terminal is ours now: what the panic hook goes by.
static OURS: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// Refuses in one sentence where there is no terminal.
pub fn required() -> Result<(), Failure> {
    if io::stdout().is_terminal() && io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Failure::Input(
        "expected a terminal to draw on, found none; the verbs work without one: `synod ps`, `synod --help`"
            .to_owned(),
    ))
}

/// Gives the terminal back, in this way, when dropped.
struct Ours(fn());

impl Ours {
    /// Takes the terminal over. What was taken before something failed is given back.
    fn by(take: impl FnOnce() -> io::Result<()>, leave: fn()) -> io::Result<Self> {
        let ours = Self(leave);
        take()?;
        Ok(ours)
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// The terminal, taken over. Given back when dropped.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Whole>>,
    mouse: bool,
    #[expect(dead_code, reason = "gives the terminal back by being dropped")]
    ours: Ours,
}

impl Screen {
    /// Takes the terminal over.
    pub fn enter(mouse: bool) -> Result<Self, Failure> {
        HOOK.call_once(|| {
            let loops = std::thread::current().id();
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                // First, so that what the panic says can be read.
                leave();
                before(panic);
                // In a task beside the loop it would end nothing else, and the loop would go on without the
                // terminal. Nothing is lost by ending: the daemon has it all.
                if std::thread::current().id() != loops {
                    std::process::exit(101);
                }
            }));
        });
        let ours = Ours::by(|| take(mouse), leave).map_err(Failure::Output)?;
        let backend = CrosstermBackend::new(Whole::default());
        let terminal = Terminal::new(backend).map_err(Failure::Output)?;
        Ok(Self {
            terminal,
            mouse,
            ours,
        })
    }

    /// Columns and rows.
    pub fn size() -> Result<(u16, u16), Failure> {
        terminal::size().map_err(Failure::Output)
    }

    /// Draws a frame; only cells that differ from the last one are written, at once.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame)) -> Result<(), Failure> {
        let draw = |terminal: &mut Terminal<CrosstermBackend<Whole>>| {
            queue!(terminal.backend_mut(), BeginSynchronizedUpdate)?;
            terminal.draw(view)?;
            queue!(terminal.backend_mut(), EndSynchronizedUpdate)?;
            terminal.backend_mut().flush()
        };
        draw(&mut self.terminal).map_err(Failure::Output)
    }

    /// Draws everything with the next frame.
    pub fn repaint(&mut self) -> Result<(), Failure> {
        // Not `clear`: it asks the terminal where its cursor is, and the answer would go to whoever reads the keys.
        let size = self.terminal.size().map_err(Failure::Output)?;
        let whole = Rect::new(0, 0, size.width, size.height);
        self.terminal.resize(whole).map_err(Failure::Output)
    }

    /// Gives the terminal back, stops this job until somebody continues it, and takes the terminal again.
    pub fn suspend(&mut self) -> Result<(), Failure> {
        leave();
        // The whole job, as the terminal itself does for Ctrl-Z. Where nobody could continue us nothing happens.
        if let Err(error) = kill_current_process_group(Signal::TSTP) {
            return Err(Failure::Output(error.into()));
        }
        self.resume()
    }

    /// Takes the terminal again after somebody else had it.
    pub fn resume(&mut self) -> Result<(), Failure> {
        take(self.mouse).map_err(Failure::Output)?;
        self.repaint()
    }

    /// Writes bytes that draw nothing: a bell, the clipboard.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let out = self.terminal.backend_mut();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .map_err(Failure::Output)
    }
}

fn take(mouse: bool) -> io::Result<()> {
    OURS.store(true, Ordering::SeqCst);
    terminal::enable_raw_mode()?;
    execute!(
        stdout(),
        terminal::EnterAlternateScreen,
        event::EnableBracketedPaste,
        cursor::Hide
    )?;
    if mouse {
        execute!(stdout(), event::EnableMouseCapture)?;
    }
    Ok(())
}

/// Collects a frame, and writes it at once: never a part of it, and never to a terminal that was given back. A
/// frame during which something panicked is not drawn, nor is one of the loop's while a task beside it panics.
#[derive(Debug, Default)]
struct Whole(Vec<u8>);

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut out = stdout().lock();
        let written = if OURS.load(Ordering::SeqCst) {
            out.write_all(&self.0).and_then(|()| out.flush())
        } else {
            Ok(())
        };
        self.0.clear();
        written
    }
}

/// Gives the terminal back. Nothing can be done about a terminal that refuses it: it is gone.
fn leave() {
    // Held to the end, so that no frame comes in between or after.
    let mut out = stdout().lock();
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        out,
        EndSynchronizedUpdate,
        event::DisableMouseCapture,
        event::DisableBracketedPaste,
        terminal::LeaveAlternateScreen,
        cursor::Show
    );
    let _ = terminal::disable_raw_mode();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T4
    #[test]
    fn a_terminal_that_could_be_taken_only_half_way_is_given_back() {
        static GIVEN: AtomicBool = AtomicBool::new(false);
        let half = || Err(io::Error::other("the other half is missing"));
        let ours = Ours::by(half, || GIVEN.store(true, Ordering::SeqCst));
        assert!(ours.is_err());
        assert!(GIVEN.load(Ordering::SeqCst));
    }
}
