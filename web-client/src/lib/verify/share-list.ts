import { base64Decode, equal, hex, type Bytes } from './bytes.ts';
import { parseCanonical } from './canonical.ts';
import { onlyEvent } from './coop-event.ts';
import { headerHolds, type Header } from './header.ts';
import { Frontier, leafHash } from './merkle.ts';
import { readOpened, type Opened } from './payslip-file.ts';
import type { AddsUp } from './pedersen.ts';
import { asCount, asCurrency, asHash, asMoney, readAll, withKeys } from './read.ts';

const FORMAT = 'handprint/distribution/v1';
const FILE_MAX = 32 * 1024 * 1024;
const SHARE_BYTES = 64;
const ID_BYTES = 32;
const LEAST_LISTED = 10;
const POOL_END = 1n << 63n;

/** The event of a seal, section 9. */
export interface Seal {
  blinds: Bytes;
  count: number;
  currency: string;
  distribution: number;
  opened: number;
  pool: bigint;
  root: Bytes;
}

const SEAL = {
  kind: 'distribution_seal',
  type: 'distribution_sealed',
  keys: ['blinds', 'count', 'currency', 'distribution', 'listed', 'opened', 'pool', 'root', 'type'],
};

/** Undefined when the entry is no seal of a distribution. */
export function readSeal(header: Header, coop: Opened): Seal | undefined {
  const event = headerHolds(header) ? onlyEvent(header, coop, SEAL) : undefined;
  if (!event) return undefined;
  const blinds = asHash(event['blinds']);
  const count = asCount(event['count']);
  const currency = asCurrency(event['currency']);
  const distribution = asCount(event['distribution']);
  const opened = asCount(event['opened']);
  const pool = asMoney(event['pool']);
  const root = asHash(event['root']);
  const listed = asCount(event['listed']);
  if (listed === undefined || listed > 1 || opened === undefined || !blinds) return undefined;
  if (count === undefined || currency === undefined || distribution === undefined) return undefined;
  if (pool === undefined || !root) return undefined;
  return { blinds, count, currency, distribution, opened, pool, root };
}

/** What the public headers say of one distribution. */
export interface PublicRun {
  opened: number;
  sealed: number;
  currency: string;
  pool: bigint;
  count: number;
  /** Whether the chunks pay the pool out, all of it and nothing else. */
  paidOut: boolean;
}

/** Whether the list of a distribution has to be published, whatever its members voted. */
export function mustBeListed(run: PublicRun): boolean {
  return run.count >= LEAST_LISTED;
}

/** Follows a log header by header, in order. */
export class RunWatch {
  private run: PublicRun | null = null;
  private left = 0n;

  /** A distribution, when this header is its seal. */
  add(index: number, header: Header): PublicRun | null {
    if (header.kind === 'income' || header.kind === 'surplus') this.open(index, header);
    else if (header.kind === 'distribution_chunk') this.pay(header);
    else if (header.kind === 'distribution_seal') return this.seal(index);
    return null;
  }

  private open(opened: number, header: Header): void {
    const [sum, ...more] = suspenseOf(header);
    const pool = sum && more.length === 0 ? -sum.amount : 0n;
    const currency = sum?.currency ?? '';
    this.left = pool > 0n && pool < POOL_END ? pool : 0n;
    this.run = { opened, sealed: 0, currency, pool: this.left, count: 0, paidOut: false };
  }

  private pay(header: Header): void {
    if (!this.run) return;
    this.run.count += header.parts.filter(({ role }) => role === 'member').length;
    const [sum, ...more] = suspenseOf(header);
    if (!sum) return; // shares of zero
    const fits = more.length === 0 && sum.currency === this.run.currency && sum.amount <= this.left;
    this.left = fits && sum.amount > 0n ? this.left - sum.amount : -1n;
  }

  private seal(sealed: number): PublicRun {
    const run = this.run ?? { opened: 0, currency: '', pool: 0n, count: 0 };
    this.run = null;
    return { ...run, sealed, paidOut: run.pool > 0n && this.left === 0n };
  }
}

function suspenseOf(header: Header): Header['sums'] {
  return header.sums.filter((sum) => sum.class === 'suspense');
}

/** What is wrong with the published list of a distribution; null when nothing is. */
export function checkShareList(
  file: Bytes,
  run: PublicRun,
  header: Header,
  addsUp: AddsUp,
): string | null {
  const list = readShareList(file);
  if (!list) return 'no list of shares';
  if (list.index !== run.sealed) return 'of another entry';
  const seal = readSeal(header, list.coop);
  if (!seal) return 'its coop part is not that of the seal';
  const { opened, currency, pool, count } = seal;
  if (opened !== run.opened || currency !== run.currency || pool !== run.pool || count !== run.count) {
    return 'the seal and the headers tell of different distributions';
  }
  const { shares } = list;
  if (shares.length !== count) return 'not as many shares as the seal says';
  const tree = new Frontier();
  for (const share of shares) tree.append(leafHash(share));
  if (!equal(tree.root(), seal.root)) return 'the list is not the one that the seal commits to';
  const ids = new Set(shares.map((share) => hex(share.subarray(0, ID_BYTES))));
  if (ids.size !== shares.length) return 'a share is in the list twice';
  const commitments = shares.map((share) => share.subarray(ID_BYTES));
  return addsUp(commitments, pool, seal.blinds) ? null : 'the shares do not add up to the pool';
}

interface ShareList {
  coop: Opened;
  index: number;
  /** Leaf data: the id of a share, then its commitment. */
  shares: Bytes[];
}

function readShareList(file: Bytes): ShareList | undefined {
  if (file.length > FILE_MAX) return undefined;
  const value = withKeys(parseCanonical(file), ['coop', 'format', 'index', 'shares']);
  if (value?.['format'] !== FORMAT) return undefined;
  const coop = readOpened(value['coop']);
  const index = asCount(value['index']);
  const shares = readAll(value['shares'], (item) => {
    const bytes = typeof item === 'string' ? base64Decode(item) : null;
    return bytes?.length === SHARE_BYTES ? bytes : undefined;
  });
  return coop && index !== undefined && shares ? { coop, index, shares } : undefined;
}
