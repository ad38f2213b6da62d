//! Bytes of output, read for the screen.

use tokio::sync::mpsc;

use crate::{
    link::Dial,
    tui::msg::{Msg, OutputWish},
};

/// See the module.
pub struct Outputs {
    dial: Dial,
    to: mpsc::Sender<Msg>,
}

impl Outputs {
    /// Reads over this way, told to that loop.
    pub fn new(dial: Dial, to: mpsc::Sender<Msg>) -> Self {
        Self { dial, to }
    }

    /// Begins what is wished for.
    pub fn wish(&mut self, _wish: OutputWish) {
        let _ = (&self.dial, &self.to);
    }
}
