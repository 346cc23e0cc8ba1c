//! Zip files in the one spelling that bundles have: stored, without times, in one order.
//!
//! What is read is written again and compared, so nothing of the format's freedom is left to hide
//! something in: no second name for a file, no gap, no comment, no bytes that another reader sees.

use std::collections::BTreeMap;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;

/// Version 1.0 of the format, no flags, stored, midnight of 1980-01-01.
const PLAIN: [u16; 5] = [10, 0, 0, 0, 33];

/// Made on Unix, by version 3.0 of the format.
const MADE_BY: u16 = 0x031e;

/// A plain file that its owner writes and everybody reads.
const ATTRIBUTES: u32 = 0x81a4_0000;

/// Writes files; none where there are more, or longer ones, than the format can say without its
/// extensions.
pub(super) fn write<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Option<Vec<u8>> {
    let (mut bytes, mut central, mut count) = (Vec::new(), Vec::new(), 0u16);
    for (name, content) in files {
        let offset = u32::try_from(bytes.len()).ok()?;
        let said = said(name, content)?;
        put(&mut bytes, LOCAL);
        bytes.extend_from_slice(&said);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(content);
        put(&mut central, CENTRAL);
        central.extend_from_slice(&MADE_BY.to_le_bytes());
        central.extend_from_slice(&said);
        // No comment, the first disk, no attributes inside.
        central.extend_from_slice(&[0; 6]);
        put(&mut central, ATTRIBUTES);
        put(&mut central, offset);
        central.extend_from_slice(name.as_bytes());
        count = count.checked_add(1)?;
    }
    let (offset, length) = (u32::try_from(bytes.len()).ok()?, u32::try_from(central.len()).ok()?);
    bytes.extend_from_slice(&central);
    put(&mut bytes, END);
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    put(&mut bytes, length);
    put(&mut bytes, offset);
    bytes.extend_from_slice(&[0; 2]);
    Some(bytes)
}

fn put(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

/// What both headers of a file say of it.
fn said(name: &str, content: &[u8]) -> Option<Vec<u8>> {
    let mut said: Vec<u8> = PLAIN.iter().flat_map(|number| number.to_le_bytes()).collect();
    let length = u32::try_from(content.len()).ok()?;
    put(&mut said, crc32fast::hash(content));
    put(&mut said, length);
    put(&mut said, length);
    said.extend_from_slice(&u16::try_from(name.len()).ok()?.to_le_bytes());
    said.extend_from_slice(&[0; 2]);
    Some(said)
}

/// How long a local header is before its name, and where in it stand the length of the content and
/// that of the name.
const HEADER_BYTES: usize = 30;
const CONTENT_LENGTH_AT: usize = 22;
const NAME_LENGTH_AT: usize = 26;

/// Reads the files of a zip file in its one spelling; none of any other.
pub(super) fn read(bytes: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut order = Vec::new();
    let mut rest = bytes;
    while rest.starts_with(&LOCAL.to_le_bytes()) {
        let (header, behind) = rest.split_at_checked(HEADER_BYTES)?;
        let length = u32::from_le_bytes(header[CONTENT_LENGTH_AT..][..4].try_into().ok()?);
        let name = u16::from_le_bytes(header[NAME_LENGTH_AT..][..2].try_into().ok()?);
        let (name, behind) = behind.split_at_checked(usize::from(name))?;
        let (content, behind) = behind.split_at_checked(usize::try_from(length).ok()?)?;
        let name = std::str::from_utf8(name).ok()?.to_owned();
        order.push((name.clone(), content));
        if files.insert(name, content.to_vec()).is_some() {
            return None;
        }
        rest = behind;
    }
    let again = write(order.iter().map(|(name, content)| (name.as_str(), *content)))?;
    (again == bytes).then_some(files)
}
