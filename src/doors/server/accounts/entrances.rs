//! Where people come in: a path for each thing they do, and what the document tells of it.

use super::{email, looking, me, oidc, reset, second_factor, sessions, sign_in, sign_up, tokens};
use crate::doors::server::openapi::Operation;
use crate::doors::server::route::{ask, awaiting, deed, visited};
use crate::doors::server::table::Table;
use crate::doors::wire::Method::{Delete, Patch, Post};
use crate::doors::wire::accounts::{
    ChangedEmail, ChangedPassword, ChangedPerson, Code, Confirmed, ConfirmedBoth, Done, Forgotten,
    HalfWay, HeldTokens, IssuedToken, Looked, Looking, Me, MyInvitations, MySessions,
    RecoveryCodes, RenewedCodes, Resetting, SecondStep, Setup, SignedIn, SigningIn, SigningUp,
    ToldLink, UnderWay, Verifying,
};
use crate::doors::wire::{FromSeq, NewToken, Nothing, PersonalDataAnswer, Why};
use crate::words::{TokenId, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// What anybody may do.
fn open(id: &str, text: &str) -> Operation {
    Operation::new(id, text).open().refuses(&[429])
}

/// What somebody asks about themselves.
fn own(id: &str, text: &str) -> Operation {
    Operation::new(id, text)
}

/// What somebody does to their own account, signed in.
fn change(id: &str, text: &str) -> Operation {
    Operation::new(id, text).of_account()
}

/// A signed-in person, or a ticket for the second step.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
enum FirstStep {
    SignedIn(SignedIn),
    HalfWay(HalfWay),
}

/// Every path of people.
pub(in crate::doors::server) fn ways(table: Table) -> Table {
    of_tokens(of_accounts(of_sign_in(table)))
}

#[rustfmt::skip]
fn of_sign_in(table: Table) -> Table {
    table
        .at("/v1/sign-up", awaiting(Post, sign_up::sign_up).told(
            open("signUp", "Begins an account.\n\nThe answer is the same whether the address has \
                an account: the mail tells which.")
            .takes::<SigningUp>().tells::<UnderWay>(202).refuses(&[403, 409, 422])))
        .at("/v1/sign-in", awaiting(Post, sign_in::sign_in).told(
            open("signIn", "Signs somebody in.\n\nThe answer sets the cookie of a session, or \
                holds a ticket where a second factor is on.")
            .takes::<SigningIn>().tells::<FirstStep>(200).refuses(&[401])))
        .at("/v1/sign-in/second-factor", awaiting(Post, sign_in::second_step).told(
            open("signInSecondStep", "Signs somebody in by the second factor.\n\nEither `code` or \
                `recovery_code` is given.")
            .takes::<SecondStep>().tells::<SignedIn>(200).refuses(&[401, 409])))
        .at("/v1/sign-in/oidc/callback", visited(oidc::come_back).told(
            open("returnFromProvider", "Lets somebody in who comes back from a provider.\n\nFor \
                browsers: whatever goes wrong is told by the page that they are led to.")
            .asks::<oidc::CameBack>().leads_on()))
        .at("/v1/sign-in/oidc/{org}", visited(oidc::set_out).told(
            open("signInByProvider", "Sends a browser to the provider of an organization.")
            .part::<String>("org").asks::<oidc::SettingOut>().leads_on()))
        .at("/v1/sign-out", awaiting(Post, sessions::sign_out).told(
            open("signOut", "Ends the session that the request came by, if it came by one.")
            .takes::<Nothing>().tells::<Nothing>(200)))
        .at("/v1/sign-out-everywhere", awaiting(Post, sessions::sign_out_everywhere).told(
            change("signOutEverywhere", "Ends every session of whoever is signed in.")
            .takes::<Why>().tells::<Done>(200)))
        .at("/v1/email/verify", awaiting(Post, email::verify).told(
            open("verifyEmail", "Proves an address by the link that was sent to it.\n\nWhere \
                somebody else had said it was theirs, an account begins by it.")
            .takes::<Verifying>().tells::<Verified>(200)
            .refuses(&[401, 403, 404, 409, 410, 422, 507])))
        .at("/v1/password/forgot", awaiting(Post, reset::forgot).told(
            open("forgetPassword", "Sends a link to a new password.\n\nThe answer is the same \
                whether the address has an account.")
            .takes::<Forgotten>().tells::<UnderWay>(202).refuses(&[409])))
        .at("/v1/password/reset", awaiting(Post, reset::reset).told(
            open("resetPassword", "Sets a new password by a link. Every session before it ends.")
            .takes::<Resetting>().tells::<Done>(200).refuses(&[404, 409, 410, 422, 507])))
        .at("/v1/invitations/look", awaiting(Post, looking::look).told(
            open("lookAtInvitation", "Tells what a link to an invitation leads to.")
            .takes::<Looking>().tells::<Looked>(200).refuses(&[403, 404, 410])))
}

/// Done, or signed in by it.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
enum Verified {
    Done(Done),
    SignedIn(SignedIn),
}

#[rustfmt::skip]
fn of_accounts(table: Table) -> Table {
    table
        .at("/v1/me", ask(me::me).told(
                own("getMe", "Who is signed in, and where they belong.").tells::<Me>(200))
            .and(deed(Patch, me::change).told(
                change("updateMe", "Changes one's own name or login name.")
                .takes::<ChangedPerson>().once().tells::<Done>(200))))
        .at("/v1/me/invitations", ask(me::invitations).told(
            own("getMyInvitations", "The invitations that one can answer.")
            .tells::<MyInvitations>(200)))
        .at("/v1/me/personal-data", visited(me::personal_data).told(
            own("getMyPersonalData", "Everything that is recorded about oneself.\n\nIn every \
                organization and in the account, in parts; sessions stand apart.")
            .asks::<FromSeq>().tells::<PersonalDataAnswer>(200).refuses(&[403, 412, 422])))
        .at("/v1/me/sessions", ask(sessions::list).told(
            own("getMySessions", "One's own sessions.").tells::<MySessions>(200)))
        .at("/v1/me/sessions/{session}", awaiting(Delete, sessions::end).told(
            change("endMySession", "Ends one of one's own sessions.")
            .part::<Uuid>("session").takes::<Nothing>().tells::<Nothing>(200)))
        .at("/v1/me/password", awaiting(Post, reset::change).told(
            change("changePassword", "Sets another password. Every other session ends.")
            .takes::<ChangedPassword>().tells::<Done>(200)))
        .at("/v1/me/email", awaiting(Post, email::change).told(
            change("changeEmail", "Sends a link to another address.\n\nThe account has it once \
                the link came back.")
            .takes::<ChangedEmail>().tells::<UnderWay>(202)))
        .at("/v1/me/email/resend", awaiting(Post, email::resend).told(
            change("resendEmail", "Sends the link to the account's own address once more.")
            .takes::<Nothing>().tells::<UnderWay>(202)))
        .at("/v1/me/second-factor", awaiting(Post, second_factor::begin).told(
                change("beginSecondFactor", "Begins to set up a second factor.")
                .takes::<Confirmed>().tells::<Setup>(200))
            .and(awaiting(Delete, second_factor::disable).told(
                change("disableSecondFactor", "Switches the second factor off.")
                .takes::<ConfirmedBoth>().tells::<Done>(200))))
        .at("/v1/me/second-factor/confirm", awaiting(Post, second_factor::confirm).told(
            change("confirmSecondFactor", "Switches a second factor on, by a first code of it.")
            .takes::<Code>().tells::<RecoveryCodes>(200)))
        .at("/v1/me/second-factor/recovery", awaiting(Post, second_factor::renew).told(
            change("renewRecoveryCodes", "Makes new recovery codes. Those before no longer work.")
            .takes::<RenewedCodes>().tells::<RecoveryCodes>(200)))
}

#[rustfmt::skip]
fn of_tokens(table: Table) -> Table {
    table
        .at("/v1/me/tokens", ask(tokens::mine).told(
                own("getMyTokens", "One's own tokens that hold.").tells::<HeldTokens>(200))
            .and(deed(Post, tokens::issue_mine).told(
                change("issueMyToken", "Issues a token of one's own. It is told once.")
                .takes::<NewToken>().once().tells::<IssuedToken>(201))))
        .at("/v1/me/tokens/{token}", deed(Delete, tokens::revoke_mine).told(
            change("revokeMyToken", "Revokes one of one's own tokens.")
            .part::<TokenId>("token").takes::<Why>().once().tells::<Done>(200)))
        .at("/v1/tokens", ask(tokens::operators).told(
                own("getOperatorTokens", "The operators' tokens that hold.\n\nFor operators.")
                .tells::<HeldTokens>(200))
            .and(deed(Post, tokens::issue_operators).told(
                change("issueOperatorToken", "Issues an operator's token. It is told once.\n\nFor \
                    operators.")
                .takes::<NewToken>().once().tells::<IssuedToken>(201))))
        .at("/v1/tokens/{token}", deed(Delete, tokens::revoke_operators).told(
            change("revokeOperatorToken", "Revokes an operator's token.\n\nFor operators.")
            .part::<TokenId>("token").takes::<Why>().once().tells::<Done>(200)))
        .at("/v1/users/{user}/link", awaiting(Post, reset::hand_over).told(
            change("makeLink", "Makes a one-time link to a new password, for whoever hands it \
                over.\n\nFor operators, and for those who may remove the member.")
            .part::<UserId>("user").takes::<Nothing>().tells::<ToldLink>(200)))
}
