//! HTTP/2 by hand: frames as nobody should send them, and enough of the right ones to get that far.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
    time::Duration,
};

use synod_tests::World;

pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const PRIORITY: u8 = 2;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PUSH_PROMISE: u8 = 5;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

pub const END_STREAM: u8 = 1;
pub const ACK: u8 = 1;
pub const END_HEADERS: u8 = 4;
pub const PADDED: u8 = 8;

/// Longer than the daemon takes for anything here.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// The headers of a call, written out.
pub fn call(path: &str) -> Vec<u8> {
    // POST, http, and what else a server of gRPC wants.
    let mut block = vec![0x83, 0x86];
    block.extend(field(4, path));
    block.extend(field(1, "synod.localhost"));
    for (name, value) in [("content-type", "application/grpc"), ("te", "trailers")] {
        block.push(0);
        block.extend(text(name));
        block.extend(text(value));
    }
    block
}

/// A field whose name stands in the static table, not to be remembered.
fn field(name: u8, value: &str) -> Vec<u8> {
    let mut bytes = vec![name];
    bytes.extend(text(value));
    bytes
}

pub fn text(value: &str) -> Vec<u8> {
    let mut bytes = match value.len() {
        short @ 0..=126 => vec![short as u8],
        long => {
            let mut rest = long - 127;
            let mut bytes = vec![127];
            while rest >= 128 {
                bytes.push((rest % 128) as u8 | 128);
                rest /= 128;
            }
            bytes.push(rest as u8);
            bytes
        }
    };
    bytes.extend_from_slice(value.as_bytes());
    bytes
}

/// A connection that has said what a client says first.
pub fn connect(world: &World) -> UnixStream {
    let mut stream = UnixStream::connect(world.socket()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    // One that was refused at once is noticed by what comes next.
    let _ = stream.write_all(PREFACE);
    let _ = stream.write_all(&frame(SETTINGS, 0, 0, &[]));
    stream
}

/// How a connection answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It answers a ping: it lives on.
    Lives,
    /// It was ended.
    Ended,
}

/// Sends bytes, and then asks whether anybody is still there. What comes back meanwhile is read all along.
#[track_caller]
pub fn send(mut stream: UnixStream, bytes: &[u8]) -> Answer {
    let mut to = stream.try_clone().unwrap();
    let all = [bytes, &asking()].concat();
    std::thread::scope(|scope| {
        // The daemon may hang up before all is written.
        scope.spawn(move || drop(to.write_all(&all)));
        let answer = answered(&mut stream);
        // Whoever still writes is told by the reset.
        let _ = stream.shutdown(std::net::Shutdown::Both);
        answer
    })
}

/// Whether the daemon has read all that was sent, and goes on.
#[track_caller]
pub fn answers_a_ping(stream: &mut UnixStream) -> bool {
    stream.write_all(&asking()).is_ok() && answered(stream) == Answer::Lives
}

const ANYBODY: &[u8] = b"anybody?";

fn asking() -> Vec<u8> {
    frame(PING, 0, 0, ANYBODY)
}

#[track_caller]
fn answered(stream: &mut UnixStream) -> Answer {
    let mut head = [0; 9];
    loop {
        match stream.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if is_end(&error) => return Answer::Ended,
            Err(error) => panic!("neither an answer nor an end within {PATIENCE:?}: {error}"),
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        if stream.read_exact(&mut payload).is_err() {
            return Answer::Ended;
        }
        if head[3] == PING && head[4] & ACK != 0 && payload == ANYBODY {
            return Answer::Lives;
        }
    }
}

fn is_end(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | BrokenPipe)
}
