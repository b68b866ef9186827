import { utf8, utf8Decode, wellFormed, type Bytes } from './bytes.ts';
import { DEPTH_MAX, NotJson, parseJson, PRINTABLE, type Json } from './json.ts';

export type { Json, JsonObject } from './json.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/** The one text form of a value. Throws NotJson for a value that has none. */
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
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new NotJson('number');
    return String(value);
  }
  if (depth >= DEPTH_MAX) throw new NotJson('depth');
  if (Array.isArray(value)) return `[${value.map((item) => encodeAt(item, depth + 1)).join(',')}]`;
  const keys = Object.keys(value).sort();
  if (!keys.every((key) => PRINTABLE.test(key))) throw new NotJson('key');
  const members = keys.map((key) => `${encodeString(key)}:${encodeAt(value[key] ?? null, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function encodeString(text: string): string {
  if (!wellFormed(text)) throw new NotJson('surrogate');
  return `"${text.replace(/["\\\u0000-\u001f]/g, escapeOne)}"`;
}

function escapeOne(char: string): string {
  return ESCAPES[char] ?? `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Reads canonical JSON; undefined for anything that is not the one text form of its value. */
export function parseCanonical(input: string | Uint8Array): Json | undefined {
  const text = typeof input === 'string' ? input : utf8Decode(input);
  const value = text === null ? undefined : parseJson(text);
  return value !== undefined && encodeCanonical(value) === text ? value : undefined;
}
