//! How long commands are divided, and how many bytes of a batch their parts take.

use super::place::Placed;

/// Divides placed facts at the places where every invariant holds.
pub(super) fn segments(placed: Vec<Placed>, cuts: &[usize]) -> Vec<Vec<Placed>> {
    let mut segments = Vec::with_capacity(cuts.len());
    let mut placed = placed.into_iter();
    let mut done = 0;
    for &cut in cuts {
        segments.push(placed.by_ref().take(cut - done).collect());
        done = cut;
    }
    segments
}

pub(super) const EMPTY_FRAME_BYTES: usize = crate::ground::frame::EMPTY_BYTES;

pub(super) fn entry_bytes<'a>(placed: impl Iterator<Item = &'a Placed>) -> usize {
    placed
        .map(|placed| {
            placed.new.frame_bytes()
                + placed.rows.iter().map(crate::ground::log::VaultRow::frame_bytes).sum::<usize>()
        })
        .sum()
}

pub(super) fn frame_bytes<'a>(placed: impl Iterator<Item = &'a Placed>) -> usize {
    EMPTY_FRAME_BYTES + entry_bytes(placed)
}
