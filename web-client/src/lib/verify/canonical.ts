import { utf8, utf8Decode, wellFormed, type Bytes } from './bytes.ts';

/** What canonical JSON can hold. Numbers are integers within plus or minus 2^53 - 1. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

const DEPTH_MAX = 16;
const PRINTABLE = /^[\x20-\x7e]*$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};
const UNESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
};

export class NotCanonical extends Error {}

/** The one text form of a value. Throws NotCanonical for a value that has none. */
export function encodeCanonical(value: Json): string {
  return encodeAt(value, 0);
}

export function canonicalBytes(value: Json): Bytes {
  return utf8(encodeCanonical(value));
}

function encodeAt(value: Json, depth: number): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return encodeString(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new NotCanonical('number');
    return String(value);
  }
  if (depth >= DEPTH_MAX) throw new NotCanonical('depth');
  if (Array.isArray(value)) return `[${value.map((item) => encodeAt(item, depth + 1)).join(',')}]`;
  const keys = Object.keys(value).sort();
  if (!keys.every((key) => PRINTABLE.test(key))) throw new NotCanonical('key');
  const members = keys.map((key) => `${encodeString(key)}:${encodeAt(value[key] ?? null, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function encodeString(text: string): string {
  if (!wellFormed(text)) throw new NotCanonical('surrogate');
  return `"${text.replace(/["\\\u0000-\u001f]/g, escapeOne)}"`;
}

function escapeOne(char: string): string {
  return ESCAPES[char] ?? `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/**
 * Reads canonical JSON; null for anything that is not the one text form of its value.
 * Own reader, because JSON.parse keeps the last of two equal keys and rounds large numbers.
 */
export function parseCanonical(input: string | Uint8Array): Json | undefined {
  const text = typeof input === 'string' ? input : utf8Decode(input);
  if (text === null) return undefined;
  try {
    const reader = new Reader(text);
    const value = reader.value(0);
    return reader.done() && encodeCanonical(value) === text ? value : undefined;
  } catch (error) {
    if (error instanceof NotCanonical) return undefined;
    throw error;
  }
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  done(): boolean {
    return this.at === this.text.length;
  }

  value(depth: number): Json {
    const char = this.text[this.at];
    if (char === '{') return this.object(depth);
    if (char === '[') return this.array(depth);
    if (char === '"') return this.string();
    if (char === 't') return this.word('true', true);
    if (char === 'f') return this.word('false', false);
    if (char === 'n') return this.word('null', null);
    return this.integer();
  }

  private object(depth: number): JsonObject {
    if (depth >= DEPTH_MAX) throw new NotCanonical('depth');
    // No prototype: a key named __proto__ is then a key like any other.
    const out = Object.create(null) as JsonObject;
    this.expect('{');
    if (this.skip('}')) return out;
    do {
      const key = this.string();
      if (key in out) throw new NotCanonical('duplicate key');
      this.expect(':');
      out[key] = this.value(depth + 1);
    } while (this.skip(','));
    this.expect('}');
    return out;
  }

  private array(depth: number): Json[] {
    if (depth >= DEPTH_MAX) throw new NotCanonical('depth');
    const out: Json[] = [];
    this.expect('[');
    if (this.skip(']')) return out;
    do out.push(this.value(depth + 1));
    while (this.skip(','));
    this.expect(']');
    return out;
  }

  private string(): string {
    this.expect('"');
    let out = '';
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined || char < ' ') throw new NotCanonical('string');
      this.at += 1;
      if (char === '"') return out;
      out += char === '\\' ? this.escape() : char;
    }
  }

  private escape(): string {
    const char = this.text[this.at] ?? '';
    this.at += 1;
    if (char !== 'u') {
      const plain = UNESCAPES[char];
      if (plain === undefined) throw new NotCanonical('escape');
      return plain;
    }
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^00[01][0-9a-f]$/.test(digits)) throw new NotCanonical('escape');
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private integer(): number {
    const match = /^-?(?:0|[1-9][0-9]{0,15})/.exec(this.text.slice(this.at, this.at + 18));
    if (!match) throw new NotCanonical('value');
    this.at += match[0].length;
    const number = Number(match[0]);
    if (!Number.isSafeInteger(number) || match[0] === '-0') throw new NotCanonical('number');
    return number;
  }

  private word<T extends Json>(word: string, value: T): T {
    for (const char of word) this.expect(char);
    return value;
  }

  private expect(char: string): void {
    if (!this.skip(char)) throw new NotCanonical('syntax');
  }

  private skip(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }
}
