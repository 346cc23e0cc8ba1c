// The page: takes what is given, has it checked, shows what came of it.

import { contractOf } from '../contract.js';
import { verify } from '../verify.js';
import { filesOfDrop, isZip, readBundleFolder, readFile } from './given.js';
import { show } from './show.js';

const at = (id) => document.getElementById(id);
const { files, roleSets } = JSON.parse(at('contract').textContent);
const CONTRACT = contractOf(files, roleSets);

/** What is to be checked. */
const given = { bundle: null, policy: null, known: [] };
let running = false;

function tell(id, text) {
  at(id).textContent = text;
  at(id).classList.toggle('there', true);
}

function setBundle(bundle, name) {
  given.bundle = bundle;
  tell('bundle-told', name);
  refresh();
}

function setPolicy(bytes, name) {
  given.policy = bytes;
  tell('policy-told', name);
  refresh();
}

function addKnown(known) {
  given.known.push(...known);
  tell('known-told', given.known.map(({ name }) => name).join(', ') || 'none');
  refresh();
}

function refresh() {
  at('check').disabled = running || given.bundle === null || given.policy === null;
  at('forget').hidden = given.known.length === 0;
}

/** A number from a field, or nothing where it is empty. */
function numberIn(id, unit) {
  const text = at(id).value.trim();
  return text === '' ? undefined : Number(text) * unit;
}

const STAGES = {
  container: 'Reading the bundle…',
  policy: 'Reading the policy…',
  manifest: 'Comparing files with the manifest…',
  checkpoints: 'Checking signatures…',
  tree: 'Following the tree…',
  entries: 'Checking entries and links…',
  global: 'Checking proofs…',
  values: 'Opening personal values…',
  law: 'Replaying the law…',
  known: 'Comparing with known checkpoints…',
};

/** Shows a stage, and lets the browser draw it before the work goes on. */
async function stage(name) {
  at('stage').textContent = STAGES[name];
  await new Promise((resolve) => setTimeout(resolve, 0));
}

async function check() {
  running = true;
  refresh();
  const asked = {
    policy: given.policy,
    known: given.known,
    now: Math.floor(Date.now() / 1000),
    minSize: numberIn('min-size', 1),
    maxAge: numberIn('max-age', 3600),
    allowUnwitnessed: at('allow-unwitnessed').checked,
  };
  const { report, evidence } = await verify(given.bundle, asked, CONTRACT, stage);
  at('stage').textContent = '';
  running = false;
  refresh();
  show(report, evidence);
}

/** Files that were dropped are told apart by what they are. */
async function take(dropped) {
  if (dropped.folder !== null) setBundle(dropped.folder, dropped.name);
  for (const file of dropped.files) {
    if (isZip(file)) {
      setBundle(await readFile(file, 'zip'), file.name);
      continue;
    }
    const read = await readFile(file, 'bytes');
    if (read.refused !== undefined) tell('policy-told', `${file.name}: ${read.refused}`);
    // A checkpoint has signature lines; a policy has none.
    else if (/^— /m.test(new TextDecoder().decode(read.bytes)))
      addKnown([{ name: file.name, bytes: read.bytes }]);
    else setPolicy(read.bytes, file.name);
  }
}

at('bundle-zip').addEventListener('change', async ({ target }) => {
  const [file] = target.files;
  if (file !== undefined) setBundle(await readFile(file, 'zip'), file.name);
});
at('bundle-folder').addEventListener('change', async ({ target }) => {
  if (target.files.length === 0) return;
  const name = target.files[0].webkitRelativePath.split('/')[0];
  setBundle(await readBundleFolder([...target.files]), name);
});
at('policy').addEventListener('change', async ({ target }) => {
  const [file] = target.files;
  if (file === undefined) return;
  const { bytes, refused } = await readFile(file, 'bytes');
  if (refused === undefined) setPolicy(bytes, file.name);
  else tell('policy-told', `${file.name}: ${refused}`);
});
at('known').addEventListener('change', async ({ target }) => {
  const read = await Promise.all(
    [...target.files].map(async (file) => {
      const { bytes = new Uint8Array() } = await readFile(file, 'bytes');
      return { name: file.name, bytes };
    }),
  );
  addKnown(read);
});
at('forget').addEventListener('click', () => {
  given.known = [];
  at('known').value = '';
  addKnown([]);
});
// A field that is not filled in as it has to be can only be shown where it is seen.
at('form').addEventListener('invalid', () => (at('beyond').open = true), true);
at('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!running && given.bundle !== null && given.policy !== null) check();
});

const over = (is) => document.body.classList.toggle('over', is);
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  over(true);
});
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) over(false);
});
document.addEventListener('drop', async (event) => {
  event.preventDefault();
  over(false);
  await take(await filesOfDrop(event.dataTransfer));
});
