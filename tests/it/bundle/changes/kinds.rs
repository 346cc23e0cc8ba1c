//! What can be done to a bundle.

use crate::support::chance::Chance;
use rollbook::house::bundle::Files;

/// A change of files.
type Change = fn(&mut Files, &mut Chance);

/// A change of bytes.
type Alteration = fn(&mut Vec<u8>, &mut Chance);

/// Every way in which files are changed.
pub(super) const KINDS: &[(&str, Change)] = &[
    ("flip a bit", |files, chance| alter(files, chance, |bytes, chance| flip(bytes, chance))),
    ("set a byte", |files, chance| alter(files, chance, |bytes, chance| set(bytes, chance))),
    ("cut the end", |files, chance| alter(files, chance, cut_end)),
    ("cut a piece out", |files, chance| alter(files, chance, cut)),
    ("put bytes in", |files, chance| alter(files, chance, put_in)),
    ("double a piece", |files, chance| alter(files, chance, double)),
    ("swap two pieces", |files, chance| {
        alter(files, chance, |bytes, chance| swap_pieces(bytes, chance))
    }),
    ("change a digit", |files, chance| alter(files, chance, |bytes, chance| digit(bytes, chance))),
    ("change a number", |files, chance| alter(files, chance, number)),
    ("change a letter of a text", |files, chance| {
        alter(files, chance, |bytes, chance| letter(bytes, chance))
    }),
    ("swap two texts", |files, chance| alter(files, chance, swap_texts)),
    ("swap two lines", |files, chance| alter(files, chance, swap_lines)),
    ("drop a line", |files, chance| alter(files, chance, drop_line)),
    ("double a line", |files, chance| alter(files, chance, double_line)),
    ("swap two hashes of a tile", swap_hashes),
    ("swap two entries", |files, chance| {
        entries(files, chance, |all, one, other| all.swap(one, other))
    }),
    ("drop an entry", |files, chance| entries(files, chance, |all, one, _| drop(all.remove(one)))),
    ("double an entry", |files, chance| {
        entries(files, chance, |all, one, other| all.insert(one, all[other].clone()));
    }),
    ("drop a file", drop_file),
    ("add a file", add_file),
    ("rename a file", rename),
    ("swap two files", swap_files),
    ("one file in another's place", overwrite),
    ("swap two proofs", swap_proofs),
    ("change a field of the manifest", field),
    ("a signature from elsewhere", signature),
];

/// Every way in which a zip file is changed.
pub(super) const ZIP_KINDS: &[(&str, Alteration)] = &[
    ("flip a bit", |bytes, chance| flip(bytes, chance)),
    ("set a byte", |bytes, chance| set(bytes, chance)),
    ("cut the end", cut_end),
    ("cut a piece out", cut),
    ("put bytes in", put_in),
    ("double a piece", double),
    ("swap two pieces", |bytes, chance| swap_pieces(bytes, chance)),
    ("a byte of a header", |bytes, chance| header(bytes, chance)),
    ("a byte before", |bytes, chance| bytes.insert(0, byte(chance))),
    ("a byte behind", |bytes, chance| bytes.push(byte(chance))),
    ("one more local file", |bytes, _| {
        let end = next_header(bytes, 1).unwrap_or(bytes.len());
        let first = bytes[..end].to_vec();
        bytes.splice(0..0, first);
    }),
];

fn byte(chance: &mut Chance) -> u8 {
    u8::try_from(chance.below(256)).unwrap()
}

fn paths(files: &Files) -> Vec<String> {
    files.iter().map(|(path, _)| path.to_owned()).collect()
}

fn some(files: &Files, chance: &mut Chance) -> Option<String> {
    let paths = paths(files);
    (!paths.is_empty()).then(|| paths[chance.below(paths.len())].clone())
}

/// Changes the bytes of one file that has some.
fn alter(files: &mut Files, chance: &mut Chance, change: Alteration) {
    let Some(path) = some(files, chance) else { return };
    let mut bytes = files.get(&path).unwrap().to_vec();
    if !bytes.is_empty() {
        change(&mut bytes, chance);
        files.insert(path, bytes);
    }
}

fn flip(bytes: &mut [u8], chance: &mut Chance) {
    let at = chance.below(bytes.len());
    bytes[at] ^= 1 << chance.below(8);
}

fn set(bytes: &mut [u8], chance: &mut Chance) {
    let at = chance.below(bytes.len());
    bytes[at] = byte(chance);
}

fn cut_end(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let left = if chance.percent(50) { chance.below(bytes.len()) } else { bytes.len() - 1 };
    bytes.truncate(left);
}

/// A piece of at most 64 bytes.
fn piece(bytes: &[u8], chance: &mut Chance) -> std::ops::Range<usize> {
    let from = chance.below(bytes.len());
    from..(from + 1 + chance.below(64)).min(bytes.len())
}

fn cut(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let piece = piece(bytes, chance);
    bytes.drain(piece);
}

fn put_in(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(bytes.len() + 1);
    let some: Vec<u8> = (0..1 + chance.below(8)).map(|_| byte(chance)).collect();
    bytes.splice(at..at, some);
}

fn double(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let copied = bytes[piece(bytes, chance)].to_vec();
    let at = chance.below(bytes.len() + 1);
    bytes.splice(at..at, copied);
}

fn swap_pieces(bytes: &mut [u8], chance: &mut Chance) {
    let length = (1 + chance.below(64)).min(bytes.len());
    let (one, other) = (chance.below(bytes.len()), chance.below(bytes.len()));
    for at in 0..length {
        let (one, other) = ((one + at) % bytes.len(), (other + at) % bytes.len());
        bytes.swap(one, other);
    }
}

/// The places of bytes that are something.
fn places(bytes: &[u8], is: fn(&u8) -> bool) -> Vec<usize> {
    bytes.iter().enumerate().filter(|(_, byte)| is(byte)).map(|(at, _)| at).collect()
}

fn digit(bytes: &mut [u8], chance: &mut Chance) {
    if let Some(at) = chance.pick_any(&places(bytes, u8::is_ascii_digit)) {
        bytes[at] = b'0' + u8::try_from(chance.below(10)).unwrap();
    }
}

/// One more, one less, or a digit in front or behind.
fn number(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let Some(at) = chance.pick_any(&places(bytes, u8::is_ascii_digit)) else { return };
    let from = bytes[..at].iter().rposition(|it| !it.is_ascii_digit()).map_or(0, |it| it + 1);
    let length = bytes[from..].iter().take_while(|it| it.is_ascii_digit()).count();
    let text = String::from_utf8(bytes[from..from + length].to_vec()).unwrap();
    let number: u128 = text.parse().unwrap_or(0);
    let other = match chance.below(6) {
        0 => (number + 1).to_string(),
        1 => number.saturating_sub(1).to_string(),
        2 => format!("{number}0"),
        3 => format!("0{number}"),
        4 => format!("-{number}"),
        _ => "9007199254740992".to_owned(),
    };
    bytes.splice(from..from + length, other.into_bytes());
}

fn letter(bytes: &mut [u8], chance: &mut Chance) {
    if let Some(at) = chance.pick_any(&places(bytes, u8::is_ascii_alphabetic)) {
        bytes[at] = chance.pick(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    }
}

/// What stands between quotes, in each other's place.
fn swap_texts(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let parts: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'"').map(<[u8]>::to_vec).collect();
    swapped(bytes, parts, b'"', chance);
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

fn swap_lines(bytes: &mut Vec<u8>, chance: &mut Chance) {
    swapped(bytes, lines(bytes), b'\n', chance);
}

fn swapped(bytes: &mut Vec<u8>, mut parts: Vec<Vec<u8>>, between: u8, chance: &mut Chance) {
    let (one, other) = (chance.below(parts.len()), chance.below(parts.len()));
    parts.swap(one, other);
    *bytes = parts.join(&between);
}

fn drop_line(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let mut lines = lines(bytes);
    lines.remove(chance.below(lines.len()));
    *bytes = lines.join(&b'\n');
}

fn double_line(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let mut lines = lines(bytes);
    let line = lines[chance.below(lines.len())].clone();
    lines.insert(chance.below(lines.len()), line);
    *bytes = lines.join(&b'\n');
}

/// A file whose path has a part in it.
fn with(files: &Files, chance: &mut Chance, part: &str) -> Option<String> {
    let paths: Vec<String> = paths(files).into_iter().filter(|it| it.contains(part)).collect();
    (!paths.is_empty()).then(|| paths[chance.below(paths.len())].clone())
}

fn swap_hashes(files: &mut Files, chance: &mut Chance) {
    let Some(path) = with(files, chance, "org/tile/0/") else { return };
    let mut bytes = files.get(&path).unwrap().to_vec();
    let count = bytes.len() / 32;
    if count > 0 {
        let (one, other) = (chance.below(count), chance.below(count));
        (0..32).for_each(|at| bytes.swap(one * 32 + at, other * 32 + at));
        files.insert(path, bytes);
    }
}

/// Changes the list of the entries in a bundle of entries.
fn entries(files: &mut Files, chance: &mut Chance, change: fn(&mut Vec<Vec<u8>>, usize, usize)) {
    let Some(path) = with(files, chance, "org/tile/entries/") else { return };
    let (mut rest, mut entries) = (files.get(&path).unwrap(), Vec::new());
    while let Some((length, behind)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(behind.len());
        entries.push(behind[..length].to_vec());
        rest = &behind[length..];
    }
    if entries.is_empty() {
        return;
    }
    let (one, other) = (chance.below(entries.len()), chance.below(entries.len()));
    change(&mut entries, one, other);
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&u16::try_from(entry.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(&entry);
    }
    files.insert(path, bytes);
}

fn drop_file(files: &mut Files, chance: &mut Chance) {
    if let Some(path) = some(files, chance) {
        files.remove(&path);
    }
}

/// A path that a bundle may have, or nearly.
fn path(chance: &mut Chance) -> String {
    let number = chance.below(120);
    match chance.below(10) {
        0 => format!("global/proofs/{number}.tlog-proof"),
        1 => format!("consistency/{number}-{}.req", number + chance.below(100)),
        2 => format!("org/tile/0/{number:03}"),
        3 => format!("org/tile/entries/000.p/{number}"),
        4 => format!("global/rotations/{}.json", number % 4),
        5 => format!("org/rotations/{}", number % 4),
        6 => format!("global/restorations/{}.json", number % 4),
        7 => format!("timestamps/{number}.tsr"),
        8 => "disclosures.ndjson".to_owned(),
        _ => format!("more/{number}"),
    }
}

fn add_file(files: &mut Files, chance: &mut Chance) {
    let bytes = match chance.percent(70) {
        true => some(files, chance).map(|path| files.get(&path).unwrap().to_vec()),
        false => None,
    };
    let bytes = bytes.unwrap_or_else(|| (0..chance.below(100)).map(|_| byte(chance)).collect());
    files.insert(path(chance), bytes);
}

fn rename(files: &mut Files, chance: &mut Chance) {
    let Some(from) = some(files, chance) else { return };
    let bytes = files.remove(&from).unwrap();
    files.insert(path(chance), bytes);
}

fn swap_files(files: &mut Files, chance: &mut Chance) {
    let (Some(one), Some(other)) = (some(files, chance), some(files, chance)) else { return };
    swap(files, &one, &other);
}

fn swap(files: &mut Files, one: &str, other: &str) {
    let (first, second) = (files.get(one).unwrap().to_vec(), files.get(other).unwrap().to_vec());
    files.insert(one, second);
    files.insert(other, first);
}

fn overwrite(files: &mut Files, chance: &mut Chance) {
    let (Some(from), Some(to)) = (some(files, chance), some(files, chance)) else { return };
    let bytes = files.get(&from).unwrap().to_vec();
    files.insert(to, bytes);
}

fn swap_proofs(files: &mut Files, chance: &mut Chance) {
    let (one, other) = (with(files, chance, "/proofs/"), with(files, chance, "/proofs/"));
    if let (Some(one), Some(other)) = (one, other) {
        swap(files, &one, &other);
    }
}

/// Another value of a field that is no list of files.
fn field(files: &mut Files, chance: &mut Chance) {
    let Some(bytes) = files.get("manifest.json") else { return };
    let Ok(mut manifest) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
    let names = ["from", "to", "org_size", "size", "heads", "format"];
    let name = chance.pick(&names);
    let before = manifest[name].as_u64().unwrap_or(0);
    let after = match chance.below(4) {
        0 => before + 1,
        1 => before.saturating_sub(1),
        2 => 0,
        _ => chance.below(200) as u64,
    };
    manifest[name] = after.into();
    files.insert("manifest.json", rollbook::words::canonical::write(&manifest).unwrap());
}

/// A line of a signature where another stands.
fn signature(files: &mut Files, chance: &mut Chance) {
    let notes = ["checkpoint", "rotations/", "/proofs/", "consistency/"];
    let part = chance.pick(&notes);
    let Some(path) = with(files, chance, part) else { return };
    let Some(source) = with(files, chance, "checkpoint") else { return };
    let is_signature = |line: &Vec<u8>| line.starts_with("\u{2014} ".as_bytes());
    let others: Vec<Vec<u8>> =
        lines(files.get(&source).unwrap()).into_iter().filter(is_signature).collect();
    let mut lines = lines(files.get(&path).unwrap());
    let places: Vec<usize> = (0..lines.len()).filter(|at| is_signature(&lines[*at])).collect();
    let Some(at) = chance.pick_any(&places) else { return };
    if others.is_empty() {
        return;
    }
    let other = others[chance.below(others.len())].clone();
    if chance.percent(50) {
        lines[at] = other
    } else {
        lines.insert(at, other)
    }
    files.insert(path, lines.join(&b'\n'));
}

/// Where the n-th header of a zip file begins.
fn next_header(bytes: &[u8], number: usize) -> Option<usize> {
    let mut headers = bytes.windows(4).enumerate().filter(|(_, four)| four.starts_with(b"PK"));
    headers.nth(number).map(|(at, _)| at)
}

fn header(bytes: &mut [u8], chance: &mut Chance) {
    let headers = bytes.windows(2).filter(|two| two == b"PK").count();
    let Some(at) = next_header(bytes, chance.below(headers)) else { return };
    let at = (at + chance.below(46)).min(bytes.len() - 1);
    bytes[at] ^= 1 << chance.below(8);
}
