import { ristretto255 } from '@noble/curves/ed25519.js';
import type { Bytes } from './bytes.ts';

const { Point } = ristretto255;
const ORDER = Point.Fn.ORDER;

/** SHA-512 of `handprint/pedersen-H/v1`, mapped to the group. */
export const GENERATOR = '0cc0397e8fe6b0fda5f5f72061c0c8eed3bbff249e59390186a4e46d5bf9e27a';
const H = Point.fromHex(GENERATOR);

/** The commitment to an amount of zero or more; undefined if the blind is not below the order. */
export type CommitAmount = (amount: bigint, blind: Uint8Array) => Bytes | undefined;

export const commitAmount: CommitAmount = (amount, blind) => {
  const r = blind.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  if (r >= ORDER) return undefined;
  return Point.BASE.multiplyUnsafe(amount).add(H.multiplyUnsafe(r)).toBytes() as Bytes;
};
