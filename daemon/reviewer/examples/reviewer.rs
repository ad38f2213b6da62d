//! Runs one reviewer by hand: `cargo run --example reviewer -- ambiguity < prompt`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    synod_reviewer::main(
        &words,
        std::io::stdin(),
        std::io::stdout(),
        std::io::stderr(),
    )
}
