//! Hashes of what is configured and read, for telling whether it is still the same.

use sha2::{Digest as _, Sha256};

/// As [`digest_bytes`], in hexadecimal.
pub(crate) fn digest<'a>(domain: &str, parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    hex(&digest_bytes(domain, parts))
}

/// SHA-256 over the parts in their order. `domain` keeps apart what is hashed for different reasons; lengths stand
/// before the parts, so that no two lists of parts give the same bytes.
pub(crate) fn digest_bytes<'a>(
    domain: &str,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(domain.as_bytes());
    hash.update(b"\0");
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// SHA-256 of one text as it stands, in hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_part_ends_and_the_next_begins_counts() {
        let of = |parts: &[&str]| digest("test", parts.iter().map(|part| part.as_bytes()));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["ab"]), of(&["ab", ""]));
        assert_eq!(of(&["ab", "c"]).len(), 64);
    }
}
