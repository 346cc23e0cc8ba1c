//! The HTTP server: the same commands and views as everywhere else, as JSON under `/v1`.
//!
//! Only what stands in this folder is asynchronous. Every route is a plain function: a query reads
//! the published projections on the spot, a command is handed to the ledger's writer and its answer
//! awaited, history reads the log on a thread that may block.

mod accounts;
mod backup;
mod bulk;
mod bundle;
mod call;
mod caller;
mod client_address;
mod connections;
mod cookies;
mod dialects;
mod export;
mod gate;
mod health;
mod idempotency;
pub(super) mod limits;
mod metrics;
mod openapi;
mod problem;
mod reply;
mod requests;
mod route;
mod stream;
mod submit;
mod table;
pub(super) mod tls;
mod transparency;
mod witness;

pub use super::desk::refused_with;
pub use super::operator::{Operator, TokenError};
pub use limits::Limits;
pub use openapi::openapi;
pub use tls::{Tls, TlsError};
pub use witness::run_witness;

use super::desk::Desk;
use super::mail::{MailError, Mailer};
use super::settings::{PublicUrl, Settings};
use super::wire;
use crate::ground::log::LogError;
use crate::ground::passes::Passes;
use crate::house::Ledger;
use crate::words::Timestamp;
use crate::words::hash::Drawn;
use accounts::People;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use metrics::Metrics;
use requests::RequestIds;
use route::{blocking, get, wish, wish_if};
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use table::Table;
use thiserror::Error;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, Semaphore, watch};

/// The longest body of a request. The longest command there is (an invitation that names 32 teams,
/// with a reason of 1,000 characters) has less than a tenth of this.
const BODY_LIMIT_BYTES: usize = 64 * 1024;

/// How long what blocks may go on behind the last connection.
const BLOCKING_GRACE: Duration = Duration::from_secs(1);

/// What a server is made of.
pub struct Setup {
    /// The ledger it serves.
    pub ledger: Arc<Ledger>,
    /// Who may come in.
    pub operator: Operator,
    /// What tells the time for answers that hold for now.
    pub now: fn() -> Timestamp,
    /// Where one-time tokens and the identifiers of newcomers are drawn from.
    pub drawn: Drawn,
    /// Sessions and one-time links.
    pub passes: Arc<Passes>,
    /// What it runs with.
    pub settings: Arc<Settings>,
}

/// What every route works with.
struct Site {
    ledger: Arc<Ledger>,
    desk: Desk,
    operator: Operator,
    passes: Arc<Passes>,
    now: fn() -> Timestamp,
    /// How people reach it: links begin with it, and pages come from there.
    url: PublicUrl,
    metrics: Metrics,
    settings: Arc<Settings>,
    limits: Limits,
    exports: Arc<Semaphore>,
    people: People,
    requests: RequestIds,
    mailer: Arc<Mailer>,
    /// How many entries are published.
    size: watch::Receiver<u64>,
    /// Who follows a history takes one.
    streams: Arc<Semaphore>,
    /// True once the server takes no more requests.
    stopping: watch::Receiver<bool>,
}

/// Until when a server runs.
pub enum Until {
    /// The process gets SIGTERM or SIGINT.
    Signal(Signals),
    /// It is told.
    Told(Stop),
}

/// SIGTERM and SIGINT, from when they are listened for. Whoever is told that a server listens may
/// stop it at once, so this comes before.
pub struct Signals {
    runtime: Runtime,
    signals: [Signal; 2],
}

impl Until {
    /// What it runs on, and what ends it.
    fn parts(self) -> io::Result<(Runtime, Option<[Signal; 2]>, Stop)> {
        Ok(match self {
            Self::Signal(Signals { runtime, signals }) => (runtime, Some(signals), Stop::default()),
            Self::Told(stop) => (runtime()?, None, stop),
        })
    }
}

impl Signals {
    /// Listens for them.
    pub fn listen() -> io::Result<Self> {
        let runtime = runtime()?;
        let entered = runtime.enter();
        let signals = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
        drop(entered);
        Ok(Self { runtime, signals })
    }
}

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Tells a server to stop.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Notify>);

impl Stop {
    /// Stops the server that runs until this.
    pub fn now(&self) {
        self.0.notify_one();
    }
}

/// Why a server could not run, or did not end well.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The machine does not give what it needs.
    #[error("the server cannot run: {0}")]
    Machine(#[from] io::Error),
    /// No mail can be sent, although a mail server is set.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// What was committed is safe, but the copy that is read was not brought up to date.
    #[error("the ledger did not close well: {0}")]
    Close(#[from] LogError),
}

/// Serves until told to stop; then finishes what is under way and closes the ledger.
pub fn run(listener: TcpListener, setup: Setup, until: Until) -> Result<(), ServeError> {
    run_beside(listener, setup, until, Router::new())
}

/// Serves other routes too. They stand behind the same gate, so that whatever is measured beside
/// the ledger's own routes pays the same for it.
pub fn run_beside(
    listener: TcpListener,
    setup: Setup,
    until: Until,
    beside: Router,
) -> Result<(), ServeError> {
    let Setup { ledger, operator, now, mut drawn, passes, settings } = setup;
    let requests = RequestIds::new(&drawn.bytes());
    let limits = settings.limits;
    let url = match &settings.public_url {
        Some(url) => url.clone(),
        None => settings.url_at(listener.local_addr()?),
    };
    let metrics = Metrics::default();
    let validity = settings.invitation_validity;
    let desk = Desk::in_parts(Arc::clone(&ledger), now, drawn, validity);
    let people = People::new(desk.draw(), &settings.oidc);
    let tls = settings.tls.clone();
    let mailer = Arc::new(Mailer::start(settings.smtp.as_ref())?);
    let exports = Arc::new(Semaphore::new(limits.exports));
    let (stopping, _) = watch::channel(false);
    let (published, size) = watch::channel(ledger.known().size);
    ledger.follow(Box::new(move |size| {
        published.send_replace(size);
    }));
    let site = Site {
        ledger: Arc::clone(&ledger),
        desk,
        operator,
        passes,
        now,
        url,
        metrics,
        settings,
        limits,
        exports,
        people,
        requests,
        mailer: Arc::clone(&mailer),
        size,
        streams: Arc::new(Semaphore::new(limits.streams)),
        stopping: stopping.subscribe(),
    };
    let routes = routes(site, beside);
    let (runtime, signals, stop) = until.parts()?;
    let served: io::Result<()> = runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        match signals {
            Some(signals) => {
                connections::serve(listener, routes, tls, limits, (stopping, either(signals)))
                    .await;
            }
            None => {
                connections::serve(listener, routes, tls, limits, (stopping, stop.0.notified()))
                    .await;
            }
        }
        Ok(())
    });
    runtime.shutdown_timeout(BLOCKING_GRACE);
    mailer.close(limits.grace);
    ledger.close()?;
    Ok(served?)
}

async fn either([mut one, mut other]: [Signal; 2]) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

/// Method and path of every route there is.
pub fn listed() -> Vec<(&'static str, String)> {
    table().listed
}

/// Every route there is.
#[rustfmt::skip]
fn table() -> Table {
    let table = health::ways(Table::new())
        .at("/v1/head", get::<wire::Head>())
        .at("/v1/backup", backup::way())
        .at("/v1/history", blocking::<wire::DeploymentHistory>())
        .at("/v1/organizations", get::<wire::Organizations>()
            .and(wish_if::<wire::CreateOrganization>(accounts::may_create)))
        .at("/v1/organizations/{org}",
            get::<wire::Organization>().and(wish::<wire::UpdateOrganization>()))
        .at("/v1/organizations/{org}/certify", wish::<wire::CertifyOrganization>())
        .at("/v1/organizations/{org}/dissolve", wish::<wire::DissolveOrganization>())
        .at("/v1/organizations/{org}/transfer", wish::<wire::TransferSuperAdmin>())
        .at("/v1/organizations/{org}/leave", wish::<wire::Leave>())
        .at("/v1/organizations/{org}/history", blocking::<wire::History>())
        .at("/v1/organizations/{org}/events", stream::way())
        .at("/v1/organizations/{org}/head", blocking::<wire::OrganizationHead>())
        .at("/v1/organizations/{org}/access", get::<wire::Access>())
        .at("/v1/organizations/{org}/export", export::way())
        .at("/v1/organizations/{org}/bundles", bundle::way())
        .at("/v1/organizations/{org}/bundles/{export}", bundle::way_again())
        .at("/v1/organizations/{org}/changes", get::<wire::Diff>())
        .at("/v1/organizations/{org}/members",
            get::<wire::Members>().and(wish::<wire::AddMember>()))
        .at("/v1/organizations/{org}/members/bulk", bulk::way())
        .at("/v1/organizations/{org}/members/{member}",
            get::<wire::Member>().and(wish::<wire::RemoveMember>()))
        .at("/v1/organizations/{org}/members/{member}/roles", wish::<wire::ChangeRoles>())
        .at("/v1/organizations/{org}/members/{member}/deprovision",
            wish::<wire::DeprovisionMember>())
        .at("/v1/organizations/{org}/members/{member}/suspend", wish::<wire::SuspendMember>())
        .at("/v1/organizations/{org}/members/{member}/reactivate",
            wish::<wire::ReactivateMember>())
        .at("/v1/organizations/{org}/invitations",
            get::<wire::Invitations>().and(wish::<wire::SendInvitation>()))
        .at("/v1/organizations/{org}/invitations/expire", wish::<wire::ExpireInvitations>())
        .at("/v1/organizations/{org}/invitations/{invitation}", get::<wire::Invitation>())
        .at("/v1/organizations/{org}/invitations/{invitation}/resend",
            wish::<wire::ResendInvitation>())
        .at("/v1/organizations/{org}/invitations/{invitation}/revoke",
            wish::<wire::RevokeInvitation>())
        .at("/v1/organizations/{org}/invitations/{invitation}/accept",
            accounts::accepting())
        .at("/v1/organizations/{org}/invitations/{invitation}/decline",
            accounts::declining())
        .at("/v1/organizations/{org}/tokens",
            get::<wire::Tokens>().and(wish::<wire::IssueToken>()))
        .at("/v1/organizations/{org}/tokens/{token}", wish::<wire::RevokeToken>())
        .at("/v1/organizations/{org}/auditors", get::<wire::Auditors>())
        .at("/v1/organizations/{org}/auditors/{user}",
            wish::<wire::GrantAuditor>().and(wish::<wire::WithdrawAuditor>()))
        .at("/v1/organizations/{org}/take-over", wish::<wire::TakeOver>())
        .at("/v1/organizations/{org}/api-keys",
            get::<wire::ApiKeys>().and(wish::<wire::IssueApiKey>()))
        .at("/v1/organizations/{org}/api-keys/{key}",
            get::<wire::ApiKey>().and(wish::<wire::RevokeApiKey>()))
        .at("/v1/organizations/{org}/api-keys/{key}/standing", get::<wire::KeyStanding>())
        .at("/v1/organizations/{org}/members/{member}/limits",
            get::<wire::MemberLimits>().and(wish::<wire::ChangeLimits>()))
        .at("/v1/organizations/{org}/members/{member}/removal", get::<wire::Removal>())
        .at("/v1/organizations/{org}/roles", get::<wire::Roles>().and(wish::<wire::DefineRole>()))
        .at("/v1/organizations/{org}/roles/{role}",
            get::<wire::Role>().and(wish::<wire::RedefineRole>()).and(wish::<wire::RetireRole>()))
        .at("/v1/organizations/{org}/teams", get::<wire::Teams>().and(wish::<wire::CreateTeam>()))
        .at("/v1/organizations/{org}/teams/{team}",
            get::<wire::Team>().and(wish::<wire::UpdateTeam>()).and(wish::<wire::RemoveTeam>()))
        .at("/v1/organizations/{org}/teams/{team}/members/{member}",
            wish::<wire::PutTeamMember>().and(wish::<wire::RemoveTeamMember>()));
    dialects::ways(accounts::ways(transparency::ways(people(table))))
}

/// What is held about a person, and its erasure.
#[rustfmt::skip]
fn people(table: Table) -> Table {
    table
        .at("/v1/erasures", wish::<wire::EraseEverywhere>())
        .at("/v1/users/{user}/personal-data", blocking::<wire::PersonalData>())
        .at("/v1/organizations/{org}/erasures", wish::<wire::EraseHere>())
        .at("/v1/organizations/{org}/users/{user}/personal-data",
            blocking::<wire::PersonalDataHere>())
        .at("/v1/organizations/{org}/invitations/{invitation}/personal-data",
            blocking::<wire::PersonalDataInvited>())
}

fn routes(site: Site, beside: Router) -> Router {
    let site = Arc::new(site);
    table()
        .router
        .merge(beside.with_state(()))
        .fallback(route::unknown)
        .method_not_allowed_fallback(route::wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT_BYTES))
        .layer(from_fn_with_state(Arc::clone(&site), gate::pass))
        .layer(from_fn_with_state(Arc::clone(&site), requests::tell))
        .with_state(site)
}

impl Site {
    /// Whether browsers reach it by HTTPS.
    fn is_secure(&self) -> bool {
        self.url.is_secure()
    }
}
