//! What is asked of our server beside Better Auth: inviting, accepting, changing a role.

use crate::client::Asked;
use crate::site::{Site, command, organization, person};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rollbook::facts::{Event, Roles};
use rollbook::house::Ledger;
use rollbook::law::Action;
use rollbook::law::command::{IfPending, Invite, TokenDigest};
use rollbook::projections::AsOf;
use rollbook::words::hash::token_digest;
use rollbook::words::{InvitationId, OrganizationId, RoleName, Timestamp, UserId};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

/// More than it has ever accepted in a second.
const ACCEPTED_A_SECOND: f64 = 15_000.0;

/// Somebody who is invited, and by which one-time token.
struct Pending {
    user: UserId,
    invitation: InvitationId,
    token: String,
}

pub(crate) fn invite(site: &Site) -> Asked {
    let head = site.head("POST", "/v1/organizations/one/invitations");
    site.asked(201, move |request, number| {
        let body = format!(r#"{{"email":"invited-{number}@people.example","roles":["member"]}}"#);
        with_body(request, &head, &body)
    })
}

/// Every member in turn becomes an admin, and in the next turn a member again.
pub(crate) fn change_role(site: &Site) -> Asked {
    let views = site.ledger.views();
    let view = views.by_slug("crowd").expect("just created");
    let moment = view.moment(AsOf::Now, Timestamp::MAX).expect("it has entries");
    // The owner stays.
    let members = view.members(moment).into_iter().filter(|row| row.name.is_some());
    let heads: Vec<String> = members
        .skip(1)
        .map(|row| format!("/v1/organizations/crowd/members/{}/roles", row.member_id))
        .map(|path| site.head("PUT", &path))
        .collect();
    site.asked(200, move |request, number| {
        let (turn, member) = (number as usize / heads.len(), number as usize % heads.len());
        let role = ["admin", "member"][turn % 2];
        with_body(request, &heads[member], &format!(r#"{{"roles":["{role}"]}}"#))
    })
}

/// Users who have an account already accept; the operator's token passes their one-time token on.
pub(crate) fn accept(site: &Site) -> Asked {
    let (people, guests) =
        (organization(&site.ledger, "people"), organization(&site.ledger, "guests"));
    let pending: Rc<RefCell<VecDeque<Pending>>> = Rc::default();
    let (taken, ledger) = (Rc::clone(&pending), std::sync::Arc::clone(&site.ledger));
    let head = move |site: &Site, invitation| {
        site.head("POST", &format!("/v1/organizations/guests/invitations/{invitation}/accept"))
    };
    let pattern = head(site, "INVITATION");
    let next = Cell::new(0);
    let asked = site.asked(201, move |request, _| {
        let Some(Pending { user, invitation, token }) = taken.borrow_mut().pop_front() else {
            return false;
        };
        let head = pattern.replace("INVITATION", &invitation.to_string());
        with_body(request, &head, &format!(r#"{{"user_id":"{user}","token":"{token}"}}"#))
    });
    asked.filled(move |time: Duration| {
        let wanted = (ACCEPTED_A_SECOND * time.as_secs_f64()) as u64;
        let count = wanted.saturating_sub(pending.borrow().len() as u64);
        let numbers = next.get()..next.replace(next.get() + count) + count;
        pending.borrow_mut().extend(add(&ledger, (people, guests), numbers));
    })
}

/// Makes users in one organization and invites them to another.
fn add(
    ledger: &Ledger,
    (people, guests): (OrganizationId, OrganizationId),
    numbers: std::ops::Range<u64>,
) -> Vec<Pending> {
    let people_of: Vec<_> = numbers.map(|number| person("people", number + 1)).collect();
    let created: Vec<_> = people_of
        .iter()
        .map(|person| Action::CreateMember { org: people, person: person.clone(), roles: None })
        .map(|action| ledger.enqueue(command(action)))
        .collect();
    let users: Vec<UserId> = created
        .into_iter()
        .map(|pending| pending.wait().expect("allowed").entries)
        .map(|entries| match &entries[0].fact.event {
            Event::MemberCreated(created) => created.user,
            other => panic!("a member was created, not {other:?}"),
        })
        .collect();
    let bytes =
        |user: &UserId| token_digest(user.to_string().as_bytes().first_chunk().expect("36"));
    let invited: Vec<_> = people_of
        .into_iter()
        .zip(&users)
        .map(|(person, user)| Invite {
            org: guests,
            email: person.email.expect("they have one"),
            roles: Roles::one(RoleName::parse("member").expect("a valid name")),
            teams: Vec::new(),
            expires_in: Invite::EXPIRES_IN,
            if_pending: IfPending::Refuse,
            token: TokenDigest(token_digest(&bytes(user))),
        })
        .map(|wish| ledger.enqueue(command(Action::Invite(wish))))
        .collect();
    let invitations = invited.into_iter().map(|pending| {
        match &pending.wait().expect("allowed").entries[0].fact.event {
            Event::InvitationSent(sent) => sent.invitation,
            other => panic!("an invitation was sent, not {other:?}"),
        }
    });
    let invitations: Vec<_> = invitations.collect();
    users
        .into_iter()
        .zip(invitations)
        .map(|(user, invitation)| {
            let token = format!("rbi_{}", URL_SAFE_NO_PAD.encode(bytes(&user)));
            Pending { user, invitation, token }
        })
        .collect()
}

fn with_body(request: &mut Vec<u8>, head: &str, body: &str) -> bool {
    let length = body.len();
    request.extend_from_slice(
        format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
            .as_bytes(),
    );
    true
}
