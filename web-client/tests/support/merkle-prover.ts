import { leafHash, nodeHash } from '../../src/lib/verify/merkle.ts';
import { sha256 } from '../../src/lib/verify/hash.ts';
import type { Bytes } from '../../src/lib/verify/bytes.ts';

/** The recursive definitions of RFC 6962 2.1, kept apart from the iterative verifier. */
export function treeRoot(leaves: readonly Bytes[]): Bytes {
  const [only] = leaves;
  if (!only) return sha256(new Uint8Array());
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return nodeHash(treeRoot(leaves.slice(0, k)), treeRoot(leaves.slice(k)));
}

export function inclusionProof(leaves: readonly Bytes[], index: number): Bytes[] {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...inclusionProof(leaves.slice(0, k), index), treeRoot(leaves.slice(k))]
    : [...inclusionProof(leaves.slice(k), index - k), treeRoot(leaves.slice(0, k))];
}

export function hashLeaves(data: readonly Uint8Array[]): Bytes[] {
  return data.map((item) => leafHash(item));
}

function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
