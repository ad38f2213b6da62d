//! SHA-256 as the API writes it.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// In hexadecimal, lower case.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value that FIPS 180-4's examples give for `abc`.
    #[test]
    fn the_digest_of_a_known_text_is_known() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
