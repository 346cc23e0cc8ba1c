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

/** All files below a dropped folder, as an entry of the older interface. */
async function walkEntry(folder, inside, placed) {
  const reader = folder.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0 || placed.length >= FILES_AT_MOST) return;
    for (const entry of some) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory) await walkEntry(entry, path, placed);
      else
        placed.push({
          path,
          file: await new Promise((resolve, reject) => entry.file(resolve, reject)),
        });
    }
  }
}

/** The same as a handle, which works in pages that were opened from a disk, too. */
async function walkHandle(folder, inside, placed) {
  for await (const [name, handle] of folder.entries()) {
    if (placed.length >= FILES_AT_MOST) return;
    const path = inside === '' ? name : `${inside}/${name}`;
    if (handle.kind === 'directory') await walkHandle(handle, path, placed);
    else placed.push({ path, file: await handle.getFile() });
  }
}

async function readFolder({ entry, handle }) {
  const walks = [];
  if (handle?.kind === 'directory') walks.push((placed) => walkHandle(handle, '', placed));
  walks.push((placed) => walkEntry(entry, '', placed));
  for (const walk of walks) {
    const placed = [];
    try {
      await walk(placed);
      return await readPlaced(placed);
    } catch {
      // The other interface may do.
    }
  }
  return {
    refused: 'this browser does not let the page read a dropped folder: choose it with the button',
  };
}

/** What was dropped: at most one folder, which is a bundle, and files. */
export async function filesOfDrop(transfer) {
  const dropped = { folder: null, name: '', files: [] };
  // The list is emptied as soon as the event is over, so all is asked for before anything is
  // awaited.
  const items = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({
      entry: item.webkitGetAsEntry?.() ?? null,
      handle: item.getAsFileSystemHandle?.().catch(() => null) ?? null,
      file: item.getAsFile(),
    }));
  for (const { entry, handle, file } of items) {
    if (entry?.isDirectory) {
      dropped.folder = await readFolder({ entry, handle: await handle });
      dropped.name = entry.name;
    } else if (file !== null) {
      dropped.files.push(file);
    }
  }
  return dropped;
}
