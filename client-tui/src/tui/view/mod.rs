//! `view(&Model, &mut Frame)`: how the model looks. Pure: nothing is asked, read, awaited or changed.
//!
//! From top to bottom: the bar (daemon, link, screens), a banner if something is wrong or past, the screen, the
//! hint line. Over it the layers and the toasts. Only rows that can be seen are made. Each screen has a file of
//! its name.

pub mod areas;
pub mod columns;
pub mod help;
pub mod ledger;
pub mod text;

mod agents;
mod bar;
mod events;
mod form;
mod hints;
mod layers;
mod output;
mod past;
pub mod questions;
pub mod run;
mod runs;
mod toasts;

pub use runs::open_questions;

use ratatui::Frame;

use super::model::{Model, Screen};

/// Draws everything.
pub fn view(model: &Model, frame: &mut Frame) {
    let size = frame.area();
    if size.width < areas::LEAST.0 || size.height < areas::LEAST.1 {
        return text::plain(
            frame.buffer_mut(),
            size,
            "synod: too small, make me larger (q leaves)",
        );
    }
    let areas = areas::within(model, size);
    bar::tabs(model, frame.buffer_mut(), areas.tabs);
    bar::status(model, frame.buffer_mut(), areas.status);
    bar::banner(model, frame.buffer_mut(), areas.banner);
    past::scrubber(model, frame.buffer_mut(), areas.scrubber);
    match model.screen() {
        Screen::Runs => runs::draw(model, frame, areas.body),
        Screen::Run(id) => run::draw(model, id, frame, areas.body),
        Screen::Output => output::draw(model, frame, areas.body),
        Screen::Questions => questions::draw(model, frame, areas.body),
        Screen::Events => events::draw(model, frame, areas.body),
        Screen::Agents => agents::draw(model, frame, areas.body),
        Screen::Ledger => ledger::draw(model, frame, areas.body),
    }
    hints::draw(model, frame.buffer_mut(), areas.hints);
    layers::draw(model, frame, areas.body);
    toasts::draw(model, frame.buffer_mut(), areas.body);
}
