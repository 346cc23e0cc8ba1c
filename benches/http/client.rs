//! The load: connections that are kept, each with one request under way, on a thread of its own.
//!
//! It does as little as a client can, because it shares the cores with what it measures: a request
//! is written with one call, and of an answer only status and length are looked at.

use std::cell::Cell;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// Connections at a time.
pub(crate) const CLIENTS: usize = 64;

/// The longest answer that is read: a list of 1,000 rows has less.
const ANSWER_LIMIT_BYTES: usize = 1024 * 1024;

/// Writes the request with a number, or says that there is nothing left to ask.
pub(crate) type Request = Rc<dyn Fn(&mut Vec<u8>, u64) -> bool>;

/// What is measured: requests, each with the status that it is answered with.
#[derive(Clone)]
pub(crate) struct Asked {
    address: SocketAddr,
    /// They take turns.
    turns: Rc<[(u16, Request)]>,
    /// The number of the next request; none is sent twice.
    next: Rc<Cell<u64>>,
    /// What is made ready before a round, for as long as it takes.
    fill: Option<Rc<dyn Fn(Duration)>>,
    /// Who answers, if not this process.
    process: Option<u32>,
}

impl Asked {
    pub(crate) fn at(address: SocketAddr, status: u16, request: Request) -> Self {
        let turns = [(status, request)].into();
        Self { address, turns, next: Rc::default(), fill: None, process: None }
    }

    pub(crate) fn of_process(self, process: u32) -> Self {
        Self { process: Some(process), ..self }
    }

    /// Whether another process answers.
    pub(crate) fn is_beside(&self) -> bool {
        self.process.is_some()
    }

    pub(crate) fn filled(self, fill: impl Fn(Duration) + 'static) -> Self {
        Self { fill: Some(Rc::new(fill)), ..self }
    }

    /// The one and the other in turns.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { turns: self.turns.iter().chain(&*other.turns).cloned().collect(), ..self }
    }

    /// Writes the next request; answers its status.
    fn write(&self, request: &mut Vec<u8>) -> Option<u16> {
        let number = self.next.replace(self.next.get() + 1);
        let (status, write) = &self.turns[number as usize % self.turns.len()];
        write(request, number).then_some(*status)
    }

    /// What those who take part have worked so far.
    fn worked(&self) -> Duration {
        let process = self.process.map(|id| id.to_string());
        worked("self") + process.map_or(Duration::ZERO, |id| worked(&id))
    }
}

/// How it was answered.
pub(crate) struct Load {
    pub(crate) per_second: f64,
    /// Half of the answers came sooner.
    pub(crate) half: Duration,
    /// Ninety-nine of a hundred came sooner.
    pub(crate) nearly_all: Duration,
    /// What client and server together worked for each answer. Unlike the rate it
    /// hardly depends on what else the machine does.
    pub(crate) work: Duration,
    /// The bytes of the last answer's body.
    pub(crate) body_bytes: usize,
}

/// Asks for `time` over [`CLIENTS`] connections. Another status than the one that is expected stops
/// the bench.
pub(crate) fn load(time: Duration, asked: &Asked) -> Load {
    if let Some(fill) = &asked.fill {
        fill(time);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime = runtime.expect("the bench needs a runtime of its own");
    let local = LocalSet::new();
    let (began, worked) = (Instant::now(), asked.worked());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| local.spawn_local(one(asked.address, began + time, asked.clone())))
        .collect();
    let (mut took, mut body_bytes) = (Vec::new(), 0);
    local.block_on(&runtime, async {
        for client in clients {
            let (times, bytes) = client.await.expect("a client whose server answers ends well");
            took.extend(times);
            body_bytes = bytes;
        }
    });
    let per_second = took.len() as f64 / began.elapsed().as_secs_f64();
    let work = (asked.worked() - worked) / u32::try_from(took.len().max(1)).unwrap_or(u32::MAX);
    took.sort_unstable();
    let at = |part: f64| {
        let index = (took.len() as f64 * part) as usize;
        Duration::from_micros(took.get(index).copied().unwrap_or_default())
    };
    Load { per_second, half: at(0.5), nearly_all: at(0.99), work, body_bytes }
}

/// What a process has worked so far, in user and system mode (proc_pid_stat(5)).
fn worked(process: &str) -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"));
    let text = text.expect("the process runs, on Linux");
    let behind_name = text.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(2);
    TICK * ticks.filter_map(|ticks| ticks.parse::<u32>().ok()).sum()
}

async fn one(address: SocketAddr, until: Instant, asked: Asked) -> (Vec<u64>, usize) {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("a socket of this machine takes the option");
    let (mut request, mut answer) = (Vec::new(), vec![0; 8 * 1024]);
    let (mut took, mut bytes) = (Vec::new(), 0);
    loop {
        let began = Instant::now();
        if began >= until {
            return (took, bytes);
        }
        request.clear();
        let Some(status) = asked.write(&mut request) else { return (took, bytes) };
        write(&stream, &request).await;
        bytes = read(&stream, &mut answer, status).await;
        took.push(began.elapsed().as_micros() as u64);
    }
}

async fn write(stream: &TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                stream.writable().await.expect("the server keeps the connection");
            }
            Err(error) => panic!("the server keeps the connection: {error}"),
        }
    }
}

/// Reads one answer; answers the length of its body.
async fn read(stream: &TcpStream, buffer: &mut Vec<u8>, status: u16) -> usize {
    let (mut filled, mut whole) = (0, None);
    loop {
        stream.readable().await.expect("the server keeps the connection");
        match stream.try_read(&mut buffer[filled..]) {
            Ok(0) => panic!("the server closed a connection that is kept"),
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            Err(error) => panic!("the server keeps the connection: {error}"),
        }
        if whole.is_none() {
            whole = head(&buffer[..filled], status);
        }
        if let Some((head, body)) = whole {
            assert!(head + body <= ANSWER_LIMIT_BYTES, "an answer of {body} bytes");
            if filled == head + body {
                return body;
            }
            buffer.resize(buffer.len().max(head + body), 0);
        }
    }
}

/// The lengths of an answer's head and body, once the head is there.
fn head(bytes: &[u8], status: u16) -> Option<(usize, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..end]).expect("an answer's head is ASCII");
    let said = text.get(9..12).and_then(|said| said.parse::<u16>().ok());
    assert_eq!(said, Some(status), "{}", String::from_utf8_lossy(bytes));
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Some((end, length.expect("every answer tells its length")))
}
