// Writes zip files in the spelling of docs/BUNDLE.md § 1, or in one that a case asks for.

import * as zlib from 'node:zlib';

/** zlib's, or by hand where this node has none. */
function crc32(bytes) {
  if (zlib.crc32 !== undefined) return zlib.crc32(bytes);
  let rest = ~0;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return ~rest >>> 0;
}

function pack(...fields) {
  return Buffer.concat(
    fields.map(([value, width]) => {
      const bytes = Buffer.alloc(width);
      bytes.writeUIntLE(value, 0, width);
      return bytes;
    }),
  );
}

/** `files`: path → bytes. `spoil(header)` may change what the headers of a file say. */
export function zipOf(files, { spoil = () => {}, comment = '', tail = '' } = {}) {
  const isFirst = (path) => (path === 'manifest.json' ? 0 : 1);
  const sorted = files instanceof Map ? [...files] : files;
  if (files instanceof Map) {
    sorted.sort(([one], [other]) => isFirst(one) - isFirst(other) || (one < other ? -1 : 1));
  }
  const [locals, centrals] = [[], []];
  let offset = 0;
  for (const [path, bytes] of sorted) {
    const header = {
      path,
      version: 10,
      flags: 0,
      method: 0,
      time: 0,
      date: 33,
      crc: crc32(bytes),
      length: bytes.length,
      attributes: 0x81a40000,
      extra: Buffer.alloc(0),
      made: 0x031e,
    };
    spoil(header);
    const { version, flags, method, time, date, crc, length, extra } = header;
    const name = Buffer.from(header.path);
    const same = [
      [version, 2],
      [flags, 2],
      [method, 2],
      [time, 2],
      [date, 2],
      [crc, 4],
      [length, 4],
      [length, 4],
      [name.length, 2],
      [extra.length, 2],
    ];
    locals.push(pack([0x04034b50, 4], ...same), name, extra, bytes);
    centrals.push(
      pack(
        [0x02014b50, 4],
        [header.made, 2],
        ...same,
        [0, 2],
        [0, 2],
        [0, 2],
        [header.attributes, 4],
        [offset, 4],
      ),
      name,
      extra,
    );
    offset += 30 + name.length + extra.length + bytes.length;
  }
  const directory = Buffer.concat(centrals);
  const count = sorted.length;
  const end = pack(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [directory.length, 4],
    [offset, 4],
    [comment.length, 2],
  );
  return Buffer.concat([...locals, directory, end, Buffer.from(comment), Buffer.from(tail)]);
}
