//! On what the figures were made.

use std::fs;

pub fn print() {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    println!(
        "machine: {cores} cores, {model}, Linux {}, {} on the state directory",
        kernel.trim(),
        file_system()
    );
    println!("load average before: {}\n", load());
}

pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// Worlds live below `/tmp`: the longest mount point that leads there says on what.
fn file_system() -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            Some((words.next()?, words.next()?))
        })
        .filter(|(point, _)| *point == "/" || *point == "/tmp")
        .max_by_key(|(point, _)| point.len())
        .map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

/// Memory of a process, in megabytes (10⁶).
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    pub resident: f64,
    /// Without the pages of files, which all processes of one program share.
    pub own: f64,
}

pub fn memory(pid: i32) -> Memory {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let kilobytes = |name: &str| -> f64 {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap();
        line.trim().trim_end_matches(" kB").trim().parse().unwrap()
    };
    Memory {
        resident: kilobytes("VmRSS:") * 1024.0 / 1e6,
        own: kilobytes("RssAnon:") * 1024.0 / 1e6,
    }
}

/// Processor time of a process so far, in ticks of the clock (10 ms).
pub fn ticks(pid: i32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    // After the name: state is the 3rd field, utime the 14th, stime the 15th.
    let fields = rest.split_whitespace().skip(11).take(2);
    fields.map(|field| field.parse::<u64>().unwrap()).sum()
}
