import { parseCanonical } from './canonical.ts';
import { utf8, type Bytes } from './bytes.ts';
import { AUTHORITIES, isClass, ROLES } from './names.ts';
import {
  asArray,
  asCount,
  asCurrency,
  asHash,
  asMoney,
  asString,
  ascending,
  readAll,
  withKeys,
} from './read.ts';

export const ENTRY_FORMAT = 'handprint/entry/v1';
const HEADER_MAX = 65_535;

const KEYS = ['authority', 'format', 'kind', 'parts', 'rules', 'sums', 'time'];

export interface Sum {
  class: string;
  currency: string;
  amount: bigint;
}

/** The public part of an entry: what everybody may read. */
export interface Header {
  authority: string;
  format: string;
  kind: string;
  parts: { role: string; commit: Bytes }[];
  sums: Sum[];
  time: number;
}

export function readHeader(text: string): Header | undefined {
  if (utf8(text).length > HEADER_MAX) return undefined;
  const value = withKeys(parseCanonical(text), KEYS);
  if (!value) return undefined;
  const parts = readAll(value['parts'], (item) => {
    const part = withKeys(item, ['commit', 'role']);
    const role = asString(part?.['role']);
    const commit = asHash(part?.['commit']);
    return role !== undefined && ROLES.has(role) && commit ? { role, commit } : undefined;
  });
  const sums = readAll(value['sums'], readSum);
  const authority = asString(value['authority']);
  const format = asString(value['format']);
  const kind = asString(value['kind']);
  const time = asCount(value['time']);
  // The part of the cooperative comes first, and once.
  if (!parts || !sums || format === undefined) return undefined;
  if (parts.length === 0 || !parts.every(({ role }, i) => (role === 'coop') === (i === 0))) {
    return undefined;
  }
  if (authority === undefined || !AUTHORITIES.has(authority)) return undefined;
  if (kind === undefined || time === undefined || asCount(value['rules']) === undefined) {
    return undefined;
  }
  return { authority, format, kind, parts, sums, time };
}

function readSum(item: unknown): Sum | undefined {
  const [name, code, amount, ...rest] = asArray(item) ?? [];
  const money = asMoney(amount);
  const currency = asCurrency(code);
  if (typeof name !== 'string' || currency === undefined || money === undefined) return undefined;
  return rest.length === 0 && isClass(name) ? { class: name, currency, amount: money } : undefined;
}

/** Format known, sums in order and none of them zero, debits equal to credits in each currency. */
export function headerHolds(header: Header): boolean {
  if (header.format !== ENTRY_FORMAT) return false;
  const names = header.sums.map((sum) => `${sum.class}\u0000${sum.currency}`);
  if (!ascending(names) || header.sums.some(({ amount }) => amount === 0n)) return false;
  const totals = new Map<string, bigint>();
  for (const { currency, amount } of header.sums) {
    totals.set(currency, (totals.get(currency) ?? 0n) + amount);
  }
  return [...totals.values()].every((total) => total === 0n);
}
