import { parseCanonical } from './canonical.ts';
import type { Bytes } from './bytes.ts';
import { asArray, asCount, asHash, asInteger, asMoney, asString, readAll, withKeys } from './read.ts';

export const ENTRY_FORMAT = 'handprint/entry/v1';

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
  const value = withKeys(parseCanonical(text), KEYS);
  if (!value) return undefined;
  const parts = readAll(value['parts'], (item) => {
    const part = withKeys(item, ['commit', 'role']);
    const role = asString(part?.['role']);
    const commit = asHash(part?.['commit']);
    return role !== undefined && commit ? { role, commit } : undefined;
  });
  const sums = readAll(value['sums'], readSum);
  const authority = asString(value['authority']);
  const format = asString(value['format']);
  const kind = asString(value['kind']);
  const time = asInteger(value['time']);
  if (!parts || !sums || authority === undefined || format === undefined) return undefined;
  if (kind === undefined || time === undefined || asCount(value['rules']) === undefined) {
    return undefined;
  }
  return { authority, format, kind, parts, sums, time };
}

function readSum(item: unknown): Sum | undefined {
  const [name, currency, amount, ...rest] = asArray(item) ?? [];
  const money = asMoney(amount);
  if (typeof name !== 'string' || typeof currency !== 'string' || money === undefined) {
    return undefined;
  }
  return rest.length === 0 ? { class: name, currency, amount: money } : undefined;
}

/** Format known, and debits equal credits in every currency. */
export function headerHolds(header: Header): boolean {
  if (header.format !== ENTRY_FORMAT) return false;
  const totals = new Map<string, bigint>();
  for (const { currency, amount } of header.sums) {
    totals.set(currency, (totals.get(currency) ?? 0n) + amount);
  }
  return [...totals.values()].every((total) => total === 0n);
}
