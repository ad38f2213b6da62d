//! Where a run works, and what has become of it, in words.

use synod_proto::v1::{Run, Workspace};

use super::{clean, short};

/// What it is, for `show`. Empty if nothing can be said.
pub fn field(run: &Run) -> String {
    let Some(workspace) = &run.workspace else {
        return String::new();
    };
    let path = clean(&workspace.path);
    let what = match workspace.kind.as_str() {
        "none" => return format!("none: it works in {path} itself"),
        "worktree" => {
            let from = format!(
                "worktree of {} at {}",
                clean(&workspace.repository),
                short(&workspace.base)
            );
            match clean(&workspace.branch).as_str() {
                "" => from,
                branch => format!("{from}, branch {branch}"),
            }
        }
        "copy" => format!("copy of {}", clean(&workspace.repository)),
        kind => clean(kind),
    };
    match workspace.state.as_str() {
        "made" => format!("{what}; in {path}"),
        "planned" => format!("{what}; made when it starts, in {path}"),
        _ => format!("{what}; {}", end(workspace)),
    }
}

/// One word for tables: where a run works, if that is not the folder itself.
pub fn word(run: &Run) -> String {
    match &run.workspace {
        Some(workspace) if workspace.kind != "none" => {
            format!("{} {}", clean(&workspace.kind), clean(&workspace.state))
        }
        Some(_) | None => String::new(),
    }
}

/// What became of it, after `merge` or `discard`.
pub fn settled(run: &Run) -> String {
    match &run.workspace {
        Some(workspace) => format!("{}: {}", clean(&run.name), end(workspace)),
        None => clean(&run.name),
    }
}

fn end(workspace: &Workspace) -> String {
    let commit = short(&workspace.commit);
    match workspace.state.as_str() {
        "merged" => format!("merged into {} as {commit}", clean(&workspace.onto)),
        "left" => format!(
            "its work is on the branch {} ({commit})",
            clean(&workspace.branch)
        ),
        "continued" => format!("the run {} goes on in it", short(&workspace.continued_by)),
        "discarded" => "thrown away".to_owned(),
        "cleaned" if workspace.commit.is_empty() || workspace.commit == workspace.base => {
            "nothing was changed, so nothing was kept".to_owned()
        }
        "cleaned" => format!("removed: its work ({commit}) is in another branch"),
        state => clean(state),
    }
}

/// Where it is going to work, said when it is submitted.
pub fn announced(run: &Run) -> Option<String> {
    let workspace = run.workspace.as_ref()?;
    let path = clean(&workspace.path);
    Some(match workspace.kind.as_str() {
        "worktree" => format!(
            "it works in a worktree of its own, {path}, from {}",
            short(&workspace.base)
        ),
        "copy" => format!("it works in a copy, {path}"),
        "none" => format!("it works in {path} itself (isolation none)"),
        _ => return None,
    })
}

/// What can be done with the work of a run that has ended.
pub fn next(run: &Run, changed: usize) -> Option<String> {
    let workspace = run.workspace.as_ref()?;
    let name = clean(&run.name);
    match (workspace.kind.as_str(), changed) {
        ("worktree" | "copy", 0) => Some("it changed nothing".to_owned()),
        ("worktree", n) => Some(format!(
            "it changed {}: synod diff {name}, then synod merge {name} or synod discard {name}",
            files(n)
        )),
        ("copy", n) => Some(format!(
            "it changed {} in {}: synod diff {name}, then synod discard {name}",
            files(n),
            clean(&workspace.path)
        )),
        _ => None,
    }
}

fn files(n: usize) -> String {
    match n {
        1 => "1 file".to_owned(),
        n => format!("{n} files"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(state: &str, commit: &str) -> Run {
        Run {
            name: "run/alice".into(),
            workspace: Some(Workspace {
                kind: "worktree".into(),
                path: "/s/worktrees/1".into(),
                repository: "/home/ann/shop\u{1b}[31m".into(),
                base: "b".repeat(40),
                branch: "synod/run-alice".into(),
                state: state.into(),
                onto: "main".into(),
                commit: commit.into(),
                continued_by: "9f".repeat(16),
            }),
            ..Run::default()
        }
    }

    /// O13: names of folders and branches are foreign text.
    #[test]
    fn each_state_of_a_workspace_is_told_in_words() {
        let told = |state, commit| field(&run(state, commit));
        let of = "worktree of /home/ann/shop at bbbbbbbb, branch synod/run-alice";
        assert_eq!(told("made", ""), format!("{of}; in /s/worktrees/1"));
        assert_eq!(
            told("merged", "cccccccccc"),
            format!("{of}; merged into main as cccccccc")
        );
        assert_eq!(
            told("left", "cccccccccc"),
            format!("{of}; its work is on the branch synod/run-alice (cccccccc)")
        );
        assert_eq!(
            told("continued", ""),
            format!("{of}; the run 9f9f9f9f goes on in it")
        );
        assert_eq!(told("discarded", ""), format!("{of}; thrown away"));
        assert_eq!(
            told("cleaned", ""),
            format!("{of}; nothing was changed, so nothing was kept")
        );
    }

    #[test]
    fn what_comes_next_depends_on_what_was_changed() {
        let run = run("made", "");
        assert_eq!(next(&run, 0).unwrap(), "it changed nothing");
        assert_eq!(
            next(&run, 2).unwrap(),
            "it changed 2 files: synod diff run/alice, then synod merge run/alice or synod discard run/alice"
        );
        assert_eq!(next(&Run::default(), 1), None);
    }
}
