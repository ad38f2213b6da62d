//! Which mechanism this machine and this user allow. Tried, not guessed: a leaf is made and
//! removed; nothing is started for it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access};

use crate::spec::Containment;

/// The beginning of the directory that holds the leaves of one daemon.
const PARENT_PREFIX: &str = "synod-";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// The strongest that works.
    Auto,
    /// The weaker one, for tests.
    Session,
}

/// What is used for new attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// A leaf for each attempt below `parent`.
    Cgroup {
        parent: PathBuf,
    },
    Session,
}

impl Mechanism {
    pub const fn describe(&self) -> &'static str {
        match self {
            Self::Cgroup { .. } => "cgroup-v2",
            Self::Session => "session",
        }
    }

    /// What goes into the spec of an attempt of that name (its directory's name).
    pub fn leaf_for(&self, attempt: &str) -> Containment {
        match self {
            Self::Cgroup { parent } => Containment::Cgroup {
                leaf: parent.join(leaf_name(attempt)),
            },
            Self::Session => Containment::Session,
        }
    }

    /// Removes the parent if it is empty, so that a daemon which ends for good leaves nothing.
    pub fn retire(&self) {
        if let Self::Cgroup { parent } = self {
            // Not empty: attempts go on without a daemon, and the next one finds them there.
            let _ = fs::remove_dir(parent);
        }
    }
}

/// One path component that never is `.`, `..` or one of the kernel's own files.
pub(super) fn leaf_name(attempt: &str) -> String {
    let plain = attempt.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
    format!("attempt-{plain}")
}

/// `leaf_parent_name` must be this daemon's own (of its state directory), for whatever is found
/// below it counts as this daemon's.
pub fn detect(preferred: Preference, leaf_parent_name: &str) -> Mechanism {
    match preferred {
        Preference::Session => Mechanism::Session,
        Preference::Auto => own_cgroup()
            .and_then(|own| usable_parent(&own, leaf_parent_name))
            .map_or(Mechanism::Session, |parent| Mechanism::Cgroup { parent }),
    }
}

/// The directory of the cgroup v2 this process is in.
fn own_cgroup() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let membership = fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = membership
        .lines()
        .find_map(|line| line.strip_prefix("0::"))?;
    directory_of(&mounts, own)
}

/// Finds `own` (a path within the hierarchy) below one of the cgroup2 mounts. A hybrid system has
/// one beside the v1 controllers; a container may see only a part of the hierarchy.
fn directory_of(mountinfo: &str, own: &str) -> Option<PathBuf> {
    mountinfo.lines().find_map(|line| {
        let (mount, file_system) = line.split_once(" - ")?;
        if file_system.split(' ').next() != Some("cgroup2") {
            return None;
        }
        let mut fields = mount.split(' ').skip(3);
        let (root, point) = (unescape(fields.next()?), unescape(fields.next()?));
        let below = Path::new(without_own_parents(own))
            .strip_prefix(root)
            .ok()?;
        Some(Path::new(&point).join(below))
    })
}

/// A daemon that was moved into a parent of an earlier life must not nest one level deeper at
/// each restart.
fn without_own_parents(own: &str) -> &str {
    let mut own = own.trim_end_matches('/');
    while let Some((above, last)) = own.rsplit_once('/') {
        // A unit's name has a suffix; ours never have one.
        if !last.starts_with(PARENT_PREFIX) || last.contains('.') {
            break;
        }
        own = above;
    }
    if own.is_empty() { "/" } else { own }
}

/// `\040` for a space and the like.
fn unescape(field: &str) -> String {
    let mut plain = Vec::new();
    let mut rest = field.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'\\')
            .then(|| std::str::from_utf8(tail.get(..3)?).ok())
            .flatten()
            .and_then(|octal| u8::from_str_radix(octal, 8).ok());
        if let Some(byte) = escaped {
            plain.push(byte);
            rest = &tail[3..];
        } else {
            plain.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn usable_parent(own: &Path, name: &str) -> Option<PathBuf> {
    // Moving a process asks for the right to write in the common ancestor of both cgroups.
    may_write(own)?;
    let name = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
    let parent = own.join(format!("{PARENT_PREFIX}{name}"));
    make(&parent)?;
    let probe = parent.join(format!("probe-{}", std::process::id()));
    make(&probe)?;
    let usable = is_usable(&probe);
    // One that cannot be removed is a stale leaf, removed with those at the next start.
    let _ = fs::remove_dir(&probe);
    usable.map(|()| parent)
}

fn is_usable(leaf: &Path) -> Option<()> {
    may_write(leaf)?;
    access(leaf.join("cgroup.kill"), Access::WRITE_OK).ok()?;
    // A threaded or invalid domain takes no processes.
    let kind = fs::read_to_string(leaf.join("cgroup.type")).ok()?;
    (kind.trim() == "domain").then_some(())
}

fn may_write(cgroup: &Path) -> Option<()> {
    access(cgroup.join("cgroup.procs"), Access::WRITE_OK).ok()
}

fn make(directory: &Path) -> Option<()> {
    match fs::create_dir(directory) {
        Ok(()) => Some(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Some(()),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mountinfo: &str, own: &str, expected: Option<&str>) {
        assert_eq!(
            directory_of(mountinfo, own),
            expected.map(PathBuf::from),
            "{mountinfo} with {own}"
        );
    }

    const UNIFIED: &str = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw";
    const HYBRID: &str = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n\
        32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
        41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw";

    #[test]
    fn the_own_cgroup_is_found_on_unified_and_hybrid_systems() {
        check(
            UNIFIED,
            "/user.slice/app.slice/synodd.service",
            Some("/sys/fs/cgroup/user.slice/app.slice/synodd.service"),
        );
        check(HYBRID, "/", Some("/sys/fs/cgroup/unified/"));
        check(HYBRID.lines().next().unwrap_or_default(), "/", None);
    }

    #[test]
    fn a_part_of_the_hierarchy_mounted_elsewhere_is_used_only_if_it_holds_us() {
        let part = r"9 1 0:26 /box /my\040cgroups rw - cgroup2 cgroup2 rw";
        check(part, "/box/a", Some("/my cgroups/a"));
        check(part, "/other/a", None);
    }

    #[test]
    fn a_restart_inside_an_own_parent_does_not_nest_deeper() {
        check(UNIFIED, "/a/synod-x/synod-y", Some("/sys/fs/cgroup/a"));
        check(UNIFIED, "/synod-x", Some("/sys/fs/cgroup/"));
    }

    #[test]
    fn a_daemon_inside_an_agents_leaf_stays_inside_it() {
        let inside = "/a/synod-x/attempt-7";
        check(UNIFIED, inside, Some("/sys/fs/cgroup/a/synod-x/attempt-7"));
    }

    #[test]
    fn a_unit_that_happens_to_be_called_like_ours_is_kept() {
        let unit = "/a/synod-nightly.service";
        check(
            UNIFIED,
            unit,
            Some("/sys/fs/cgroup/a/synod-nightly.service"),
        );
    }

    #[test]
    fn a_leaf_name_is_one_harmless_component() {
        assert_eq!(leaf_name("0190-1"), "attempt-0190-1");
        assert_eq!(leaf_name("../x"), "attempt-___x");
    }
}
