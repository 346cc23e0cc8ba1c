//! From routes to plain functions, and back: the only place where an answer is waited for.

use super::Site;
use super::accounts::{letters, may_invite};
use super::call::Call;
use super::caller::Caller;
use super::idempotency::{Retelling, again, once, repeated};
use super::openapi::Operation;
use super::problem;
use super::reply::Reply;
use super::submit::{Submitted, submit_if};
use super::table::{Untold, Way};
use crate::doors::desk::{
    About, Answered, Order, Told, Wished, condition as condition_of, not_for_them,
};
use crate::doors::wire::{
    self, Answer, Guard, Method, Moments, OneTimeToken, Problem, Question, Wish,
};
use crate::facts::Actor;
use crate::ground::idempotency::IdempotencyKey;
use crate::ground::passes::Kind;
use crate::house::{Condition, Receipt, Submission, SubmitError};
use crate::law::Action;
use crate::words::{OrganizationId, UserId};
use axum::Extension;
use axum::extract::State;
use axum::routing::{MethodFilter, on};
use schemars::JsonSchema;
use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// A read of the published projections: it takes microseconds and waits for nobody.
pub(super) fn get<Q>() -> Way
where
    Q: Answered + Question<Parameters: JsonSchema, Answer: JsonSchema>,
    Q: wire::Told + Send + Sync + 'static,
{
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        let question: Q = asked(&site, &call).await?;
        answer(&site, &call, &question)
    };
    Untold::new("GET", on(MethodFilter::GET, answer)).told(Operation::question::<Q>())
}

/// A read for which the log has to be read.
pub(super) fn blocking<Q>() -> Way
where
    Q: Answered + Question<Parameters: JsonSchema, Answer: JsonSchema>,
    Q: wire::Told + Send + Sync + 'static,
{
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        let question: Q = asked(&site, &call).await?;
        let read = spawn_blocking(move || answer(&site, &call, &question)).await;
        read.unwrap_or_else(|error| Err(Problem::fault("fault", error)))
    };
    Untold::new("GET", on(MethodFilter::GET, answer)).told(Operation::question::<Q>())
}

/// What is asked; waits until what whoever asks has seen is published.
pub(super) async fn asked<Q: Question>(site: &Site, call: &Call) -> Result<Q, Problem> {
    // Nobody waits here of whom nothing is known, nor for what cannot be understood anyway.
    call.caller()?;
    let question = Q::read(call, call.parameters()?)?;
    if let Some(seq) = question.parameters().min_seq() {
        reach(site, seq).await?;
    }
    Ok(question)
}

/// How long a reader waits for an entry that somebody has seen elsewhere. Here whoever is answered
/// finds it published, so only a wrong seq waits.
const REACH_TIMEOUT: Duration = Duration::from_millis(500);

pub(super) async fn reach(site: &Site, seq: u64) -> Result<(), Problem> {
    let mut size = site.size.clone();
    let reached = size.wait_for(|size| *size > seq);
    let reached = timeout(REACH_TIMEOUT, reached).await.is_ok_and(|reached| reached.is_ok());
    reached.then_some(()).ok_or_else(|| {
        let known = site.ledger.known().size;
        let detail = format!("min_seq: entry {seq} is not here yet: there are {known}");
        let problem = Problem::new(412, "not_here_yet", detail);
        Problem { is_passing: true, ..problem }
    })
}

fn answer<Q: Answered>(site: &Site, call: &Call, question: &Q) -> Result<Reply, Problem> {
    let reader = site.desk.reader(call.caller()?.actor);
    let answer = site.desk.answer_to(question, &reader, call.organization()?.as_ref())?;
    Ok(Reply::json(answer.seq(), &answer)?.with_tag(answer.tag()))
}

/// A read of the server itself, for everybody: nothing in it tells who belongs where.
pub(super) fn open(query: fn(&Site) -> Reply) -> Untold {
    let answer = move |State(site): State<Arc<Site>>| async move { query(&site) };
    Untold::new("GET", on(MethodFilter::GET, answer))
}

/// A read of the server itself, for operators.
pub(super) fn operators(query: fn(&Site) -> Reply) -> Untold {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        match call.caller()?.actor {
            Actor::Operator(_) => Ok(query(&site)),
            Actor::User(_) | Actor::Token(_) | Actor::System(_) => {
                Err(not_for_them(Guard::Operator))
            }
        }
    };
    Untold::new("GET", on(MethodFilter::GET, answer))
}

/// A command, by the method that it is sent with.
pub(super) fn wish<W>() -> Way
where
    W: Wished + Wish<Body: JsonSchema> + wire::Told + Send + 'static,
{
    wish_if::<W>(|_, _| Ok(()))
}

/// A command that this server takes only where something holds beside the law.
pub(super) fn wish_if<W>(holds: fn(&Site, &Call) -> Result<(), Problem>) -> Way
where
    W: Wished + Wish<Body: JsonSchema> + wire::Told + Send + 'static,
{
    deed(W::METHOD, move |site, call| async move {
        holds(&site, &call)?;
        let done = record(&site, &call, call.body().and_then(|body| W::read(&call, body))).await;
        decided(&site, done)
    })
    .told(Operation::wish::<W>())
}

/// Something for which the writer or a thread that may block has to be waited for. It is answered
/// with a secret or a cookie, or sent by nobody yet: an idempotency key is refused.
pub(super) fn awaiting<Act, Done>(method: Method, act: Act) -> Untold
where
    Act: Fn(Arc<Site>, Call) -> Done + Clone + Send + Sync + 'static,
    Done: Future<Output = Result<Reply, Problem>> + Send + 'static,
{
    deed(method, move |site, call: Call| {
        let plain = call.is_plain();
        let act = act.clone();
        async move {
            plain?;
            act(site, call).await
        }
    })
}

/// A command that is told again where it comes again.
pub(super) fn deed<Act, Done>(method: Method, act: Act) -> Untold
where
    Act: Fn(Arc<Site>, Call) -> Done + Clone + Send + Sync + 'static,
    Done: Future<Output = Result<Reply, Problem>> + Send + 'static,
{
    let (name, method) = match method {
        Method::Post => ("POST", MethodFilter::POST),
        Method::Put => ("PUT", MethodFilter::PUT),
        Method::Patch => ("PATCH", MethodFilter::PATCH),
        Method::Delete => ("DELETE", MethodFilter::DELETE),
    };
    Untold::new(name, on(method, move |State(site): State<Arc<Site>>, call: Call| act(site, call)))
}

/// Something that is read and has to be waited for, as what a browser comes to by following a link.
pub(super) fn visited<Act, Done>(act: Act) -> Untold
where
    Act: Fn(Arc<Site>, Call) -> Done + Clone + Send + Sync + 'static,
    Done: Future<Output = Result<Reply, Problem>> + Send + 'static,
{
    let answer = move |State(site): State<Arc<Site>>, call: Call| act(site, call);
    Untold::new("GET", on(MethodFilter::GET, answer))
}

/// A read of what this server knows of whoever asks.
pub(super) fn ask(read: fn(&Site, &Call) -> Result<Reply, Problem>) -> Untold {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move { read(&site, &call) };
    Untold::new("GET", on(MethodFilter::GET, answer))
}

/// Counts what became of a command.
pub(super) fn decided(site: &Site, done: Result<Reply, Problem>) -> Result<Reply, Problem> {
    counted(site, &done);
    done
}

/// The same of one that is answered in other words.
pub(super) fn counted(site: &Site, done: &Result<Reply, Problem>) {
    site.metrics.decided(match done {
        Ok(_) => "accepted",
        Err(Problem { code: Cow::Borrowed(code), .. }) => code,
        // Every code of ours is a constant.
        Err(Problem { code: Cow::Owned(_), .. }) => "other",
    });
}

/// Records what is wished, and answers what it led to.
pub(super) async fn record<W: Wished>(
    site: &Arc<Site>,
    call: &Call,
    wish: Result<W, Problem>,
) -> Result<Reply, Problem> {
    let (actor, credential) = call.commander()?;
    // Of an organization that somebody has nothing to do with, nothing is wished either.
    if let Some(name) = call.organization()?
        && !W::BY_OUTSIDERS
    {
        site.desk.meant(&site.desk.reader(call.caller()?.actor), &name)?;
    }
    let key = call.idempotency_key()?;
    if let Some(key) = &key
        && let Some(reply) = again(site, key).await?
    {
        return Ok(reply);
    }
    let order = wish?.order(&site.desk, actor)?.by(credential);
    let condition = call.condition()?;
    let condition = condition.map(|wanted| {
        let org = call.organization()?.map(|name| site.desk.org(&name)).transpose()?;
        condition_of(org, &order.subject, wanted)
    });
    match give_if(site, order, condition.transpose()?, key.clone()).await? {
        Some(told) => told.reply(),
        None => repeated(site, key.as_ref()).await,
    }
}

impl Told {
    /// The answer, and where what came to exist by it is found.
    pub(super) fn reply(self) -> Result<Reply, Problem> {
        let reply = Reply::json(self.answer.seq(), &self.answer)?;
        Ok(match self.created_at {
            Some(place) => reply.created(place),
            None => reply,
        })
    }
}

/// Hands an order to the writer, and tells what it led to.
pub(super) async fn give(site: &Arc<Site>, order: Order) -> Result<Told, Problem> {
    let told = give_if(site, order, None, None).await?;
    told.ok_or_else(|| SubmitError::Repeated.into())
}

/// The same where a condition holds; none where the key came before.
pub(super) async fn give_if(
    site: &Arc<Site>,
    order: Order,
    condition: Option<Condition>,
    key: Option<IdempotencyKey>,
) -> Result<Option<Told>, Problem> {
    may_invite(site, &order.command)?;
    let once = key.map(|key| once(key, &prepared(&order)));
    let Order { command, subject, token, org } = order;
    let actor = command.actor;
    let submission = Submission { command, condition, once };
    let Submitted::Decided(receipt) = submit_if(site, submission).await? else { return Ok(None) };
    letters::handed_over(site, &receipt);
    let mut told = tell(site, &receipt, subject, token, org).await?;
    letters::invited(site, actor, &mut told.answer);
    Ok(Some(told))
}

/// How an order's answer is told again.
pub(super) fn prepared(order: &Order) -> Retelling {
    Retelling::Recorded {
        about: order.subject.clone(),
        org: order.org,
        told_token: order.token.is_some(),
        told_link: is_sent_as_link(&order.command.action),
        counted_sessions: ends_sessions(&order.command.action),
    }
}

/// Tells what was recorded, and ends the sessions that it ended.
pub(super) async fn tell(
    site: &Arc<Site>,
    receipt: &Receipt,
    subject: About,
    token: Option<OneTimeToken>,
    org: Option<OrganizationId>,
) -> Result<Told, Problem> {
    if matches!(subject, About::Erasure) {
        return tell_erasure(site, receipt).await;
    }
    let mut told = site.desk.recorded(receipt, subject, token, org)?;
    if let (Some(user), Some(ended)) = (told.signed_out, &mut told.answer.ended) {
        ended.sessions = Some(end_sessions(site, user).await?);
    }
    Ok(told)
}

/// Certifies an erasure, for which the log is read, and forgets every pass of whoever was erased.
async fn tell_erasure(site: &Arc<Site>, receipt: &Receipt) -> Result<Told, Problem> {
    let (site, receipt) = (Arc::clone(site), receipt.clone());
    let told = spawn_blocking(move || {
        let mut told = site.desk.recorded(&receipt, About::Erasure, None, None)?;
        if let Some(user) = told.signed_out {
            let passes = site.passes.end_all_of(user, (site.now)());
            let passes = passes.map_err(|error| Problem::fault("passes", error))?;
            if let Some(ended) = &mut told.answer.ended {
                ended.sessions = Some(passes as u64);
            }
        }
        Ok(told)
    });
    told.await.unwrap_or_else(|error| Err(Problem::fault("fault", error)))
}

/// Whether what it makes is told as a link.
fn is_sent_as_link(action: &Action) -> bool {
    matches!(action, Action::Invite(_) | Action::ResendInvitation { .. })
}

/// Whether somebody's sessions end by it, and are counted.
fn ends_sessions(action: &Action) -> bool {
    matches!(action, Action::RemoveMember { .. } | Action::SuspendMember { .. })
}

/// Forgets the sessions of a user, which the law has ended already, and says how many there were.
async fn end_sessions(site: &Arc<Site>, user: UserId) -> Result<u64, Problem> {
    let site = Arc::clone(site);
    let end = move || site.passes.end_kind_of(user, Kind::Session, None, (site.now)());
    let ended = spawn_blocking(end).await.map_err(|error| Problem::fault("fault", error))?;
    ended.map(|sessions| sessions as u64).map_err(|error| Problem::fault("passes", error))
}

pub(super) async fn unknown(caller: Option<Extension<Caller>>) -> Problem {
    if caller.is_none() {
        return problem::unauthorized();
    }
    Problem::missing("unknown_route", "there is nothing at this path")
}

pub(super) async fn wrong_method(caller: Option<Extension<Caller>>) -> Problem {
    if caller.is_none() {
        return problem::unauthorized();
    }
    let detail = "this path takes other methods: the header Allow names them";
    Problem::new(405, "wrong_method", detail)
}
