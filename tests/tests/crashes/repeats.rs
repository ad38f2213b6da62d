//! A request id is an intention: however often it is sent, it is carried out once.

use std::thread;

use synod_tests::World;
use tonic::Code;

use crate::{
    expected::{Expected, assert_started_once},
    programs,
    submit::{command, submit, try_submit},
};

/// R6
#[test]
fn the_same_request_sent_ten_times_at_once_is_one_run() {
    let world = World::new(programs());
    world.start_daemon();
    let expected = Expected::short(&world, "once", 3);
    let request = command(&world, "once", &expected.argv);
    let mut ids: Vec<String> = thread::scope(|scope| {
        let ask = || try_submit(&world, &request).expect("an answer").id;
        let calls: Vec<_> = (0..10).map(|_| scope.spawn(ask)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    expected.assert_ended(&world, &world.wait_end(&ids[0]));
    // And after its end.
    assert_eq!(submit(&world, &request).id, ids[0]);
    assert_eq!(world.all_runs().len(), 1);
    assert_started_once(&world, ["once"]);
    world.assert_invariants();
}

/// R6
#[test]
fn the_same_request_with_another_payload_is_refused() {
    let world = World::new(programs());
    world.start_daemon();
    let expected = Expected::short(&world, "first", 3);
    let run = submit(&world, &command(&world, "same", &expected.argv));
    expected.assert_ended(&world, &world.wait_end(&run.id));
    let other = Expected::short(&world, "second", 3);
    // Also after a restart.
    for _ in 0..2 {
        let refused = try_submit(&world, &command(&world, "same", &other.argv));
        assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
        world.kill_daemon();
        world.start_daemon();
    }
    assert_eq!(world.all_runs().len(), 1);
    assert_started_once(&world, ["first"]);
    world.assert_invariants();
}
