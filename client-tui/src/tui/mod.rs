//! The terminal UI: `synod` without a verb.
//!
//! | room | owns |
//! |---|---|
//! | `model` | what is known (`known`), and where on the screen somebody is |
//! | `update` | `update(&mut Model, Msg) -> Vec<Cmd>`: what a key or a piece of news changes |
//! | `view` | `view(&Model, &mut Frame)`: how that looks |
//! | `keys` | the one key map: bindings, help and hints |
//! | `shell` | everything with a side effect: the loop, the link's task, calls, output, the terminal |
//!
//! `model`, `update` and `view` are twins: `runs` in each is the screen of that name. None of them reads the
//! clock, the environment, a file or a socket; `shell` does, and tells them.

pub mod keys;
pub mod model;
pub mod msg;
pub mod settings;
pub mod theme;
pub mod update;
pub mod view;

mod shell;

pub use shell::open;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod spoken;
