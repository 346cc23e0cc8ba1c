//! Sentences about what the ledger states about itself.
//!
//! `exports [disclosing email+name] [from <place>] [to <place>]`.

use super::{Clauses, Complaint, Said};
use crate::law::stage::Stage;
use rollbook::facts::event::PersonalField;
use rollbook::law::command::{Action, ExportWish, PublicationWish};
use rollbook::words::{ExportId, PublicKey, TreeHash};
use std::collections::BTreeSet;

pub(super) fn about(stage: &mut Stage, words: &[&str], clauses: &Clauses) -> Said {
    let wish = match words {
        ["exports", rest @ ..] => exports(stage, rest, clauses),
        ["commits", "to", "the", "heads"] => Ok(PublicationWish::CommitHeads),
        ["rotates", "the", "key"] => {
            Ok(PublicationWish::RotateKey { key: PublicKey::from_bytes([7; 32]) })
        }
        ["continues", "from", "an", "old", "copy"] => {
            let guarded_root = TreeHash::leaf(b"what was signed");
            Ok(PublicationWish::Restore { guarded_size: 1_000, guarded_root, restored: 0 })
        }
        _ => return None,
    };
    Some(wish.map(Action::Publication))
}

fn exports(
    stage: &mut Stage,
    words: &[&str],
    clauses: &Clauses,
) -> Result<PublicationWish, Complaint> {
    let (mut disclosed, mut from, mut to) = (BTreeSet::new(), 0, None);
    for pair in words.chunks(2) {
        match pair {
            ["disclosing", fields] => {
                for field in fields.split('+') {
                    let field = PersonalField::from_name(field);
                    disclosed.insert(field.ok_or(format!("{fields:?} are no fields"))?);
                }
            }
            ["from", place] => from = place.parse().map_err(super::said)?,
            ["to", place] => to = Some(place.parse().map_err(super::said)?),
            other => return Err(format!("{other:?} says nothing of an export")),
        }
    }
    let export = ExportId::from_uuid(stage.user("the next export").uuid());
    Ok(PublicationWish::Export(ExportWish { org: clauses.org, export, from, to, disclosed }))
}
