import { ristretto255 } from '@noble/curves/ed25519.js';
import type { Bytes } from './bytes.ts';

const { Point } = ristretto255;
const ORDER = Point.Fn.ORDER;

/** SHA-512 of `handprint/pedersen-H/v1`, mapped to the group. */
export const GENERATOR = '0cc0397e8fe6b0fda5f5f72061c0c8eed3bbff249e59390186a4e46d5bf9e27a';
const H = Point.fromHex(GENERATOR);

/** The commitment to an amount of zero or more; undefined if the blind is not below the order. */
export type CommitAmount = (amount: bigint, blind: Uint8Array) => Bytes | undefined;

export const commitAmount: CommitAmount = (amount, blind) =>
  commitment(amount, blind)?.toBytes() as Bytes | undefined;

/** Whether commitments are points and add up to the one to `total`; false if `blinds` is not below the order. */
export type AddsUp = (
  commitments: readonly Uint8Array[],
  total: bigint,
  blinds: Uint8Array,
) => boolean;

export const addsUp: AddsUp = (commitments, total, blinds) => {
  try {
    const points = commitments.map((bytes) => Point.fromBytes(bytes));
    const sum = points.reduce((one, other) => one.add(other), Point.ZERO);
    return commitment(total, blinds)?.equals(sum) ?? false;
  } catch {
    return false; // of fromBytes: no point
  }
};

function commitment(
  amount: bigint,
  blind: Uint8Array,
): InstanceType<typeof Point> | undefined {
  const r = blind.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  if (r >= ORDER) return undefined;
  return Point.BASE.multiplyUnsafe(amount).add(H.multiplyUnsafe(r));
}
