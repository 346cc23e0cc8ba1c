// JSON Schema as far as the schemas of events/ use it. Whoever loads them refuses any other
// keyword, so nothing that a schema demands goes unchecked.

import { Refused, ascends, demand } from './bytes.js';
import { isMoment } from './time.js';

const KEYWORDS = new Set([
  '$defs',
  '$ref',
  '$schema',
  'additionalProperties',
  'anyOf',
  'const',
  'description',
  'enum',
  'format',
  'items',
  'maxItems',
  'maxLength',
  'maximum',
  'minItems',
  'minLength',
  'minimum',
  'pattern',
  'properties',
  'required',
  'title',
  'type',
  'uniqueItems',
]);
const TYPES = {
  array: Array.isArray,
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => typeof value === 'number',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  string: (value) => typeof value === 'string',
};

/** Throws where a schema says something that the check below does not know. */
export function checkKeywords(schema, name) {
  for (const [keyword, said] of Object.entries(schema)) {
    const fits = {
      additionalProperties: said === false,
      const: typeof said !== 'object',
      enum: Array.isArray(said) && said.every((value) => typeof value !== 'object'),
      format: said === 'date-time',
      type: Object.hasOwn(TYPES, said),
      uniqueItems: said === true,
    };
    const known = KEYWORDS.has(keyword) && (fits[keyword] ?? true);
    if (!known) throw new Error(`${name}: ${keyword} ${JSON.stringify(said)} is not known here`);
    if (keyword === 'properties' || keyword === '$defs') {
      for (const inner of Object.values(said)) checkKeywords(inner, name);
    } else if (keyword === 'anyOf') {
      for (const inner of said) checkKeywords(inner, name);
    } else if (keyword === 'items') {
      checkKeywords(said, name);
    }
  }
}

export class Schemas {
  /** `files` are the schemas by file name. */
  constructor(files) {
    this.files = files;
    this.patterns = new Map();
  }

  has(name) {
    return Object.hasOwn(this.files, name);
  }

  /** Refuses a value that does not satisfy the schema in a file. */
  check(value, name) {
    this.satisfy(value, this.files[name], name, '');
  }

  satisfy(value, schema, name, where) {
    if (schema.$ref !== undefined) {
      const [file, definition] = schema.$ref.split('#/$defs/');
      const there = file === '' ? name : file;
      this.satisfy(value, this.files[there].$defs[definition], there, where);
    }
    if (schema.anyOf !== undefined) {
      const fits = schema.anyOf.some((form) => this.satisfies(value, form, name));
      demand(fits, `${where} has none of its forms`);
    }
    if (schema.const !== undefined)
      demand(value === schema.const, `${where} is not ${schema.const}`);
    if (schema.enum !== undefined)
      demand(schema.enum.includes(value), `${where} has no known value`);
    if (schema.type !== undefined)
      demand(TYPES[schema.type](value), `${where} is no ${schema.type}`);
    if (TYPES.object(value)) this.object(value, schema, name, where);
    else if (Array.isArray(value)) this.list(value, schema, name, where);
    else if (typeof value === 'string') this.text(value, schema, where);
    else if (typeof value === 'number') {
      const { minimum = value, maximum = value } = schema;
      demand(minimum <= value && value <= maximum, `${where} is out of range`);
    }
  }

  satisfies(value, schema, name) {
    try {
      this.satisfy(value, schema, name, '');
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return false;
    }
  }

  object(value, { properties = {}, required = [], additionalProperties }, name, where) {
    for (const field of required) {
      demand(Object.hasOwn(value, field), `${where}/${field} is missing`);
    }
    for (const [field, inner] of Object.entries(value)) {
      if (Object.hasOwn(properties, field)) {
        this.satisfy(inner, properties[field], name, `${where}/${field}`);
      } else {
        demand(additionalProperties !== false, `${where}/${field} is no known field`);
      }
    }
  }

  list(value, { items = {}, minItems = 0, maxItems = Infinity, uniqueItems }, name, where) {
    const counted = minItems <= value.length && value.length <= maxItems;
    demand(counted, `${where} has ${value.length} elements`);
    value.forEach((item, at) => this.satisfy(item, items, name, `${where}/${at}`));
    if (!uniqueItems) return;
    // Beyond the schemas (README § 1), each such list of texts ascends by its bytes.
    const spelt = value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
    const isOrdered = value.every((item) => typeof item === 'string')
      ? ascends(spelt)
      : new Set(spelt).size === spelt.length;
    demand(isOrdered, `${where} does not ascend, each once`);
  }

  text(value, schema, where) {
    const { minLength = 0, maxLength = Infinity, pattern } = schema;
    if (schema.minLength !== undefined || schema.maxLength !== undefined) {
      const length = [...value].length;
      demand(minLength <= length && length <= maxLength, `${where} has ${length} characters`);
    }
    if (pattern !== undefined)
      demand(this.pattern(pattern).test(value), `${where} has another form`);
    if (schema.format === 'date-time') demand(isMoment(value), `${where} is no moment`);
  }

  pattern(source) {
    if (!this.patterns.has(source)) this.patterns.set(source, new RegExp(source, 'u'));
    return this.patterns.get(source);
  }
}
