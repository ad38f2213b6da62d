//! How lines are cut, and how a journal is followed where nobody tells that it grew.

use std::{
    fs::{self, OpenOptions},
    io::{self, PipeReader, Read as _},
    thread::JoinHandle,
};

use super::*;

fn journal(bytes: &[u8]) -> File {
    let file = tempfile::tempfile().unwrap();
    file.write_all_at(bytes, 0).unwrap();
    file
}

#[test]
fn only_whole_lines_are_taken_and_a_torn_one_waits_for_its_rest() {
    let journal = journal(b"{}\n\n{\"a");
    let lines = |offset| whole_lines(&journal, offset).unwrap();
    assert_eq!(lines(0), Some(b"{}\n\n".to_vec()));
    assert_eq!(lines(4), None);
    journal.write_all_at(b"\":1", 7).unwrap();
    assert_eq!(lines(4), None);
    journal.write_all_at(b"}\n", 10).unwrap();
    assert_eq!(lines(4), Some(b"{\"a\":1}\n".to_vec()));
    assert_eq!(lines(12), None);
}

#[test]
fn a_line_as_long_as_or_longer_than_what_is_read_at_once_is_one_line() {
    for length in [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
        let mut bytes = vec![b'x'; length];
        let journal = journal(&bytes);
        assert_eq!(whole_lines(&journal, 0).unwrap(), None, "{length}");
        journal.write_all_at(b"\ny", length as u64).unwrap();
        bytes.push(b'\n');
        let found = whole_lines(&journal, 0).unwrap();
        assert!(found == Some(bytes), "{length}");
    }
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
        assert_eq!(until_end(line), (line, Then::MoreMayCome));
    }
    assert_eq!(until_end(b"\x04\n"), (&b""[..], Then::End));
    assert_eq!(until_end(b"a\n\x04\nb\n"), (&b"a\n"[..], Then::End));
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

/// C2: a daemon died in the middle of a line; the next one has something else to say.
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
