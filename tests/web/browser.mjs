// Chromium, spoken to over its DevTools protocol through two pipes: nothing listens on a port.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAMES = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'];

/** The program, or nothing where there is none. */
export function browserProgram() {
  const there = (name) => name && spawnSync(name, ['--version'], { timeout: 30_000 }).status === 0;
  return NAMES.find(there);
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
  '--hide-scrollbars',
  '--window-size=900,1200',
];
/** A page that does not answer by then never will. */
const ANSWER_MILLIS = 60_000;

export class Browser {
  constructor(program) {
    this.home = mkdtempSync(join(tmpdir(), 'browser-'));
    const args = [...FLAGS, `--user-data-dir=${this.home}`, 'about:blank'];
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'];
    this.process = spawn(program, args, { stdio });
    this.asked = new Map();
    this.told = [];
    this.number = 0;
    let rest = '';
    this.process.stdio[4].on('data', (data) => {
      const messages = (rest + data).split('\0');
      rest = messages.pop();
      for (const message of messages) this.hear(JSON.parse(message));
    });
  }

  hear({ id, result, error, method, params }) {
    if (id === undefined) {
      this.told.push({ method, params });
      return;
    }
    const { resolve, reject } = this.asked.get(id);
    this.asked.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(error.message));
  }

  send(method, params = {}) {
    this.number += 1;
    const id = this.number;
    const message = { id, method, params, sessionId: this.session };
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${method} was not answered`)), ANSWER_MILLIS);
      const settle = (how) => (value) => {
        clearTimeout(late);
        how(value);
      };
      this.asked.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.process.stdio[3].write(`${JSON.stringify(message)}\0`);
    });
  }

  /**
   * Opens a page, once `before` ran in it; what it logs and what its policy forbids is kept in
   * `told`.
   */
  async open(url, before = '') {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    this.session = sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'DOM', 'Network'])
      await this.send(`${domain}.enable`);
    await this.send('Page.addScriptToEvaluateOnNewDocument', { source: before });
    await this.send('Page.navigate', { url });
    await this.until('document.readyState === "complete" && location.protocol === "file:"');
  }

  async value(expression) {
    const given = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', given);
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception.description);
    return result.value;
  }

  async until(expression) {
    for (const end = Date.now() + ANSWER_MILLIS; Date.now() < end;) {
      if (await this.value(expression)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`never came true: ${expression}`);
  }

  /** Puts files into a file input, as its dialogue would. */
  async choose(selector, files) {
    const { root } = await this.send('DOM.getDocument');
    const { nodeId } = await this.send('DOM.querySelector', { nodeId: root.nodeId, selector });
    await this.send('DOM.setFileInputFiles', { nodeId, files });
  }

  /** Drops files and folders onto the page. */
  async drop(files) {
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop']) {
      await this.send('Input.dispatchDragEvent', { type, x: 100, y: 100, data });
    }
  }

  async screenshot() {
    const given = { format: 'png', captureBeyondViewport: true };
    const {
      cssContentSize: { width, height },
    } = await this.send('Page.getLayoutMetrics');
    const clip = { x: 0, y: 0, width, height, scale: 1 };
    const { data } = await this.send('Page.captureScreenshot', { ...given, clip });
    return Buffer.from(data, 'base64');
  }

  async close() {
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    this.session = undefined;
    // It is asked to end, so that its children end with it and write nothing behind it.
    await this.send('Browser.close').catch(() => this.process.kill());
    await gone;
    rmSync(this.home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
