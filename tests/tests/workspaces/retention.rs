//! What goes by itself after a while, and what never does.

use crate::{
    agent, assert_gone, id, path, programs,
    repository::{self, Repository},
    restart, run_in, show, state, wait_workspace,
};
use synod_tests::{World, eventually};

/// A world in which worktrees are kept for a moment only; looked at when the daemon starts.
fn short_lived(script: &str) -> World {
    let config = agent(script, "") + "[retention]\nworktrees = \"1ms\"\n";
    let world = World::with(programs()).config(config).build();
    repository::set_identity(&world);
    world
}

/// A run whose worktree is of no use: the sign that the daemon's look at all of them has begun and come this far.
#[test]
fn work_that_another_branch_has_goes_after_a_while_and_other_work_never() {
    let world = short_lived("echo $$ > new-$$.txt; git add .; git commit -qm work");
    let repository = Repository::new(&world, "shop");
    let merged_by_hand = run_in(&world, &repository.path, &[]);
    repository.git(&["merge", "-q", crate::branch(&merged_by_hand)]);
    let unmerged = run_in(&world, &repository.path, &[]);
    let uncommitted = run_in(&world, &repository.path, &[]);
    repository.git(&["merge", "-q", "--no-edit", crate::branch(&uncommitted)]);
    std::fs::write(path(&uncommitted).join("later.txt"), "by a person").unwrap();
    restart(&world);
    let gone = wait_workspace(&world, id(&merged_by_hand), "cleaned");
    eventually("the end of the folder", || {
        (!path(&gone).exists()).then_some(())
    });
    // Once more, so that whatever was looked at after it has been looked at too.
    let after = run_in(&world, &repository.path, &[]);
    repository.git(&["merge", "-q", "--no-edit", crate::branch(&after)]);
    restart(&world);
    wait_workspace(&world, id(&after), "cleaned");
    for run in [&unmerged, &uncommitted] {
        assert_eq!(state(&show(&world, id(run))), "made");
        assert!(path(run).exists());
    }
    assert!(
        repository
            .branches()
            .contains(&crate::branch(&unmerged).to_owned())
    );
    world.assert_invariants();
}

#[test]
fn what_is_kept_for_ever_is_kept() {
    let world = short_lived("echo x > x; git add .; git commit -qm work");
    world.write_config(
        &(agent("echo x > x; git add .; git commit -qm work", "")
            + "[retention]\nworktrees = \"forever\"\n"),
    );
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    repository.git(&["merge", "-q", crate::branch(&run)]);
    restart(&world);
    world.synod(["diff", "run/alice"]).success();
    assert!(path(&run).exists());
    world.synod(["discard", "run/alice"]).success();
    assert_gone(&repository, &run);
}
