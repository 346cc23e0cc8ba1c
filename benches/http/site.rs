//! The server that is measured, and what it holds at the beginning.

use crate::client::Asked;
use axum::Router;
use rollbook::doors::server::{Operator, ServeError, Setup, Stop, Until, run_beside};
use rollbook::doors::settings::Settings;
use rollbook::facts::{Actor, OrganizationKind, RoleSet};
use rollbook::ground::embedded::Options;
use rollbook::ground::log::Record;
use rollbook::ground::passes::Passes;
use rollbook::house::{Ledger, Machine};
use rollbook::law::command::{CreateOrganization, Owner, Person};
use rollbook::law::{Action, Command};
use rollbook::projections::AsOf;
use rollbook::words::hash::Drawn;
use rollbook::words::{
    Email, MemberId, Name, OperatorId, OrganizationId, Origin, Slug, Timestamp, Username,
};
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

/// Organizations that newcomers are spread over in the row that says so.
pub(crate) const ORGANIZATIONS: u64 = 64;

/// A server in this process.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) ledger: Arc<Ledger>,
    token: String,
    stop: Stop,
    thread: JoinHandle<Result<(), ServeError>>,
}

fn clock() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the bench stands where a door does")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(now.as_micros()).unwrap_or(i64::MAX))
}

/// A ledger with an organization `hundred` of 100 members and one `crowd` of 10,000, and those that
/// are to grow.
pub(crate) fn ledger(path: &Path) -> Ledger {
    let drawn = Drawn::from_seed(&[7; 32]);
    let machine =
        Machine { clock: Box::new(clock), drawn, options: Options::STANDARD, unlock: None };
    let origin = Origin::parse("bench.example").expect("a valid origin");
    let ledger = Ledger::create(path, origin, machine).expect("an empty directory");
    for (slug, members) in [("hundred", 100), ("crowd", 10_000), ("one", 1)] {
        let org = organization(&ledger, slug);
        let pending: Vec<_> = (1..members)
            .map(|number| {
                let person = person(slug, number);
                ledger.enqueue(command(Action::CreateMember { org, person, roles: None }))
            })
            .collect();
        for pending in pending {
            pending.wait().expect("the bench asks only for what is allowed");
        }
    }
    for number in 0..ORGANIZATIONS {
        organization(&ledger, &format!("many-{number}"));
    }
    ledger
}

pub(crate) fn command(action: Action) -> Command {
    let operator = OperatorId::from_uuid(uuid::Uuid::from_u128(1));
    Command::new(Actor::Operator(operator), None, action)
}

pub(crate) fn organization(ledger: &Ledger, slug: &str) -> OrganizationId {
    let wish = CreateOrganization {
        kind: OrganizationKind::Standard,
        role_set: RoleSet::Standard,
        name: Name::parse(slug).expect("a valid name"),
        slug: Slug::parse(slug).expect("a valid slug"),
        seats: None,
        owner: Owner::Person(person(slug, 0)),
    };
    let receipt = ledger.submit(command(Action::CreateOrganization(wish))).expect("allowed");
    receipt.entries[0].fact.org
}

pub(crate) fn person(slug: &str, number: u64) -> Person {
    let email = Email::parse(&format!("member-{number}@{slug}.example"));
    let username = Username::parse(&format!("{slug}-of-{number}")).expect("a valid username");
    let name = Name::parse(&format!("Member {number}")).expect("a valid name");
    Person { email: email.ok(), name: Some(name), username: Some(username) }
}

/// Somebody of an organization.
pub(crate) fn somebody(ledger: &Ledger, slug: &str) -> MemberId {
    let views = ledger.views();
    let view = views.by_slug(slug).expect("just created");
    let moment = view.moment(AsOf::Now, Timestamp::MAX).expect("it has entries");
    let members = view.members(moment);
    members[members.len() / 2].member_id
}

/// What an admission takes in the journal, apart from its part of a frame.
pub(crate) fn bytes_per_member(ledger: &Ledger) -> usize {
    let records = ledger.read(ledger.head().size / 2, 100).expect("the ledger is whole");
    records.iter().map(Record::weight).sum::<usize>() / records.len()
}

impl Site {
    pub(crate) fn serve(data: &Path, ledger: Ledger, beside: Router) -> Self {
        let mut drawn = Drawn::from_seed(&[9; 32]);
        let (operator, path, _) =
            Operator::of_directory(data, &mut drawn).expect("the directory is the bench's own");
        let text = std::fs::read_to_string(path).expect("it was just written");
        let token = text.lines().next().unwrap_or_default().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (ledger, stop) = (Arc::new(ledger), Stop::default());
        let settings = Arc::new(Settings::default());
        let (passes, _) = Passes::open(data, clock()).expect("the directory is the bench's own");
        let passes = Arc::new(passes);
        let setup =
            Setup { ledger: Arc::clone(&ledger), operator, now: clock, drawn, passes, settings };
        let until = Until::Told(stop.clone());
        let thread = std::thread::spawn(move || run_beside(listener, setup, until, beside));
        Self { address, ledger, token, stop, thread }
    }

    /// Ends it; nothing writes to its directory behind this.
    pub(crate) fn end(self) {
        self.stop.now();
        let ended = self.thread.join().expect("the server contains its panics");
        ended.expect("what was measured is closed well");
    }

    pub(crate) fn head(&self, method: &str, path: &str) -> String {
        let (address, token) = (self.address, &self.token);
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n")
    }

    /// Requests to this server.
    pub(crate) fn asked(
        &self,
        status: u16,
        request: impl Fn(&mut Vec<u8>, u64) -> bool + 'static,
    ) -> Asked {
        Asked::at(self.address, status, Rc::new(request))
    }

    pub(crate) fn get(&self, path: &str) -> Asked {
        let whole = format!("{}\r\n", self.head("GET", path));
        self.asked(200, move |request, _| {
            request.extend_from_slice(whole.as_bytes());
            true
        })
    }

    /// Creates members; every row names others. `org` names the organization of a number.
    pub(crate) fn post(&self, row: &'static str, path: impl Fn(u64) -> String + 'static) -> Asked {
        let heads: Vec<String> =
            (0..ORGANIZATIONS).map(|number| self.head("POST", &path(number))).collect();
        self.asked(201, move |request, number| {
            let head = &heads[(number % ORGANIZATIONS) as usize];
            let mut body = String::with_capacity(128);
            // Writing into a text cannot fail.
            let _ = write!(
                body,
                r#"{{"email":"{row}-{number}@people.example","name":"Member {number}","username":"{row}-{number}"}}"#
            );
            let _ = write!(
                request,
                "{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            true
        })
    }

    /// The bytes of one answer's body.
    pub(crate) fn body_bytes(&self, path: &str) -> usize {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        let request = format!("{}Connection: close\r\n\r\n", self.head("GET", path));
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("it answers in text");
        text.split_once("\r\n\r\n").map_or(0, |(_, body)| body.len())
    }
}
