//! The shim as a process of its own: what the daemon's binary does for `shim DIR`, and no more.

use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [verb, dir] if verb == "shim" => synod_shim::shim::main(Path::new(dir)),
        _ => ExitCode::from(2),
    }
}
