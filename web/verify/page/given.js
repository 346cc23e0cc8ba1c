// What a person gives the page: files and folders, read once into memory.

import { BYTES_AT_MOST } from '../container.js';

/** More files than a bundle may have, so that the container itself refuses them. */
const FILES_AT_MOST = 65_001;

export const isZip = (file) => /\.zip$/i.test(file.name) || file.type === 'application/zip';

/** The bytes of a file under a name, or why they are not there. */
export async function readFile(file, as) {
  if (file.size > BYTES_AT_MOST) return { refused: 'it is above 1 GiB' };
  try {
    return { [as]: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    return { refused: 'it could not be read' };
  }
}

/** Files with the paths they have inside a folder. */
async function readPlaced(placed) {
  let left = BYTES_AT_MOST;
  const files = [];
  for (const { path, file } of placed) {
    left -= file.size;
    if (left < 0) return { refused: 'it is above 1 GiB' };
    const { bytes, refused } = await readFile(file, 'bytes');
    if (refused !== undefined) return { refused: `${path}: ${refused}` };
    files.push({ path, bytes });
  }
  return { files };
}

/** A bundle from a folder picker, whose paths begin with the folder's own name. */
export function readBundleFolder(picked) {
  const placed = picked.slice(0, FILES_AT_MOST).map((file) => {
    const path = file.webkitRelativePath.split('/').slice(1).join('/');
    return { path, file };
  });
  return readPlaced(placed);
}

/** All files below a dropped folder. */
async function walk(folder, inside, placed) {
  const reader = folder.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0 || placed.length >= FILES_AT_MOST) return;
    for (const entry of some) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory) await walk(entry, path, placed);
      else placed.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    }
  }
}

/** What was dropped: at most one folder, which is a bundle, and files. */
export async function filesOfDrop(transfer) {
  const dropped = { folder: null, name: '', files: [] };
  // The list is emptied as soon as the event is over, so it is read before anything is awaited.
  const entries = [...transfer.items].map((item) => ({
    entry: item.webkitGetAsEntry?.() ?? null,
    file: item.getAsFile(),
  }));
  for (const { entry, file } of entries) {
    if (entry?.isDirectory) {
      const placed = [];
      try {
        await walk(entry, '', placed);
        dropped.folder = await readPlaced(placed);
      } catch {
        dropped.folder = { refused: 'the folder could not be read' };
      }
      dropped.name = entry.name;
    } else if (file !== null) {
      dropped.files.push(file);
    }
  }
  return dropped;
}
