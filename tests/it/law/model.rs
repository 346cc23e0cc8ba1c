//! A second law, naive and of names only, for enterprise and standard organizations: it says of
//! each command whether the law accepts it, and who is a member afterwards. Written from the
//! design; where the law asks for permissions, this one knows ranks.

use super::speech;
use super::stage::Stage;
use crate::support::chance::{Chance, Named, seeds};
use crate::support::transcript::words;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

const COMMANDS_PER_SEED: usize = 300;
const DAY: u64 = 24;
const PEOPLE: [&str; 9] = ["ada", "bob", "carl", "dora", "emma", "fay", "gus", "hal", "ida"];
const ORGS: [&str; 2] = ["corp", "shop"];
const CORP_ROLES: [&str; 4] = ["super_admin", "finance_admin", "dev_admin", "member"];
const SHOP_ROLES: [&str; 3] = ["owner", "admin", "member"];

/// A wish, in names.
#[derive(Clone, Copy)]
struct Wish {
    actor: &'static str,
    org: &'static str,
    deed: Deed,
}

#[derive(Clone, Copy)]
enum Deed {
    Create(&'static str),
    Add(&'static str, &'static str),
    Invite(&'static str, &'static str, u64),
    AcceptByLink,
    AcceptByLinkAgain,
    AcceptSignedIn,
    Revoke(&'static str),
    Change(&'static str, &'static str),
    Remove(&'static str),
    Leave,
    Suspend(&'static str),
    Reactivate(&'static str),
    Transfer(&'static str),
    Erase(&'static str),
}

/// The wish as a sentence of the texts.
impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { actor, org, deed } = self;
        match deed {
            Deed::Create(who) => write!(f, "{actor} creates {who}"),
            Deed::Add(who, role) => write!(f, "{actor} adds {who} as {role}"),
            Deed::Invite(who, role, hours) => {
                write!(f, "{actor} invites {who} as {role} for {hours}h")
            }
            Deed::AcceptByLink => write!(f, "{actor} accepts as newcomer by link"),
            Deed::AcceptByLinkAgain => write!(f, "{actor} accepts by link"),
            Deed::AcceptSignedIn => write!(f, "{actor} accepts signed in"),
            Deed::Revoke(who) => write!(f, "{actor} revokes the invitation of {who}"),
            Deed::Change(who, role) => write!(f, "{actor} changes {who} to {role}"),
            Deed::Remove(who) => write!(f, "{actor} removes {who}"),
            Deed::Leave => write!(f, "{actor} leaves"),
            Deed::Suspend(who) => write!(f, "{actor} suspends {who}"),
            Deed::Reactivate(who) => write!(f, "{actor} reactivates {who}"),
            Deed::Transfer(who) => write!(f, "{actor} transfers to {who}"),
            Deed::Erase(who) => write!(f, "{actor} erases {who} everywhere"),
        }?;
        write!(f, " in {org}")
    }
}

/// What the second law remembers.
#[derive(Default)]
struct Ledger {
    hour: u64,
    /// Whoever has an account, and whether they have proved their address, and with it can sign in.
    accounts: HashMap<&'static str, bool>,
    rows: Vec<Row>,
    letters: Vec<Letter>,
    seats: HashMap<&'static str, usize>,
}

/// One membership.
struct Row {
    org: &'static str,
    who: &'static str,
    role: &'static str,
    asleep: bool,
}

/// One invitation that nobody has answered.
struct Letter {
    org: &'static str,
    to: &'static str,
    role: &'static str,
    from: &'static str,
    void_at: u64,
}

/// Higher stands above lower; `operator` above everybody.
fn rank(org: &str, role: &str) -> u8 {
    match (org, role) {
        ("corp", "super_admin") | ("shop", "owner") => 3,
        ("shop", "admin") => 2,
        _ => 1,
    }
}

impl Ledger {
    fn row(&self, org: &str, who: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.org == org && row.who == who)
    }

    /// How high an actor stands who manages members there: 0, they do not.
    fn manages(&self, org: &str, actor: &str) -> u8 {
        if actor == "operator" {
            return 9;
        }
        match self.row(org, actor) {
            Some(row) if !row.asleep && rank(org, row.role) >= 2 => rank(org, row.role),
            _ => 0,
        }
    }

    fn awake_at_the_top(&self, org: &str, but: &str) -> usize {
        let top = self.rows.iter().filter(|row| row.org == org && rank(org, row.role) == 3);
        top.filter(|row| !row.asleep && row.who != but).count()
    }

    fn letter(&self, org: &str, to: &str) -> Option<&Letter> {
        let mut all = self.letters.iter();
        all.find(|letter| letter.org == org && letter.to == to && letter.void_at > self.hour)
    }

    /// Whether there is room for one more, whom a letter may have promised it already.
    fn room_for(&self, org: &str, who: &str) -> bool {
        let rows = self.rows.iter().filter(|row| row.org == org).count();
        let letters = self.letters.iter().filter(|l| l.org == org && l.void_at > self.hour).count();
        self.letter(org, who).is_some()
            || self.seats.get(org).is_none_or(|seats| rows + letters < *seats)
    }

    /// Whether the law must accept it.
    fn accepts(&self, wish: &Wish) -> bool {
        let Wish { actor, org, deed } = *wish;
        let power = self.manages(org, actor);
        let known = |who| self.accounts.contains_key(who);
        let row = |who| self.row(org, who);
        let below = |who| row(who).is_some_and(|row| rank(org, row.role) <= power);
        // In corp the top role is handed over and never given.
        let gives = |role| rank(org, role) <= power && !(org == "corp" && rank(org, role) == 3);
        match deed {
            Deed::Create(who) => power > 0 && !known(who) && self.room_for(org, who),
            Deed::Add(who, role) => {
                power > 0
                    && known(who)
                    && row(who).is_none()
                    && gives(role)
                    && self.room_for(org, who)
            }
            Deed::Invite(who, role, hours) => {
                let free = row(who).is_none() && self.letter(org, who).is_none();
                power > 0 && gives(role) && free && self.room_for(org, who) && hours > 0
            }
            Deed::AcceptByLink => !known(actor) && self.letter(org, actor).is_some(),
            Deed::AcceptByLinkAgain => known(actor) && self.letter(org, actor).is_some(),
            Deed::AcceptSignedIn => {
                self.accounts.get(actor) == Some(&true) && self.letter(org, actor).is_some()
            }
            Deed::Revoke(who) => {
                let promised = |letter: &Letter| rank(org, letter.role) <= power;
                power > 0 && self.letter(org, who).is_some_and(promised)
            }
            Deed::Change(who, role) => {
                let held = row(who).map(|row| row.role);
                let keeps_top = rank(org, role) == 3 || self.awake_at_the_top(org, who) > 0;
                power > 0 && below(who) && held != Some(role) && gives(role) && keeps_top
            }
            Deed::Remove(who) => power > 0 && below(who) && self.awake_at_the_top(org, who) > 0,
            Deed::Leave => row(actor).is_some() && self.awake_at_the_top(org, actor) > 0,
            Deed::Suspend(who) => {
                let awake = row(who).is_some_and(|row| !row.asleep);
                power > 0 && below(who) && awake && self.awake_at_the_top(org, who) > 0
            }
            Deed::Reactivate(who) => {
                power > 0 && below(who) && row(who).is_some_and(|row| row.asleep)
            }
            Deed::Transfer(who) => {
                let fit = row(who).is_some_and(|row| !row.asleep && rank(org, row.role) < 3);
                org == "corp" && power >= 3 && fit && self.accounts.get(who) == Some(&true)
            }
            Deed::Erase(who) => {
                let alone = |org: &str| self.awake_at_the_top(org, who) == 0;
                let fills = |org: &str| self.row(org, who).is_some() && alone(org);
                actor == "operator" && known(who) && !ORGS.into_iter().any(fills)
            }
        }
    }

    /// What it leads to, once accepted.
    fn happens(&mut self, wish: &Wish) {
        let Wish { actor, org, deed } = *wish;
        match deed {
            Deed::Create(who) => self.joins(org, who, "member", false),
            Deed::Add(who, role) => self.joins(org, who, role, false),
            Deed::Invite(to, role, hours) => {
                self.letters.retain(|letter| letter.org != org || letter.to != to);
                let void_at = self.hour + hours;
                self.letters.push(Letter { org, to, role, from: actor, void_at });
            }
            Deed::AcceptByLink | Deed::AcceptByLinkAgain | Deed::AcceptSignedIn => {
                let role = self.letter(org, actor).unwrap().role;
                self.joins(org, actor, role, true);
            }
            Deed::Revoke(who) => {
                self.letters.retain(|letter| letter.org != org || letter.to != who);
            }
            Deed::Change(who, role) => self.set(org, who, |row| row.role = role),
            Deed::Remove(who) => self.parts(org, who),
            Deed::Leave => self.parts(org, actor),
            Deed::Suspend(who) => {
                self.set(org, who, |row| row.asleep = true);
                self.letters.retain(|letter| letter.org != org || letter.from != who);
            }
            Deed::Reactivate(who) => self.set(org, who, |row| row.asleep = false),
            Deed::Transfer(who) => {
                let old = self.rows.iter().find(|row| row.org == org && row.role == "super_admin");
                let old = old.unwrap().who;
                self.set(org, old, |row| row.role = "member");
                self.set(org, who, |row| row.role = "super_admin");
            }
            Deed::Erase(who) => {
                ORGS.into_iter().for_each(|org| self.parts(org, who));
                self.letters.retain(|letter| letter.to != who);
                self.accounts.remove(who);
            }
        }
    }

    fn set(&mut self, org: &str, who: &str, change: impl Fn(&mut Row)) {
        let rows = self.rows.iter_mut();
        rows.filter(|row| row.org == org && row.who == who).for_each(change);
    }

    fn joins(&mut self, org: &'static str, who: &'static str, role: &'static str, proved: bool) {
        *self.accounts.entry(who).or_default() |= proved;
        self.rows.push(Row { org, who, role, asleep: false });
        self.letters.retain(|letter| letter.org != org || letter.to != who);
    }

    fn parts(&mut self, org: &str, who: &str) {
        self.rows.retain(|row| row.org != org || row.who != who);
        self.letters.retain(|letter| letter.org != org || letter.from != who);
    }

    fn listed(&self, org: &str) -> BTreeSet<String> {
        let rows = self.rows.iter().filter(|row| row.org == org);
        rows.map(|row| format!("{} {} {}", row.who, row.role, row.asleep)).collect()
    }
}

/// The two laws, side by side.
struct Pair {
    naive: Ledger,
    stage: Stage,
    chance: Chance,
}

impl Pair {
    fn new(seed: u64) -> Self {
        let mut stage = Stage::new(seed);
        let mut naive = Ledger::default();
        for (sentence, org, owner, role) in [
            ("operator begins enterprise corp owned by ada", "corp", "ada", "super_admin"),
            ("operator begins standard shop owned by bob with 6 seats", "shop", "bob", "owner"),
        ] {
            assert!(said(&mut stage, sentence).is_ok());
            naive.joins(org, owner, role, false);
        }
        assert!(said(&mut stage, "operator certifies in corp").is_ok());
        naive.seats.insert("shop", 6);
        Self { naive, stage, chance: Chance::from_seed(seed) }
    }

    fn wish(&mut self) -> Wish {
        let org = self.chance.pick(&ORGS);
        let roles: &[&'static str] = if org == "corp" { &CORP_ROLES } else { &SHOP_ROLES };
        let (who, role) = (self.chance.pick(&PEOPLE), self.chance.pick(roles));
        let mut above: Vec<&'static str> = self.naive.rows.iter().map(|row| row.who).collect();
        above.retain(|who| self.naive.manages(org, who) > 0);
        above.push("operator");
        let mut actor = if self.chance.percent(60) {
            self.chance.pick(&above)
        } else {
            self.chance.pick(&PEOPLE)
        };
        let deed = match self.chance.below(18) {
            0 => Deed::Create(who),
            1..=2 => Deed::Add(who, role),
            3..=5 => {
                let hours = self.chance.pick(&[0, DAY, 2 * DAY, 7 * DAY]);
                Deed::Invite(who, role, hours)
            }
            6..=8 => {
                let invited: Vec<_> = self.naive.letters.iter().map(|letter| letter.to).collect();
                actor = self.chance.pick_any(&invited).unwrap_or(who);
                let link = !self.naive.accounts.contains_key(actor);
                match self.chance.below(2) {
                    _ if link => Deed::AcceptByLink,
                    0 => Deed::AcceptByLinkAgain,
                    _ => Deed::AcceptSignedIn,
                }
            }
            9 => Deed::Revoke(who),
            10..=11 => Deed::Change(who, role),
            12 => Deed::Remove(who),
            13 => {
                actor = who;
                Deed::Leave
            }
            14 => Deed::Suspend(who),
            15 => Deed::Reactivate(who),
            16 => {
                actor = if self.chance.percent(80) { "operator" } else { actor };
                Deed::Erase(who)
            }
            _ => Deed::Transfer(who),
        };
        Wish { actor, org, deed }
    }

    /// One wish to both laws; says whether it was accepted.
    fn step(&mut self) -> bool {
        if self.chance.percent(8) {
            let hours = 1 + self.chance.below(40) as u64;
            self.naive.hour += hours;
            self.stage.world.pass(std::time::Duration::from_secs(hours * 3600));
        }
        let mut wish = self.wish();
        let tries = if self.chance.percent(50) { 20 } else { 0 };
        for _ in 0..tries {
            // Else nearly all would be refused, and little would come to pass.
            if self.naive.accepts(&wish) {
                break;
            }
            wish = self.wish();
        }
        let expected = self.naive.accepts(&wish);
        let found = said(&mut self.stage, &wish.to_string());
        assert_eq!(found.is_ok(), expected, "{wish}: the law says {found:?}");
        if expected {
            self.naive.happens(&wish);
            if let Deed::Erase(who) = wish.deed {
                // Whoever comes by that name next is somebody else.
                self.stage.forget(who);
            }
        }
        for org in ORGS {
            assert_eq!(self.listed(org), self.naive.listed(org), "members behind {wish}");
        }
        expected
    }

    fn listed(&mut self, org: &str) -> BTreeSet<String> {
        let id = self.stage.organization(org);
        let members = self.stage.world.state.organization(id).unwrap().members();
        members
            .map(|(user, member)| {
                let name = self.stage.name_of(user);
                format!("{name} {} {}", member.roles, member.suspended)
            })
            .collect()
    }
}

/// Says a sentence to the law: accepted, or the code of its refusal.
fn said(stage: &mut Stage, sentence: &str) -> Result<(), &'static str> {
    let spoken = speech::understand(stage, &words(sentence), &[]).unwrap();
    let given = stage.give(&spoken.command, spoken.name.as_deref());
    given.map(|_| ()).map_err(|refusal| refusal.code())
}

#[test]
fn the_law_agrees_with_a_naive_one() {
    let mut deeds: BTreeMap<bool, usize> = BTreeMap::new();
    for seed in seeds(30) {
        let _named = Named("the_law_agrees_with_a_naive_one", seed);
        let mut pair = Pair::new(seed);
        for _ in 0..COMMANDS_PER_SEED {
            *deeds.entry(pair.step()).or_default() += 1;
        }
    }
    let of = |accepted| deeds.get(&accepted).copied().unwrap_or_default();
    let (accepted, refused) = (of(true), of(false));
    assert!(
        accepted > 0 && accepted * 3 > refused,
        "{accepted} accepted, {refused} refused: too few"
    );
}
