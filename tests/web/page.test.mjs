// The page itself: that it is what the build makes, and that it does its work in a browser,
// offline.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { page } from '../../web/verify/build.mjs';
import { Browser, browserProgram } from './browser.mjs';
import { note } from './bundle.mjs';
import { bundleOf } from './cases/base.mjs';
import { logLine, textOf } from './notes.mjs';
import { zipOf } from './zip.mjs';

const PAGE = new URL('../../web/verify.html', import.meta.url);
const PROGRAM = browserProgram();
/** Where pictures go, if somebody wants to look at them. */
const PICTURES = process.env.PICTURES;

test('the committed page is what the build makes', () => {
  const committed = readFileSync(PAGE, 'utf8');
  assert.ok(committed === page(), 'run node web/verify/build.mjs');
});

test(
  'there is a browser to open it in',
  { skip: !PROGRAM && !process.env.CI && 'no chromium here' },
  () => {
    assert.ok(PROGRAM, 'chromium does not run: .ci/run installs it');
  },
);

/** Writes what a person would have: a zip file, a folder, a policy, checkpoints. */
function lay(made, folder) {
  const at = (name) => join(folder, name);
  writeFileSync(at('bundle.zip'), zipOf(made.files));
  for (const [path, bytes] of made.files) {
    mkdirSync(dirname(at(join('bundle', path))), { recursive: true });
    writeFileSync(at(join('bundle', path)), bytes);
  }
  writeFileSync(at('policy.txt'), made.policy);
  return made.known.map(({ name, bytes }) => {
    writeFileSync(at(name), bytes);
    return at(name);
  });
}

/** Opens the page at the moment of a bundle and lets `act` go on from there. */
async function opened(made, act) {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  const browser = new Browser(PROGRAM);
  try {
    const known = lay(made, folder);
    await browser.open(PAGE.href, `Date.now = () => ${made.asked.now * 1000};`);
    await act(browser, { folder, known, at: (name) => join(folder, name) });
    // Nothing was asked of anybody, and nothing was logged, forbidden scripts among it.
    const asked = browser.told.filter(({ method }) => method === 'Network.requestWillBeSent');
    const urls = asked.map(({ params }) => params.request.url);
    assert.deepEqual(
      urls.filter((url) => url !== PAGE.href && !url.startsWith('blob:')),
      [],
    );
    const wrong = ['Log.entryAdded', 'Runtime.exceptionThrown', 'Runtime.consoleAPICalled'];
    assert.deepEqual(
      browser.told.filter(({ method }) => wrong.includes(method)),
      [],
    );
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const DONE =
  '!document.getElementById("result").hidden && !document.getElementById("stage").textContent';
const ready = '!document.getElementById("check").disabled';
const said = (browser, id) =>
  browser.value(`document.getElementById(${JSON.stringify(id)}).innerText`);

/** Presses the button and answers what the page says. */
async function check(browser, picture) {
  await browser.until(ready);
  await browser.value('document.getElementById("check").click()');
  await browser.until(DONE);
  if (PICTURES !== undefined)
    writeFileSync(join(PICTURES, `${picture}.png`), await browser.screenshot());
  return {
    exit: await browser.value('document.getElementById("result").dataset.exit'),
    verdicts: await said(browser, 'verdicts'),
    findings: await said(browser, 'findings'),
    all: await said(browser, 'result'),
  };
}

const inBrowser = { skip: !PROGRAM && 'no chromium here' };

test('a genuine bundle is picked as a zip file', inBrowser, () =>
  opened(bundleOf(), async (browser, { at }) => {
    await browser.choose('#bundle-zip', [at('bundle.zip')]);
    await browser.choose('#policy', [at('policy.txt')]);
    const { exit, verdicts, all } = await check(browser, 'genuine');
    assert.equal(exit, '0', all);
    assert.match(verdicts, /verified[^]*complete[^]*witnessed[^]*unasked[^]*19 disclosed/);
    assert.match(all, /Nothing was found/);
    assert.equal(await browser.value('document.activeElement.id'), 'verdict');
  }),
);

test('a genuine bundle is picked as a folder, in the dark', inBrowser, () =>
  opened(bundleOf(), async (browser, { at }) => {
    const dark = [{ name: 'prefers-color-scheme', value: 'dark' }];
    await browser.send('Emulation.setEmulatedMedia', { features: dark });
    await browser.choose('#bundle-folder', [at('bundle')]);
    await browser.choose('#policy', [at('policy.txt')]);
    const { exit, all } = await check(browser, 'dark');
    assert.equal(exit, '0', all);
  }),
);

test('a fork is found among what is dropped', inBrowser, () => {
  const made = bundleOf();
  const text = textOf(made.origin, made.leaves.length, Buffer.alloc(32));
  made.known = [
    { name: 'liar.txt', bytes: `${text}\n${logLine(made.keys.log, text)}` },
    {
      name: 'earlier.txt',
      bytes: note(`${made.origin}/o/${made.org}`, made.orgLeaves.slice(0, 5), made.keys.org),
    },
  ];
  return opened(made, async (browser, { at, known }) => {
    await browser.drop([at('bundle.zip'), at('policy.txt'), ...known]);
    await browser.until('document.getElementById("known-told").textContent.includes("earlier")');
    const { exit, verdicts, findings, all } = await check(browser, 'fork');
    assert.equal(exit, '4', all);
    assert.match(verdicts, /contradicted/);
    assert.match(findings, /fork[^]*liar\.txt/);
    assert.equal(await browser.value('document.getElementById("evidence").hidden'), false);
  });
});

test('a folder that is dropped is read', inBrowser, () =>
  opened(bundleOf(), async (browser, { at }) => {
    await browser.drop([at('bundle'), at('policy.txt')]);
    const { exit, all } = await check(browser, 'folder');
    assert.equal(exit, '0', all);
  }),
);

test('what strangers wrote stays text', inBrowser, () => {
  const evil = '<img/src=x/onerror=document.title=1>';
  const made = bundleOf({
    notes: ({ files, text, keys }) => {
      const theirs = text.replace(/^.*\n/, `${evil}\n`);
      files.set('global/checkpoint', Buffer.from(`${theirs}\n${logLine(keys.log, theirs)}`));
    },
  });
  return opened(made, async (browser, { at }) => {
    await browser.choose('#bundle-zip', [at('bundle.zip')]);
    await browser.choose('#policy', [at('policy.txt')]);
    const { exit, findings } = await check(browser, 'strangers');
    assert.equal(exit, '1');
    assert.ok(findings.includes(evil), findings);
    assert.equal(await browser.value('document.querySelectorAll("img").length'), 0);
    assert.equal(await browser.value('document.title'), 'Rollbook verifier');
  });
});

test('every control has a name, and what is asked for is taken', inBrowser, () =>
  opened(bundleOf(), async (browser, { at }) => {
    await browser.send('Accessibility.enable');
    const { nodes } = await browser.send('Accessibility.getFullAXTree');
    const roles = ['button', 'textbox', 'checkbox', 'heading', 'DisclosureTriangle'];
    const nameless = nodes.filter(
      ({ ignored, role, name }) => !ignored && roles.includes(role?.value) && !name?.value,
    );
    assert.deepEqual(nameless, []);
    await browser.choose('#bundle-zip', [at('bundle.zip')]);
    await browser.choose('#policy', [at('policy.txt')]);
    await browser.value('document.querySelector("details").open = true');
    await browser.value('document.getElementById("min-size").value = "21"');
    const { exit, findings } = await check(browser, 'wanted');
    assert.equal(exit, '3');
    assert.match(findings, /too_small/);
  }),
);
