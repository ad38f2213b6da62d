//! The end-to-end figures, over the real programs: what a user waits for, beside the floor it stands on.
//!
//! Every figure is printed with n, p50 and p99, and as a ratio to what cannot be avoided, measured in the same
//! run on the same file system. `cargo bench -p synod-tests --bench figures -- NAME` runs one part alone.
//!
//! The program is also what it lets agents run: `lines` (prints the time, again and again) and `stamp` (once).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench that cannot go on says so by panicking; its output is its result"
)]

mod agents;
mod attached;
mod bulk;
mod burst;
mod connection;
mod floor;
mod follow;
mod frames;
mod history;
mod idle;
mod machine;
mod sample;
mod shim;
mod single;
mod table;
mod tui;

use floor::Floor;
use synod_tests::Programs;
use table::Table;

/// What every part is given.
struct Bench {
    programs: Programs,
    floor: Floor,
    table: Table,
}

/// A part: its name on the command line, and what it measures.
type Part = (&'static str, fn(&mut Bench));

const PARTS: [Part; 12] = [
    ("single", single::measure),
    ("follow", follow::measure),
    ("burst", burst::measure),
    ("gates", burst::measure_gates),
    ("bulk", bulk::measure),
    ("shim", shim::measure),
    ("idle", idle::measure),
    ("attached", attached::measure),
    ("frames", frames::measure),
    ("tui", tui::measure),
    ("tuis", tui::measure_many),
    ("history", history::measure),
];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if agents::play(&args) {
        return;
    }
    // Cargo says `--bench`; everything else is a part's name.
    let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    machine::print();
    let programs = synod_tests::programs!();
    let floor = floor::measure(&programs);
    let mut bench = Bench {
        programs,
        floor,
        table: Table::default(),
    };
    bench.floor.print(&mut bench.table);
    for (name, measure) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|arg| *arg == name) {
            eprintln!("measuring: {name}");
            measure(&mut bench);
        }
    }
    println!("{}", bench.table);
    println!("load average after: {}", machine::load());
}
