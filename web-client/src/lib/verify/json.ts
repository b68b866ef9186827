import { utf8Decode, wellFormed } from './bytes.ts';

/** What the ledger's JSON can hold. Numbers are integers within plus or minus 2^53 - 1. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const DEPTH_MAX = 16;
export const PRINTABLE = /^[\x20-\x7e]*$/;

const SPACE = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const INTEGER = /-?(?:0|[1-9][0-9]{0,15})/y;
const UNESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
]);

export class NotJson extends Error {}

/**
 * Reads JSON of any layout; undefined for what a file of the ledger may not hold.
 * Own reader, because JSON.parse keeps the last of two equal keys, rounds large numbers and takes
 * 1.0 and half of a surrogate pair.
 */
export function parseJson(input: string | Uint8Array): Json | undefined {
  const text = typeof input === 'string' ? input : utf8Decode(input);
  if (text === null || !wellFormed(text)) return undefined;
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): Json {
    this.take(SPACE);
    const value = this.value(0);
    this.take(SPACE);
    if (this.at !== this.text.length) throw new NotJson('more');
    return value;
  }

  private value(depth: number): Json {
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
    if (depth >= DEPTH_MAX) throw new NotJson('depth');
    // No prototype: a key named __proto__ is then a key like any other.
    const out = Object.create(null) as JsonObject;
    this.mark('{');
    if (this.skip('}')) return out;
    do {
      this.take(SPACE);
      const key = this.string();
      if (key in out || !PRINTABLE.test(key)) throw new NotJson('key');
      this.take(SPACE);
      this.mark(':');
      out[key] = this.value(depth + 1);
      this.take(SPACE);
    } while (this.skip(','));
    this.expect('}');
    return out;
  }

  private array(depth: number): Json[] {
    if (depth >= DEPTH_MAX) throw new NotJson('depth');
    const out: Json[] = [];
    this.mark('[');
    if (this.skip(']')) return out;
    do {
      this.take(SPACE);
      out.push(this.value(depth + 1));
      this.take(SPACE);
    } while (this.skip(','));
    this.expect(']');
    return out;
  }

  private string(): string {
    this.expect('"');
    let out = this.take(PLAIN);
    let escaped = false;
    while (this.skip('\\')) {
      escaped = true;
      out += this.escape() + this.take(PLAIN);
    }
    this.expect('"');
    if (escaped && !wellFormed(out)) throw new NotJson('surrogate');
    return out;
  }

  private escape(): string {
    const char = this.text[this.at] ?? '';
    this.at += 1;
    if (char !== 'u') {
      const plain = UNESCAPES.get(char);
      if (plain === undefined) throw new NotJson('escape');
      return plain;
    }
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new NotJson('escape');
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private integer(): number {
    const digits = this.take(INTEGER);
    const number = Number(digits);
    if (digits === '' || digits === '-0' || !Number.isSafeInteger(number)) {
      throw new NotJson('number');
    }
    return number;
  }

  private word<T extends Json>(word: string, value: T): T {
    for (const char of word) this.expect(char);
    return value;
  }

  /** What the sticky pattern finds here, and past it. */
  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  /** The character, and the space behind it. */
  private mark(char: string): void {
    this.expect(char);
    this.take(SPACE);
  }

  private expect(char: string): void {
    if (!this.skip(char)) throw new NotJson('syntax');
  }

  private skip(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }
}
