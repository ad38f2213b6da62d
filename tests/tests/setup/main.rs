//! Finding agents and saying how they are: `init`, `agents`, `doctor`, and what profiles make of a configured agent.
//! The programs are the real ones, the CLIs are little scripts.
#![allow(clippy::unwrap_used, clippy::panic)] // tests may

mod doctor;
mod init;
mod profiles;

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use synod_tests::{Builder, World};

/// A folder that stands first in the `PATH` of a world.
struct Clis(tempfile::TempDir);

impl Clis {
    fn new() -> Self {
        Self(
            tempfile::Builder::new()
                .prefix("sc")
                .tempdir_in("/tmp")
                .unwrap(),
        )
    }

    /// A CLI that is this script.
    fn add(&self, name: &str, script: &str) -> &Self {
        let path = self.path().join(name);
        // Renamed into place: what is open for writing cannot be executed.
        let fresh = self.path().join(format!(".{name}"));
        fs::write(&fresh, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)).unwrap();
        fs::rename(fresh, path).unwrap();
        self
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// A world whose callers find these CLIs and, of the machine's own, only those in `/usr/bin` and `/bin`.
    fn world(&self) -> Builder {
        World::with(synod_tests::programs!())
            .env("PATH", format!("{}:/usr/bin:/bin", self.path().display()))
    }
}

/// Of `probes` in an answer, the one of this name.
#[track_caller]
fn probe<'j>(answer: &'j serde_json::Value, name: &str) -> &'j serde_json::Value {
    let probes = answer["probes"].as_array().unwrap();
    probes
        .iter()
        .find(|probe| probe["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {answer:#}"))
}
