//! The wish, checked when a run is submitted: nothing is made here.
//!
//! What would make the agent's tree another one than the person sees is refused here, while that person can still
//! be told: changes that are not committed, a merge half done. Files that git does not know do not matter.

use std::path::{Path, PathBuf};

use synod_core::workspace::{Place, Standing, Workspace, Worktree};
use synod_shared::{ids::RunId, paths::Paths};

use super::{
    error::{GitError, Instead, WorkspaceError},
    git::{Git, Repo, split},
};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A worktree where there can be one, otherwise the folder itself.
    Unsaid,
    Worktree,
    Copy,
    None,
}

impl Wish {
    /// From its word; none: nobody said.
    pub fn parse(word: &str) -> Result<Self, WorkspaceError> {
        match word {
            "" => Ok(Self::Unsaid),
            "worktree" => Ok(Self::Worktree),
            "copy" => Ok(Self::Copy),
            "none" => Ok(Self::None),
            found => Err(WorkspaceError::Isolation {
                found: found.chars().take(80).collect(),
            }),
        }
    }

    /// The wish that led to a workspace, for the same work once more.
    pub(crate) fn again(workspace: &Workspace) -> Self {
        match workspace.place {
            Place::None { .. } => Self::None,
            Place::Worktree(_) => Self::Worktree,
            Place::Copy { .. } => Self::Copy,
        }
    }
}

/// The place an ended run worked in, for the run that goes on with its session: a session belongs to its folder.
pub fn go_on_in(left: &Workspace) -> Result<Workspace, WorkspaceError> {
    match left.standing {
        Standing::Planned | Standing::Made => Ok(left.clone()),
        Standing::Merged { .. }
        | Standing::Left { .. }
        | Standing::Continued { .. }
        | Standing::Discarded
        | Standing::Cleaned { .. } => match left.place {
            Place::None { .. } => Ok(left.clone()),
            Place::Worktree(_) | Place::Copy { .. } => Err(WorkspaceError::PlaceGone {
                state: left.state().to_string(),
            }),
        },
    }
}

/// Where a run is to work that was submitted in this folder.
pub fn plan(
    git: &Git,
    paths: &Paths,
    folder: &Path,
    wish: Wish,
    run: RunId,
) -> Result<Workspace, WorkspaceError> {
    let path = paths.worktrees().join(run.to_string());
    let itself = || Place::None {
        folder: folder.to_path_buf(),
    };
    let place = match wish {
        Wish::None => itself(),
        Wish::Copy => copy(paths, folder, path)?,
        Wish::Worktree => worktree(git, folder, path)?,
        Wish::Unsaid => match worktree(git, folder, path) {
            Ok(place) => place,
            Err(WorkspaceError::NoRepository { .. } | WorkspaceError::NoCommit { .. }) => itself(),
            // Without git nobody can tell for certain, but what is no repository looks like none.
            Err(WorkspaceError::Git(GitError::Missing { .. })) if !looks_like_one(folder) => {
                itself()
            }
            Err(error) => return Err(error),
        },
    };
    Ok(Workspace::planned(place))
}

fn looks_like_one(folder: &Path) -> bool {
    folder.ancestors().any(|dir| dir.join(".git").exists())
}

fn copy(paths: &Paths, folder: &Path, path: PathBuf) -> Result<Place, WorkspaceError> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if real(&paths.state_dir).starts_with(real(folder)) {
        return Err(WorkspaceError::CopiesItself {
            folder: folder.to_path_buf(),
            state: paths.state_dir.clone(),
        });
    }
    Ok(Place::Copy {
        folder: folder.to_path_buf(),
        path,
    })
}

fn worktree(git: &Git, folder: &Path, path: PathBuf) -> Result<Place, WorkspaceError> {
    let here = git.at(folder);
    match kind_of(&here)? {
        Kind::Tree => {}
        Kind::NoRepository => {
            return Err(WorkspaceError::NoRepository {
                folder: folder.to_path_buf(),
            });
        }
        Kind::Bare => {
            return Err(WorkspaceError::Bare {
                folder: folder.to_path_buf(),
            });
        }
    }
    let of = |what| here.line(&["rev-parse", "--path-format=absolute", what]);
    let repository = PathBuf::from(of("--show-toplevel")?);
    let common = PathBuf::from(of("--git-common-dir")?);
    // With its slash at the end taken away.
    let within = here.line(&["rev-parse", "--show-prefix"])?;
    let within = PathBuf::from(within.trim_end_matches('/'));
    let Some(base) = here.maybe(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])? else {
        return Err(WorkspaceError::NoCommit { repository });
    };
    check_tree(git, &repository, Instead::AnotherIsolation)?;
    Ok(Place::Worktree(Worktree {
        repository,
        common,
        base,
        within,
        path,
        branch: None,
    }))
}

enum Kind {
    Tree,
    Bare,
    NoRepository,
}

fn kind_of(here: &Repo<'_>) -> Result<Kind, GitError> {
    let answer = here.ask(&["rev-parse", "--is-inside-work-tree"])?;
    match (answer.code, answer.stdout.as_slice()) {
        (Some(0), b"true\n") => Ok(Kind::Tree),
        (Some(0), _) => Ok(Kind::Bare),
        _ if answer.said.contains("not a git repository") => Ok(Kind::NoRepository),
        // Another user's repository, for example: git says best what to do about it.
        _ => Err(GitError::Failed {
            what: "git rev-parse".to_owned(),
            said: answer.said,
        }),
    }
}

/// A tree in which nothing is under way and nothing is changed.
pub(super) fn check_tree(
    git: &Git,
    repository: &Path,
    instead: Instead,
) -> Result<(), WorkspaceError> {
    let here = git.at(repository);
    let git_dir = PathBuf::from(here.line(&["rev-parse", "--absolute-git-dir"])?);
    const MIDWAY: &[(&str, &str)] = &[
        ("rebase-merge", "rebase"),
        ("rebase-apply", "rebase"),
        ("MERGE_HEAD", "merge"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
    ];
    for (file, what) in MIDWAY {
        if git_dir.join(file).exists() {
            return Err(WorkspaceError::Midway {
                repository: repository.to_path_buf(),
                what,
                instead,
            });
        }
    }
    let changed = here.run(&[
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=no",
        "--no-renames",
        "--ignore-submodules=dirty",
    ])?;
    // `XY name`, each; without renames nothing has a second name.
    let files: Vec<String> = split(&changed)
        .iter()
        .map(|entry| entry.to_string_lossy().chars().skip(3).collect())
        .collect();
    if files.is_empty() {
        return Ok(());
    }
    Err(WorkspaceError::Dirty {
        repository: repository.to_path_buf(),
        files,
        instead,
    })
}
