// The contract of events/, and how a made bundle is checked.

import { readContract } from '../../web/verify/node.mjs';
import { verify } from '../../web/verify/verify.js';
import { zipOf } from './zip.mjs';

export const CONTRACT = readContract();

/** What the verifier says of a made bundle, as a directory. */
export async function verified(made, given = { files: filesOf(made.files) }) {
  const asked = {
    policy: Buffer.from(made.policy),
    known: made.known.map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes) })),
    allowUnwitnessed: false,
    ...made.asked,
  };
  return verify(given, asked, CONTRACT);
}

export const filesOf = (files) => [...files].map(([path, bytes]) => ({ path, bytes }));
export const verifiedZip = (made, options) => verified(made, { zip: zipOf(made.files, options) });
