//! One leniency, towards clients built on gRPC's C core (Python, C++, Ruby, PHP): for `unix:/run/…/synod.sock` they
//! name the authority `run%2F…%2Fsynod.sock`, which is none by RFC 9110, and the HTTP/2 library refuses the stream
//! before anybody here hears of it.
//!
//! The name is of no use on a socket, so its percent signs become hyphens on their way in: same length, no state
//! of the header compression touched. Only whole HEADERS frames are looked into; everything else passes as it is.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::UnixStream,
};
use tonic::transport::server::{Connected, UdsConnectInfo};

/// What a client sends first, before any frame: RFC 9113, 3.4.
const PREFACE: usize = 24;
/// Length, type, flags, stream.
const FRAME_HEAD: usize = 9;
const HEADERS: u8 = 1;
/// The largest frame the server allows. A longer one is passed on, to be refused.
const LONGEST: usize = 16 * 1024;
/// A header field whose name is written out, with the name's length before it. The C core always does.
const NAME: &[u8] = b"\x0a:authority";
/// Read at a time.
const CHUNK: usize = 16 * 1024;

/// A connection that mends the authority its client names.
#[derive(Debug)]
pub struct Lenient {
    inner: UnixStream,
    frames: Frames,
    /// Mended, not yet read by the server.
    mended: Vec<u8>,
    taken: usize,
}

impl Lenient {
    /// A fresh connection.
    pub fn new(inner: UnixStream) -> Self {
        Self {
            inner,
            frames: Frames::new(),
            mended: Vec::new(),
            taken: 0,
        }
    }

    /// Whether a request has begun to come.
    pub const fn has_asked(&self) -> bool {
        self.frames.headers
    }
}

impl Connected for Lenient {
    type ConnectInfo = UdsConnectInfo;

    fn connect_info(&self) -> UdsConnectInfo {
        self.inner.connect_info()
    }
}

impl AsyncRead for Lenient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.taken == this.mended.len() {
            this.mended.clear();
            this.taken = 0;
            let mut space = [0; CHUNK];
            let mut chunk = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut chunk))?;
            if chunk.filled().is_empty() {
                // The end. Half a frame means nothing to the server either.
                return Poll::Ready(Ok(()));
            }
            this.frames.pass(chunk.filled(), &mut this.mended);
        }
        let waiting = this.mended.get(this.taken..).unwrap_or_default();
        let now = waiting.get(..to.remaining()).unwrap_or(waiting);
        to.put_slice(now);
        this.taken += now.len();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Lenient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

/// Follows the frames of one connection.
#[derive(Debug)]
struct Frames {
    /// Bytes to come that are passed on unseen.
    unseen: usize,
    /// The beginning of a frame: its head, or a HEADERS frame that is not whole yet.
    begun: Vec<u8>,
    /// Whether there was a HEADERS frame.
    headers: bool,
}

impl Frames {
    const fn new() -> Self {
        Self {
            unseen: PREFACE,
            begun: Vec::new(),
            headers: false,
        }
    }

    /// Passes bytes on, as they come or mended. Keeps at most one frame back.
    fn pass(&mut self, mut bytes: &[u8], to: &mut Vec<u8>) {
        while !bytes.is_empty() {
            if self.unseen > 0 {
                let (now, later) = bytes.split_at(self.unseen.min(bytes.len()));
                to.extend_from_slice(now);
                self.unseen -= now.len();
                bytes = later;
                continue;
            }
            let wanted = match length(&self.begun) {
                None => FRAME_HEAD,
                Some(length) => FRAME_HEAD + length,
            };
            let (now, later) = bytes.split_at((wanted - self.begun.len()).min(bytes.len()));
            self.begun.extend_from_slice(now);
            bytes = later;
            let Some(length) = length(&self.begun) else {
                continue;
            };
            let is_headers = self.begun.get(3) == Some(&HEADERS);
            self.headers |= is_headers;
            let looked_into = is_headers && length <= LONGEST;
            if looked_into && self.begun.len() < FRAME_HEAD + length {
                continue;
            }
            if looked_into {
                mend(&mut self.begun);
            } else {
                self.unseen = length;
            }
            to.append(&mut self.begun);
        }
    }
}

/// The length of a frame's payload, once its head is there.
fn length(frame: &[u8]) -> Option<usize> {
    let [a, b, c, ..] = frame else { return None };
    (frame.len() >= FRAME_HEAD)
        .then(|| usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c))
}

/// Replaces the percent signs of an authority that is written out as plain text.
fn mend(frame: &mut [u8]) {
    let Some(at) = frame.windows(NAME.len()).position(|window| window == NAME) else {
        return;
    };
    let (_, value) = frame.split_at_mut(at + NAME.len());
    // One byte of length: 127 and more would need a second, and Huffman coding sets the highest bit. A socket's
    // path with all its slashes escaped may need the second.
    let Some((&first, rest)) = value.split_first_mut().map(|(first, rest)| (&*first, rest)) else {
        return;
    };
    let (length, text) = match (first, rest) {
        (0..=126, rest) => (usize::from(first), rest),
        (127, [second @ 0..=127, rest @ ..]) => (127 + usize::from(*second), rest),
        (127, [second, third @ 0..=127, rest @ ..]) => (
            127 + usize::from(*second & 0x7f) + (usize::from(*third) << 7),
            rest,
        ),
        _ => return,
    };
    for byte in text.iter_mut().take(length).filter(|byte| **byte == b'%') {
        *byte = b'-';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = length.get(1..).unwrap().to_vec();
        frame.extend([kind, 4, 0, 0, 0, 1]);
        frame.extend_from_slice(payload);
        frame
    }

    fn headers(authority: &str) -> Vec<u8> {
        let mut payload = b"\x40\x05:path\x02/a\x40\x0a:authority".to_vec();
        match authority.len() {
            short @ 0..=126 => payload.push(u8::try_from(short).unwrap()),
            long => payload.extend([127, u8::try_from(long - 127).unwrap()]),
        }
        payload.extend_from_slice(authority.as_bytes());
        payload.extend_from_slice(b"\x83\x86");
        frame(HEADERS, &payload)
    }

    /// All that passes, however it is cut.
    #[track_caller]
    fn check(sent: &[u8], expected: &[u8]) {
        for size in [1, 2, 7, 9, 10, 64, sent.len()] {
            let (mut frames, mut passed) = (Frames::new(), Vec::new());
            for piece in sent.chunks(size) {
                frames.pass(piece, &mut passed);
            }
            assert_eq!(passed, expected, "in pieces of {size}");
        }
    }

    fn connection(frames: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        bytes.extend(frames.concat());
        bytes
    }

    #[test]
    fn a_path_as_authority_loses_its_percent_signs_and_nothing_else_changes() {
        let long = "%2F".repeat(60);
        for path in ["run%2Fuser%2F1000%2Fsynod%2Fsynod.sock", long.as_str()] {
            let settings = frame(4, &[0, 3, 0, 0, 0, 100]);
            check(
                &connection(&[settings.clone(), headers(path), headers(path)]),
                &connection(&[
                    settings,
                    headers(&path.replace('%', "-")),
                    headers(&path.replace('%', "-")),
                ]),
            );
        }
    }

    #[test]
    fn an_authority_that_is_one_passes_as_it_is() {
        let sent = connection(&[headers("localhost"), frame(HEADERS, b"\x82\x84")]);
        check(&sent, &sent);
    }

    #[test]
    fn what_a_prompt_says_passes_as_it_is() {
        let said = b"\n:authority\x05%2F%2".repeat(1_000);
        let sent = connection(&[frame(0, &said), frame(9, &said), frame(HEADERS, b"")]);
        check(&sent, &sent);
    }

    #[test]
    fn a_length_that_lies_is_no_panic() {
        for end in [
            &b"\x7f"[..],
            b"\x7e%",
            b"\x7f\xff\xff\xff\xff",
            b"\xff%2F",
            b"",
        ] {
            let mut payload = b"\x40\x0a:authority".to_vec();
            payload.extend_from_slice(end);
            let sent = connection(&[frame(HEADERS, &payload)]);
            let (mut frames, mut passed) = (Frames::new(), Vec::new());
            frames.pass(&sent, &mut passed);
            assert_eq!(passed.len(), sent.len());
        }
    }
}
