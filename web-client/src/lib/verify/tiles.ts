import { utf8Decode, type Bytes } from './bytes.ts';

/** Hashes or entries of a full tile. */
export const WIDTH = 256;

/** 1234067 -> x001/x234/067 */
export function tileNumber(n: number): string {
  const groups: string[] = [];
  let rest = n;
  do {
    groups.unshift(String(rest % 1000).padStart(3, '0'));
    rest = Math.floor(rest / 1000);
  } while (rest > 0);
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

export interface TileRef {
  path: string;
  /** Path of the full tile: the log may have dropped the partial one by now. */
  full: string;
  first: number;
  count: number;
}

/** The tile with that number, where its level has `size` hashes or entries. */
export function tileOf(size: number, level: 'entries' | number, n: number): TileRef {
  const first = n * WIDTH;
  const count = Math.min(WIDTH, size - first);
  const full = `tile/${level}/${tileNumber(n)}`;
  return { path: count === WIDTH ? full : `${full}.p/${count}`, full, first, count };
}

/** The tiles of a level, or the entry bundles, that cover a tree of `size` leaves. */
export function tilesOf(size: number, level: 'entries' | 0): TileRef[] {
  return Array.from({ length: Math.ceil(size / WIDTH) }, (_one, n) => tileOf(size, level, n));
}

/** Splits an entry bundle; undefined when its lengths do not add up or an entry is not text. */
export function readBundle(bundle: Bytes, count: number): string[] | undefined {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: string[] = [];
  let at = 0;
  while (at < bundle.length && entries.length < count) {
    if (at + 2 > bundle.length) return undefined;
    const end = at + 2 + view.getUint16(at);
    const text = end <= bundle.length ? utf8Decode(bundle.subarray(at + 2, end)) : null;
    if (text === null) return undefined;
    entries.push(text);
    at = end;
  }
  return entries.length === count ? entries : undefined;
}
