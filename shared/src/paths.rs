//! Where things live, after the XDG base directories: configuration, state, the socket.
//!
//! Nothing is created here.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// The longest socket path Linux can bind, in bytes (`sun_path` less its closing NUL).
pub const LONGEST_SOCKET_PATH: usize = 107;

/// The places cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PathsError {
    /// Neither `HOME` nor the XDG variable is of use.
    #[error(
        "cannot tell where the {what} directory is: set {variable} to an absolute path, or HOME"
    )]
    NoHome {
        /// Which directory.
        what: &'static str,
        /// The variable that would name it.
        variable: &'static str,
    },
    /// The socket's path cannot be bound.
    #[error(
        "the socket path is {found} bytes long, at most {LONGEST_SOCKET_PATH} can be bound: {path}; \
         choose a shorter one with --socket, SYNOD_SOCKET or XDG_RUNTIME_DIR"
    )]
    SocketPathTooLong {
        /// Its length in bytes.
        found: usize,
        /// The path.
        path: String,
    },
    /// The socket's path has no folder, or a NUL byte.
    #[error("expected an absolute path for the socket, found {path:?}")]
    SocketPathNotAbsolute {
        /// The path.
        path: String,
    },
}

/// Where things live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// `config.toml` and the user's gates.
    pub config_dir: PathBuf,
    /// Database, run directories, logs.
    pub state_dir: PathBuf,
    /// The socket.
    pub socket: PathBuf,
}

impl Paths {
    /// The places as the environment names them; `socket` overrides `SYNOD_SOCKET`.
    pub fn from_env(socket: Option<&Path>) -> Result<Self, PathsError> {
        Self::from_vars(|name| std::env::var_os(name), socket)
    }

    /// As [`Paths::from_env`], with the environment passed in.
    pub fn from_vars(
        var: impl Fn(&str) -> Option<OsString>,
        socket: Option<&Path>,
    ) -> Result<Self, PathsError> {
        // The XDG specification: a relative path there is invalid and to be ignored.
        let absolute = |name: &str| {
            var(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let under_home = |below: &str| absolute("HOME").map(|home| home.join(below));
        let config = absolute("XDG_CONFIG_HOME")
            .or_else(|| under_home(".config"))
            .ok_or(PathsError::NoHome {
                what: "configuration",
                variable: "XDG_CONFIG_HOME",
            })?;
        let state = absolute("XDG_STATE_HOME")
            .or_else(|| under_home(".local/state"))
            .ok_or(PathsError::NoHome {
                what: "state",
                variable: "XDG_STATE_HOME",
            })?;
        let state_dir = state.join("synod");
        let socket = match (socket, var("SYNOD_SOCKET").filter(|path| !path.is_empty())) {
            (Some(path), _) => path.to_path_buf(),
            (None, Some(path)) => PathBuf::from(path),
            // Without a runtime directory the socket stands beside the state, which is as private.
            (None, None) => absolute("XDG_RUNTIME_DIR").map_or_else(
                || state_dir.join("synod.sock"),
                |dir| dir.join("synod/synod.sock"),
            ),
        };
        check_socket(&socket)?;
        Ok(Self {
            config_dir: config.join("synod"),
            state_dir,
            socket,
        })
    }

    /// The configuration file.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config_dir.join("config.toml")
    }
    /// The database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.state_dir.join("synod.db")
    }
    /// Held by the one daemon that owns the state.
    #[must_use]
    pub fn daemon_lock(&self) -> PathBuf {
        self.state_dir.join("daemon.lock")
    }
    /// Directories of live attempts.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.state_dir.join("runs")
    }
    /// Directories of ended attempts.
    #[must_use]
    pub fn archive(&self) -> PathBuf {
        self.state_dir.join("archive")
    }
    /// Worktrees and copies in which runs work, one for each, named after the run's id.
    #[must_use]
    pub fn worktrees(&self) -> PathBuf {
        self.state_dir.join("worktrees")
    }
    /// What was submitted: inputs and prompts, a folder for each run.
    #[must_use]
    pub fn submissions(&self) -> PathBuf {
        self.state_dir.join("submissions")
    }
    /// Environments of executions that have not ended, a 0600 file each.
    #[must_use]
    pub fn environments(&self) -> PathBuf {
        self.state_dir.join("env")
    }
    /// The user's own profiles of CLIs, a file each.
    #[must_use]
    pub fn profiles(&self) -> PathBuf {
        self.config_dir.join("profiles")
    }
    /// Directories of programs that are asked for their version, for as long as that takes.
    #[must_use]
    pub fn probes(&self) -> PathBuf {
        self.state_dir.join("probes")
    }
    /// An empty folder, where agents work that are shown a copy and must not see what it was made from.
    #[must_use]
    pub fn nowhere(&self) -> PathBuf {
        self.state_dir.join("nowhere")
    }
    /// The daemon's log.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.state_dir.join("synodd.log")
    }
}

fn check_socket(path: &Path) -> Result<(), PathsError> {
    let bytes = path.as_os_str().as_bytes();
    if !path.is_absolute() || path.file_name().is_none() || bytes.contains(&0) {
        return Err(PathsError::SocketPathNotAbsolute {
            path: path.display().to_string(),
        });
    }
    if bytes.len() > LONGEST_SOCKET_PATH {
        return Err(PathsError::SocketPathTooLong {
            found: bytes.len(),
            path: path.display().to_string(),
        });
    }
    Ok(())
}

/// The last component of a path, for names: `checkout` for `specs/checkout/` and for `specs/checkout.md`.
#[must_use]
pub fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or(OsStr::new("spec"))
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(vars: &[(&str, &str)]) -> Result<Paths, PathsError> {
        Paths::from_vars(
            |name| {
                vars.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| OsString::from(value))
            },
            None,
        )
    }

    #[test]
    fn home_alone_is_enough() {
        let found = paths(&[("HOME", "/h")]).unwrap();
        assert_eq!(
            found.config_file(),
            Path::new("/h/.config/synod/config.toml")
        );
        assert_eq!(
            found.database(),
            Path::new("/h/.local/state/synod/synod.db")
        );
        assert_eq!(found.socket, Path::new("/h/.local/state/synod/synod.sock"));
    }

    #[test]
    fn xdg_variables_win_and_relative_ones_are_ignored() {
        let found = paths(&[
            ("HOME", "/h"),
            ("XDG_STATE_HOME", "/s"),
            ("XDG_RUNTIME_DIR", "/r"),
            ("XDG_CONFIG_HOME", "c"),
        ])
        .unwrap();
        assert_eq!(found.state_dir, Path::new("/s/synod"));
        assert_eq!(found.socket, Path::new("/r/synod/synod.sock"));
        assert_eq!(found.config_dir, Path::new("/h/.config/synod"));
    }

    #[test]
    fn a_socket_path_of_107_bytes_is_taken_and_of_108_refused() {
        let long = |n: usize| format!("/{}", "s".repeat(n - 1));
        assert!(paths(&[("HOME", "/h"), ("SYNOD_SOCKET", &long(107))]).is_ok());
        let error = paths(&[("HOME", "/h"), ("SYNOD_SOCKET", &long(108))]).unwrap_err();
        assert!(error.to_string().contains("at most 107"), "{error}");
    }

    #[test]
    fn without_a_home_the_variable_is_named() {
        assert!(
            paths(&[])
                .unwrap_err()
                .to_string()
                .contains("XDG_CONFIG_HOME")
        );
    }
}
