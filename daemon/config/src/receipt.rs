//! Nonces and receipts from bytes that the caller drew. No randomness here, so that a prompt can
//! be rendered again, byte for byte.

use std::fmt::Write as _;

/// Crockford's base 32: no I, L, O or U, so a code survives being read aloud or retyped.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A receipt such as `K7Q2-9XBM-03TD`: the low 60 bits of eight random bytes (big-endian).
pub fn receipt_from(bytes: [u8; 8]) -> String {
    let bits = u64::from_be_bytes(bytes);
    let mut text = String::with_capacity(14);
    for place in 0..12 {
        if place == 4 || place == 8 {
            text.push('-');
        }
        let index = (bits >> (55 - 5 * place)) & 31;
        text.push(char::from(ALPHABET[index as usize]));
    }
    text
}

/// A nonce of 16 hex digits such as `4f1c9a0b27d85e63`.
pub fn nonce_from(bytes: [u8; 8]) -> String {
    let mut text = String::with_capacity(16);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether `text` could have come from [`receipt_from`].
pub(crate) fn is_receipt(text: &str) -> bool {
    text.len() == 14
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 9 => byte == b'-',
            _ => ALPHABET.contains(&byte),
        })
}

/// Whether `text` could have come from [`nonce_from`].
pub(crate) fn is_nonce(text: &str) -> bool {
    text.len() == 16
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn receipts_are_sixty_bits_in_crockford_base_32() {
        assert_eq!(receipt_from([0; 8]), "0000-0000-0000");
        assert_eq!(receipt_from([0xff; 8]), "ZZZZ-ZZZZ-ZZZZ");
        assert_eq!(receipt_from(1u64.to_be_bytes()), "0000-0000-0001");
        assert_eq!(receipt_from((1u64 << 59).to_be_bytes()), "G000-0000-0000");
    }

    #[test]
    fn nonces_are_sixteen_hex_digits() {
        let bytes = [0x4f, 0x1c, 0x9a, 0x0b, 0x27, 0xd8, 0x5e, 0x63];
        assert_eq!(nonce_from(bytes), "4f1c9a0b27d85e63");
    }

    proptest! {
        #[test]
        fn what_is_made_here_is_recognised_here(bytes: [u8; 8]) {
            prop_assert!(is_receipt(&receipt_from(bytes)));
            prop_assert!(is_nonce(&nonce_from(bytes)));
        }
    }
}
