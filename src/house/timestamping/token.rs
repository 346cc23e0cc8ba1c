//! What is asked of an authority for timestamps, and what of its answer is looked at (RFC 3161).
//!
//! An answer is kept where it is granted, and about just what was asked. Whether the authority's
//! signature holds is for whoever trusts it to find out: `openssl ts -verify`.

use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged};
use thiserror::Error;

/// The longest answer: a signature with the certificates that lead to a root.
pub(super) const ANSWER_LIMIT_BYTES: usize = 64 * 1024;

/// Everything of a request before the digest: version 1, SHA-256.
const BEFORE_DIGEST: [u8; 24] = [
    0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
    0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
];

/// The object identifier of SHA-256, 2.16.840.1.101.3.4.2.1.
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/// That of signed data, 1.2.840.113549.1.7.2.
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// That of what a timestamp says, 1.2.840.113549.1.9.16.1.4.
const TIMESTAMP: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];

/// Why an answer is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum TokenError {
    /// The authority does not give one.
    #[error("it grants no timestamp")]
    Refused,
    /// It is no answer of that protocol.
    #[error("it does not answer as RFC 3161 has it")]
    Form,
    /// It is about something else than what was asked.
    #[error("its timestamp is of something else than what was asked")]
    Other,
}

/// A number that nobody asked with before, as it stands in a request: positive, of eight bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nonce([u8; 8]);

impl Nonce {
    pub(super) fn new(mut drawn: [u8; 8]) -> Self {
        drawn[0] = drawn[0] & 0x3f | 0x40;
        Self(drawn)
    }
}

/// A request for a timestamp of a digest, with the authority's certificate in the answer.
pub(super) fn request(digest: &[u8; 32], nonce: Nonce) -> Vec<u8> {
    let mut bytes = BEFORE_DIGEST.to_vec();
    bytes.extend_from_slice(digest);
    bytes.extend_from_slice(&[0x02, 0x08]);
    bytes.extend_from_slice(&nonce.0);
    bytes.extend_from_slice(&[0x01, 0x01, 0xff]);
    bytes
}

/// Whether an answer grants a timestamp of that digest to whoever asked with that number.
pub(super) fn check(answer: &[u8], digest: &[u8; 32], nonce: Nonce) -> Result<(), TokenError> {
    let answer = AnyRef::from_der(answer).map_err(|_| TokenError::Form)?;
    let (status, token) = match parts(answer, Tag::Sequence)?[..] {
        [status] => (status, None),
        [status, token] => (status, Some(token)),
        _ => return Err(TokenError::Form),
    };
    let status = parts(status, Tag::Sequence)?;
    let status = status.first().filter(|it| it.tag() == Tag::Integer).ok_or(TokenError::Form)?;
    // Granted, or granted with changes.
    if !matches!(status.value(), [0 | 1]) {
        return Err(TokenError::Refused);
    }
    let said = said(token.ok_or(TokenError::Form)?)?;
    let [version, _, imprint, _, _, rest @ ..] = &said[..] else { return Err(TokenError::Form) };
    let [algorithm, found] = parts(*imprint, Tag::Sequence)?[..] else {
        return Err(TokenError::Form);
    };
    let algorithm = parts(algorithm, Tag::Sequence)?;
    let is_sha256 = algorithm.first().is_some_and(|it| is(*it, Tag::ObjectIdentifier, SHA256));
    let is_asked = is(*version, Tag::Integer, &[1])
        && is_sha256
        && is(found, Tag::OctetString, digest)
        && rest.iter().any(|it| is(*it, Tag::Integer, &nonce.0));
    if is_asked { Ok(()) } else { Err(TokenError::Other) }
}

/// What a timestamp says, out of what is signed.
fn said(token: AnyRef<'_>) -> Result<Vec<AnyRef<'_>>, TokenError> {
    let signed = contents(token, SIGNED_DATA)?;
    let signed = parts(signed, Tag::Sequence)?;
    let [_, _, enclosed, ..] = signed[..] else { return Err(TokenError::Form) };
    let text = contents(enclosed, TIMESTAMP)?;
    let said = Some(text).filter(|it| it.tag() == Tag::OctetString).ok_or(TokenError::Form)?;
    parts(AnyRef::from_der(said.value()).map_err(|_| TokenError::Form)?, Tag::Sequence)
}

/// What stands in a thing of some kind, behind its kind.
fn contents<'a>(thing: AnyRef<'a>, kind: &[u8]) -> Result<AnyRef<'a>, TokenError> {
    let [found, explicit] = parts(thing, Tag::Sequence)?[..] else { return Err(TokenError::Form) };
    if !is(found, Tag::ObjectIdentifier, kind) || !explicit.tag().is_context_specific() {
        return Err(TokenError::Form);
    }
    AnyRef::from_der(explicit.value()).map_err(|_| TokenError::Form)
}

fn is(found: AnyRef<'_>, tag: Tag, value: &[u8]) -> bool {
    found.tag() == tag && found.value() == value
}

/// What stands in a sequence.
fn parts(sequence: AnyRef<'_>, tag: Tag) -> Result<Vec<AnyRef<'_>>, TokenError> {
    if sequence.tag() != tag {
        return Err(TokenError::Form);
    }
    let mut reader = SliceReader::new(sequence.value()).map_err(|_| TokenError::Form)?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(AnyRef::decode(&mut reader).map_err(|_| TokenError::Form)?);
    }
    Ok(parts)
}
