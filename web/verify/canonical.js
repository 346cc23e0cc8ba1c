// Canonical JSON (events/README.md § 1). What is read here was spelt in the one way there is, so
// the value stands for its bytes. Objects have no prototype: a field may have any name.

import { demand, textOf } from './bytes.js';

/** Levels below the outermost value. */
const NESTING_LIMIT = 16;
const SHORT = { '"': '"', '\\': '\\', b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' };
const WITH_SHORT = new Set(Object.values(SHORT));

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail(what) {
    demand(false, `not canonical JSON: ${what} at character ${this.at}`);
  }

  take(token) {
    if (!this.text.startsWith(token, this.at)) this.fail(`${token} was expected`);
    this.at += token.length;
  }

  value(depth) {
    if (depth > NESTING_LIMIT) this.fail('nested too deep');
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.list(depth);
      case '"':
        return this.string();
      case 't':
        this.take('true');
        return true;
      case 'f':
        this.take('false');
        return false;
      default:
        return this.integer();
    }
  }

  object(depth) {
    const object = Object.create(null);
    let before = null;
    this.take('{');
    while (this.text[this.at] !== '}') {
      if (before !== null) this.take(',');
      const key = this.string();
      // For ASCII, the order of JavaScript's texts is that of their bytes.
      if (/[^\x00-\x7f]/.test(key)) this.fail('a name that is not ASCII');
      if (before !== null && key <= before) this.fail('names that do not ascend');
      this.take(':');
      object[key] = this.value(depth + 1);
      before = key;
    }
    this.take('}');
    return object;
  }

  list(depth) {
    const list = [];
    this.take('[');
    while (this.text[this.at] !== ']') {
      if (list.length > 0) this.take(',');
      list.push(this.value(depth + 1));
    }
    this.take(']');
    return list;
  }

  string() {
    this.take('"');
    const parts = [];
    const plain = /[^"\\\x00-\x1f]*/y;
    for (;;) {
      plain.lastIndex = this.at;
      const [run] = plain.exec(this.text);
      parts.push(run);
      this.at += run.length;
      if (this.text[this.at] === '"') break;
      if (this.text[this.at] !== '\\') this.fail('a control character or an end inside a text');
      parts.push(this.escape());
    }
    this.at += 1;
    const string = parts.length === 1 ? parts[0] : parts.join('');
    if (/[^\x00-\x7f]/.test(string) && string.normalize('NFC') !== string) {
      this.fail('a text that is not in normal form C');
    }
    return string;
  }

  escape() {
    const letter = this.text[this.at + 1];
    if (letter !== 'u') {
      if (letter === undefined || !Object.hasOwn(SHORT, letter)) this.fail('another escape');
      this.at += 2;
      return SHORT[letter];
    }
    const digits = this.text.slice(this.at + 2, this.at + 6);
    if (!/^00[01][0-9a-f]$/.test(digits)) this.fail('another escape');
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    if (WITH_SHORT.has(character)) this.fail('an escape that has a shorter form');
    this.at += 6;
    return character;
  }

  integer() {
    const digits = /0|[1-9][0-9]{0,15}/y;
    digits.lastIndex = this.at;
    const found = digits.exec(this.text);
    if (found === null) this.fail('something that is no value');
    const number = Number(found[0]);
    if (!Number.isSafeInteger(number)) this.fail('a number above 2^53 - 1');
    this.at += found[0].length;
    return number;
  }
}

/** The value whose canonical JSON these bytes are. */
export function canonical(bytes) {
  const reader = new Reader(textOf(bytes));
  const value = reader.value(0);
  if (reader.at !== reader.text.length) reader.fail('something behind the value');
  return value;
}

/** Whether a value is an object with exactly these fields, which are given ascending. */
export function hasFields(value, fields) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const found = Object.keys(value).sort();
  return found.length === fields.length && found.every((field, at) => field === fields[at]);
}
