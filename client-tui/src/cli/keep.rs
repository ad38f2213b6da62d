//! Files written by verbs: whole or not at all, under their name at once.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::{failure::Failure, intent};

/// Writes a file of the caller's choice. One that is there is replaced, by a rename, so that nobody reads half of it.
pub fn whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    // A pipe or a terminal is written to, not replaced.
    let special = fs::metadata(path).is_ok_and(|found| !found.is_file());
    let written = if special {
        fs::write(path, bytes)
    } else {
        beside(folder).and_then(|(fresh, mut file)| {
            file.write_all(bytes)
                .and_then(|()| file.sync_all())
                .and_then(|()| fs::rename(&fresh, path))
                .inspect_err(|_| {
                    // What failed is told; what is left of it is not worth a second word.
                    let _ = fs::remove_file(&fresh);
                })
        })
    };
    written.map_err(|error| Failure::Input(format!("cannot write {}: {error}", path.display())))
}

fn beside(folder: &Path) -> io::Result<(PathBuf, File)> {
    let path = folder.join(format!(".synod-{}", intent::request_id()));
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)?;
    Ok((path, file))
}

/// A new file; one that is there is left alone, and said.
pub fn new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    let written = made.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Input(format!(
            "{} is there already and was left alone",
            path.display()
        )),
        _ => Failure::Input(format!("cannot write {}: {error}", path.display())),
    })
}

/// The folder above a path that is a repository's top level, as far as there is one.
pub fn top_level(path: &Path) -> Option<&Path> {
    path.ancestors()
        .find(|folder| folder.join(".git").symlink_metadata().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.sarif");
        whole(&path, b"one").unwrap();
        whole(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(whole(&folder.path().join("no/such/folder"), b"x").is_err());
    }

    #[test]
    fn a_new_file_replaces_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gate.toml");
        new(&path, b"one").unwrap();
        assert!(new(&path, b"two").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
    }

    #[test]
    fn the_top_level_is_the_nearest_folder_with_a_repository() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(folder.path().join("a/.git"), "gitdir: elsewhere").unwrap();
        assert_eq!(top_level(&deep), Some(folder.path().join("a").as_path()));
    }
}
