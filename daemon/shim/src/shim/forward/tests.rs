//! How lines are cut, and how a journal is followed where nobody tells that it grew.

use std::{
    fs::{self, OpenOptions},
    io::{self, PipeReader, Read as _},
    thread::JoinHandle,
};

use super::*;

fn portion(lines: &[u8], then: Then) -> Portion {
    Portion {
        lines: lines.to_vec(),
        then,
    }
}

#[test]
fn a_torn_line_waits_for_its_rest() {
    let mut lines = Lines::default();
    assert_eq!(lines.add(b"{\"a"), portion(b"", Then::MoreMayCome));
    assert_eq!(lines.add(b"\":1"), portion(b"", Then::MoreMayCome));
    assert_eq!(
        lines.add(b"}\n\n{\"b"),
        portion(b"{\"a\":1}\n\n", Then::MoreMayCome)
    );
    assert_eq!(
        lines.add(b"\"}\n"),
        portion(b"{\"b\"}\n", Then::MoreMayCome)
    );
}

#[test]
fn only_a_line_of_the_one_byte_is_the_end() {
    for line in [
        &b"\x04\x04\n"[..],
        b" \x04\n",
        b"\x04\r\n",
        b"a\x04\n",
        b"\n",
    ] {
        let mut lines = Lines::default();
        assert_eq!(lines.add(line), portion(line, Then::MoreMayCome));
    }
    let mut lines = Lines::default();
    let first = lines.add(b"a\n\x04");
    assert_eq!(first, portion(b"a\n", Then::MoreMayCome));
    assert_eq!(lines.add(b"\nb\n"), portion(b"", Then::End));
}

/// However the reads fall, the same lines come out and the end is found at the same place.
#[test]
fn every_cut_gives_the_same_lines() {
    let journal = b"{}\nlonger \xff\x00 line\n\n\x04x\n\x04\nafter\n";
    let expected = &journal[..journal.len() - b"\x04\nafter\n".len()];
    for first in 0..journal.len() {
        for second in first..journal.len() {
            let mut lines = Lines::default();
            let mut found = Vec::new();
            let parts = [
                &journal[..first],
                &journal[first..second],
                &journal[second..],
            ];
            let ended = parts.into_iter().any(|part| {
                let portion = lines.add(part);
                found.extend(portion.lines);
                portion.then == Then::End
            });
            assert!(ended, "{first} {second}");
            assert_eq!(found, expected, "{first} {second}");
        }
    }
}

fn forwarding(wait: fn(&Path) -> Wait) -> (File, PipeReader, JoinHandle<io::Result<()>>) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("stdin");
    fs::write(&path, b"first\n").unwrap();
    let (reader, writer) = io::pipe().unwrap();
    let journal = File::open(&path).unwrap();
    let wait = wait(&path);
    let thread = thread::spawn(move || forward(&journal, writer, wait));
    let journal = OpenOptions::new().append(true).open(&path).unwrap();
    // The file lives on without its name.
    drop(place);
    (journal, reader, thread)
}

#[test]
fn a_journal_is_followed_with_and_without_being_told() {
    for wait in [Wait::on, |_: &Path| Wait::Looking] {
        let (mut journal, mut pipe, thread) = forwarding(wait);
        let mut line = [0; 6];
        pipe.read_exact(&mut line).unwrap();
        assert_eq!(&line, b"first\n");
        for part in [&b"se"[..], b"cond\n", b"\x04\nnever\n"] {
            journal.write_all(part).unwrap();
        }
        let mut rest = Vec::new();
        pipe.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"second\n");
        thread.join().unwrap().unwrap();
    }
}

#[test]
fn a_journal_that_cannot_be_watched_is_looked_at() {
    let wait = Wait::on(Path::new("/nowhere/stdin"));
    assert!(matches!(wait, Wait::Looking), "{wait:?}");
    assert!(matches!(Wait::on(Path::new("/dev/null")), Wait::Told(_)));
}

/// P4
#[test]
fn the_end_is_found_though_nobody_listens_any_more() {
    let (mut journal, pipe, thread) = forwarding(Wait::on);
    drop(pipe);
    journal.write_all(&vec![b'x'; 100_000]).unwrap();
    journal.write_all(b"\n\x04\n").unwrap();
    thread.join().unwrap().unwrap();
}

/// A daemon died in the middle of a line; the next one has something else to say.
#[test]
fn a_torn_tail_that_is_cut_off_never_reaches_the_agent() {
    for (torn, then) in [
        (&b"{\"torn\""[..], &b"{}\n"[..]),
        (b"{\"torn\"", b"{\"another\":\"and a longer one\"}\n"),
        (&vec![b'x'; 3 * CHUNK], b"short\n"),
        (b"short", &{
            let mut long = vec![b'y'; 3 * CHUNK];
            long.push(b'\n');
            long
        }),
    ] {
        for wait in [Wait::on, |_: &Path| Wait::Looking] {
            let (mut journal, mut pipe, thread) = forwarding(wait);
            let mut line = [0; 6];
            pipe.read_exact(&mut line).unwrap();
            journal.write_all(torn).unwrap();
            // It may have looked at the torn tail by now, or not: either must do.
            journal.set_len(6).unwrap();
            journal.write_all(then).unwrap();
            journal.write_all(b"\x04\n").unwrap();
            let mut rest = Vec::new();
            pipe.read_to_end(&mut rest).unwrap();
            assert!(rest == then, "{:?}", rest.len());
            thread.join().unwrap().unwrap();
        }
    }
}
