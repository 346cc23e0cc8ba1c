//! Wishes that somebody who was only ever invited be forgotten.

use super::Wisher;
use rollbook::law::Action;
use rollbook::law::command::{Erase, Erasee};
use rollbook::words::{Email, OrganizationId};

impl Wisher<'_> {
    /// None where nobody is known by invitations alone, or nothing may be forgotten now.
    pub(super) fn erases(&mut self, org: OrganizationId) -> Option<Action> {
        if !self.may_erase {
            return None;
        }
        let world = &self.told.world;
        let letters = world.org(org).into_iter().flat_map(|org| &org.letters);
        let texts = letters.filter_map(|letter| letter.row.email.text());
        let texts: Vec<String> = texts.map(str::to_owned).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let email = match self.chance.pick_any(&texts).filter(|_| self.chance.percent(90)) {
            Some(text) => Email::parse(text).unwrap(),
            None => self.email(),
        };
        if self.told.world.by_email(email.as_str()).is_some() {
            return None;
        }
        let org = self.chance.percent(60).then_some(org);
        Some(Action::Erase(Erase { who: Erasee::Address(email), org }))
    }
}
