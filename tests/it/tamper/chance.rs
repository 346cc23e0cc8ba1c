//! Altered by chance: no byte of an export can be another, come or go.

use super::forger::Forged;
use rollbook::house::export::check;
use rollbook::words::hash::Drawn;

/// The line, counted from 1, that a byte stands in.
fn line_of(bytes: &[u8], place: usize) -> u64 {
    1 + bytes[..place].iter().filter(|byte| **byte == b'\n').count() as u64
}

#[test]
fn two_thousand_random_alterations_are_all_found() {
    let whole = Forged::of("harbour").bytes();
    let mut drawn = Drawn::from_seed(&[7; 32]);
    let mut below =
        |limit: usize| usize::try_from(u64::from_be_bytes(drawn.bytes())).unwrap() % limit;
    for number in 0..2000 {
        let mut bytes = whole.clone();
        let place = below(bytes.len());
        let byte = u8::try_from(below(256)).unwrap();
        let what = match below(3) {
            0 => {
                let other = bytes[place].wrapping_add(byte.max(1));
                bytes[place] = other;
                format!("byte {place} is {other}")
            }
            1 => {
                bytes.remove(place);
                format!("byte {place} is missing")
            }
            _ => {
                bytes.insert(place, byte);
                format!("before byte {place} stands {byte}")
            }
        };
        if bytes != whole {
            let verdict = check(bytes.as_slice()).unwrap();
            assert!(!verdict.is_whole(), "alteration {number} was accepted: {what}");
        }
    }
}

/// One bit of every byte. What is wrong shows in the line itself or in the entry linked to it, and
/// at the end where it is the last entry or what the header says of all of them.
#[test]
fn a_flipped_bit_anywhere_is_found_in_its_line_or_by_the_next_link() {
    let forged = Forged::of("vera-holm");
    let whole = forged.bytes();
    let entries: Vec<u64> = (1..)
        .zip(&forged.lines)
        .filter(|(_, line)| line.starts_with(b"{\"actor\""))
        .map(|(number, _)| number)
        .collect();
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        let verdict = check(bytes.as_slice()).unwrap();
        let line = line_of(&whole, place);
        let next = entries.iter().copied().find(|entry| *entry > line && line > 1);
        let next = next.unwrap_or(forged.lines.len() as u64);
        let first = verdict.findings.first().unwrap_or_else(|| panic!("byte {place} was accepted"));
        assert!((line..=next).contains(&first.line), "byte {place} in line {line}: {first}");
    }
}

/// Behind the last entry whole disclosures may be missing: those values are withheld.
#[test]
fn a_file_that_ends_early_is_found_wherever_it_ends() {
    let forged = Forged::of("vera-holm");
    let whole = forged.bytes();
    let last_entry = forged.lines.iter().rposition(|line| line.starts_with(b"{\"actor\"")).unwrap();
    for length in 0..whole.len() {
        let verdict = check(&whole[..length]).unwrap();
        let left = line_of(&whole, length) as usize - 1;
        if left > last_entry && whole[length - 1] == b'\n' {
            assert_eq!(
                verdict.withheld,
                (forged.lines.len() - left) as u64,
                "behind byte {length}"
            );
        } else {
            assert!(!verdict.is_whole(), "cut behind byte {length}: accepted");
        }
    }
}
