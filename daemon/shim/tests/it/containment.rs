//! What may be killed, and what must not be.

use std::{
    collections::BTreeSet,
    process::{Child, Command},
};

use synod_shim::{
    containment::{Mechanism, Preference, kill_tree, remove_stale_leaves},
    process::{ProcessIdentity, Signal, Signalled, open_pidfd_if_same, signal_if_same, start_time},
    spec::Containment,
};

use crate::support::{mechanism, with_cgroup};

/// A child of the test that is gone at its end.
struct Bystander(Child);

impl Bystander {
    fn new(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    fn identity(&self) -> ProcessIdentity {
        let pid = self.0.id() as i32;
        ProcessIdentity {
            pid,
            start: start_time(pid).unwrap(),
        }
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// P13
#[test]
fn only_exactly_that_mark_is_killed() {
    let mark = format!("mark-{}", std::process::id());
    let marked = |value: String| {
        Bystander::new(
            Command::new("sleep")
                .arg("1000")
                .env("SYNOD_ATTEMPT", value),
        )
    };
    let mut longer = marked(format!("{mark}0"));
    let mut meant = marked(mark.clone());
    let mut other = Bystander::new(
        Command::new("sleep")
            .arg("1000")
            .env("NOT_SYNOD_ATTEMPT", &mark),
    );
    let gone = kill_tree(&Containment::Session, &mark, None).unwrap();
    assert_eq!(gone.killed, 1);
    assert!(!meant.lives());
    assert!(longer.lives() && other.lives());
}

#[test]
fn a_process_of_another_start_time_is_never_signalled() {
    let mut stranger = Bystander::new(Command::new("sleep").arg("1000"));
    let real = stranger.identity();
    let stale = ProcessIdentity {
        start: real.start + 1,
        ..real
    };
    assert_eq!(
        signal_if_same(stale, Signal::KILL).unwrap(),
        Signalled::Gone
    );
    assert!(open_pidfd_if_same(stale).is_none());
    assert!(stranger.lives());
    assert!(open_pidfd_if_same(real).is_some());
    assert_eq!(signal_if_same(real, Signal::KILL).unwrap(), Signalled::Sent);
}

#[test]
fn a_tree_that_is_already_gone_is_no_error() {
    let nowhere = std::env::temp_dir().join("no-such-leaf");
    for containment in [Containment::Session, Containment::Cgroup { leaf: nowhere }] {
        let gone = kill_tree(&containment, "nobody-carries-this", None).unwrap();
        assert_eq!(gone.killed, 0);
    }
}

#[test]
fn a_session_can_be_asked_for() {
    let found = mechanism(Preference::Session);
    assert_eq!(found.describe(), "session");
    assert_eq!(found.leaf_for("e-1"), Containment::Session);
}

#[test]
fn stale_leaves_are_emptied_and_removed_and_live_ones_kept() {
    with_cgroup(|preference| {
        let found = mechanism(preference);
        assert_eq!(found.describe(), "cgroup-v2");
        let Mechanism::Cgroup { parent } = &found else {
            panic!("no cgroup");
        };
        let inhabited = |name: &str| {
            let Containment::Cgroup { leaf } = found.leaf_for(name) else {
                panic!("no leaf");
            };
            std::fs::create_dir(&leaf).unwrap();
            let script = "echo 0 >$0/cgroup.procs; exec sleep 1000";
            let child = Bystander::new(Command::new("sh").args(["-c", script]).arg(&leaf));
            crate::support::eventually("its move", || {
                let procs = std::fs::read_to_string(leaf.join("cgroup.procs")).unwrap();
                (!procs.is_empty()).then_some(())
            });
            child
        };
        let (mut stale, mut live) = (inhabited("e-1"), inhabited("e-2"));
        let names = BTreeSet::from(["e-2".to_owned()]);
        assert_eq!(remove_stale_leaves(parent, &names).unwrap().len(), 1);
        assert!(!stale.lives() && live.lives());
        assert_eq!(
            remove_stale_leaves(parent, &BTreeSet::new()).unwrap().len(),
            1
        );
        assert!(!live.lives());
        found.retire();
        assert!(!parent.exists());
    });
}
