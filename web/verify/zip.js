// A zip file in its one spelling (docs/BUNDLE.md § 1): what is read is written again, header by
// header, and has to be what stands there.

import { demand, join, same, textOf } from './bytes.js';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const [VERSION, MADE_BY, DATE, ATTRIBUTES] = [10, 0x031e, 33, 0x81a40000];

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest >>> 0;
});

function crc32(bytes) {
  let rest = 0xffffffff;
  for (let at = 0; at < bytes.length; at += 1) {
    rest = CRC_TABLE[(rest ^ bytes[at]) & 0xff] ^ (rest >>> 8);
  }
  return (rest ^ 0xffffffff) >>> 0;
}

/** Numbers in little-endian, each with its width in bytes. */
function littleEndian(...fields) {
  const bytes = new Uint8Array(fields.reduce((sum, [, width]) => sum + width, 0));
  let at = 0;
  for (const [number, width] of fields) {
    for (let byte = 0; byte < width; byte += 1) bytes[at + byte] = (number >>> (8 * byte)) & 0xff;
    at += width;
  }
  return bytes;
}

/**
 * What both headers of a file say, behind the versions: flags, method, time, date, sum, lengths.
 */
function common(file) {
  const { crc, bytes, name } = file;
  const lengths = [
    [bytes.length, 4],
    [bytes.length, 4],
    [name.length, 2],
    [0, 2],
  ];
  return [[VERSION, 2], [0, 2], [0, 2], [0, 2], [DATE, 2], [crc, 4], ...lengths];
}

const localHeader = (file) => join(littleEndian([LOCAL, 4], ...common(file)), file.name);

function centralHeader(file) {
  const behind = [
    [0, 2],
    [0, 2],
    [0, 2],
    [ATTRIBUTES, 4],
    [file.offset, 4],
  ];
  return join(littleEndian([CENTRAL, 4], [MADE_BY, 2], ...common(file), ...behind), file.name);
}

function endRecord(count, length, offset) {
  const counts = [
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
  ];
  return littleEndian([END, 4], ...counts, [length, 4], [offset, 4], [0, 2]);
}

/** The file whose local header stands at a place. */
function localFile(zip, offset) {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  demand(offset + 30 <= zip.length, 'the zip file ends inside a header');
  const [length, named] = [view.getUint32(offset + 22, true), view.getUint16(offset + 26, true)];
  const start = offset + 30 + named;
  demand(start + length <= zip.length, 'the zip file ends inside a file');
  const name = zip.subarray(offset + 30, start);
  const bytes = zip.subarray(start, start + length);
  const file = { name, bytes, crc: crc32(bytes), offset };
  const path = textOf(name);
  demand(same(localHeader(file), zip.subarray(offset, start)), `${path}: another local header`);
  return { ...file, path };
}

/** The files of a zip file, in its order. */
export function filesOfZip(zip, atMost) {
  const files = [];
  let at = 0;
  const begins = (signature) => same(zip.subarray(at, at + 4), littleEndian([signature, 4]));
  while (begins(LOCAL)) {
    demand(files.length < atMost, `it has more than ${atMost} files`);
    const file = localFile(zip, at);
    at += 30 + file.name.length + file.bytes.length;
    files.push(file);
  }
  demand(files[0]?.path === 'manifest.json', 'it is no zip file that begins with manifest.json');
  for (let place = 2; place < files.length; place += 1) {
    const [before, { path }] = [files[place - 1].path, files[place]];
    demand(before < path, `${path} does not ascend in the zip file`);
  }
  const directory = at;
  for (const file of files) {
    const header = centralHeader(file);
    const there = zip.subarray(at, at + header.length);
    demand(same(header, there), `${file.path}: another entry in the central directory`);
    at += header.length;
  }
  const end = endRecord(files.length, at - directory, directory);
  demand(same(end, zip.subarray(at)), 'another end of the zip file');
  return files.map(({ path, bytes }) => ({ path, bytes }));
}
