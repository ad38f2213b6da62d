//! The terminal: taken over, and given back however this program ends or stops.

use std::{
    io::{self, BufWriter, IsTerminal as _, Stdout, Write as _, stdout},
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

/// Bytes collected before they are written: a large frame is one or two writes.
const BUFFER: usize = 64 * 1024;

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

/// The terminal, taken over. Given back when dropped.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    mouse: bool,
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
        take(mouse).map_err(Failure::Output)?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(BUFFER, stdout()));
        let terminal = Terminal::new(backend).map_err(Failure::Output)?;
        Ok(Self { terminal, mouse })
    }

    /// Columns and rows.
    pub fn size() -> Result<(u16, u16), Failure> {
        terminal::size().map_err(Failure::Output)
    }

    /// Draws a frame; only cells that differ from the last one are written, at once.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame)) -> Result<(), Failure> {
        let draw = |terminal: &mut Terminal<CrosstermBackend<BufWriter<Stdout>>>| {
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

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
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

/// Gives the terminal back. Nothing can be done about a terminal that refuses it: it is gone.
fn leave() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        stdout(),
        EndSynchronizedUpdate,
        event::DisableMouseCapture,
        event::DisableBracketedPaste,
        terminal::LeaveAlternateScreen,
        cursor::Show
    );
    let _ = terminal::disable_raw_mode();
}
