//! Runs one reviewer by hand: `cargo run --example reviewer -- ambiguity < prompt`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let which = std::env::args().nth(1).unwrap_or_default();
    synod_reviewer::main(
        &which,
        std::io::stdin(),
        std::io::stdout(),
        std::io::stderr(),
    )
}
