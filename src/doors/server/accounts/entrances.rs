//! Where people come in: a path for each thing they do.

use super::{email, looking, me, oidc, reset, second_factor, sessions, sign_in, sign_up, tokens};
use crate::doors::server::route::{ask, awaiting, deed, visited};
use crate::doors::server::table::Table;
use crate::doors::wire::Method::{Delete, Patch, Post};

/// Every path of people.
#[rustfmt::skip]
pub(in crate::doors::server) fn ways(table: Table) -> Table {
    table
        .at("/v1/sign-up", awaiting(Post, sign_up::sign_up))
        .at("/v1/sign-in", awaiting(Post, sign_in::sign_in))
        .at("/v1/sign-in/second-factor", awaiting(Post, sign_in::second_step))
        .at("/v1/sign-in/oidc/callback", visited(oidc::come_back))
        .at("/v1/sign-in/oidc/{org}", visited(oidc::set_out))
        .at("/v1/sign-out", awaiting(Post, sessions::sign_out))
        .at("/v1/sign-out-everywhere", awaiting(Post, sessions::sign_out_everywhere))
        .at("/v1/email/verify", awaiting(Post, email::verify))
        .at("/v1/password/forgot", awaiting(Post, reset::forgot))
        .at("/v1/password/reset", awaiting(Post, reset::reset))
        .at("/v1/invitations/look", awaiting(Post, looking::look))
        .at("/v1/me", ask(me::me).and(deed(Patch, me::change)))
        .at("/v1/me/invitations", ask(me::invitations))
        .at("/v1/me/sessions", ask(sessions::list))
        .at("/v1/me/sessions/{session}", awaiting(Delete, sessions::end))
        .at("/v1/me/password", awaiting(Post, reset::change))
        .at("/v1/me/email", awaiting(Post, email::change))
        .at("/v1/me/email/resend", awaiting(Post, email::resend))
        .at("/v1/me/second-factor",
            awaiting(Post, second_factor::begin).and(awaiting(Delete, second_factor::disable)))
        .at("/v1/me/second-factor/confirm", awaiting(Post, second_factor::confirm))
        .at("/v1/me/second-factor/recovery", awaiting(Post, second_factor::renew))
        .at("/v1/me/tokens", ask(tokens::mine).and(deed(Post, tokens::issue_mine)))
        .at("/v1/me/tokens/{token}", deed(Delete, tokens::revoke_mine))
        .at("/v1/tokens", ask(tokens::operators).and(deed(Post, tokens::issue_operators)))
        .at("/v1/tokens/{token}", deed(Delete, tokens::revoke_operators))
        .at("/v1/users/{user}/link", awaiting(Post, reset::hand_over))
}
