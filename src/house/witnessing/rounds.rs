//! Which checkpoint witnesses are asked to sign, and what they signed of it.
//!
//! One at a time. Cosignatures on different checkpoints fill no quorum together, so the next
//! checkpoint waits until the quorum of this one is filled, or nobody is left who could still
//! answer.

use crate::house::publishing::Published;
use crate::proof::{Checkpoint, Note, Policy, VerificationKey};
use crate::words::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A checkpoint whose quorum is filled.
#[derive(Debug, Clone)]
pub struct Cosigned {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// With the log's signature and the witnesses'.
    pub note: Note,
    /// What was published with it; none of one that was signed before this opening.
    pub published: Option<Arc<Published>>,
}

/// What witnesses are asked, and what is known of their answers.
#[derive(Debug)]
pub(super) struct Rounds {
    policy: Policy,
    /// Whoever is asked, by number.
    keys: Vec<VerificationKey>,
    round: Option<Round>,
    /// Those who did not answer, and are left alone for a while.
    resting: BTreeSet<usize>,
    cosigned: Option<Arc<Cosigned>>,
    behind_since: Option<Timestamp>,
}

#[derive(Debug)]
struct Round {
    asked: Arc<Published>,
    /// The same with what was signed under it.
    shown: Arc<Published>,
    signers: BTreeSet<usize>,
}

impl Cosigned {
    fn of(published: Arc<Published>) -> Self {
        let (checkpoint, note) = (published.checkpoint.clone(), published.note.clone());
        Self { checkpoint, note, published: Some(published) }
    }
}

impl Rounds {
    pub(super) fn new(
        policy: Policy,
        keys: Vec<VerificationKey>,
        kept: Option<(Checkpoint, Note)>,
    ) -> Self {
        let kept = kept.map(|(checkpoint, note)| Cosigned { checkpoint, note, published: None });
        Self {
            policy,
            keys,
            round: None,
            resting: BTreeSet::new(),
            cosigned: kept.map(Arc::new),
            behind_since: None,
        }
    }

    /// Has this checkpoint signed next. What is known to be signed of it already holds.
    pub(super) fn begin(&mut self, published: Arc<Published>) {
        let (asked, shown) = (Arc::clone(&published), published);
        self.behind_since.get_or_insert(asked.at);
        let mut lines = Vec::new();
        if let Some(kept) = self.cosigned.as_ref().filter(|it| it.checkpoint == asked.checkpoint) {
            lines = self.keys.iter().map(|key| line_of(&kept.note, key)).collect();
        }
        self.round = Some(Round { asked, shown, signers: BTreeSet::new() });
        for (number, line) in lines.into_iter().enumerate() {
            if let (Some(line), Some(asked)) = (line, self.next(number)) {
                self.signed(number, &asked, &line);
            }
        }
    }

    /// Whether nobody is left who could still sign what was asked for and is needed.
    pub(super) fn is_over(&self) -> bool {
        let Some(round) = &self.round else { return true };
        let answered =
            |number: &usize| round.signers.contains(number) || self.resting.contains(number);
        self.is_filled(round) || (0..self.keys.len()).all(|number| answered(&number))
    }

    fn is_filled(&self, round: &Round) -> bool {
        let signers: Vec<_> = round.signers.iter().map(|number| &self.keys[*number]).collect();
        self.policy.is_filled_by(&signers)
    }

    /// What a witness is to sign, unless it did.
    pub(super) fn next(&self, number: usize) -> Option<Arc<Published>> {
        let round = self.round.as_ref().filter(|round| !round.signers.contains(&number))?;
        (!self.resting.contains(&number)).then(|| Arc::clone(&round.asked))
    }

    /// A witness signed what it was asked for. True where there is more to keep than before.
    pub(super) fn signed(&mut self, number: usize, asked: &Published, line: &str) -> bool {
        let Some(round) = self.round.as_mut().filter(|it| it.asked.checkpoint == asked.checkpoint)
        else {
            return self.signed_late(asked, line);
        };
        let Some(note) = round.shown.note.clone().with_line(line) else { return false };
        if !round.signers.insert(number) {
            return false;
        }
        round.shown = Arc::new(Published { note, ..(*round.shown).clone() });
        let shown = Arc::clone(&round.shown);
        let is_filled = self.round.as_ref().is_some_and(|round| self.is_filled(round));
        if is_filled {
            self.cosigned = Some(Arc::new(Cosigned::of(shown)));
            self.behind_since = None;
        }
        is_filled
    }

    /// The quorum was filled without this witness, and the next checkpoint is asked for already.
    fn signed_late(&mut self, asked: &Published, line: &str) -> bool {
        let this = self.cosigned.as_ref().filter(|it| it.checkpoint == asked.checkpoint);
        let Some(published) = this.and_then(|it| it.published.as_deref()) else { return false };
        let Some(note) = published.note.clone().with_line(line) else { return false };
        let published = Published { note, ..published.clone() };
        self.cosigned = Some(Arc::new(Cosigned::of(Arc::new(published))));
        true
    }

    /// A witness did not sign, and is left alone for now.
    pub(super) fn failed(&mut self, number: usize) {
        self.resting.insert(number);
    }

    /// It may be asked again.
    pub(super) fn rested(&mut self, number: usize) {
        self.resting.remove(&number);
    }

    /// The newest checkpoint whose quorum is filled.
    pub(super) fn cosigned(&self) -> Option<&Arc<Cosigned>> {
        self.cosigned.as_ref()
    }

    /// What is being asked for, with what was signed under it so far.
    pub(super) fn shown(&self) -> Option<&Arc<Published>> {
        self.round.as_ref().map(|round| &round.shown)
    }

    /// When the first entry was recorded that the quorum is missing for; none where it is filled.
    pub(super) fn behind_since(&self) -> Option<Timestamp> {
        self.behind_since
    }

    /// Whoever has not signed what is asked for.
    pub(super) fn missing(&self) -> Vec<usize> {
        let signers = self.round.as_ref().map(|round| &round.signers);
        let has_signed = |number: &usize| signers.is_some_and(|signers| signers.contains(number));
        (0..self.keys.len()).filter(|number| !has_signed(number)).collect()
    }
}

/// The line by which a witness signed a note.
pub(super) fn line_of(note: &Note, key: &VerificationKey) -> Option<String> {
    let bare = Note::unsigned(note.text().to_owned());
    note.lines().take(crate::proof::note::SIGNATURES_LIMIT).find(|line| {
        let one = bare.clone().with_line(line);
        let verified = one.map(|one| one.verify(std::iter::once(key)).is_ok_and(is_timed));
        verified.unwrap_or(false)
    })
}

/// Whether somebody signed, and says when. A moment of 0 counts with nobody who verifies.
fn is_timed(verified: Vec<crate::proof::note::Verified<'_>>) -> bool {
    verified.iter().any(|it| it.time.is_some_and(|time| !time.is_zero()))
}

#[cfg(test)]
mod tests;
