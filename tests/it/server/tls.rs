//! HTTPS, spoken by the server itself.

use super::client::{Answer, Served, read, request};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rollbook::doors::server::{Limits, Tls};
use rollbook::doors::settings::Settings;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

const LONG: Duration = Duration::from_secs(20);

/// A certificate for this machine and its key, as files in a directory of their own.
pub(crate) fn certified() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let names = ["localhost", "127.0.0.1"].map(str::to_owned);
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    fs::write(place.path().join("certificate.pem"), cert.pem()).unwrap();
    fs::write(place.path().join("key.pem"), signing_key.serialize_pem()).unwrap();
    place
}

fn tls(place: &Path) -> Tls {
    let chain = Tls::read_certificates(&place.join("certificate.pem")).unwrap();
    Tls::new(chain, &place.join("key.pem")).unwrap()
}

/// Sends a request; who answers must show the certificate.
fn send(address: SocketAddr, certificate: &Path, request: &str) -> std::io::Result<Answer> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LONG))?;
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(request.as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(read(&text))
}

#[test]
fn a_client_that_knows_the_certificate_is_answered() {
    let place = certified();
    let served =
        Served::with_settings(Settings { tls: Some(tls(place.path())), ..Settings::default() });
    let bearer = format!("Bearer {}", served.token);
    let headers = [("Authorization", bearer.as_str()), ("Connection", "close")];
    let head = request(served.address, "GET", "/v1/head", &headers, "");
    let answer = send(served.address, &place.path().join("certificate.pem"), &head).unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    // Another's certificate is not this one.
    let other = certified();
    let refused = send(served.address, &other.path().join("certificate.pem"), &head);
    assert!(refused.unwrap_err().to_string().contains("certificate"));
    // Whoever does not speak TLS is told nothing.
    let mut plain = TcpStream::connect(served.address).unwrap();
    plain.write_all(head.as_bytes()).unwrap();
    let mut text = Vec::new();
    let _ = plain.read_to_end(&mut text);
    assert!(!String::from_utf8_lossy(&text).contains("HTTP"), "{text:?}");
}

#[test]
fn a_handshake_takes_a_place_and_not_for_long() {
    let place = certified();
    let limits = Limits { connections: 1, head: Duration::from_millis(300), ..Limits::STANDARD };
    let tls = Some(tls(place.path()));
    let served = Served::with_settings(Settings { tls, limits, ..Settings::default() });
    let mut silent = TcpStream::connect(served.address).unwrap();
    silent.set_read_timeout(Some(LONG)).unwrap();
    let head = request(served.address, "GET", "/healthz", &[("Connection", "close")], "");
    let answer = send(served.address, &place.path().join("certificate.pem"), &head).unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(silent.read(&mut [0]).unwrap(), 0, "its place was given to somebody else");
    // A server that stops does not wait for handshakes.
    let _silent = TcpStream::connect(served.address).unwrap();
    served.stop.now();
    served.ended();
}

#[test]
fn the_key_must_be_the_certificates() {
    let (place, other) = (certified(), certified());
    let chain = Tls::read_certificates(&place.path().join("certificate.pem")).unwrap();
    let refused = Tls::new(chain.clone(), &other.path().join("key.pem")).unwrap_err();
    assert!(refused.to_string().contains("key"), "{refused}");
    let refused = Tls::new(chain, &place.path().join("certificate.pem")).unwrap_err();
    assert!(refused.to_string().ends_with("certificate.pem: no items found"), "{refused}");
}

#[test]
fn the_program_speaks_it_with_itself() {
    let place = certified();
    let mut server = Command::new(env!("CARGO_BIN_EXE_rollbook"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(["--tls-certificate-file", "certificate.pem", "--tls-key-file", "key.pem"])
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim_end().rsplit_once(' ').expect(&line).1.to_owned();
    let ask = |root: Option<&str>| {
        let mut client = Command::new(env!("CARGO_BIN_EXE_rollbook"));
        client.args(["organizations", "--url", &url, "--token-file", "data/operator.token"]);
        client.envs(root.map(|root| ("SSL_CERT_FILE", root)));
        client.env_remove("SSL_CERT_DIR").current_dir(place.path()).output().unwrap()
    };
    let trusting = ask(Some("certificate.pem"));
    let doubting = ask(None);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(url.starts_with("https://"), "{url}");
    assert_eq!(trusting.status.code(), Some(0), "{trusting:?}");
    assert_eq!(doubting.status.code(), Some(3), "{doubting:?}");
}
