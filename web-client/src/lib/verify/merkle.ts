import { concat, equal, type Bytes } from './bytes.ts';
import { sha256 } from './hash.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(data: Uint8Array): Bytes {
  return sha256(concat(LEAF, data));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  return sha256(concat(NODE, left, right));
}

/** RFC 9162 2.1.3.2. The tree size and the index are bigint: a log may outgrow 2^53. */
export function inclusionHolds(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0n || index >= size) return false;
  let fn = index;
  let sn = size - 1n;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0n) return false;
    if ((fn & 1n) === 1n || fn === sn) {
      hash = nodeHash(sibling, hash);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(hash, root);
}

/** Adds leaves one by one and keeps only the roots of the full subtrees on the left edge. */
export class Frontier {
  size = 0n;
  private readonly peaks: Bytes[] = [];

  append(leaf: Bytes): void {
    let hash = leaf;
    for (let bits = this.size; (bits & 1n) === 1n; bits >>= 1n) {
      const left = this.peaks.pop();
      if (left) hash = nodeHash(left, hash);
    }
    this.peaks.push(hash);
    this.size += 1n;
  }

  root(): Bytes {
    return this.before(null) ?? sha256(new Uint8Array());
  }

  /** The root together with what stands to the right of it; null when there is nothing at all. */
  before(right: Bytes | null): Bytes | null {
    return this.peaks.reduceRight<Bytes | null>((rest, left) => (rest ? nodeHash(left, rest) : left), right);
  }
}
