//! An organization whose people sign up by themselves: accounts, tokens, auditors, API keys,
//! limits, and what an operator does when nobody can be reached.

use super::{DAY, Joined, Teller, joined, name, person, roles, uuid};
use rollbook::facts::event::{
    Budget, BudgetMode, BudgetPeriod, Event, Limits, PasswordCause, PersonalField, RateLimit,
    RateWindow, Scope, Thousandths,
};
use rollbook::facts::{Actor, Entry, OrganizationKind, RoleSet};
use rollbook::law::command::access::TokenOf;
use rollbook::law::command::account::{Proven, SecondFactorWish};
use rollbook::law::command::{
    AccessWish, AccountWish, Credential, Erase, Erasee, ExportWish, Owner, PublicationWish,
    Removal, Secret, TokenDigest, UpdateOrganization, UsageWish,
};
use rollbook::law::{Action, Command};
use rollbook::words::hash::{checksum, credential_digest, recovery_code_digest, write_base64};
use rollbook::words::{
    Currency, Email, ExportId, KeyPrefix, PublicKey, Timestamp, TokenId, TreeHash, UserId, Username,
};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Teller {
    /// The chapter.
    pub(crate) fn skerry(&self) {
        let wren = self.signs_up("wren@skerry.example", "Wren Tallow", "wren");
        let email = Email::parse("wren@skerry.example").unwrap();
        self.account(wren, "", AccountWish::VerifyEmail { user: wren, email });
        let kind = (OrganizationKind::Standard, RoleSet::Standard);
        let names = ["Skerry Signals", "skerry"];
        let wren = self.begin(Actor::User(wren), kind, names, Owner::User(wren));
        let ines = self.an_address_changes_hands(wren);
        self.second_factors(wren, ines.user);
        self.tokens_and_auditors(wren);
        self.keys_and_limits(wren);
        self.accounts_change(wren.user);
        self.the_glass_is_broken(wren, ines);
        self.histories_are_taken_home(wren);
    }

    /// Kit by the organization that had employed her; Sol and Ivo everywhere, of whom one signed up
    /// and the other was only ever invited; and Vera's own organization with Vera.
    pub(crate) fn some_are_forgotten(&self) {
        let org = self.ledger.known().state.by_slug("skerry").unwrap();
        let known = |email: &str| self.ledger.known().state.by_email(email).unwrap();
        let kit = Erasee::User(known("kit@skerry.example"));
        let here = Erase { who: kit, org: Some(org) };
        self.say(self.operator, "Request of 2026-12-20", Action::Erase(here));
        let ivo = Erasee::Address(Email::parse("ivo@halden.example").unwrap());
        for who in [Erasee::User(UserId::from_uuid(uuid("sol"))), ivo] {
            let everywhere = Action::Erase(Erase { who, org: None });
            self.say(self.operator, "Request of 2026-12-22", everywhere);
        }
    }

    fn account(&self, user: UserId, reason: &str, wish: AccountWish) -> Vec<Arc<Entry>> {
        self.say(Actor::User(user), reason, Action::Account(wish))
    }

    fn signs_up(&self, email: &str, called: &str, login: &str) -> UserId {
        let user = UserId::from_uuid(uuid(login));
        let (person, password) = (person(email, called, login), Some(hash(login)));
        self.account(user, "", AccountWish::SignUp { user, person, password });
        user
    }

    /// Somebody uses an address that is not theirs, and loses it to whoever can prove it.
    fn an_address_changes_hands(&self, wren: Joined) -> Joined {
        let (org, by) = (wren.org, Actor::User(wren.user));
        let sol = self.signs_up("ines@skerry.example", "Sol", "sol");
        let add = |user, roles| Action::AddMember { org, user, roles };
        self.say(by, "Helps out until spring", add(sol, None));
        let user = UserId::from_uuid(uuid("ines"));
        let person = person("ines@skerry.example", "Inês Vaz", "ines");
        let password = Some(hash("ines"));
        self.account(user, "", AccountWish::SignUpProven { user, person, password });
        joined(&self.say(by, "Runs the signals", add(user, Some(roles(&["admin"])))))
    }

    fn second_factors(&self, wren: Joined, ines: UserId) {
        for user in [wren.user, ines] {
            let secret = write_base64(&checksum(user.to_string().as_bytes()));
            let (secret, recovery) = (Secret(secret.into()), codes(user, 0..3));
            let change = SecondFactorWish::Enable { secret, recovery };
            self.account(user, "", AccountWish::ChangeSecondFactor { user, change });
        }
        let wish = UpdateOrganization {
            org: wren.org,
            name: None,
            slug: None,
            seats: Some(Some(8)),
            second_factor: Some(true),
        };
        let by = Actor::User(wren.user);
        self.say(by, "Asked for by the insurer", Action::UpdateOrganization(wish));
        let (before, left) = (codes(ines, 0..3), Some(codes(ines, 1..3)));
        for (reason, change) in [
            ("Phone lost", SecondFactorWish::UseRecovery { before, left }),
            ("", SecondFactorWish::RenewRecovery { recovery: codes(ines, 3..5) }),
            ("Another phone follows", SecondFactorWish::Disable),
        ] {
            let wish = AccountWish::ChangeSecondFactor { user: ines, change };
            self.account(ines, reason, wish);
        }
    }

    fn issues(&self, by: Actor, of: TokenOf, called: &str, scopes: &[Scope]) -> TokenId {
        let wish = AccessWish::IssueToken {
            of,
            name: name(called),
            scopes: scopes.iter().copied().collect::<BTreeSet<_>>(),
            expires_at: Timestamp::parse_any("2027-06-01T00:00:00Z").unwrap(),
            digest: TokenDigest(credential_digest(&checksum(called.as_bytes()))),
        };
        match &self.say(by, "", Action::Access(wish))[0].fact.event {
            Event::TokenIssued(issued) => issued.token,
            other => panic!("{other:?}"),
        }
    }

    fn tokens_and_auditors(&self, wren: Joined) {
        let (org, by) = (wren.org, Actor::User(wren.user));
        let both = [Scope::Read, Scope::Write];
        let token = self.issues(by, TokenOf::Organization(org), "Deployments", &both);
        self.issues(by, TokenOf::User(wren.user), "Laptop", &[Scope::Read]);
        self.issues(self.operator, TokenOf::Operator, "Backups", &[Scope::Read]);
        let kit = person("kit@skerry.example", "Kit Moor", "kit");
        let create = Action::CreateMember { org, person: kit, roles: None };
        let command = Command::new(Actor::Token(token), None, create);
        let credential = Credential::Token(token);
        self.ledger.submit(Command { credential, ..command }).unwrap();
        let of = TokenOf::Organization(org);
        let revoke = Action::Access(AccessWish::RevokeToken { of, token });
        self.say(by, "Found in a log", revoke);

        let amara = self.signs_up("amara@audit.example", "Amara Okoro", "amara");
        let expires_at = Some(Timestamp::parse_any("2027-01-31T00:00:00Z").unwrap());
        let grant = AccessWish::GrantAuditor { org, user: amara, expires_at };
        self.say(by, "Audit of 2026", Action::Access(grant));
        self.wait(DAY);
        let withdraw = AccessWish::WithdrawAuditor { org, user: amara };
        self.say(by, "The audit is over", Action::Access(withdraw));
    }

    fn keys_and_limits(&self, wren: Joined) {
        let (org, by) = (wren.org, Actor::User(wren.user));
        let views = self.ledger.views();
        let view = views.by_slug("skerry").unwrap();
        let at = view.moment(rollbook::projections::AsOf::Now, Timestamp::MAX).unwrap();
        let kit = view.members(at).last().unwrap().member_id;
        drop(views);
        let issue = |title: &str| UsageWish::IssueApiKey {
            org,
            member: kit,
            key: None,
            name: name(title),
            prefix: Some(KeyPrefix::parse("sk_live_9aF").unwrap()),
            environment: Some(name("production")),
        };
        let issued = self.say(by, "", Action::Usage(issue("Buoy 7")));
        let Event::ApiKeyIssued(buoy) = &issued[0].fact.event else { panic!("{issued:?}") };
        let revoke = UsageWish::RevokeApiKey { org, key: buoy.key };
        self.say(by, "The buoy sank", Action::Usage(revoke));
        self.say(by, "", Action::Usage(issue("Buoy 8")));
        let budget = Budget {
            amount_thousandths: Thousandths::try_from(12_500).unwrap(),
            currency: Currency::parse("EUR").unwrap(),
            mode: BudgetMode::Blocking,
            period: BudgetPeriod::Month,
        };
        let rate = Some(RateLimit { per: RateWindow::Minute, requests: 60 });
        let limits = Limits { budget: Some(budget), rate };
        let bound = UsageWish::ChangeLimits { org, member: kit, limits };
        self.say(by, "Trial", Action::Usage(bound));
        let remove = Action::RemoveMember { org, member: kit, cause: Removal::Removed };
        self.say(by, "The trial is over", remove);
    }

    fn accounts_change(&self, wren: UserId) {
        let wish = AccountWish::UpdateUser {
            user: wren,
            name: Some(name("Wren Tallow-Reed")),
            username: Some(Username::parse("wren.reed").unwrap()),
            email: Some((Email::parse("wren.reed@skerry.example").unwrap(), Proven::Yes)),
        };
        self.account(wren, "Married", wish);
        for (cause, text) in
            [(PasswordCause::Rehashed, "wren, stronger"), (PasswordCause::Reset, "wren, another")]
        {
            let (hash, seen) = (hash(text), Timestamp::MAX);
            let wish = AccountWish::SetPassword { user: wren, hash, cause, proves: None, seen };
            self.account(wren, "", wish);
        }
        self.account(wren, "A laptop was stolen", AccountWish::EndSessions { user: wren });
    }

    fn the_glass_is_broken(&self, wren: Joined, ines: Joined) {
        let wish = AccessWish::TakeOver { org: wren.org, user: ines.user };
        let why = "Wren is lost at sea; letter of the harbour office of 2026-12-01";
        self.say(self.operator, why, Action::Access(wish));
    }
}

impl Teller {
    /// Last of all, so that everything that happened is in it.
    fn histories_are_taken_home(&self, wren: Joined) {
        let export = ExportWish {
            org: wren.org,
            export: ExportId::from_uuid(uuid("export of skerry")),
            from: 0,
            to: None,
            disclosed: [PersonalField::Email, PersonalField::Name].into(),
        };
        let root = TreeHash::leaf(b"signed on another machine");
        let wishes = [
            ("", PublicationWish::CommitHeads),
            (
                "A new machine",
                PublicationWish::RotateKey { key: PublicKey::from_bytes(checksum(b"key")) },
            ),
            (
                "The disk was lost",
                PublicationWish::Restore { guarded_size: 10_000, guarded_root: root, restored: 0 },
            ),
            ("Audit of 2026", PublicationWish::Export(export)),
        ];
        for (reason, wish) in wishes {
            self.say(self.operator, reason, Action::Publication(wish));
        }
    }
}

/// What stands for the hash of a password: nobody's password leads to it.
fn hash(label: &str) -> Secret {
    let [salt, hash] = ["salt", "hash"].map(|part| {
        let bytes = checksum(format!("{part} of {label}").as_bytes());
        write_base64(&bytes).trim_end_matches('=').to_owned()
    });
    Secret(format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${hash}").into())
}

/// Digests of a user's recovery codes.
fn codes(user: UserId, numbers: std::ops::Range<u8>) -> Secret {
    let digests = numbers.map(|number| write_base64(&recovery_code_digest(user, &[number; 10])));
    Secret(digests.collect::<Vec<_>>().join(" ").into())
}
