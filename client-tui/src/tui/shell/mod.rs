//! Everything with a side effect: the terminal, the loop, the link's task, calls, output, paths, the clipboard.
//!
//! The loop waits for nothing but its own channels; whatever asks the daemon is a task that tells it later.

mod calls;
mod clipboard;
mod fault;
mod link;
mod output;
mod paths;
mod pump;
mod terminal;

use jiff::tz::TimeZone;

use super::{model::Model, settings::Settings};
use crate::{exit::Exit, failure::Failure, link::Dial};

/// Opens the terminal UI and stays until somebody leaves it.
///
/// A daemon is started if none runs; after that it is only looked for, so that it can be stopped.
///
/// # Errors
/// [`Failure::Input`] without a terminal or with settings that cannot be meant; what starting a daemon says.
pub fn open(dial: Dial) -> Result<Exit, Failure> {
    terminal::required()?;
    let settings = Settings::load(&dial.paths.config_file(), |name| std::env::var_os(name))?;
    // One worker for the link and the calls: decoding what arrives never holds up a key.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Failure::Unreachable(format!("cannot start: {error}")))?;
    let result = runtime.block_on(async {
        dial.connect_or_start().await?;
        let mouse = settings.mouse;
        let screen = terminal::Screen::enter(mouse)?;
        let now = jiff::Timestamp::now();
        let model = Model::new(settings, terminal::Screen::size()?, now, TimeZone::system());
        pump::run(screen, model, dial).await
    });
    // Tasks may still be waiting for the daemon; nothing depends on them any more.
    runtime.shutdown_background();
    result
}
