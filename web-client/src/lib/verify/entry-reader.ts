import { base64, equal, utf8, type Bytes } from './bytes.ts';
import { verifyCheckpoint, type Witnessed } from './checkpoint.ts';
import { headerHolds, readHeader, type Header } from './header.ts';
import { fetchTile, type LogSource } from './log-reader.ts';
import { Frontier, leafHash } from './merkle.ts';
import type { Policy } from './policy.ts';
import { readBundle, tileOf, WIDTH } from './tiles.ts';
import { failed, isFailed, type Failed } from './verdict.ts';

const HASH = 32;

export interface EntryGood {
  ok: true;
  log: string;
  size: number;
  root: string;
  witnesses: Witnessed[];
  /** As in Checkpoint. */
  seen: number | null;
  index: number;
  header: Header;
}

/**
 * Reads one entry and proves from a few tiles that it is in the tree that the witnesses signed. The work
 * grows with the logarithm of the log.
 */
export async function readEntry(source: LogSource, policy: Policy, index: number): Promise<EntryGood | Failed> {
  const text = await source.fetch('checkpoint');
  if (!text) return failed('checkpoint_missing');
  const checkpoint = verifyCheckpoint(new TextDecoder().decode(text), policy);
  if (!checkpoint.ok) return checkpoint;
  if (checkpoint.size > BigInt(Number.MAX_SAFE_INTEGER)) return failed('log_too_large');
  const size = Number(checkpoint.size);
  if (index >= size) return failed('entry_missing', `${index}`);
  const tree = await Edge.read(source, size);
  if (isFailed(tree)) return tree;
  if (!equal(tree.root(), checkpoint.root)) return failed('root_differs');
  const ref = tileOf(size, 'entries', Math.floor(index / WIDTH));
  const bundle = await fetchTile(source, ref);
  const entry = bundle ? readBundle(bundle, ref.count)?.[index - ref.first] : undefined;
  if (entry === undefined) return failed('tile_missing', ref.path);
  const wrong = await tree.holds(index, leafHash(utf8(entry)));
  if (wrong) return wrong;
  const header = readHeader(entry);
  if (!header || !headerHolds(header)) return failed('header_wrong', `${index}`);
  const { origin, witnesses, seen, root } = checkpoint;
  return { ok: true, log: origin, size, root: base64(root), witnesses, seen, index, header };
}

/** What is not yet a full tile, at each level: it makes the root, and every full tile has its hash above. */
class Edge {
  /** By level, from the leaves up: how many hashes there are, and those behind the last full tile. */
  private readonly levels: { count: number; last: Bytes[] }[] = [];

  private constructor(private readonly source: LogSource) {}

  static async read(source: LogSource, size: number): Promise<Edge | Failed> {
    const edge = new Edge(source);
    for (let count = size, level = 0; count > 0; count = Math.floor(count / WIDTH), level += 1) {
      const n = Math.floor(count / WIDTH);
      const last = count === n * WIDTH ? [] : await edge.hashes(level, count, n);
      if (isFailed(last)) return last;
      edge.levels.push({ count, last });
    }
    return edge;
  }

  root(): Bytes {
    const top = this.levels.reduce<Bytes | null>((right, { last }) => frontierOf(last).before(right), null);
    return top ?? new Frontier().root();
  }

  /** From the leaf up, through full tiles, to a hash that the root is made of. */
  async holds(index: number, leaf: Bytes): Promise<Failed | null> {
    let hash = leaf;
    let at = index;
    for (const [level, { count, last }] of this.levels.entries()) {
      const n = Math.floor(at / WIDTH);
      const inLast = (n + 1) * WIDTH > count;
      const hashes = inLast ? last : await this.hashes(level, count, n);
      if (isFailed(hashes)) return hashes;
      const served = hashes[at % WIDTH];
      if (!served || !equal(served, hash)) return failed('tile_differs', `${index}`);
      if (inLast) return null;
      hash = frontierOf(hashes).root();
      at = n;
    }
    return failed('entry_not_included', `${index}`);
  }

  private async hashes(level: number, count: number, n: number): Promise<Bytes[] | Failed> {
    const ref = tileOf(count, level, n);
    const tile = await fetchTile(this.source, ref);
    if (!tile || tile.length < HASH * ref.count) return failed('tile_missing', ref.path);
    return Array.from({ length: ref.count }, (_one, i) => tile.subarray(HASH * i, HASH * (i + 1)));
  }
}

function frontierOf(hashes: readonly Bytes[]): Frontier {
  const frontier = new Frontier();
  for (const hash of hashes) frontier.append(hash);
  return frontier;
}
