//! A provider's keys (RFC 7517), and whether a signature is by one of them.

use super::Fault;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

/// The most keys of a provider that are looked at: more than anybody turns over in an hour.
const KEYS_LIMIT: usize = 64;

/// By what an ID token may be signed. `none`, and everything by a shared secret, is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// One key: what it is called, and for which algorithm alone it is.
#[derive(Debug, Clone)]
struct Key {
    id: Option<String>,
    public: Public,
}

#[derive(Debug, Clone)]
enum Public {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// Uncompressed.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// As it is written.
#[derive(Deserialize)]
struct Written {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The keys by which a provider signs.
#[derive(Debug, Clone)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// Reads a set of keys. What is of no use here is passed over: providers show other keys too.
    pub fn read(text: &[u8]) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let Set { keys } = serde_json::from_slice(text).map_err(|_| Fault::Keys)?;
        let read = keys.into_iter().take(KEYS_LIMIT);
        let read = read.filter_map(|key| serde_json::from_value::<Written>(key).ok()?.key());
        Ok(Self(read.collect()))
    }

    /// Whether a signature holds. A token that names its key is compared with that one; else with
    /// all of its algorithm, and one by none of them may be by a newer one.
    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        id: Option<&str>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Fault> {
        let fits = |key: &&Key| {
            key.public.algorithm() == algorithm && (id.is_none() || key.id.as_deref() == id)
        };
        let mut found = self.0.iter().filter(fits).peekable();
        if found.peek().is_none() {
            return Err(Fault::UnknownKey);
        }
        if found.any(|key| key.public.has_signed(message, signature)) {
            return Ok(());
        }
        Err(if id.is_some() { Fault::Signature } else { Fault::UnknownKey })
    }
}

impl Written {
    fn key(self) -> Option<Key> {
        let part = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_ref()?).ok();
        let public = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => {
                // ring takes no leading zeros, which some providers write.
                let n = part(&self.n)?.into_iter().skip_while(|byte| *byte == 0).collect();
                Public::Rsa { n, e: part(&self.e)? }
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (part(&self.x)?, part(&self.y)?);
                (x.len() == 32 && y.len() == 32).then(|| Public::P256([&[4], &*x, &*y].concat()))?
            }
            ("OKP", Some("Ed25519")) => Public::Ed25519(part(&self.x)?),
            _ => return None,
        };
        let is_for_signing = self.r#use.is_none_or(|given| given == "sig");
        let alg = self.alg.as_deref();
        let fits = alg.is_none_or(|alg| Algorithm::named(alg) == Some(public.algorithm()));
        (is_for_signing && fits).then_some(Key { id: self.kid, public })
    }
}

impl Public {
    /// A key is for one algorithm: no token chooses another for it.
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256(_) => Algorithm::Es256,
            Self::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
            Self::Ed25519(point) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature).is_ok()
            }
        }
    }
}
