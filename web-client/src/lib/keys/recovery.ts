import { concat, utf8, type Bytes } from '../verify/bytes.ts';
import { sha256 } from '../verify/hash.ts';

/** Letters and digits that survive handwriting: no I, L, O or U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = 4;
export const GROUPS = 14;

function checksum(seed: Bytes): Bytes {
  return sha256(concat(utf8('handprint recovery'), seed)).slice(0, 3);
}

/** 32 bytes of seed and 3 of checksum, as 14 groups of 4 characters. */
export function recoveryWords(seed: Bytes): string[] {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of concat(seed, checksum(seed))) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((value >> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return text.match(new RegExp(`.{${GROUP}}`, 'g')) ?? [];
}

/** Undefined when a character was misread; spaces, dashes and case do not matter. */
export function readRecovery(text: string): Bytes | undefined {
  const clean = normalise(text);
  if (clean.length !== GROUPS * GROUP) return undefined;
  const out: number[] = [];
  let bits = 0;
  let value = 0;
  for (const char of clean) {
    const digit = ALPHABET.indexOf(char);
    if (digit < 0) return undefined;
    value = (value << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push((value >> bits) & 255);
      value &= (1 << bits) - 1;
    }
  }
  const seed = Uint8Array.from(out.slice(0, 32));
  const expected = checksum(seed);
  return expected.every((byte, i) => byte === out[32 + i]) ? seed : undefined;
}

export function sameGroup(typed: string, group: string): boolean {
  return normalise(typed) === group;
}

function normalise(text: string): string {
  return text
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[IL]/g, '1')
    .replace(/O/g, '0');
}
