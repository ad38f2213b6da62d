//! What was acknowledged, and so what must have become of it: started once, ended with its true code, its output
//! whole and counted once.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use synod_proto::v1::{self, change::Entity};
use synod_tests::World;

/// A submission with a known end.
#[derive(Debug, Clone)]
pub struct Expected {
    /// What its agent appends to the file of starts.
    pub tag: String,
    pub argv: Vec<String>,
    pub code: i32,
    pub output: String,
}

/// The file to which each agent appends its tag when it starts.
pub fn starts_file(world: &World) -> String {
    world.at("starts")
}

/// How often each tag was started.
pub fn starts(world: &World) -> BTreeMap<String, u32> {
    let text = fs::read_to_string(starts_file(world)).unwrap_or_default();
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        *counts.entry(line.to_owned()).or_default() += 1;
    }
    counts
}

impl Expected {
    /// Ends at once.
    pub fn short(world: &World, tag: &str, code: i32) -> Self {
        let line = format!("short {tag}");
        let code_word = code.to_string();
        Self::script(world, tag, code, &["print", &line, "exit", &code_word], {
            format!("{line}\n")
        })
    }

    /// Prints a line every few milliseconds.
    pub fn printing(world: &World, tag: &str, code: i32, lines: u32) -> Self {
        Self::lines(world, tag, code, lines, &[])
    }

    /// The same, and stays until there is a file.
    pub fn printing_until(world: &World, tag: &str, code: i32, lines: u32, gate: &str) -> Self {
        Self::lines(world, tag, code, lines, &["wait-file", gate])
    }

    fn lines(world: &World, tag: &str, code: i32, lines: u32, then: &[&str]) -> Self {
        let mut output = String::new();
        for n in 0..lines {
            writeln!(output, "{tag} line {n} of {lines} ∆").unwrap();
        }
        let mut script: Vec<&str> = Vec::new();
        for line in output.lines() {
            script.extend(["print", line, "sleep", "15"]);
        }
        script.extend(then);
        let code_word = code.to_string();
        script.extend(["exit", &code_word]);
        Self::script(world, tag, code, &script, output.clone())
    }

    /// Says who it is and waits for a file.
    pub fn waiting(world: &World, tag: &str, code: i32, gate: &str) -> Self {
        let code_word = code.to_string();
        let script = ["print-pid", "wait-file", gate, "exit", &code_word];
        // Its output is its pid, which nobody knows yet.
        Self::script(world, tag, code, &script, String::new())
    }

    fn script(world: &World, tag: &str, code: i32, script: &[&str], output: String) -> Self {
        let starts = starts_file(world);
        let mut words = vec!["append", &starts, tag];
        words.extend(script);
        Self {
            tag: tag.to_owned(),
            argv: world.programs().fake(&words),
            code,
            output,
        }
    }

    /// Started once; ended with its own code; its output as written.
    #[track_caller]
    pub fn assert_ended(&self, world: &World, run: &v1::Run) {
        let attempt = World::only_attempt(run);
        assert_eq!(
            (attempt.state.as_str(), attempt.exit_code),
            ("exited", Some(self.code)),
            "{}: {run:#?}",
            self.tag
        );
        let state = if self.code == 0 { "passed" } else { "failed" };
        assert_eq!(run.state, state, "{}", self.tag);
        let stdout = fs::read(world.attempt_dir(&attempt.execution_id, 1).join("stdout")).unwrap();
        assert_eq!(attempt.output_bytes, Some(stdout.len() as u64));
        if !self.output.is_empty() {
            let text = String::from_utf8_lossy(&stdout);
            assert_eq!(text, self.output, "{}", self.tag);
        }
    }
}

/// Each of these was started exactly once.
#[track_caller]
pub fn assert_started_once<'a>(world: &World, tags: impl IntoIterator<Item = &'a str>) {
    let starts = starts(world);
    for tag in tags {
        assert_eq!(starts.get(tag), Some(&1), "starts of {tag}");
    }
    for (tag, times) in &starts {
        assert_eq!(*times, 1, "starts of {tag}");
    }
}

/// Of every attempt that ended: as many lines were counted, and as many bytes, as there are in its file.
#[track_caller]
pub fn assert_each_line_counted_once(world: &World) {
    let mut last: BTreeMap<String, v1::AttemptProgress> = BTreeMap::new();
    let mut attempts: BTreeMap<String, v1::Attempt> = BTreeMap::new();
    for change in world.feed() {
        match change.entity {
            Some(Entity::Progress(progress)) => {
                if let Some(before) = last.get(&progress.attempt_id) {
                    assert!(before.lines <= progress.lines, "{before:?} {progress:?}");
                }
                last.insert(progress.attempt_id.clone(), progress);
            }
            Some(Entity::Attempt(attempt)) => drop(attempts.insert(attempt.id.clone(), attempt)),
            Some(_) | None => {}
        }
    }
    for attempt in attempts.values().filter(|one| one.state == "exited") {
        let dir = world.attempt_dir(&attempt.execution_id, attempt.number);
        let stdout = fs::read(dir.join("stdout")).unwrap();
        let lines = String::from_utf8_lossy(&stdout).matches('\n').count() as u64;
        let (counted, bytes) = last
            .get(&attempt.id)
            .map_or((0, 0), |progress| (progress.lines, progress.output_bytes));
        assert_eq!(
            (counted, bytes),
            (lines, stdout.len() as u64),
            "lines and bytes of attempt {}",
            attempt.id
        );
    }
}
