//! What an agent changed, as git shows it: commits, uncommitted and new files against where it began. While it
//! works, too: nothing here touches what it works with.

use synod_core::{
    entity::Run,
    workspace::{Place, Standing, Worktree},
};

use super::{
    Workspaces, compare,
    error::{GitError, WorkspaceError},
    git::{LONG, Repo},
    of,
    process::Reading,
    scratch::Scratch,
    work::Tree,
};

/// How changes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Patch,
    Stat,
    NameOnly,
}

impl Form {
    /// From its word.
    pub fn parse(word: &str) -> Result<Self, WorkspaceError> {
        match word {
            "" | "patch" => Ok(Self::Patch),
            "stat" => Ok(Self::Stat),
            "name-only" => Ok(Self::NameOnly),
            found => Err(WorkspaceError::Word {
                expected: "patch, stat or name-only",
                found: found.chars().take(80).collect(),
            }),
        }
    }

    const fn flag(self) -> &'static str {
        match self {
            Self::Patch => "--patch",
            Self::Stat => "--stat",
            Self::NameOnly => "--name-only",
        }
    }
}

/// A diff that is ready to be printed.
pub struct Shown<'a> {
    repo: Repo<'a>,
    args: Vec<String>,
    // What it reads from.
    _scratch: Option<Scratch>,
}

impl Workspaces {
    /// Gets ready; none if there is nothing to show.
    pub fn show(&self, run: &Run, form: Form) -> Result<Option<Shown<'_>>, WorkspaceError> {
        let workspace = of(run)?;
        match (&workspace.place, &workspace.standing) {
            (Place::None { .. }, _)
            | (_, Standing::Planned)
            | (Place::Copy { .. }, Standing::Cleaned { .. }) => Ok(None),
            (_, Standing::Continued { by }) => Err(WorkspaceError::PassedOn { by: *by }),
            (_, Standing::Discarded) => Err(WorkspaceError::NothingLeft),
            (Place::Copy { folder, path }, _) => {
                let compared = compare::compare(self, folder, path)?;
                let (old, new) = (compared.old.clone(), compared.new.clone());
                Ok(Some(Shown {
                    repo: compared.repo.clone().reading(),
                    args: args(form, &[&old, &new]),
                    _scratch: Some(compared.into_scratch()),
                }))
            }
            (Place::Worktree(worktree), Standing::Made) => self.show_tree(worktree, form),
            (Place::Worktree(worktree), Standing::Merged { commit, .. }) => {
                // A squashed commit is what was done; of others it begins at the base.
                let repo = self.git.bare(&worktree.common);
                let trailer = format!("Synod-Run: {}", run.id);
                let squashed = repo
                    .line(&["log", "-1", "--format=%B", commit])?
                    .contains(&trailer);
                let from = if squashed {
                    format!("{commit}^")
                } else {
                    worktree.base.clone()
                };
                Ok(Some(self.between(worktree, form, &from, commit)))
            }
            (Place::Worktree(worktree), Standing::Left { commit }) => {
                Ok(Some(self.between(worktree, form, &worktree.base, commit)))
            }
            (Place::Worktree(worktree), Standing::Cleaned { commit }) => {
                let commit = commit.as_ref().filter(|commit| **commit != worktree.base);
                Ok(commit.map(|commit| self.between(worktree, form, &worktree.base, commit)))
            }
        }
    }

    fn show_tree(
        &self,
        worktree: &Worktree,
        form: Form,
    ) -> Result<Option<Shown<'_>>, WorkspaceError> {
        let tree = Tree::of(self, worktree);
        let Some(record) = tree.record() else {
            tree.refuse_unknown()?;
            // The agent removed the folder: what it committed is left.
            return Ok(tree
                .branch_tip()?
                .map(|tip| self.between(worktree, form, &worktree.base, &tip)));
        };
        let scratch = tree.scratch_index(record)?;
        let repo = self
            .git
            .tree(record, &worktree.path)
            .reading()
            .with_index(scratch.path())
            .with_limit(LONG);
        // New files are only named in the index: nothing is written into the repository for a look.
        repo.run(&["add", "--intent-to-add", "--ignore-errors", "--", "."])
            .or_else(|error| match error {
                // It reads while the agent writes: a file that has just gone is no reason to show nothing.
                GitError::Failed { .. } => Ok(Vec::new()),
                error => Err(error),
            })?;
        Ok(Some(Shown {
            repo,
            args: args(form, &[&worktree.base]),
            _scratch: Some(scratch),
        }))
    }

    fn between(&self, worktree: &Worktree, form: Form, old: &str, new: &str) -> Shown<'_> {
        Shown {
            repo: self.git.bare(&worktree.common).reading().with_limit(LONG),
            args: args(form, &[old, new]),
            _scratch: None,
        }
    }
}

fn args(form: Form, commits: &[&str]) -> Vec<String> {
    // Nothing of the repository's is run to show it.
    let mut args: Vec<String> = ["diff", "--no-ext-diff", "--no-textconv", form.flag()]
        .map(str::to_owned)
        .into();
    args.extend(commits.iter().map(|commit| (*commit).to_owned()));
    args.push("--".to_owned());
    args
}

impl Shown<'_> {
    /// Prints it, piece by piece, until `take` has enough.
    pub fn print(&self, take: impl FnMut(&[u8]) -> Wanted) -> Result<(), GitError> {
        let mut take = take;
        let answer = self.repo.stream(&self.args, |piece| match take(piece) {
            Wanted::More => Reading::GoOn,
            Wanted::NoMore => Reading::Enough,
        });
        match answer {
            Ok(answer) if answer.code == Some(0) => Ok(()),
            Ok(answer) => Err(GitError::Failed {
                what: "git diff".to_owned(),
                said: answer.said,
            }),
            // Whoever asked has gone; that is no failure.
            Err(GitError::NobodyReads) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Whether more is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    More,
    NoMore,
}
