//! Where a run that may write works, and what has become of it: plain facts and the steps between them.
//!
//! What is on disk and in the repository is the daemon's business; here is only what is committed about it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use synod_shared::{
    ids::RunId,
    words::{WorkspaceKind, WorkspaceState},
};

/// The place of one run and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub place: Place,
    pub standing: Standing,
}

/// Where the agent works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Place {
    /// In the folder itself: what it writes is there at once.
    None { folder: PathBuf },
    /// In a worktree of its own.
    Worktree(Worktree),
    /// In a copy of the folder.
    Copy { folder: PathBuf, path: PathBuf },
}

/// A worktree of a git repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worktree {
    /// The top level of the tree the run was submitted in: what is merged goes there.
    pub repository: PathBuf,
    /// The repository's own directory, shared by all its worktrees.
    pub common: PathBuf,
    /// The commit it began from.
    pub base: String,
    /// The folder the run was submitted in, below the top level; may be empty.
    pub within: PathBuf,
    /// The worktree's top level.
    pub path: PathBuf,
    /// Its branch, once that has been chosen.
    pub branch: Option<String>,
}

/// What has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Standing {
    /// It is made when the run starts. A half-made one may be on disk.
    Planned,
    /// It is there, and an agent may have worked in it.
    Made,
    /// Its work is in the branch `onto`, as this commit; its own branch ended at `tip`.
    Merged {
        onto: String,
        commit: String,
        tip: String,
    },
    /// Its branch stays with this commit; the worktree is gone.
    Left { commit: String },
    /// A later run goes on in it, and answers for it from then on.
    Continued { by: RunId },
    /// Thrown away on request.
    Discarded,
    /// Removed, because nothing in it was not elsewhere. The commit it stood at, if it was ever made.
    Cleaned { commit: Option<String> },
}

/// What happens to a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Its branch was chosen; nothing is made yet.
    Named {
        branch: String,
    },
    /// It is there; nothing runs in it yet.
    Made,
    Merged {
        onto: String,
        commit: String,
        tip: String,
    },
    Left {
        commit: String,
    },
    Continued {
        by: RunId,
    },
    Discarded,
    Cleaned {
        commit: Option<String>,
    },
}

/// What a step makes of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "lives for one step")]
pub enum After {
    Changed(Workspace),
    /// It stands there already.
    Same,
    /// It has come to another end.
    Ended,
}

impl Workspace {
    /// A workspace that is to be made; one that needs no making is there already.
    #[must_use]
    pub fn planned(place: Place) -> Self {
        let standing = match &place {
            Place::None { .. } => Standing::Made,
            Place::Worktree(_) | Place::Copy { .. } => Standing::Planned,
        };
        Self { place, standing }
    }

    /// What kind of place it is.
    #[must_use]
    pub const fn kind(&self) -> WorkspaceKind {
        match self.place {
            Place::None { .. } => WorkspaceKind::None,
            Place::Worktree(_) => WorkspaceKind::Worktree,
            Place::Copy { .. } => WorkspaceKind::Copy,
        }
    }

    /// Where it stands, as a word.
    #[must_use]
    pub const fn state(&self) -> WorkspaceState {
        match self.standing {
            Standing::Planned => WorkspaceState::Planned,
            Standing::Made => WorkspaceState::Made,
            Standing::Merged { .. } => WorkspaceState::Merged,
            Standing::Left { .. } => WorkspaceState::Left,
            Standing::Continued { .. } => WorkspaceState::Continued,
            Standing::Discarded => WorkspaceState::Discarded,
            Standing::Cleaned { .. } => WorkspaceState::Cleaned,
        }
    }

    /// Its top level on disk.
    #[must_use]
    pub fn path(&self) -> &Path {
        match &self.place {
            Place::None { folder } => folder,
            Place::Worktree(worktree) => &worktree.path,
            Place::Copy { path, .. } => path,
        }
    }

    /// Whether it was made for this run. A run that goes on with another's session works in that one's place,
    /// which has its name: there the work of the earlier run is.
    #[must_use]
    pub fn is_made_for(&self, run: RunId) -> bool {
        let name = self.path().file_name();
        name.is_some_and(|name| *name == *run.to_string())
    }

    /// Where the agent is started.
    #[must_use]
    pub fn cwd(&self) -> PathBuf {
        match &self.place {
            Place::None { folder } => folder.clone(),
            Place::Worktree(worktree) => worktree.path.join(&worktree.within),
            Place::Copy { path, .. } => path.clone(),
        }
    }

    /// What a step makes of it. Each end is an end: only the same step once more is no contradiction.
    #[must_use]
    pub fn after(&self, step: &Step) -> After {
        let moved = |standing| {
            After::Changed(Self {
                place: self.place.clone(),
                standing,
            })
        };
        match (&self.standing, step) {
            (Standing::Planned, Step::Named { branch }) => match &self.place {
                Place::Worktree(worktree) if worktree.branch.as_ref() != Some(branch) => {
                    After::Changed(Self {
                        place: Place::Worktree(Worktree {
                            branch: Some(branch.clone()),
                            ..worktree.clone()
                        }),
                        standing: Standing::Planned,
                    })
                }
                Place::Worktree(_) | Place::None { .. } | Place::Copy { .. } => After::Same,
            },
            (Standing::Made, Step::Named { .. } | Step::Made)
            | (Standing::Merged { .. }, Step::Merged { .. })
            | (Standing::Left { .. }, Step::Left { .. })
            | (Standing::Continued { .. }, Step::Continued { .. })
            | (Standing::Discarded, Step::Discarded)
            | (Standing::Cleaned { .. }, Step::Cleaned { .. }) => After::Same,
            (Standing::Planned, Step::Made) => moved(Standing::Made),
            (Standing::Planned | Standing::Made, Step::Merged { onto, commit, tip }) => {
                moved(Standing::Merged {
                    onto: onto.clone(),
                    commit: commit.clone(),
                    tip: tip.clone(),
                })
            }
            (Standing::Planned | Standing::Made, Step::Left { commit }) => moved(Standing::Left {
                commit: commit.clone(),
            }),
            (Standing::Planned | Standing::Made, Step::Continued { by }) => match &self.place {
                // The folder itself is anybody's.
                Place::None { .. } => After::Same,
                Place::Worktree(_) | Place::Copy { .. } => moved(Standing::Continued { by: *by }),
            },
            (Standing::Planned | Standing::Made, Step::Discarded) => moved(Standing::Discarded),
            (Standing::Planned | Standing::Made, Step::Cleaned { commit }) => {
                moved(Standing::Cleaned {
                    commit: commit.clone(),
                })
            }
            (
                Standing::Merged { .. }
                | Standing::Left { .. }
                | Standing::Continued { .. }
                | Standing::Discarded
                | Standing::Cleaned { .. },
                _,
            ) => After::Ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worktree() -> Workspace {
        Workspace::planned(Place::Worktree(Worktree {
            repository: "/r".into(),
            common: "/r/.git".into(),
            base: "b".to_owned(),
            within: "sub".into(),
            path: "/s/w".into(),
            branch: None,
        }))
    }

    #[track_caller]
    fn changed(workspace: &Workspace, step: &Step) -> Workspace {
        match workspace.after(step) {
            After::Changed(workspace) => workspace,
            other => panic!("{step:?} of {workspace:?} gave {other:?}"),
        }
    }

    #[test]
    fn a_worktree_is_named_made_and_comes_to_one_end() {
        let named = changed(
            &worktree(),
            &Step::Named {
                branch: "synod/x".to_owned(),
            },
        );
        assert_eq!(named.state(), WorkspaceState::Planned);
        let made = changed(&named, &Step::Made);
        assert_eq!(made.cwd(), Path::new("/s/w/sub"));
        let discarded = changed(&made, &Step::Discarded);
        assert_eq!(discarded.after(&Step::Discarded), After::Same);
        for step in [
            Step::Made,
            Step::Cleaned { commit: None },
            Step::Left {
                commit: "c".to_owned(),
            },
        ] {
            assert_eq!(discarded.after(&step), After::Ended, "{step:?}");
        }
    }

    #[test]
    fn what_is_told_twice_changes_nothing() {
        let named = Step::Named {
            branch: "synod/x".to_owned(),
        };
        let once = changed(&worktree(), &named);
        assert_eq!(once.after(&named), After::Same);
        let made = changed(&once, &Step::Made);
        assert_eq!(made.after(&named), After::Same);
        assert_eq!(made.after(&Step::Made), After::Same);
    }

    #[test]
    fn a_place_is_made_for_the_run_it_is_named_after() {
        let run = RunId::from_bytes([7; 16]);
        let mut workspace = worktree();
        assert!(!workspace.is_made_for(run));
        if let Place::Worktree(worktree) = &mut workspace.place {
            worktree.path = format!("/s/worktrees/{run}").into();
        }
        assert!(workspace.is_made_for(run));
    }

    #[test]
    fn the_folder_itself_needs_no_making() {
        let place = Place::None {
            folder: "/w".into(),
        };
        assert_eq!(Workspace::planned(place).state(), WorkspaceState::Made);
    }
}
