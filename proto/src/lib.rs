//! The wire and nothing else: what `synod/v1/*.proto` says, generated at build time.
//!
//! Meaning lives elsewhere: words and conversions in `synod-shared`, decisions in `synod-core`.

/// Package `synod.v1`.
#[allow(clippy::pedantic, clippy::all, missing_docs)]
pub mod v1 {
    tonic::include_proto!("synod.v1");
}

/// The encoded `FileDescriptorSet` of `synod.v1` with everything it imports, for reflection and for the
/// canonical JSON of messages.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/synod.v1.bin"));

/// Version of the protocol: raised when a client of the version before could misread an answer.
pub const PROTOCOL: u32 = 1;

/// Largest message either side accepts, in bytes; larger ones are refused by the codec.
pub const MAX_MESSAGE: usize = 16 * 1024 * 1024;
