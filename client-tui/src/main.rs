//! The program `synod`: a command line over the daemon's API.

use std::process::ExitCode;

fn main() -> ExitCode {
    synod_client::main()
}
