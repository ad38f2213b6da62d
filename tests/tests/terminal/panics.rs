//! T4: a panic, wherever it is, gives the terminal back and says what it was.
// Programs that people use have no place where one can be wished for.
#![cfg(debug_assertions)]

use synod_tests::terminal::Job;

use crate::world;

/// T4
#[test]
fn a_panic_restores_the_terminal_and_can_be_read() {
    for place in ["view", "task"] {
        let world = world();
        let terminal = world.terminal().env("SYNOD_TEST_PANIC", place).open();
        let end = terminal.wait_exit();
        assert_ne!(end, Job::Exited { code: 0 }, "{place}");
        terminal.assert_restored();
        let screen = terminal.screen();
        assert!(screen.has("panic"), "{place}: {screen}");
        // Lines begin at the left again: the kernel was told before the panic was.
        assert!(
            screen.rows().iter().all(|row| !row.starts_with("     ")),
            "{screen}"
        );
        terminal.commands().assert_harmless();
        // And the daemon it had started lives.
        world.daemon_pid();
    }
}
