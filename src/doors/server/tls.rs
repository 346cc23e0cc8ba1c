//! What HTTPS is spoken with.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error, ServerConfig};

/// What is spoken inside; without it a client may try what we do not know.
const PROTOCOL: &[u8] = b"http/1.1";

/// A certificate with its key.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

/// Why it cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file cannot be read as PEM, or does not hold what it should.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        error: PemError,
    },
    /// Certificate and key do not fit each other, or not this server.
    #[error("{0}")]
    Unfit(#[from] Error),
}

impl Tls {
    /// Reads a certificate and those that lead to its root.
    pub fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let at = |error| TlsError::File { path: path.display().to_string(), error };
        let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(at)?.collect();
        let chain = chain.map_err(at)?;
        if chain.is_empty() { Err(at(PemError::NoItemsFound)) } else { Ok(chain) }
    }

    /// Reads the key, which must be the certificate's.
    pub fn new(chain: Vec<CertificateDer<'static>>, key: &Path) -> Result<Self, TlsError> {
        let at = |error| TlsError::File { path: key.display().to_string(), error };
        let key = PrivateKeyDer::from_pem_file(key).map_err(at)?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.0))
    }
}

/// Shows nothing of the key.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TLS")
    }
}
