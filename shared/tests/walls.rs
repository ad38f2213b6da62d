//! The walls between the rooms: arrows that must never exist (ARCHITECTURE.md, "Arrows that must never exist").
//!
//! What a crate links is asked of `cargo metadata`; where words of the wire are spoken is read from the sources.
//! Lives here because this package links next to nothing.
#![allow(clippy::unwrap_used, reason = "tests say no by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What every crate links, tests and build scripts aside.
struct Links {
    /// The manifests of the workspace's own crates, by name.
    ours: BTreeMap<String, Value>,
    /// By name: of somebody else's crate, all versions together.
    theirs: BTreeMap<String, BTreeSet<String>>,
}

impl Links {
    fn read() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked"])
            .args(["--filter-platform", &host()])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let names: BTreeMap<&str, &str> = list(&metadata["packages"])
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        let mut theirs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in list(&metadata["resolve"]["nodes"]) {
            let linked = list(&node["deps"])
                .filter(|dep| list(&dep["dep_kinds"]).any(|kind| kind["kind"].is_null()))
                .map(|dep| names[text(&dep["pkg"])].to_owned());
            theirs
                .entry(names[text(&node["id"])].to_owned())
                .or_default()
                .extend(linked);
        }
        let ours = list(&metadata["packages"])
            .filter(|package| package["source"].is_null())
            .map(|package| (text(&package["name"]).to_owned(), package.clone()))
            .collect();
        Self { ours, theirs }
    }

    /// Everything a crate of ours links, through others too.
    ///
    /// Cargo resolves the workspace as a whole, in which `synod-shared` has its feature `wire`. Our own
    /// manifests are followed instead: whoever does not ask for the wire does not get it.
    fn of(&self, room: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![(room.to_owned(), false)];
        while let Some((name, wire)) = open.pop() {
            let Some(manifest) = self.ours.get(&name) else {
                open.extend(
                    self.theirs[&name]
                        .iter()
                        .filter(|linked| found.insert((*linked).clone()))
                        .map(|linked| (linked.clone(), false)),
                );
                continue;
            };
            for dep in list(&manifest["dependencies"]) {
                let linked = dep["kind"].is_null() && (wire || dep["optional"] == false);
                let asks = list(&dep["features"]).any(|feature| feature == "wire");
                let name = text(&dep["name"]).to_owned();
                // Asked for the wire by one way and without it by another: it is there.
                if linked && (found.insert(name.clone()) || asks) {
                    open.push((name, asks));
                }
            }
        }
        found
    }

    /// As [`Links::of`], with everything that is optional in `synod-shared`.
    fn of_shared_with_the_wire(&self) -> BTreeSet<String> {
        let mut found = self.of("synod-shared");
        for dep in list(&self.ours["synod-shared"]["dependencies"]) {
            let name = text(&dep["name"]);
            if dep["optional"] == true && !self.ours.contains_key(name) {
                found.extend(self.theirs[name].iter().cloned());
            } else if dep["optional"] == true {
                found.extend(self.of(name));
            }
            found.insert(name.to_owned());
        }
        found
    }
}

#[track_caller]
fn assert_without(room: &str, linked: &BTreeSet<String>, forbidden: &[&str]) {
    let wrong: Vec<&&str> = forbidden
        .iter()
        .filter(|name| linked.contains(**name))
        .collect();
    assert!(wrong.is_empty(), "{room} must never link {wrong:?}");
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap()
        .to_owned()
}

/// The sources below a folder, each with its path below the root.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let shown = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((shown, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "no sources below {folder}");
    found
}

/// Whole words only: `StoreError` does not say `Store`.
fn says(source: &str, word: &str) -> bool {
    source
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|found| found == word)
}

/// The walls are worth something only if what is linked is seen, through others too.
#[test]
fn what_a_room_links_is_seen_through_others_too() {
    let links = Links::read();
    let daemon = links.of("synod-daemon");
    for name in [
        "rusqlite",
        "libsqlite3-sys",
        "hyper",
        "prost",
        "synod-core",
        "prost-reflect",
    ] {
        assert!(daemon.contains(name), "{name} is not seen");
    }
    assert!(links.of("synod-core").contains("synod-shared"));
}

/// Arrow 1, for crates; each pure room's own `clippy.toml` has the standard library's part.
#[test]
fn the_pure_rooms_link_no_runtime_no_wire_no_database_and_no_chance() {
    let links = Links::read();
    for room in [
        "synod-core",
        "synod-consensus",
        "synod-calibration",
        "synod-adapters",
    ] {
        let forbidden = [
            "tokio",
            "tonic",
            "rusqlite",
            "prost",
            "synod-proto",
            "rand",
            "rustix",
            "tracing",
        ];
        assert_without(room, &links.of(room), &forbidden);
    }
}

/// Arrow 2.
#[test]
fn client_and_daemon_link_nothing_of_each_others() {
    let links = Links::read();
    let (client, daemon) = (links.of("synod-client"), links.of("synod-daemon"));
    assert_without(
        "synod-client",
        &client,
        &["synod-daemon", "synod-core", "rusqlite"],
    );
    assert_without(
        "synod-daemon",
        &daemon,
        &["synod-client", "ratatui", "crossterm"],
    );
}

/// Arrow 3.
#[test]
fn shared_links_neither_a_program_nor_a_database_nor_a_screen() {
    let shared = Links::read().of_shared_with_the_wire();
    let forbidden = ["synod-daemon", "synod-client", "rusqlite", "ratatui"];
    assert_without("synod-shared", &shared, &forbidden);
}

/// Arrow 4: messages of the wire stop at `rpc/`, `wire.rs` and the client's `link`.
#[test]
fn messages_of_the_wire_never_reach_the_core_or_the_store() {
    for folder in [
        "daemon/core/src",
        "daemon/consensus/src",
        "daemon/calibration/src",
        "daemon/config/src",
        "daemon/src/store",
    ] {
        for (path, source) in sources(folder) {
            for word in ["synod_proto", "prost"] {
                assert!(!says(&source, word), "{path} must not speak of {word}");
            }
        }
    }
}

/// Arrow 5: what the terminal UI shows and what a key does are functions of what they are given.
#[test]
fn the_ui_decides_and_draws_without_link_clock_or_files() {
    for folder in ["model", "update", "view"] {
        for (path, source) in sources(&format!("client-tui/src/tui/{folder}")) {
            let words = [
                "tokio",
                "tonic",
                "rustix",
                "Session",
                "Dial",
                "SystemTime",
                "Instant",
            ];
            for word in words {
                assert!(!says(&source, word), "{path} must not speak of {word}");
            }
            for call in ["std::fs", "std::env", "Timestamp::now", "TimeZone::system"] {
                assert!(!source.contains(call), "{path} must not call {call}");
            }
        }
    }
}

/// Arrow 6: the shim, the reviewers and what plays a part branch off before any runtime starts.
#[test]
fn shim_reviewer_playback_and_config_link_no_runtime_no_wire_and_no_database() {
    let links = Links::read();
    for room in [
        "synod-shim",
        "synod-reviewer",
        "synod-playback",
        "synod-config",
    ] {
        let forbidden = ["tokio", "tonic", "prost", "rusqlite", "tracing-subscriber"];
        assert_without(room, &links.of(room), &forbidden);
    }
}

/// Arrow 7: actors report, the engine writes.
#[test]
fn only_the_engine_holds_the_connection_that_writes() {
    for (path, source) in sources("daemon/src") {
        let rooms = [
            "daemon/src/store/",
            "daemon/src/engine/",
            "daemon/src/serve.rs",
        ];
        let may = rooms.iter().any(|room| path.starts_with(room));
        assert!(
            may || !says(&source, "Store"),
            "{path} must not write the database"
        );
    }
}
