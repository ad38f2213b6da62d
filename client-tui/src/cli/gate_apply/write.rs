//! Writing accepted edits: all files or none, each under its name at once.
//!
//! A file is looked at before anything is written: one that is not as the run read it refuses the whole. Folders are
//! opened one below the other without following symbolic links, so that nothing outside the root can be reached; the
//! new text lies beside the old one until its name is moved. Between the first and the last rename a crash leaves some
//! files changed: each is whole, and the same call finds out which.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Component, Path},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags, fchmod, fstat, open, openat, renameat, unlinkat},
    io::Errno,
};
use synod_proto::v1::GetEditsResponse;

use crate::{digest, failure::Failure, intent, render::clean};

/// One file to be changed.
#[derive(Debug)]
pub struct Change<'a> {
    /// Its folders below the root, then its name.
    path: Vec<&'a str>,
    read_sha256: &'a str,
    text: &'a [u8],
}

/// What the daemon says is to be written, with paths that stay below the root.
pub fn changes(answer: &GetEditsResponse) -> Result<Vec<Change<'_>>, Failure> {
    answer
        .files
        .iter()
        .map(|file| {
            Ok(Change {
                path: pieces(&file.path)?,
                read_sha256: &file.read_sha256,
                text: &file.text,
            })
        })
        .collect()
}

fn pieces(path: &str) -> Result<Vec<&str>, Failure> {
    let pieces: Option<Vec<&str>> = Path::new(path)
        .components()
        .map(|piece| match piece {
            Component::Normal(name) => name.to_str(),
            Component::Prefix(_)
            | Component::RootDir
            | Component::CurDir
            | Component::ParentDir => None,
        })
        .collect();
    pieces.filter(|pieces| !pieces.is_empty()).ok_or_else(|| {
        Failure::Input(format!(
            "expected a path below the run's folder, found {}; nothing was changed",
            clean(path)
        ))
    })
}

/// Writes all changes, or none.
pub fn write(root: &Path, changes: &[Change<'_>]) -> Result<(), Failure> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root_folder = open(root, flags, Mode::empty())
        .map(File::from)
        .map_err(|error| refused(&root.display().to_string(), &io::Error::from(error)))?;
    let mut ready = Vec::new();
    for change in changes {
        match prepare(&root_folder, change) {
            Ok(prepared) => ready.push(prepared),
            Err(failure) => {
                ready.iter().for_each(Prepared::take_back);
                return Err(failure);
            }
        }
    }
    for (done, prepared) in ready.iter().enumerate() {
        if let Err(error) = prepared.put() {
            ready.iter().skip(done).for_each(Prepared::take_back);
            return Err(if done == 0 {
                refused(prepared.path.as_str(), &error)
            } else {
                let before: Vec<&str> =
                    ready.iter().take(done).map(|it| it.path.as_str()).collect();
                Failure::Conflict(format!(
                    "cannot change {}: {error}; changed before it: {}",
                    prepared.path,
                    before.join(", ")
                ))
            });
        }
    }
    Ok(())
}

/// A new text beside the old one.
#[derive(Debug)]
struct Prepared<'a> {
    folder: File,
    /// The temporary name.
    fresh: String,
    name: &'a str,
    /// For messages.
    path: String,
}

impl Prepared<'_> {
    fn put(&self) -> io::Result<()> {
        renameat(&self.folder, &self.fresh, &self.folder, self.name)?;
        self.folder.sync_all()
    }

    fn take_back(&self) {
        // Nothing was changed by it; a left-over file is told by its name.
        let _ = unlinkat(&self.folder, &self.fresh, AtFlags::empty());
    }
}

fn prepare<'a>(root: &File, change: &Change<'a>) -> Result<Prepared<'a>, Failure> {
    let path = clean(&change.path.join("/"));
    let (name, folders) = change.path.split_last().ok_or_else(|| {
        Failure::Input("expected a path, found nothing; nothing was changed".to_owned())
    })?;
    let cannot = |error: &io::Error| refused(&path, error);
    let mut folder = root.try_clone().map_err(|error| cannot(&error))?;
    for below in folders {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        folder = openat(&folder, *below, flags, Mode::empty())
            .map(File::from)
            .map_err(|error| cannot(&link_or(error)))?;
    }
    // NONBLOCK: a pipe in its place must not hold this up.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut old = openat(&folder, *name, flags, Mode::empty())
        .map(File::from)
        .map_err(|error| cannot(&link_or(error)))?;
    let found = fstat(&old).map_err(|error| cannot(&error.into()))?;
    if !old.metadata().is_ok_and(|found| found.is_file()) {
        return Err(cannot(&io::Error::other("it is no ordinary file")));
    }
    let mut text = Vec::new();
    old.read_to_end(&mut text).map_err(|error| cannot(&error))?;
    let hash = digest::sha256(&text);
    if !hash.eq_ignore_ascii_case(change.read_sha256) {
        return Err(Failure::Conflict(format!(
            "{path} has changed since the run read it; nothing was changed. Run the gate again, or apply the diff by \
             hand: synod gate apply RUN --output FILE"
        )));
    }
    let fresh = format!(".synod-{}", intent::request_id());
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = openat(&folder, fresh.as_str(), flags, Mode::RUSR | Mode::WUSR)
        .map(File::from)
        .map_err(|error| cannot(&error.into()))?;
    let prepared = Prepared {
        folder,
        fresh,
        name,
        path: path.clone(),
    };
    let filled = file
        .write_all(change.text)
        .and_then(|()| Ok(fchmod(&file, Mode::from_raw_mode(found.st_mode & 0o7777))?))
        .and_then(|()| file.sync_all());
    filled.map_err(|error| {
        prepared.take_back();
        cannot(&error)
    })?;
    Ok(prepared)
}

/// A symbolic link is told as such: the system's own words for it mislead.
fn link_or(error: Errno) -> io::Error {
    match error {
        Errno::LOOP | Errno::NOTDIR => io::Error::other(
            "it, or a folder above it, is a symbolic link, which is not followed; change its target by hand",
        ),
        error => error.into(),
    }
}

fn refused(path: &str, error: &io::Error) -> Failure {
    Failure::Conflict(format!(
        "cannot change {path}: {error}; nothing was changed"
    ))
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::{PermissionsExt as _, symlink},
    };

    use synod_proto::v1::EditedFile;

    use super::*;

    fn edit(path: &str, before: &str, after: &str) -> EditedFile {
        EditedFile {
            path: path.into(),
            read_sha256: digest::sha256(before.as_bytes()),
            text: after.into(),
            ..EditedFile::default()
        }
    }

    fn apply(root: &Path, files: Vec<EditedFile>) -> Result<(), Failure> {
        let answer = GetEditsResponse {
            files,
            ..GetEditsResponse::default()
        };
        write(root, &changes(&answer)?)
    }

    /// Applies, and says what is in the folder afterwards.
    fn left(root: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[track_caller]
    fn refuses(root: &Path, files: Vec<EditedFile>, why: &str) {
        let said = apply(root, files).unwrap_err().to_string();
        assert!(
            said.contains(why) && said.contains("nothing was changed"),
            "{said}"
        );
    }

    #[test]
    fn only_the_named_files_change_and_keep_their_mode_and_line_ends() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir(root.join("docs")).unwrap();
        fs::write(root.join("spec.md"), "fast\r\nsoon\r\n").unwrap();
        fs::write(root.join("docs/PRD.md"), "a").unwrap();
        fs::write(root.join("other.md"), "unrelated").unwrap();
        fs::set_permissions(root.join("spec.md"), fs::Permissions::from_mode(0o640)).unwrap();
        let files = vec![
            edit(
                "spec.md",
                "fast\r\nsoon\r\n",
                "in 300 ms\r\nwithin a minute\r\n",
            ),
            edit("docs/PRD.md", "a", "b"),
        ];
        apply(root, files).unwrap();
        assert_eq!(
            fs::read(root.join("spec.md")).unwrap(),
            b"in 300 ms\r\nwithin a minute\r\n"
        );
        assert_eq!(fs::read(root.join("docs/PRD.md")).unwrap(), b"b");
        assert_eq!(fs::read(root.join("other.md")).unwrap(), b"unrelated");
        let mode = fs::metadata(root.join("spec.md"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o7777, 0o640);
        assert_eq!(left(root), ["docs", "other.md", "spec.md"]);
        assert_eq!(left(&root.join("docs")), ["PRD.md"]);
    }

    #[test]
    fn one_changed_file_refuses_the_whole() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::write(root.join("a.md"), "a").unwrap();
        fs::write(root.join("b.md"), "edited since").unwrap();
        let files = vec![edit("a.md", "a", "A"), edit("b.md", "b", "B")];
        refuses(root, files, "b.md has changed since the run read it");
        assert_eq!(fs::read(root.join("a.md")).unwrap(), b"a");
        assert_eq!(left(root), ["a.md", "b.md"]);
    }

    #[test]
    fn a_missing_file_refuses_the_whole() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::write(root.join("a.md"), "a").unwrap();
        let files = vec![edit("a.md", "a", "A"), edit("gone.md", "b", "B")];
        refuses(root, files, "cannot change gone.md");
        assert_eq!(fs::read(root.join("a.md")).unwrap(), b"a");
    }

    #[test]
    fn no_link_is_followed_out_of_the_root_or_within_it() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("spec.md"), "a").unwrap();
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        symlink(outside.path().join("spec.md"), root.join("spec.md")).unwrap();
        symlink(outside.path(), root.join("docs")).unwrap();
        for path in ["spec.md", "docs/spec.md"] {
            refuses(root, vec![edit(path, "a", "A")], "symbolic link");
        }
        assert_eq!(fs::read(outside.path().join("spec.md")).unwrap(), b"a");
        assert_eq!(left(outside.path()), ["spec.md"]);
    }

    #[test]
    fn a_path_that_leads_out_of_the_root_is_refused() {
        let root = tempfile::tempdir().unwrap();
        for path in ["../spec.md", "/etc/hostname", "a/../../b", "", "./a"] {
            refuses(
                root.path(),
                vec![edit(path, "a", "A")],
                "expected a path below",
            );
        }
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("spec.md")).unwrap();
        refuses(
            root.path(),
            vec![edit("spec.md", "a", "A")],
            "no ordinary file",
        );
    }

    /// Not even root makes files there.
    #[test]
    fn a_folder_that_takes_no_file_is_left_as_it_is() {
        let version = fs::read_to_string("/proc/version").unwrap();
        refuses(
            Path::new("/proc"),
            vec![edit("version", &version, "A")],
            "cannot change version",
        );
        assert_eq!(fs::read_to_string("/proc/version").unwrap(), version);
    }
}
