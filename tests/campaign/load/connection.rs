//! One kept connection, one request at a time.

use serde_json::Value;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than the server lets any request take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    bearer: String,
}

/// An answer that came whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The stable code of a problem.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The seq it holds for.
    pub(super) fn seq(&self) -> u64 {
        self.body["as_of"]["seq"].as_u64().unwrap_or_else(|| panic!("{self:?}"))
    }

    /// The same inside the organization.
    pub(super) fn org_seq(&self) -> u64 {
        self.body["as_of"]["org_seq"].as_u64().unwrap_or_else(|| panic!("{self:?}"))
    }
}

impl Connection {
    pub(crate) fn open(address: SocketAddr, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        Ok(Self { stream, buffer: vec![0; 64 * 1024], bearer: format!("Bearer {token}") })
    }

    pub(super) fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, "")
    }

    /// Sends a request; an error when the connection broke before the whole answer was there.
    pub(super) fn ask(&mut self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        let bearer = self.bearer.clone();
        self.ask_as(&bearer, method, path, body)
    }

    /// The same as somebody else.
    pub(crate) fn ask_as(
        &mut self,
        bearer: &str,
        method: &str,
        path: &str,
        body: &str,
    ) -> io::Result<Answer> {
        let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: ledger\r\nAuthorization: {}\r\n{kind}\
             Content-Length: {}\r\n\r\n{body}",
            bearer,
            body.len()
        );
        self.stream.write_all(request.as_bytes())?;
        let mut filled = 0;
        loop {
            if let Some((answer, length)) = whole(&self.buffer[..filled]) {
                assert_eq!(length, filled, "more than one answer to one request");
                return Ok(answer);
            }
            if filled == self.buffer.len() {
                self.buffer.resize(2 * filled, 0);
            }
            match self.stream.read(&mut self.buffer[filled..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
        }
    }
}

/// The answer that `bytes` begin with, and its length; none while it is not there wholly.
fn whole(bytes: &[u8]) -> Option<(Answer, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let status = head.get(9..12)?.parse().unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
    });
    let length = length.unwrap_or_else(|| panic!("an answer without a length: {head}"));
    let body = bytes.get(end..end + length)?;
    let body = serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error}: {head}"));
    Some((Answer { status, body }, end + length))
}
