//! Hashes that were made elsewhere: scrypt (RFC 7914), as Better Auth has it, with the password in
//! normal form KC. They are compared until their owner signs in once.

use super::{LANES_LIMIT, MEMORY_LIMIT_KIB, PhcError, PhcText};
use argon2::password_hash::{Output, PasswordHash, SaltString};
use scrypt::Params;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// How PHC texts name it.
const NAME: &str = "scrypt";

/// Fewer bytes are found by chance.
const SHORTEST_BYTES: usize = 16;

/// What Better Auth hashes with: N = 2^14, r = 16, p = 1.
const BETTER_AUTH: &str = "ln=14,r=16,p=1";

impl PhcText {
    /// Reads a hash as Better Auth keeps it, `salt:key`, both in hexadecimal. What went into the
    /// hash is the salt's hexadecimal text itself, not the bytes that it writes.
    pub fn of_better_auth(text: &str) -> Result<Self, PhcError> {
        let (salt, key) = text.split_once(':').ok_or(PhcError)?;
        let is_salt = salt.len() == 32 && salt.bytes().all(|byte| byte.is_ascii_hexdigit());
        let key = bytes(key).filter(|key| key.len() == 64 && is_salt).ok_or(PhcError)?;
        let salt = SaltString::encode_b64(salt.as_bytes()).map_err(|_| PhcError)?;
        let key = Output::new(&key).map_err(|_| PhcError)?;
        Self::parse(&format!("${NAME}${BETTER_AUTH}${salt}${key}"))
    }
}

/// What hexadecimal digits write.
fn bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let pairs = text.as_bytes().chunks(2);
    let whole = pairs.map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    whole.collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}

/// The parameters of a whole hash that asks for no more memory and lanes than any hash may: memory
/// is what scrypt's time follows.
pub(super) fn params(text: &str) -> Option<Params> {
    let hash = PasswordHash::new(text).ok()?;
    let number = |name| hash.params.get_decimal(name);
    let (log_n, r, p) = (number("ln")?, number("r")?, number("p")?);
    let length = hash.hash?.len();
    let whole = hash.algorithm.as_str() == NAME
        && hash.version.is_none()
        && hash.params.iter().count() == 3
        && hash.salt.is_some()
        && length >= SHORTEST_BYTES;
    // A block has 128 bytes for each r, and N of them stand in memory at once.
    let memory_kib = 1u32.checked_shl(log_n)?.checked_mul(r)?.div_ceil(8);
    let bounded = memory_kib <= MEMORY_LIMIT_KIB && p <= LANES_LIMIT;
    let params = Params::new(u8::try_from(log_n).ok()?, r, p, length).ok();
    params.filter(|_| whole && bounded)
}

/// Whether a password is the one that was hashed.
pub(super) fn verify(text: &str, password: &str) -> bool {
    let (Ok(hash), Some(params)) = (PasswordHash::new(text), params(text)) else { return false };
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else { return false };
    let mut decoded = [0; 64];
    let Ok(salt) = salt.decode_b64(&mut decoded) else { return false };
    // Room for the longest outcome: one character can become 18.
    let mut normal = Zeroizing::new(String::with_capacity(password.len() * 18));
    normal.extend(password.nfkc());
    let mut found = Zeroizing::new(vec![0; expected.len()]);
    scrypt::scrypt(normal.as_bytes(), salt, &params, &mut found)
        .is_ok_and(|()| found.ct_eq(expected.as_bytes()).into())
}
