import { getPublicKey, sign } from '@noble/ed25519';
import {
  base64,
  canonicalBytes,
  chainHead,
  commit,
  COMMAND_TYPE,
  concat,
  encodeCanonical,
  hex,
  leafHash,
  makeEnvelope,
  nodeHash,
  pae,
  PROMISE_TYPE,
  sha256,
  u64,
  utf8,
  type Bytes,
  type Envelope,
  type HeldPromise,
  type Json,
  type JsonObject,
} from '../../src/lib/verify/index.ts';
import { inclusionProof, treeRoot } from './merkle-prover.ts';

/** A signer for tests; the seed is a repeated byte, or given whole. */
export class TestKey {
  readonly seed: Bytes;
  readonly key: Bytes;

  constructor(seed: number | Bytes) {
    this.seed = typeof seed === 'number' ? new Uint8Array(32).fill(seed) : seed;
    this.key = getPublicKey(this.seed) as Bytes;
  }

  sign(message: Uint8Array): Bytes {
    return sign(message, this.seed) as Bytes;
  }

  envelope(type: string, body: Json): Envelope {
    const bytes = canonicalBytes(body);
    return makeEnvelope(type, bytes, this.key, this.sign(pae(type, bytes)));
  }

  noteKey(name: string, type: number): { vkey: string; id: Bytes } {
    const data = concat(Uint8Array.of(type), this.key);
    const id = sha256(concat(utf8(name), Uint8Array.of(10), data)).slice(0, 4);
    return { vkey: `${name}+${hex(id)}+${base64(data)}`, id };
  }
}

interface Part {
  role: string;
  bytes: string;
  salt: Bytes;
}

export interface MadeEntry {
  header: string;
  leaf: Bytes;
  parts: Part[];
}

export const ORIGIN = 'coop.test/log';
export const LOG = new TestKey(1);
export const PROMISE = new TestKey(2);
const DELEGATES = [new TestKey(200), new TestKey(201)];
export const CLOCK = new TestKey(3);
const WITNESSES = ['one', 'two', 'three'].map((name, i) => ({
  name: `witness.test/${name}`,
  key: new TestKey(10 + i),
}));

export function policyText(): string {
  const witnesses = WITNESSES.map(
    ({ name, key }, i) => `witness w${i} ${key.noteKey(name, 4).vkey}`,
  );
  return [
    `log ${LOG.noteKey(ORIGIN, 1).vkey}`,
    ...witnesses,
    'group coop 2 w0 w1 w2',
    'quorum coop',
    '',
  ].join('\n');
}

/** A log in memory, with the same entries, chains and closes as the node would make. */
export class LogMaker {
  readonly entries: MadeEntry[] = [];
  readonly times: number[] = [];
  onAppend: (kind: string, index: number) => void = () => undefined;
  private saltCount = 0;
  private time: number;
  private readonly heads = new Map<number, { counter: number; head: Bytes }>();

  constructor(start = 1_795_280_000_000) {
    this.time = start;
  }

  salt(): Bytes {
    this.saltCount += 1;
    return sha256(utf8(`salt ${this.saltCount}`));
  }

  append(kind: string, sums: Json[], parts: [role: string, value: JsonObject][]): number {
    const made = parts.map(([role, value]) => ({
      role,
      bytes: encodeCanonical(value),
      salt: this.salt(),
    }));
    this.time += 1000;
    this.times.push(this.time);
    const header = encodeCanonical({
      authority: 'actor',
      format: 'handprint/entry/v1',
      kind,
      parts: made.map(({ role, bytes, salt }) => ({
        commit: base64(commit(salt, utf8(bytes))),
        role,
      })),
      rules: 1,
      sums,
      time: this.time,
    });
    this.entries.push({ header, leaf: leafHash(utf8(header)), parts: made });
    this.onAppend(kind, this.entries.length - 1);
    return this.entries.length - 1;
  }

  /** Appends an entry that extends one member's chain. */
  member(kind: string, member: number, sums: Json[], extra: JsonObject): number {
    const { counter, head } = this.chain(member);
    const chain = { counter: counter + 1, member, previous: base64(head) };
    const coop = { by: `m:${member}`, chain: [[member, counter + 1]], events: [], postings: [] };
    const part = { chain, evidence: null, lines: [], ...extra };
    const index = this.append(kind, sums, [['coop', coop], ['member', part]]);
    const leaf = this.entry(index).leaf;
    this.heads.set(member, {
      counter: counter + 1,
      head: chainHead(member, counter + 1, head, leaf),
    });
    return index;
  }

  chain(member: number): { counter: number; head: Bytes } {
    return this.heads.get(member) ?? { counter: 0, head: new Uint8Array(32) };
  }

  entry(index: number): MadeEntry {
    const entry = this.entries[index];
    if (!entry) throw new Error(`no entry ${index}`);
    return entry;
  }

  close(period: number, previous: number, positions: JsonObject[]): MadeClose {
    const items = positions.map((value) => ({ bytes: encodeCanonical(value), salt: this.salt() }));
    const list = items.map(({ bytes, salt }) => leafHash(commit(salt, utf8(bytes))));
    const event = {
      count: positions.length,
      delegates: DELEGATES.map(({ key }) => base64(key)),
      period,
      previous,
      promise_key: base64(PROMISE.key),
      root: base64(treeRoot(list)),
      type: 'period_closed',
    };
    const index = this.append('close_period', [], [['coop', { by: 'clock', events: [event] }]]);
    return { index, items, list };
  }

  /** `seconds`: when the witnesses saw it. */
  checkpoint(size = this.entries.length, seconds = Math.floor(this.time / 1000) + 5): string {
    const root = treeRoot(this.leaves(size));
    const body = `${ORIGIN}\n${size}\n${base64(root)}\n`;
    const lines = [line(ORIGIN, LOG.noteKey(ORIGIN, 1).id, LOG.sign(utf8(body)))];
    for (const { name, key } of WITNESSES) {
      const time = BigInt(seconds);
      const signature = key.sign(utf8(`cosignature/v1\ntime ${time}\n${body}`));
      lines.push(line(name, key.noteKey(name, 4).id, concat(u64(time), signature)));
    }
    return `${body}\n${lines.join('')}`;
  }

  leaves(size = this.entries.length): Bytes[] {
    return this.entries.slice(0, size).map(({ leaf }) => leaf);
  }

  /** About an entry that was committed with one before it. */
  promise(index: number, leaf = this.entry(index).leaf): HeldPromise {
    const before = this.entry(index - 1).leaf;
    const envelope = PROMISE.envelope(PROMISE_TYPE, {
      count: 2,
      first: index - 1,
      format: 'handprint/promise/v1',
      log: ORIGIN,
      publish_by: 1_795_280_060_000,
      root: base64(nodeHash(before, leaf)),
    });
    return { envelope, index, leaf: base64(leaf), path: [base64(before)] };
  }

  payslip(member: number, opening: MadeClose | null, closing: MadeClose, indexes: number[]): Slip {
    const nodes: string[] = [];
    const leaves = this.leaves();
    const refs = (hashes: Bytes[]): number[] =>
      hashes.map((hash) => {
        const known = nodes.indexOf(base64(hash));
        return known >= 0 ? known : nodes.push(base64(hash)) - 1;
      });
    const proof = (index: number): number[] => refs(inclusionProof(leaves, index));
    const close = (made: MadeClose): SlipClose => {
      const { header, parts } = this.entry(made.index);
      const item = made.items[member];
      return {
        coop: opened(parts[0]),
        header,
        index: made.index,
        position: item ? { ...opened(item), proof: refs(inclusionProof(made.list, member)) } : null,
        proof: proof(made.index),
      };
    };
    return {
      checkpoint: this.checkpoint(),
      closing: close(closing),
      entries: indexes.map((index) => {
        const { header, parts } = this.entry(index);
        const number = parts.findIndex(({ role }) => role === 'member');
        return { header, index, part: { ...opened(parts[number]), number }, proof: proof(index) };
      }),
      format: 'handprint/payslip/v1',
      log: ORIGIN,
      member,
      nodes,
      opening: opening ? close(opening) : null,
      shares: [],
    };
  }
}

export interface MadeClose {
  index: number;
  items: { bytes: string; salt: Bytes }[];
  list: Bytes[];
}

interface SlipOpened {
  bytes: string;
  salt: string;
}

interface SlipClose {
  coop: SlipOpened;
  header: string;
  index: number;
  position: (SlipOpened & { proof: number[] }) | null;
  proof: number[];
}

export interface Slip {
  checkpoint: string;
  closing: SlipClose;
  entries: {
    header: string;
    index: number;
    part: SlipOpened & { number: number };
    proof: number[];
  }[];
  format: string;
  log: string;
  member: number;
  nodes: string[];
  opening: SlipClose | null;
  shares: unknown[];
}

export function command(key: TestKey, actor: string, kind: string, args: JsonObject): Envelope {
  const id = hex(sha256(utf8(`${actor}${kind}`)).subarray(0, 16));
  return key.envelope(COMMAND_TYPE, { actor, args, command: id, kind, log: ORIGIN });
}

function opened(part: { bytes: string; salt: Bytes } | undefined): SlipOpened {
  if (!part) throw new Error('no such part');
  return { bytes: part.bytes, salt: base64(part.salt) };
}

function line(name: string, id: Bytes, signature: Bytes): string {
  return `\u2014 ${name} ${base64(concat(id, signature))}\n`;
}
