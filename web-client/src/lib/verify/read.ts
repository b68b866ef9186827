import { base64Decode, type Bytes } from './bytes.ts';
import type { Json, JsonObject } from './canonical.ts';

/** Narrow readers over parsed JSON: each answers undefined when the value is of another kind. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export function asArray(value: unknown): Json[] | undefined {
  return Array.isArray(value) ? (value as Json[]) : undefined;
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A whole number from 0 up, as an ordinal, an index or a count. */
export function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function asInteger(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** A counter or a period: these begin with 1. */
export function asOrdinal(value: unknown): number | undefined {
  const count = asCount(value);
  return count === 0 ? undefined : count;
}

export function asCurrency(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : undefined;
}

/** Money in minor units: a decimal string without leading zeros, within 64 bits. */
export function asMoney(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !/^(?:0|-?[1-9][0-9]{0,18})$/.test(value)) return undefined;
  const amount = BigInt(value);
  return fits64(amount) ? amount : undefined;
}

/** Whether a signed integer of 64 bits holds it. */
export function fits64(amount: bigint): boolean {
  return BigInt.asIntN(64, amount) === amount;
}

export function asHash(value: unknown): Bytes | undefined {
  const bytes = typeof value === 'string' ? base64Decode(value) : null;
  return bytes?.length === 32 ? bytes : undefined;
}

/** Reads every item, or undefined when one of them does not fit. */
export function readAll<T>(value: unknown, read: (item: Json) => T | undefined): T[] | undefined {
  const items = asArray(value);
  if (!items) return undefined;
  const out: T[] = [];
  for (const item of items) {
    const one = read(item);
    if (one === undefined) return undefined;
    out.push(one);
  }
  return out;
}

/** The object itself when it has all of `keys`, maybe some of `optional`, and no other key. */
export function withKeys(
  value: unknown,
  keys: readonly string[],
  optional: readonly string[] = [],
): JsonObject | undefined {
  const object = asObject(value);
  if (!object || !keys.every((key) => Object.hasOwn(object, key))) return undefined;
  const known = (key: string): boolean => keys.includes(key) || optional.includes(key);
  return Object.keys(object).every(known) ? object : undefined;
}

/** Whether each text comes after the one before it, by byte; equal ones do not. */
export function ascending(texts: readonly string[]): boolean {
  return texts.every((text, i) => i === 0 || (texts[i - 1] ?? '') < text);
}
