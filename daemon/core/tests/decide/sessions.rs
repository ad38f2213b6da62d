//! Sessions that are gone on with: one run at a time.

use synod_adapters::Usage;
use synod_core::entity::{AgentSpec, OrAnew, Resume};
use synod_shared::{ids::RunId, words::Reason};

use crate::sim::Sim;

fn resuming(session: &str) -> impl FnOnce(&mut AgentSpec) {
    let session_id = session.to_owned();
    move |agent| {
        agent.resume = Some(Resume {
            run: RunId::from_bytes([7; 16]),
            session_id,
            before: Usage::default(),
            or_anew: OrAnew::Never,
        });
    }
}

#[test]
fn a_session_is_gone_on_with_by_one_run_at_a_time() {
    let mut sim = Sim::new();
    let first = sim.exec_with("local", resuming("s-1")).unwrap();
    let refused = sim.exec_with("local", resuming("s-1")).unwrap_err();
    assert_eq!(refused.code(), "too-late", "{refused}");
    sim.exec_with("local", resuming("s-2")).unwrap();
    sim.start(first, 0);
    sim.end(first, 0, Reason::Completed);
    sim.exec_with("local", resuming("s-1")).unwrap();
}
