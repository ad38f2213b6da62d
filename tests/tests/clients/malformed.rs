//! T5: frames that are none, that are too many, that lie. Each costs its own connection at most.

use std::io::{Read as _, Write as _};

use synod_tests::{World, processes, random::Random};

use crate::{
    frames::{
        ACK, Answer, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING,
        PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, call, connect, frame, send,
        text,
    },
    hostile::is_served,
    world,
};

const GET_RUN: &str = "/synod.v1.Supervisor/GetRun";
const SUBSCRIBE: &str = "/synod.v1.StatusFeed/Subscribe";

fn open(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &call(path))
}

/// What a daemon may have kept of the worst that is sent here.
const MOST: u64 = 64 << 20;

/// Does something hostile to a world whose daemon must not mind.
#[track_caller]
fn endures(hostile: impl FnOnce(&World)) {
    let world = world();
    let pid = world.start_daemon();
    is_served(&world, pid);
    let before = processes::resident(pid);
    hostile(&world);
    is_served(&world, pid);
    let grown = processes::peak_resident(pid).saturating_sub(before);
    assert!(grown < MOST, "the daemon grew by {} MiB", grown >> 20);
    let log = world.log();
    assert!(!log.contains("panicked"), "{log}");
}

/// T5
#[test]
fn a_frame_that_breaks_the_protocol_ends_its_connection() {
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("data on a stream that is idle", frame(DATA, 0, 1, b"x")),
        ("data on no stream", frame(DATA, 0, 0, b"x")),
        (
            "headers on no stream",
            frame(HEADERS, END_HEADERS, 0, &call(GET_RUN)),
        ),
        ("headers on a stream of the server's", open(2, GET_RUN)),
        (
            "headers cut off",
            frame(HEADERS, END_HEADERS, 1, &call(GET_RUN)[..20]),
        ),
        (
            "headers that refer to nothing",
            frame(HEADERS, END_HEADERS, 1, &[0xff, 0xff, 0xff, 0x7f]),
        ),
        (
            "padding longer than its frame",
            frame(HEADERS, END_HEADERS | PADDED, 1, &[200, 0x83]),
        ),
        (
            "a continuation of nothing",
            frame(CONTINUATION, END_HEADERS, 1, &call(GET_RUN)),
        ),
        (
            "something between headers and their continuation",
            [
                frame(HEADERS, 0, 1, &call(GET_RUN)),
                frame(PING, 0, 0, b"12345678"),
            ]
            .concat(),
        ),
        (
            "a reset of a stream that is idle",
            frame(RST_STREAM, 0, 1, &[0; 4]),
        ),
        (
            "a reset of the wrong length",
            [open(1, GET_RUN), frame(RST_STREAM, 0, 1, &[0; 3])].concat(),
        ),
        ("settings of half an entry", frame(SETTINGS, 0, 0, &[0; 5])),
        ("settings on a stream", frame(SETTINGS, 0, 1, &[])),
        (
            "an acknowledgement with settings",
            frame(SETTINGS, ACK, 0, &[0; 6]),
        ),
        (
            "a window larger than windows are",
            frame(SETTINGS, 0, 0, &[0, 4, 0xff, 0xff, 0xff, 0xff]),
        ),
        (
            "frames smaller than frames are",
            frame(SETTINGS, 0, 0, &[0, 5, 0, 0, 0, 1]),
        ),
        (
            "a promise from a client",
            frame(PUSH_PROMISE, END_HEADERS, 1, &[0; 8]),
        ),
        ("a ping of the wrong length", frame(PING, 0, 0, b"short")),
        ("a ping on a stream", frame(PING, 0, 1, b"12345678")),
        ("a goodbye cut off", frame(GOAWAY, 0, 0, &[0; 3])),
        (
            "a window that opens by nothing",
            frame(WINDOW_UPDATE, 0, 0, &[0; 4]),
        ),
        (
            "a window that opens too far",
            frame(WINDOW_UPDATE, 0, 0, &0x7fff_ffff_u32.to_be_bytes()),
        ),
        (
            "a frame longer than allowed",
            frame(DATA, 0, 1, &vec![0; 17 * 1024]),
        ),
    ];
    endures(|world| {
        for (name, bytes) in cases {
            assert_eq!(send(connect(world), &bytes), Answer::Ended, "{name}");
        }
    });
}

/// T5
#[test]
fn a_call_that_breaks_the_protocol_ends_alone() {
    let message = |flag: u8, length: u32, bytes: &[u8]| {
        let mut all = vec![flag];
        all.extend(length.to_be_bytes());
        all.extend_from_slice(bytes);
        frame(DATA, END_STREAM, 1, &all)
    };
    let one = |body: Vec<u8>| [open(1, GET_RUN), body].concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "a message of four gigabytes announced",
            one(message(0, u32::MAX, b"x")),
        ),
        ("a message cut off", one(message(0, 100, b"x"))),
        ("a compression nobody agreed on", one(message(1, 1, b"x"))),
        ("a flag that means nothing", one(message(0x7f, 1, b"x"))),
        ("a message that is none", one(message(0, 8, &[0xff; 8]))),
        (
            "a string that is no text",
            one(message(0, 4, &[0x0a, 2, 0xff, 0xfe])),
        ),
        ("half a prefix", one(frame(DATA, END_STREAM, 1, &[0, 0]))),
        ("no message", one(frame(DATA, END_STREAM, 1, &[]))),
        (
            "a service nobody offers",
            [open(1, "/no.such/Service"), frame(DATA, END_STREAM, 1, &[])].concat(),
        ),
        (
            "a path that is none",
            frame(HEADERS, END_HEADERS | END_STREAM, 1, &call("no path")),
        ),
        (
            "a call that is reset",
            [open(1, SUBSCRIBE), frame(RST_STREAM, 0, 1, &[0; 4])].concat(),
        ),
        (
            "headers with nothing in them",
            frame(HEADERS, END_HEADERS | END_STREAM, 1, &[]),
        ),
        ("a frame of an unknown kind", frame(0xfa, 0xff, 0, &[0; 64])),
        (
            "a setting of an unknown kind",
            frame(SETTINGS, 0, 0, &[0xfa, 0xfa, 1, 2, 3, 4]),
        ),
        (
            "a priority that waits for itself",
            frame(PRIORITY, 0, 1, &[0, 0, 0, 1, 5]),
        ),
    ];
    endures(|world| {
        for (name, bytes) in cases {
            assert_eq!(send(connect(world), &bytes), Answer::Lives, "{name}");
        }
    });
}

/// T5: what one connection may make the daemon do without end. It answers as far as that costs it nothing, or
/// hangs up; it keeps none of it.
#[test]
fn a_flood_of_frames_costs_no_memory_and_nobody_elses_time() {
    let resets = |count: u32| -> Vec<u8> {
        let streams = (0..count).map(|n| 2 * n + 1);
        streams
            .flat_map(|n| [open(n, SUBSCRIBE), frame(RST_STREAM, 0, n, &[0; 4])])
            .flatten()
            .collect()
    };
    // A name and value that are remembered, and then named by one byte each.
    let mut bomb = vec![0x40];
    bomb.extend(text("x-bomb"));
    bomb.extend(text(&"y".repeat(3_500)));
    bomb.extend([0xbe; 12_000]);
    let endless: Vec<u8> = std::iter::once(frame(HEADERS, 0, 1, &call(GET_RUN)))
        .chain((0..2_000).map(|_| {
            let mut block = vec![0];
            block.extend(text("x-more"));
            block.extend(text(&"z".repeat(16_000)));
            frame(CONTINUATION, 0, 1, &block)
        }))
        .flatten()
        .collect();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("calls that are reset at once", resets(20_000)),
        ("headers without an end", endless),
        ("headers that unfold", frame(HEADERS, END_HEADERS, 1, &bomb)),
        ("pings", frame(PING, 0, 0, b"12345678").repeat(200_000)),
        (
            "settings",
            frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100]).repeat(200_000),
        ),
        (
            "empty data",
            [open(1, GET_RUN), frame(DATA, 0, 1, &[]).repeat(200_000)].concat(),
        ),
        (
            "windows that open by one",
            frame(WINDOW_UPDATE, 0, 0, &1_u32.to_be_bytes()).repeat(200_000),
        ),
        (
            "frames of unknown kinds",
            frame(0xfa, 0, 0, &[0; 1_000]).repeat(20_000),
        ),
    ];
    for (name, bytes) in cases {
        endures(|world| {
            let answer = send(connect(world), &bytes);
            println!("{name}: {answer:?}");
        });
    }
}

/// T5
#[test]
fn whatever_is_changed_in_a_good_conversation_nobody_else_notices() {
    let mut random =
        Random::seeded("whatever_is_changed_in_a_good_conversation_nobody_else_notices");
    let good = [
        open(1, SUBSCRIBE),
        frame(DATA, END_STREAM, 1, &[0, 0, 0, 0, 0]),
        open(3, GET_RUN),
        frame(
            DATA,
            END_STREAM,
            3,
            &[0, 0, 0, 0, 5, 0x0a, 3, b'a', b'b', b'c'],
        ),
        frame(PING, 0, 0, b"12345678"),
        frame(WINDOW_UPDATE, 0, 1, &100_u32.to_be_bytes()),
    ]
    .concat();
    endures(|world| {
        for _ in 0..500 {
            let mut bytes = good.clone();
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len() as u64) as usize;
                match random.below(3) {
                    0 => bytes[at] = random.below(256) as u8,
                    1 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, random.below(256) as u8),
                }
            }
            // A length that promises more is kept by the end of all.
            let mut stream = connect(world);
            let _ = stream.write_all(&bytes);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest);
        }
    });
}
