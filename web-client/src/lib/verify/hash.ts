import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { concat, u64, utf8, type Bytes } from './bytes.ts';

const ZERO = Uint8Array.of(0);

export function sha256(bytes: Uint8Array): Bytes {
  return nobleSha256(bytes) as Bytes;
}

/** Hides short values behind a random salt; opens with the salt and the bytes. */
export function commit(salt: Uint8Array, bytes: Uint8Array): Bytes {
  return sha256(concat(utf8('handprint/commit/v1'), ZERO, salt, bytes));
}

export function tagged(name: string, bytes: Uint8Array): Bytes {
  return sha256(concat(utf8(`handprint/${name}/v1`), ZERO, bytes));
}

/** The next link of a member's chain. */
export function chainHead(
  member: number,
  counter: number,
  previous: Uint8Array,
  leaf: Uint8Array,
): Bytes {
  return tagged('chain', concat(u64(BigInt(member)), u64(BigInt(counter)), previous, leaf));
}
