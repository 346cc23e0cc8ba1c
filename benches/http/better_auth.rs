//! Better Auth on SQLite, in a process of its own: `better_auth/server.mjs`.

use crate::client::{Asked, Request};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

/// Where its packages are installed.
const PLACE: &str = "target/better_auth";
const PROGRAM: &str = "server.mjs";

/// More than it has ever accepted in a second: what is left of a round waits for the next.
const ACCEPTED_A_SECOND: f64 = 1500.0;

/// Members of its organization `crowd`, its owner among them.
const MEMBERS: u64 = 10_000;

pub(crate) struct BetterAuth {
    process: Child,
    address: SocketAddr,
    /// The owner's session.
    owner: String,
}

impl BetterAuth {
    /// None where its packages are not installed; then it is said how.
    pub(crate) fn start(directory: &Path) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let place = root.join(PLACE);
        if !place.join("node_modules/better-auth").is_dir() {
            println!(
                "without Better Auth: mkdir -p {PLACE} && cp benches/http/better_auth/package*.json \
                 {PLACE} && npm ci --prefix {PLACE}\n"
            );
            return None;
        }
        let program = place.join(PROGRAM);
        std::fs::copy(root.join("benches/http/better_auth").join(PROGRAM), &program)
            .expect("the place of its packages takes a file");
        let mut node = Command::new("node");
        node.env("NODE_ENV", "production");
        node.arg(program).arg(directory.join("better_auth.sqlite"));
        let mut process = node.stdout(Stdio::piped()).spawn().expect("node is on the PATH");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().parse().expect("it listens");
        let mut begun = Self { process, address, owner: String::new() };
        let told = begun.told("GET", "/bench/one");
        begun.owner = told["owner"].as_str().expect("it tells the owner's session").to_owned();
        Some(begun)
    }

    /// What the program tells the bench.
    fn told(&self, method: &str, path: &str) -> Value {
        told(self.address, method, path)
    }

    fn asked(&self, request: impl Fn(&mut Vec<u8>, u64) -> bool + 'static) -> Asked {
        Asked::at(self.address, 200, Rc::new(request) as Request).of_process(self.process.id())
    }

    /// Posts a body as the owner.
    fn post(&self, path: &str, body: impl Fn(u64) -> String + 'static) -> Asked {
        let (path, owner) = (path.to_owned(), self.owner.clone());
        self.asked(move |request, number| post(request, &path, &owner, &body(number)))
    }

    pub(crate) fn invite(&self) -> Asked {
        self.post("invite-member", |number| {
            format!(
                r#"{{"email":"invited-{number}@people.example","role":"member","organizationId":"guests"}}"#
            )
        })
    }

    /// Every member in turn becomes an admin, and in the next turn a member again.
    pub(crate) fn change_role(&self) -> Asked {
        self.post("update-member-role", |number| {
            let (turn, member) = (number / (MEMBERS - 1), number % (MEMBERS - 1) + 1);
            let role = ["admin", "member"][(turn % 2) as usize];
            format!(r#"{{"memberId":"m-{member}","role":"{role}","organizationId":"crowd"}}"#)
        })
    }

    pub(crate) fn page(&self) -> Asked {
        let owner = self.owner.clone();
        self.asked(move |request, _| {
            // Writing into memory cannot fail.
            let _ = write!(
                request,
                "GET /api/auth/organization/list-members?organizationId=crowd&limit=100 HTTP/1.1\r\n\
                 Host: bench.example\r\nCookie: {owner}\r\n\r\n"
            );
            true
        })
    }

    /// Everybody accepts by a session of their own, as there is no other way.
    pub(crate) fn accept(&self) -> Asked {
        let pending: Rc<RefCell<VecDeque<(String, String)>>> = Rc::default();
        let (taken, address) = (Rc::clone(&pending), self.address);
        let asked = self.asked(move |request, _| {
            let Some((invitation, session)) = taken.borrow_mut().pop_front() else { return false };
            let body = format!(r#"{{"invitationId":"{invitation}"}}"#);
            post(request, "accept-invitation", &session, &body)
        });
        asked.filled(move |time: Duration| {
            let wanted = (ACCEPTED_A_SECOND * time.as_secs_f64()) as usize;
            let mut pending = pending.borrow_mut();
            let count = wanted.saturating_sub(pending.len());
            let added = told(address, "POST", &format!("/bench/pending?count={count}"));
            let texts = added.as_array().expect("it tells what it added").iter();
            let text = |value: &Value| value.as_str().expect("both are texts").to_owned();
            pending.extend(texts.map(|pair| (text(&pair[0]), text(&pair[1]))));
        })
    }
}

impl Drop for BetterAuth {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn post(request: &mut Vec<u8>, path: &str, session: &str, body: &str) -> bool {
    // Writing into memory cannot fail.
    let _ = write!(
        request,
        "POST /api/auth/organization/{path} HTTP/1.1\r\nHost: bench.example\r\nCookie: {session}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    true
}

fn told(address: SocketAddr, method: &str, path: &str) -> Value {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let head = format!("{method} {path} HTTP/1.1\r\nHost: bench.example\r\n");
    write!(stream, "{head}Connection: close\r\nContent-Length: 0\r\n\r\n").expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("it answers in text");
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).expect("it answers in JSON")
}
