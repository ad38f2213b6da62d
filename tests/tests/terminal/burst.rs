//! T3: ten thousand changes arrive while somebody types.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use synod_tests::terminal::Key;

use crate::{
    stage::{asking, noise, open},
    world,
};

/// One commit with a change for each, many times over.
const QUESTIONS: usize = 200;
const CHANGES: u64 = 10_000;

/// T3
#[test]
fn each_key_is_handled_while_ten_thousand_changes_arrive() {
    let world = world();
    let run = asking(&world, "many", QUESTIONS);
    let terminal = open(&world);
    terminal.wait_text("clarify/many");
    let from = world.snapshot().1.revision;
    let over = AtomicBool::new(false);
    let mut waits: Vec<Duration> = Vec::new();
    thread::scope(|scope| {
        let (world, run, over) = (&world, &run, &over);
        scope.spawn(move || {
            let mut revision = from;
            for n in 0.. {
                if revision >= from + CHANGES {
                    break;
                }
                world.block_on(noise(world, run, &format!("noise-{n}")));
                revision += QUESTIONS as u64;
            }
            over.store(true, Ordering::Relaxed);
        });
        // Into the filter and out of it, letter by letter: each is on the screen before the next is typed.
        while !over.load(Ordering::Relaxed) {
            terminal.press("/");
            let mut typed = String::new();
            for letter in "zyxwvutsrqponmlkjihgfedcba".chars() {
                typed.push(letter);
                let since = Instant::now();
                terminal.press(&letter.to_string());
                terminal.wait_text(&typed);
                waits.push(since.elapsed());
            }
            terminal.press_key(Key::Esc);
            terminal.wait_gone(&typed);
        }
    });
    waits.sort();
    let at = |percent: usize| waits[(waits.len() - 1) * percent / 100];
    println!("{} keys: p50 {:?}, p99 {:?}", waits.len(), at(50), at(99));
    // And the picture is the newest one.
    let newest = world.snapshot().1.revision;
    assert!(newest >= from + CHANGES, "{newest}");
    terminal.wait_text(&newest.to_string());
    terminal.press("q");
    terminal.wait_exit();
    terminal.assert_restored();
}

/// T3: typed ahead, faster than anything is drawn, no key is lost and none comes twice.
#[test]
fn what_is_typed_ahead_arrives_whole_and_in_order() {
    let world = world();
    let run = asking(&world, "many", QUESTIONS);
    let terminal = open(&world);
    terminal.wait_text("clarify/many");
    thread::scope(|scope| {
        let (world, run) = (&world, &run);
        scope.spawn(move || {
            for n in 0..CHANGES / QUESTIONS as u64 {
                world.block_on(noise(world, run, &format!("noise-{n}")));
            }
        });
        for round in 0..20 {
            let text = format!("round{round}abcdefghijklmnopqrstuvwxyz");
            terminal.press("/");
            terminal.press(&text);
            terminal.wait_text(&text);
            for _ in text.chars() {
                terminal.press_key(Key::Backspace);
            }
            terminal.press_key(Key::Esc);
            terminal.wait_gone(&text[..6]);
        }
    });
    terminal.press("q");
    terminal.wait_exit();
    terminal.assert_restored();
}
