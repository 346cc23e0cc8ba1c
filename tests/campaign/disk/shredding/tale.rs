//! What a ledger is asked for while people are erased, and who can be read behind each command,
//! told without any of its code.

use crate::support::chance::Chance;
use std::collections::BTreeSet;
use std::ops::Range;

/// The two organizations; somebody may belong to both.
pub(crate) const SLUGS: [&str; 2] = ["acme", "globe"];

/// Commands of the life before: enough for closing to write a savepoint.
pub(crate) const BEFORE: usize = 76;

/// Commands of the life to which something happens.
const BEHIND: usize = 14;

/// One command. People and invitations are known by an address.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    /// Begins an organization with an owner who stays.
    Begin { slug: &'static str },
    /// Somebody new joins.
    Join { slug: &'static str, address: String },
    /// Somebody of the other organization joins.
    Add { slug: &'static str, address: String },
    /// A member is removed, not erased.
    Remove { slug: &'static str, address: String },
    /// An address is invited.
    Invite { slug: &'static str, address: String },
    /// Whoever has an address is erased: by one organization, or everywhere.
    Erase { by: Option<&'static str>, address: String },
}

/// Who is where, and whose values are gone, behind a command.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// Organizations and the addresses of their members.
    pub(crate) members: BTreeSet<(&'static str, String)>,
    /// Whoever an organization ever knew as a member.
    named: BTreeSet<(&'static str, String)>,
    /// Those of them whose values it gave up.
    pub(crate) erased: BTreeSet<(&'static str, String)>,
    /// Every invitation that was sent, in order, and whether its values are gone.
    pub(crate) invitations: Vec<(&'static str, String, bool)>,
    /// How many erasures there were.
    pub(crate) erasures: u64,
}

/// Commands in the groups in which they are handed over.
pub(crate) struct Tale {
    pub(crate) wishes: Vec<Wish>,
    pub(crate) groups: Vec<Range<usize>>,
    /// Before each command, and behind the last.
    pub(crate) told: Vec<Told>,
}

impl Tale {
    pub(crate) fn of(seed: u64) -> Self {
        let mut chance = Chance::from_seed(seed);
        let mut tale = Self { wishes: Vec::new(), groups: Vec::new(), told: vec![Told::default()] };
        for slug in SLUGS {
            tale.take(Wish::Begin { slug });
            tale.groups.push(tale.wishes.len() - 1..tale.wishes.len());
        }
        for (end, erasing) in [(BEFORE, 8), (BEFORE + BEHIND, 45)] {
            while tale.wishes.len() < end {
                let begin = tale.wishes.len();
                let group = begin..(begin + 1 + chance.below(3)).min(end);
                let known = tale.told[begin].clone();
                let mut taken = BTreeSet::new();
                for number in group.clone() {
                    tale.take(wish(&mut chance, &known, &mut taken, number, erasing));
                }
                tale.groups.push(group);
            }
        }
        tale
    }

    fn take(&mut self, wish: Wish) {
        let mut told = self.told[self.wishes.len()].clone();
        told.happen(&wish);
        self.told.push(told);
        self.wishes.push(wish);
    }

    /// The groups that begin in a range of commands.
    pub(crate) fn groups_in(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        self.groups.iter().filter(move |group| range.contains(&group.start)).cloned()
    }
}

impl Told {
    fn happen(&mut self, wish: &Wish) {
        match wish {
            Wish::Begin { slug } => drop(self.members.insert((slug, owner(slug)))),
            Wish::Join { slug, address } | Wish::Add { slug, address } => {
                self.named.insert((slug, address.clone()));
                self.members.insert((slug, address.clone()));
            }
            Wish::Remove { slug, address } => {
                assert!(self.members.remove(&(*slug, address.clone())));
            }
            Wish::Invite { slug, address } => self.invitations.push((slug, address.clone(), false)),
            Wish::Erase { by, address } => {
                self.erasures += 1;
                for slug in SLUGS.into_iter().filter(|slug| by.is_none_or(|by| by == *slug)) {
                    let here = (slug, address.clone());
                    self.members.remove(&here);
                    if self.named.contains(&here) {
                        self.erased.insert(here);
                    }
                    let invitations = self.invitations.iter_mut();
                    let theirs = invitations.filter(|it| it.0 == slug && it.1 == *address);
                    theirs.for_each(|invitation| invitation.2 = true);
                }
            }
        }
    }

    /// Whether anything of whoever has an address can be read in an organization.
    fn knows(&self, slug: &'static str, address: &str) -> bool {
        let here = (slug, address.to_owned());
        (self.named.contains(&here) && !self.erased.contains(&here)) || self.waits(slug, address)
    }

    fn waits(&self, slug: &'static str, address: &str) -> bool {
        self.invitations.iter().any(|(of, to, erased)| *of == slug && to == address && !erased)
    }

    /// Whoever can be erased, and by whom.
    fn erasable(&self) -> Vec<(&'static str, &String)> {
        let people = self.named.iter().map(|(slug, address)| (*slug, address));
        let invited = self.invitations.iter().map(|(slug, address, _)| (*slug, address));
        people.chain(invited).filter(|(slug, address)| self.knows(slug, address)).collect()
    }
}

pub(crate) fn owner(slug: &str) -> String {
    format!("owner.{slug}@mail.example")
}

fn other(slug: &str) -> &'static str {
    SLUGS.into_iter().find(|other| *other != slug).unwrap()
}

/// Something lawful. Nobody is named twice in a group, because nobody in it has an answer yet.
fn wish(
    chance: &mut Chance,
    known: &Told,
    taken: &mut BTreeSet<String>,
    number: usize,
    erasing: usize,
) -> Wish {
    let slug = chance.pick(&SLUGS);
    let mut free = |address: &String| taken.insert(address.clone());
    if chance.percent(erasing)
        && let Some((slug, address)) = chance.pick_any(&known.erasable())
        && free(address)
    {
        let by = Some(slug).filter(|_| chance.percent(50));
        return Wish::Erase { by, address: address.clone() };
    }
    let elsewhere = known.members.iter().filter(|(of, address)| {
        let here = (slug, address.clone());
        *of != slug && !known.named.contains(&here) && *address != owner(of)
    });
    let elsewhere: Vec<&String> = elsewhere.map(|(_, address)| address).collect();
    let uninvited: Vec<&String> =
        elsewhere.into_iter().filter(|address| !known.waits(slug, address)).collect();
    match (chance.below(10), chance.pick_any(&uninvited)) {
        (0..2, Some(address)) if free(address) => Wish::Add { slug, address: address.clone() },
        (2, Some(address)) if free(address) => Wish::Invite { slug, address: address.clone() },
        (3, _) => {
            let here = known.members.iter().filter(|(of, it)| *of == slug && *it != owner(slug));
            let here: Vec<&String> = here.map(|(_, address)| address).collect();
            match chance.pick_any(&here) {
                Some(address) if free(address) => Wish::Remove { slug, address: address.clone() },
                _ => Wish::Join { slug, address: format!("m{number}@mail.example") },
            }
        }
        (4..6, _) => Wish::Invite { slug, address: format!("i{number}@mail.example") },
        (6, _) => {
            // An address that is known by an invitation of the other organization alone.
            let waiting = known.invitations.iter().filter(|(of, address, erased)| {
                let news = address.starts_with('i') && !known.waits(slug, address);
                *of == other(slug) && !erased && news
            });
            let waiting: Vec<&String> = waiting.map(|(_, address, _)| address).collect();
            match chance.pick_any(&waiting) {
                Some(address) if free(address) => Wish::Invite { slug, address: address.clone() },
                _ => Wish::Join { slug, address: format!("m{number}@mail.example") },
            }
        }
        _ => Wish::Join { slug, address: format!("m{number}@mail.example") },
    }
}
