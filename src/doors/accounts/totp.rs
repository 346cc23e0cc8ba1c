//! The second factor: codes by time (RFC 6238), and recovery codes for when the device is lost.

use crate::words::hash::{Drawn, recovery_code_digest, totp_code};
use crate::words::{Timestamp, UserId};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use data_encoding::BASE32_NOPAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

/// How long a code is shown.
pub const STEP_SECONDS: u64 = 30;

/// How many steps a device's clock may be off, and somebody be slow (RFC 6238 § 5.2).
const TOLERANCE_STEPS: u64 = 1;

/// How many recovery codes there are: enough for years, and they fit a slip of paper.
pub const RECOVERY_CODES: usize = 10;

/// The longest code that is looked at, with whatever blanks and hyphens stand in it.
const TYPED_LIMIT_BYTES: usize = 64;

/// Everything but what RFC 3986 leaves as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the device and the vault share: 20 bytes, as RFC 4226 § 4 recommends.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 20]>);

impl Secret {
    /// Draws a new one.
    pub fn draw(drawn: &mut Drawn) -> Self {
        Self(Zeroizing::new(drawn.bytes()))
    }

    /// Takes one that was kept.
    pub fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads one that the vault kept, in base64.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The 20 bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// As people type it into a device that cannot scan.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&*self.0))
    }

    /// As devices scan it. It holds the secret: it is shown once and never logged.
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let issuer = utf8_percent_encode(issuer, ESCAPED);
        let account = utf8_percent_encode(account, ESCAPED);
        let secret = self.text();
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}\
             &algorithm=SHA1&digits=6&period={STEP_SECONDS}",
            *secret
        ))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(secret)")
    }
}

/// The step of a code that is right now, or one step off. A code of the step that was used last, or
/// of one before it, is refused: a code is good once.
pub fn check(
    secret: &Secret,
    code: &str,
    now: Timestamp,
    last_used_step: Option<u64>,
) -> Option<u64> {
    let code = typed(code)?;
    let step = now.micros().unsigned_abs() / 1_000_000 / STEP_SECONDS;
    let mut found = 0;
    // Every step is compared, so that the time taken says nothing; the latest one counts.
    for candidate in step.saturating_sub(TOLERANCE_STEPS)..=step + TOLERANCE_STEPS {
        let right = Zeroizing::new(totp_code(&secret.0, candidate));
        let same = right.as_bytes().ct_eq(code.as_bytes());
        found.conditional_assign(&(candidate + 1), same);
    }
    // One more than the step: there is a step 0.
    let step = u64::checked_sub(found, 1)?;
    last_used_step.is_none_or(|last| step > last).then_some(step)
}

/// When a used step need not be remembered any more: its code is not taken from then on.
pub fn forgotten_at(step: u64) -> Timestamp {
    let behind = step.saturating_add(TOLERANCE_STEPS + 1).saturating_mul(STEP_SECONDS);
    Timestamp::EPOCH.after(std::time::Duration::from_secs(behind))
}

/// A code without the marks that people put between its characters.
fn typed(code: &str) -> Option<Zeroizing<String>> {
    if code.len() > TYPED_LIMIT_BYTES {
        return None;
    }
    let mut bare = Zeroizing::new(String::with_capacity(TYPED_LIMIT_BYTES * 2));
    let marks = |character: &char| !character.is_whitespace() && *character != '-';
    bare.extend(code.chars().filter(marks).map(|character| character.to_ascii_uppercase()));
    Some(bare)
}

/// A code that stands in for the device, once. 80 bits: a digest of it cannot be tried through.
#[derive(Clone)]
pub struct RecoveryCode(Zeroizing<[u8; 10]>);

impl RecoveryCode {
    /// Draws as many as somebody gets.
    pub fn draw(drawn: &mut Drawn) -> [Self; RECOVERY_CODES] {
        std::array::from_fn(|_| Self(Zeroizing::new(drawn.bytes())))
    }

    /// As it is shown, once: `abcd-efgh-ijkl-mnop`.
    pub fn text(&self) -> Zeroizing<String> {
        let bare = Zeroizing::new(BASE32_NOPAD.encode(&*self.0).to_ascii_lowercase());
        let mut text = Zeroizing::new(String::with_capacity(bare.len() * 2));
        for (index, character) in bare.chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                text.push('-');
            }
            text.push(character);
        }
        text
    }

    /// What is kept of it.
    pub fn digest(&self, user: UserId) -> [u8; 32] {
        recovery_code_digest(user, &self.0)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(secret)")
    }
}

/// The digests that are left when a user's recovery code is used; none when it is none of theirs.
pub fn use_recovery(user: UserId, digests: &[[u8; 32]], code: &str) -> Option<Vec<[u8; 32]>> {
    let bytes = Zeroizing::new(BASE32_NOPAD.decode(typed(code)?.as_bytes()).ok()?);
    let code = RecoveryCode(Zeroizing::new(bytes.as_slice().try_into().ok()?));
    let digest = code.digest(user);
    let is_used = |kept: &&[u8; 32]| bool::from(kept.ct_eq(&digest));
    let left: Vec<_> = digests.iter().filter(|kept| !is_used(kept)).copied().collect();
    (left.len() < digests.len()).then_some(left)
}

#[cfg(test)]
mod tests;
