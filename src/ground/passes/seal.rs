//! The detail of a pass, sealed for whoever shows the token: nothing that is kept opens it.
//!
//! `nonce (24) ‖ ciphertext ‖ tag (16)`, XChaCha20-Poly1305 under a key that derives from the
//! token, bound to the kind.

use super::Kind;
use crate::words::hash::{Drawn, pass_detail_key};
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// What sealing adds to a detail.
pub const SEAL_BYTES: usize = NONCE_BYTES + TAG_BYTES;

/// Seals what a pass is to hold.
pub fn seal(token: &[u8; 32], kind: Kind, detail: &[u8], drawn: &mut Drawn) -> Vec<u8> {
    let nonce: [u8; NONCE_BYTES] = drawn.bytes();
    let mut text = Zeroizing::new(detail.to_vec());
    let tag = cipher(token)
        .encrypt_in_place_detached(XNonce::from_slice(&nonce), &[kind.number()], &mut text)
        .expect("a detail is far shorter than the cipher's 256 GiB");
    [&nonce[..], &text, &tag].concat()
}

/// Opens what [`seal`] made with the same token and kind.
pub fn unseal(token: &[u8; 32], kind: Kind, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let (text, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
    let mut text = Zeroizing::new(text.to_vec());
    cipher(token)
        .decrypt_in_place_detached(
            XNonce::from_slice(nonce),
            &[kind.number()],
            &mut text,
            tag.into(),
        )
        .ok()?;
    Some(text)
}

fn cipher(token: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*Zeroizing::new(pass_detail_key(token))).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_opens_a_detail() {
        let mut drawn = Drawn::from_seed(&[1; 32]);
        let sealed = seal(&[7; 32], Kind::OidcState, b"verifier", &mut drawn);
        assert_eq!(sealed.len(), "verifier".len() + SEAL_BYTES);
        assert!(!sealed.windows(8).any(|part| part == b"verifier"));
        let opened = |token: u8, kind, sealed: &[u8]| {
            unseal(&[token; 32], kind, sealed).map(|text| text.to_vec())
        };
        assert_eq!(opened(7, Kind::OidcState, &sealed), Some(b"verifier".to_vec()));
        assert_eq!(opened(8, Kind::OidcState, &sealed), None, "another token");
        assert_eq!(opened(7, Kind::Session, &sealed), None, "another kind");
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(opened(7, Kind::OidcState, &flipped), None, "bit {bit}");
        }
        assert_eq!(opened(7, Kind::OidcState, &sealed[..20]), None, "cut");
    }
}
