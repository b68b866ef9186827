import { hash, hashes, Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, equal } from './bytes.ts';

hashes.sha512 = sha512;

const ORDER = Point.CURVE().n;

/**
 * The ledger's acceptance rule, pinned so that every implementation says the same of every
 * signature: S canonical, A canonical, neither A nor R of small order, and R compared as bytes
 * (no cofactor). The library's own verify multiplies by the cofactor, so the equation is here.
 */
export function verifyEd25519(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  const encodedR = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= ORDER) return false;
  const a = decodePoint(publicKey);
  if (!a || a.isSmallOrder()) return false;
  const k = littleEndian(hash(concat(encodedR, publicKey, message))) % ORDER;
  const r = Point.BASE.multiply(s, false).subtract(a.multiply(k, false));
  return !r.isSmallOrder() && equal(r.toBytes(), encodedR);
}

function decodePoint(bytes: Uint8Array): Point | null {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return null;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}
