//! Passwords: chosen, hashed with Argon2id and compared.
//!
//! A hash is kept as a PHC text, so that the parameters it was made with stand with it, and an old
//! one is still compared and then made anew ([`PhcText::is_outdated`]). So is one of scrypt that
//! came with an account from elsewhere (`foreign`).

mod common;
mod foreign;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The memory that one hash takes, the number of passes over it and of lanes: what OWASP's Password
/// Storage Cheat Sheet names first among the settings of its size for Argon2id.
pub const MEMORY_KIB: u32 = 19 * 1024;
/// See [`MEMORY_KIB`].
pub const PASSES: u32 = 2;
/// See [`MEMORY_KIB`].
pub const LANES: u32 = 1;

/// No hash that is compared may ask for more than this, whoever wrote it.
const MEMORY_LIMIT_KIB: u32 = 64 * 1024;
const PASSES_LIMIT: u32 = 8;
const LANES_LIMIT: u32 = 4;
const PHC_LIMIT_BYTES: usize = 256;

/// The fewest characters a password may have (NIST SP 800-63B).
pub const FEWEST_CHARS: usize = 8;
/// The most: long enough for any sentence, and what is hashed has a bound.
pub const MOST_CHARS: usize = 128;
/// What is not even normalized: no such text has few enough characters. A character takes 4 bytes,
/// and normalizing leaves at least a third of a text.
const MOST_BYTES: usize = MOST_CHARS * 4 * 3;

/// How many are hashed at once: with 19 MiB each they take 152 MiB, which somebody who only sends
/// passwords can make of our memory; at most 512 MiB where accounts came with hashes of scrypt. Few
/// machines would do more in a second with a higher one.
pub const AT_ONCE_LIMIT: usize = 8;

/// A password in normal form C, wiped from memory when dropped. White space at its ends belongs to
/// it.
pub struct Password(Zeroizing<String>);

/// Why a text cannot be a password, or must not be chosen as one. The text is never repeated.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum PasswordError {
    /// Too easily found by trying.
    #[error("the password has {length} characters, at least {FEWEST_CHARS} are needed")]
    TooShort {
        /// How many it has.
        length: usize,
    },
    /// Longer than the bound.
    #[error("the password is longer than {MOST_CHARS} characters: choose a shorter one")]
    TooLong,
    /// A control character; such come in by accident, from a copied line.
    #[error("the password holds a control character at character {position}: leave it out")]
    Control {
        /// Its place, counted from 1.
        position: usize,
    },
    /// Whoever guesses tries this first.
    #[error("the password is the e-mail address or the name of the account: choose another")]
    OwnName,
    /// Whoever guesses tries this next.
    #[error("the password is among the most common ones: choose another")]
    Common,
}

/// As many passwords are being hashed as may be at once.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
#[error(
    "{AT_ONCE_LIMIT} passwords are being checked, as many as may be at once: try again in a second"
)]
pub struct Busy;

impl Password {
    /// Reads what somebody gives as their password.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        if text.len() > MOST_BYTES {
            return Err(PasswordError::TooLong);
        }
        // Room for the longest outcome: a text that grew would leave copies behind.
        let mut normal = Zeroizing::new(String::with_capacity(text.len() * 3));
        normal.extend(text.nfc());
        let length = normal.chars().count();
        if length < FEWEST_CHARS {
            return Err(PasswordError::TooShort { length });
        }
        if length > MOST_CHARS {
            return Err(PasswordError::TooLong);
        }
        match normal.chars().position(char::is_control) {
            Some(index) => Err(PasswordError::Control { position: index + 1 }),
            None => Ok(Self(normal)),
        }
    }

    /// Reads what somebody chooses as their password, whose e-mail address and usernames are
    /// `own`. What is refused here may still be one that was chosen before.
    pub fn choose(text: &str, own: &[&str]) -> Result<Self, PasswordError> {
        let password = Self::parse(text)?;
        let folded = folded(&password.0);
        let local = own.iter().filter_map(|name| Some(name.rsplit_once('@')?.0));
        if own.iter().copied().chain(local).any(|name| *self::folded(name) == *folded) {
            return Err(PasswordError::OwnName);
        }
        if common::holds(&folded) {
            return Err(PasswordError::Common);
        }
        Ok(password)
    }
}

fn folded(text: &str) -> Zeroizing<String> {
    // Some characters become longer in lower case, none more than three times.
    let mut folded = Zeroizing::new(String::with_capacity(text.len() * 3));
    folded.extend(text.chars().flat_map(char::to_lowercase).nfc());
    folded
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(secret)")
    }
}

/// A hash with its salt and its parameters, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, or
/// `$scrypt$ln=…,r=…,p=…$salt$hash` where it was made elsewhere. Whoever has it can try passwords,
/// so it is kept sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct PhcText(Zeroizing<String>);

/// A text is not a hash that is compared here.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
#[error(
    "the password hash is neither one of Argon2id, version 19, nor one of scrypt, with at most {MEMORY_LIMIT_KIB} KiB, {PASSES_LIMIT} passes and {LANES_LIMIT} lanes"
)]
pub struct PhcError;

impl PhcText {
    /// Reads a hash that was kept.
    pub fn parse(text: &str) -> Result<Self, PhcError> {
        let bounded = match params(text) {
            Some(params) => {
                params.m_cost() <= MEMORY_LIMIT_KIB
                    && params.t_cost() <= PASSES_LIMIT
                    && params.p_cost() <= LANES_LIMIT
            }
            None => text.len() <= PHC_LIMIT_BYTES && foreign::params(text).is_some(),
        };
        if bounded { Ok(Self(Zeroizing::new(text.to_owned()))) } else { Err(PhcError) }
    }

    /// The text, to be sealed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it was made elsewhere, or with less than is asked for today: at the next sign-in,
    /// when the password is there, it is made anew.
    pub fn is_outdated(&self) -> bool {
        params(&self.0).is_none_or(|params| {
            params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES || params.p_cost() < LANES
        })
    }
}

/// The parameters of a whole hash of our kind.
fn params(text: &str) -> Option<Params> {
    let hash = PasswordHash::new(text).ok().filter(|_| text.len() <= PHC_LIMIT_BYTES)?;
    let ours = hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into())
        && hash.salt.is_some()
        && hash.hash.is_some();
    Params::try_from(&hash).ok().filter(|_| ours)
}

impl fmt::Debug for PhcText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhcText(secret)")
    }
}

/// Where passwords are hashed, a few at once. Each takes its thread for some 20 ms.
#[derive(Debug, Default)]
pub struct Hashing {
    under_way: AtomicUsize,
}

impl Hashing {
    /// Hashes a password with a salt that was drawn for it.
    pub fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<PhcText, Busy> {
        let _place = self.place()?;
        let salt = SaltString::encode_b64(&salt).expect("16 bytes are a salt of allowed length");
        let hash = argon2()
            .hash_password(password.0.as_bytes(), &salt)
            .expect("a bounded password and fixed parameters are always hashed");
        Ok(PhcText(Zeroizing::new(hash.to_string())))
    }

    /// Whether a password is the one that was hashed.
    pub fn verify(&self, hash: &PhcText, password: &Password) -> Result<bool, Busy> {
        let _place = self.place()?;
        if foreign::params(&hash.0).is_some() {
            return Ok(foreign::verify(&hash.0, &password.0));
        }
        let hash = PasswordHash::new(&hash.0);
        let same = |hash| argon2().verify_password(password.0.as_bytes(), &hash).is_ok();
        Ok(hash.is_ok_and(same))
    }

    /// Takes as long as [`Hashing::verify`], for an account that there is not: how long an answer
    /// takes must not tell who has one.
    pub fn verify_nobody(&self, password: &Password) -> Result<bool, Busy> {
        self.verify(&nobody(), password).map(|_| false)
    }

    fn place(&self) -> Result<Place<'_>, Busy> {
        let taken = self.under_way.fetch_add(1, Ordering::AcqRel);
        let place = Place(&self.under_way);
        if taken < AT_ONCE_LIMIT { Ok(place) } else { Err(Busy) }
    }
}

/// One of the places; given back when dropped.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A hash that no password has: nobody knows one of these 32 bytes.
fn nobody() -> PhcText {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    let parameters = format!("m={MEMORY_KIB},t={PASSES},p={LANES}");
    PhcText(Zeroizing::new(format!("$argon2id$v=19${parameters}${salt}${hash}")))
}

/// The key that a passphrase leads to which is typed seldom and opens everything: it may cost more
/// than a sign-in, 64 MiB and three passes.
pub(in crate::doors) fn stretch(
    passphrase: &[u8],
    salt: &[u8; 16],
) -> Result<Zeroizing<[u8; 32]>, String> {
    let params = Params::new(64 * 1024, 3, 1, Some(32)).map_err(|error| error.to_string())?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase, salt, key.as_mut_slice())
        .map_err(|error| error.to_string())?;
    Ok(key)
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.expect("the parameters lie within those that Argon2 allows");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests;
