import { base64, equal, utf8, type Bytes } from './bytes.ts';
import { verifyCheckpoint, type Witnessed } from './checkpoint.ts';
import { DueWatch } from './due-watch.ts';
import { headerHolds, readHeader, type Header, type Sum } from './header.ts';
import { Frontier, leafHash } from './merkle.ts';
import { NEVER_NEGATIVE, NEVER_POSITIVE } from './names.ts';
import type { Policy } from './policy.ts';
import { checkShareList, mustBeListed, RunWatch, type PublicRun } from './share-list.ts';
import { readBundle, tilesOf, type TileRef } from './tiles.ts';
import { failed, isFailed, type Failed } from './verdict.ts';

export interface LogSource {
  /** Null when there is no such file. Paths are those of C2SP tlog-tiles. */
  fetch(path: string): Promise<Bytes | null>;
}

export interface Remembered {
  size: number;
  root: string;
}

export interface LogGood {
  ok: true;
  log: string;
  size: number;
  root: string;
  witnesses: Witnessed[];
  /** As in Checkpoint. */
  seen: number | null;
  sums: { class: string; currency: string; amount: string }[];
  kinds: Record<string, number>;
  lastTime: number;
  /** Sealed ones, and those whose list of commitments is published and adds up. */
  distributions: number;
  lists: number;
  /** Whether the tree seen before was found again as the beginning of this one. */
  extendsRemembered: boolean | null;
}

export interface ReadOptions {
  remembered?: Remembered;
  progress?: (done: number, of: number) => void;
}

/**
 * Reads every entry of the log, recomputes the tree, and adds up the public sums and the shares of
 * every distribution whose list is published.
 * It trusts the policy and nothing else: not the node's own totals, not its tiles.
 */
export async function readLog(
  source: LogSource,
  policy: Policy,
  options: ReadOptions = {},
): Promise<LogGood | Failed> {
  const text = await source.fetch('checkpoint');
  if (!text) return failed('checkpoint_missing');
  const checkpoint = verifyCheckpoint(new TextDecoder().decode(text), policy);
  if (!checkpoint.ok) return checkpoint;
  if (checkpoint.size > BigInt(Number.MAX_SAFE_INTEGER)) return failed('log_too_large');
  const size = Number(checkpoint.size);
  const { remembered } = options;
  if (remembered && remembered.size > size) return failed('log_went_back', `${remembered.size}`);
  const audit = new Audit(remembered, new DueWatch(checkpoint.seen));
  for (const tile of tilesOf(size, 'entries')) {
    const problem = await audit.tile(source, tile);
    if (problem) return problem;
    options.progress?.(tile.first + tile.count, size);
  }
  if (!equal(audit.root(), checkpoint.root)) return failed('root_differs');
  if (audit.ahead !== null) return failed('time_ahead', `${audit.ahead}`);
  const { origin, witnesses, seen, root } = checkpoint;
  return { ok: true, log: origin, size, root: base64(root), witnesses, seen, ...audit.result() };
}

class Audit {
  private readonly frontier = new Frontier();
  private readonly totals = new Map<string, bigint>();
  private readonly kinds: Record<string, number> = {};
  private readonly runs = new RunWatch();
  private distributions = 0;
  private lists = 0;
  private lastTime = 0;
  private extendsRemembered: boolean | null = null;
  /** The first entry that is dated ahead of the witnesses. */
  ahead: number | null = null;

  constructor(
    private readonly remembered: Remembered | undefined,
    private readonly due: DueWatch,
  ) {}

  async tile(source: LogSource, tile: TileRef): Promise<Failed | null> {
    const bundle = await fetchTile(source, tile);
    const entries = bundle ? readBundle(bundle, tile.count) : undefined;
    if (!entries) return failed('tile_missing', tile.path);
    const hashes = await this.hashTile(source, tile);
    if (isFailed(hashes)) return hashes;
    for (const [i, text] of entries.entries()) {
      const index = tile.first + i;
      const leaf = leafHash(utf8(text));
      const served = hashes.subarray(32 * i, 32 * i + 32);
      if (!equal(leaf, served)) return failed('tile_differs', `${index}`);
      this.frontier.append(leaf);
      const header = readHeader(text);
      const problem = this.header(header, index) ?? this.rememberedRoot();
      if (problem) return problem;
      const run = header && this.runs.add(index, header);
      const wrong = run && (await this.distribution(source, run, header));
      if (wrong) return wrong;
    }
    return null;
  }

  root(): Bytes {
    return this.frontier.root();
  }

  result(): Omit<LogGood, 'ok' | 'log' | 'size' | 'root' | 'witnesses' | 'seen'> {
    const sums = [...this.totals].sort().map(([key, amount]) => {
      const [name = '', currency = ''] = key.split(' ');
      return { class: name, currency, amount: amount.toString() };
    });
    const { kinds, lastTime, distributions, lists, extendsRemembered } = this;
    return { sums, kinds, lastTime, distributions, lists, extendsRemembered };
  }

  private async hashTile(source: LogSource, tile: TileRef): Promise<Bytes | Failed> {
    const rename = (path: string): string => path.replace('tile/entries/', 'tile/0/');
    const hashes = await fetchTile(source, {
      ...tile,
      path: rename(tile.path),
      full: rename(tile.full),
    });
    if (!hashes || hashes.length < 32 * tile.count) return failed('tile_missing', rename(tile.path));
    return hashes;
  }

  private header(header: Header | undefined, index: number): Failed | null {
    if (!header || !headerHolds(header)) return failed('header_wrong', `${index}`);
    if (header.time < this.lastTime) return failed('time_went_back', `${index}`);
    this.lastTime = header.time;
    if (this.due.isAhead(header)) this.ahead ??= index;
    this.kinds[header.kind] = (this.kinds[header.kind] ?? 0) + 1;
    return header.sums.every((sum) => this.add(sum))
      ? null
      : failed('class_has_wrong_sign', `${index}`);
  }

  private add({ class: name, currency, amount }: Sum): boolean {
    const key = `${name} ${currency}`;
    const total = (this.totals.get(key) ?? 0n) + amount;
    this.totals.set(key, total);
    if (NEVER_NEGATIVE.has(name)) return total >= 0n;
    if (NEVER_POSITIVE.has(name)) return total <= 0n;
    return name === 'exchange';
  }

  private async distribution(
    source: LogSource,
    run: PublicRun,
    seal: Header,
  ): Promise<Failed | null> {
    this.distributions += 1;
    const wrong = (reason: string, why: string): Failed => failed(reason, `${run.sealed}: ${why}`);
    if (!run.paidOut) return wrong('distribution_wrong', 'the pool is not paid out');
    const file = await source.fetch(`distribution/${run.sealed}`);
    if (!file && mustBeListed(run)) return wrong('distribution_missing', `${run.count} shares`);
    if (!file) return null;
    // Few logs have distributions, and the curve is as large as the rest of the verifier.
    const { addsUp } = await import('./pedersen.ts');
    const problem = checkShareList(file, run, seal, addsUp);
    if (problem !== null) return wrong('distribution_wrong', problem);
    this.lists += 1;
    return null;
  }

  private rememberedRoot(): Failed | null {
    if (!this.remembered || Number(this.frontier.size) !== this.remembered.size) return null;
    this.extendsRemembered = base64(this.frontier.root()) === this.remembered.root;
    return this.extendsRemembered ? null : failed('history_changed', `${this.remembered.size}`);
  }
}

export async function fetchTile(source: LogSource, tile: TileRef): Promise<Bytes | null> {
  return (await source.fetch(tile.path)) ?? (await source.fetch(tile.full));
}
