//! Who belonged, with which roles, in which state.

use super::later::Later;
use super::limits::{Bounds, LimitsRow, limits_in_words};
use super::member_row::{Leaving, MemberRow, MemberStatus, Membership, Via};
use super::moment::Sequence;
use super::profile::{Joined, Profiles, shown};
use super::role_table::RoleTable;
use super::{Misfit, PersonalValue, Place, Roll, Timeline};
use crate::facts::event::{LimitsChanged, MemberUpdated, RemovalCause};
use crate::facts::{Actor, Roles, Sealed};
use crate::words::{MemberId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All memberships an organization has ever had, a row each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Members {
    rows: Vec<Member>,
    roll: Roll,
    by_member: BTreeMap<MemberId, u32>,
    /// Each user's latest membership; earlier ones hang from it.
    by_user: BTreeMap<UserId, u32>,
    held: RoleTable,
    profiles: Profiles,
    /// Members join without limits.
    limits: Later<Bounds>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Member {
    member: MemberId,
    user: UserId,
    joined: Joined,
    /// Numbers of the [`RoleTable`].
    roles: Timeline<u32>,
    status: Timeline<MemberStatus>,
    via: Via,
    added_by: Actor,
    /// Why it ended, once it has.
    cause: Option<RemovalCause>,
    /// The same user's membership before.
    earlier: Option<u32>,
}

/// A membership that begins.
pub(super) struct Joining<'a> {
    pub(super) member: MemberId,
    pub(super) user: UserId,
    pub(super) username: Option<&'a Sealed>,
    pub(super) name: Option<&'a Sealed>,
    pub(super) email: Option<&'a Sealed>,
    pub(super) roles: &'a Roles,
    pub(super) via: Via,
    pub(super) added_by: Actor,
}

impl Members {
    pub(super) fn join(&mut self, place: Place, joining: Joining<'_>) -> Result<(), Misfit> {
        let earlier = self.by_user.get(&joining.user).copied();
        if earlier.is_some_and(|row| self.roll.stood(row, Place::LAST)) {
            return Err(Misfit::present("member for user", joining.user));
        }
        if self.by_member.contains_key(&joining.member) {
            return Err(Misfit::present("member", joining.member));
        }
        let row = self.roll.enter(place);
        self.rows.push(Member {
            member: joining.member,
            user: joining.user,
            joined: Joined {
                username: shown(joining.username),
                name: shown(joining.name),
                email: shown(joining.email),
            },
            roles: Timeline::new(place, self.held.number(joining.roles)),
            status: Timeline::new(place, MemberStatus::Active),
            via: joining.via,
            added_by: joining.added_by,
            cause: None,
            earlier,
        });
        self.by_member.insert(joining.member, row);
        self.by_user.insert(joining.user, row);
        Ok(())
    }

    pub(super) fn leave(
        &mut self,
        place: Place,
        member: MemberId,
        cause: RemovalCause,
    ) -> Result<u32, Misfit> {
        let row = self.standing(member)?;
        self.rows[row as usize].cause = Some(cause);
        self.roll.strike(place, row);
        Ok(row)
    }

    pub(super) fn set_roles(
        &mut self,
        place: Place,
        member: MemberId,
        roles: &Roles,
    ) -> Result<(), Misfit> {
        let row = self.standing(member)?;
        let number = self.held.number(roles);
        self.rows[row as usize].roles.set(place, number);
        Ok(())
    }

    /// Refuses what does not say truly what a member held.
    pub(super) fn held_before(&self, member: MemberId, said: &Roles) -> Result<(), Misfit> {
        let row = self.standing(member)?;
        let held = self.held.roles(*self.rows[row as usize].roles.current());
        Misfit::unless_before(said, held, Roles::to_string)
    }

    /// What `from` held goes to `to`, whole: with the top role comes what was held beside it.
    pub(super) fn transfer(
        &mut self,
        place: Place,
        from: MemberId,
        becomes: &Roles,
        to: MemberId,
    ) -> Result<(), Misfit> {
        let (from_row, to_row) = (self.standing(from)?, self.standing(to)?);
        let handed_over = *self.rows[from_row as usize].roles.current();
        let becomes = self.held.number(becomes);
        self.rows[from_row as usize].roles.set(place, becomes);
        self.rows[to_row as usize].roles.set(place, handed_over);
        Ok(())
    }

    pub(super) fn set_status(
        &mut self,
        place: Place,
        member: MemberId,
        status: MemberStatus,
    ) -> Result<(), Misfit> {
        let row = self.standing(member)?;
        self.rows[row as usize].status.set(place, status);
        Ok(())
    }

    pub(super) fn update(&mut self, place: Place, updated: &MemberUpdated) -> Result<(), Misfit> {
        let row = self.standing(updated.member)?;
        self.profiles.update(place, row, updated);
        Ok(())
    }

    /// Leaves of a user's values only that they were there, in every membership and at every place.
    pub(super) fn erase(&mut self, user: UserId) {
        let rows: Vec<u32> = self.rows_of(user).collect();
        for row in rows {
            self.rows[row as usize].joined.erase();
            self.profiles.erase(row);
        }
    }

    pub(super) fn bound(&mut self, place: Place, changed: &LimitsChanged) -> Result<(), Misfit> {
        let row = self.standing(changed.member)?;
        let held = self.limits.since(Place::LAST, row).map(|(_, bounds)| bounds.clone());
        Misfit::unless_before(&changed.before, &held.unwrap_or_default().into(), limits_in_words)?;
        self.limits.set(place, row, (&changed.after).into());
        Ok(())
    }

    /// The members whose limits ever changed, in the order of joining.
    pub(super) fn ever_bounded(&self) -> impl Iterator<Item = MemberId> {
        self.limits.rows().map(|row| self.rows[row as usize].member)
    }

    /// What bounded a member's use; none when the membership does not stand there.
    pub(super) fn limits(&self, row: u32, place: Place, sequence: &Sequence) -> Option<LimitsRow> {
        if !self.roll.stood(row, place) {
            return None;
        }
        let since = self.limits.since(place, row);
        let bounds = since.map(|(_, bounds)| bounds.clone()).unwrap_or_default();
        let person = self.person(row, place);
        Some(LimitsRow {
            member_id: person.member,
            user_id: person.user,
            username: person.username.cloned(),
            budget: bounds.budget,
            rate: bounds.rate,
            changed_at: since.map(|(from, _)| sequence.time(from)),
        })
    }

    /// The row of a member who belongs at the end of the history.
    pub(super) fn standing(&self, member: MemberId) -> Result<u32, Misfit> {
        let row = self.by_member.get(&member).copied();
        row.filter(|&row| self.roll.stood(row, Place::LAST))
            .ok_or_else(|| Misfit::absent("member", member))
    }

    pub(super) fn count(&self) -> usize {
        self.roll.standing()
    }

    pub(super) fn count_at(&self, place: Place) -> usize {
        self.roll.at(place).count()
    }

    pub(super) fn list(&self, place: Place, sequence: &Sequence) -> Vec<MemberRow> {
        self.roll.at(place).filter_map(|row| self.row(row, place, sequence)).collect()
    }

    /// At most `limit` of them behind the first `skip`, which cost a look at their number.
    pub(super) fn from(
        &self,
        place: Place,
        skip: usize,
        limit: usize,
        sequence: &Sequence,
    ) -> Vec<MemberRow> {
        let rows = self.roll.at(place).skip(skip).take(limit);
        rows.filter_map(|row| self.row(row, place, sequence)).collect()
    }

    pub(super) fn of_member(&self, member: MemberId) -> Option<u32> {
        self.by_member.get(&member).copied()
    }

    /// The row of the membership that a user had at a place. Looks at every later joining of the
    /// user: there are as many as somebody left and came back.
    pub(super) fn of_user(&self, user: UserId, place: Place) -> Option<u32> {
        self.rows_of(user).find(|&row| self.roll.stood(row, place))
    }

    /// The latest joining of a user by then, whether or not it lasts.
    pub(super) fn latest_of(&self, user: UserId, place: Place) -> Option<u32> {
        self.rows_of(user).find(|&row| row < self.roll.entered_by(place))
    }

    pub(super) fn memberships(&self, user: UserId, sequence: &Sequence) -> Vec<Membership> {
        let mut rows: Vec<u32> = self.rows_of(user).collect();
        rows.reverse();
        rows.into_iter().filter_map(|row| self.membership(row, sequence)).collect()
    }

    pub(super) fn membership(&self, row: u32, sequence: &Sequence) -> Option<Membership> {
        let known = self.rows.get(row as usize)?;
        let (_, struck) = self.roll.interval(row)?;
        let left = struck.zip(known.cause).map(|(place, cause)| Leaving {
            left_at: sequence.time(place),
            left_org_seq: place.org_seq(),
            cause,
        });
        Some(Membership { member: self.row_at(row, Place::LAST, sequence)?, left })
    }

    /// The row as of a place; none when the membership does not stand there.
    pub(super) fn row(&self, row: u32, place: Place, sequence: &Sequence) -> Option<MemberRow> {
        self.roll.stood(row, place).then(|| self.row_at(row, place, sequence)).flatten()
    }

    /// Whose membership it is, and from where to where it stood.
    pub(super) fn span(&self, row: u32) -> Option<(UserId, Place, Option<Place>)> {
        let user = self.rows.get(row as usize)?.user;
        self.roll.interval(row).map(|(from, to)| (user, from, to))
    }

    /// Which membership it is, and whose.
    pub(super) fn identity(&self, row: u32) -> (MemberId, UserId) {
        let known = &self.rows[row as usize];
        (known.member, known.user)
    }

    /// Identity, and the names of then.
    pub(super) fn person(&self, row: u32, place: Place) -> Person<'_> {
        let known = &self.rows[row as usize];
        Person {
            member: known.member,
            user: known.user,
            username: self.username(row, place),
            name: self.profiles.name(place, row, &known.joined),
        }
    }

    /// The login name of then.
    pub(super) fn username(&self, row: u32, place: Place) -> Option<&PersonalValue> {
        self.profiles.username(place, row, &self.rows[row as usize].joined)
    }

    /// The combinations of roles held at a place, a member each.
    pub(super) fn held_at(&self, place: Place) -> impl Iterator<Item = &Roles> {
        self.roll.at(place).filter_map(move |row| {
            let number = self.rows[row as usize].roles.at(place)?;
            Some(self.held.roles(*number))
        })
    }

    fn rows_of(&self, user: UserId) -> impl Iterator<Item = u32> {
        let latest = self.by_user.get(&user).copied();
        std::iter::successors(latest, |&row| self.rows[row as usize].earlier)
    }

    fn row_at(&self, row: u32, place: Place, sequence: &Sequence) -> Option<MemberRow> {
        let known = self.rows.get(row as usize)?;
        let (joined, _) = self.roll.interval(row)?;
        let (since, number) = known.roles.since(place)?;
        Some(MemberRow {
            member_id: known.member,
            user_id: known.user,
            username: self.username(row, place).cloned(),
            name: self.profiles.name(place, row, &known.joined).cloned(),
            email: self.profiles.email(place, row, &known.joined).cloned(),
            roles: self.held.roles(*number).clone(),
            status: *known.status.at(place)?,
            joined_at: sequence.time(joined),
            joined_org_seq: joined.org_seq(),
            via: known.via,
            added_by: known.added_by,
            role_since: sequence.time(since),
        })
    }
}

/// A member's identity and names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person<'a> {
    pub(super) member: MemberId,
    pub(super) user: UserId,
    pub(super) username: Option<&'a PersonalValue>,
    pub(super) name: Option<&'a PersonalValue>,
}
