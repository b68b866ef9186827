import { ristretto255_hasher } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { base64, base64Decode, hex, hexDecode, utf8, type Bytes } from '../../src/lib/verify/bytes.ts';
import { parseCanonical } from '../../src/lib/verify/canonical.ts';
import { keyId, openEnvelope, pae } from '../../src/lib/verify/dsse.ts';
import { envelopeVerifies } from '../../src/lib/verify/dsse-verify.ts';
import { chainHead, commit, tagged } from '../../src/lib/verify/hash.ts';
import { verifyPayslip, verifyPayslipText } from '../../src/lib/verify/payslip.ts';
import { addsUp, commitAmount, GENERATOR } from '../../src/lib/verify/pedersen.ts';
import { parsePolicy, type Policy } from '../../src/lib/verify/policy.ts';
import { readHeader } from '../../src/lib/verify/header.ts';
import { checkShareList } from '../../src/lib/verify/share-list.ts';
import { applyPatch, type Operation } from '../support/json-patch.ts';

// Made by the implementation in C++; see tests/vectors/README.md at the root.
const FOLDER = new URL('../../../tests/vectors/', import.meta.url);

function text(name: string): string {
  const url = new URL(name, FOLDER);
  if (!existsSync(url)) throw new Error(`${name} is missing: run make_vectors`);
  return readFileSync(url, 'utf8');
}

function read<T>(name: string): T {
  return JSON.parse(text(name)) as T;
}

function bytes(encoded: string): Bytes {
  const decoded = hexDecode(encoded);
  if (!decoded) throw new Error('hex');
  return decoded;
}

function fromBase64(encoded: string): Bytes {
  const decoded = base64Decode(encoded);
  if (!decoded) throw new Error('base64');
  return decoded;
}

interface Named {
  name: string;
}

describe('canonical_json.json', () => {
  const vectors = read<Record<'accept' | 'reject', (Named & { hex: string })[]>>('canonical_json.json');

  it.each(vectors.accept)('accepts $name', ({ hex: encoded }) => {
    expect(parseCanonical(bytes(encoded))).not.toBeUndefined();
  });

  it.each(vectors.reject)('refuses $name', ({ hex: encoded }) => {
    expect(parseCanonical(bytes(encoded))).toBeUndefined();
  });
});

describe('commit.json and chain.json', () => {
  const vectors = read<{
    commit: { salt: string; text: string; commit: string }[];
    tagged: { name: string; bytes: string; hash: string }[];
  }>('commit.json');
  const chains = read<{ member: number; links: { counter: number; leaf: string; head: string }[] }[]>('chain.json');

  it.each(vectors.commit)('commits to $text', (vector) => {
    expect(hex(commit(bytes(vector.salt), utf8(vector.text)))).toBe(vector.commit);
  });

  it.each(vectors.tagged)('tags $name $bytes', (vector) => {
    expect(hex(tagged(vector.name, bytes(vector.bytes)))).toBe(vector.hash);
  });

  it.each(chains)('chains member $member', ({ member, links }) => {
    let head: Bytes = new Uint8Array(32);
    for (const link of links) {
      head = chainHead(member, link.counter, head, fromBase64(link.leaf));
      expect(base64(head)).toBe(link.head);
    }
  });
});

describe('pedersen.json', () => {
  interface Share {
    amount: string;
    blind: string;
    commitment: string;
  }
  interface Distribution extends Named {
    count: number;
    currency: string;
    file: string;
    good: boolean;
    header: string;
    index: number;
    opened: number;
    pool: string;
  }
  const vectors = read<{
    blinds: string;
    distributions: Distribution[];
    generator: string;
    shares: Share[];
    sum: string;
    total: string;
  }>('pedersen.json');

  it('has a generator that nobody chose', () => {
    expect(vectors.generator).toBe(GENERATOR);
    const derived = ristretto255_hasher.deriveToCurve?.(sha512(utf8('handprint/pedersen-H/v1')));
    expect(derived?.toHex()).toBe(GENERATOR);
  });

  it.each(vectors.shares)('commits to $amount', ({ amount, blind, commitment }) => {
    expect(hex(commitAmount(BigInt(amount), bytes(blind)) ?? utf8(''))).toBe(commitment);
  });

  it('commits to the sum as to any amount', () => {
    const sum = commitAmount(BigInt(vectors.total), bytes(vectors.blinds));
    expect(hex(sum ?? utf8(''))).toBe(vectors.sum);
  });

  it.each(vectors.distributions)('judges $name', ({ file, good, header: text, index, ...headers }) => {
    const header = readHeader(text);
    if (!header) throw new Error('header');
    const run = { ...headers, pool: BigInt(headers.pool), sealed: index, paidOut: true };
    expect(checkShareList(utf8(file), run, header, addsUp) === null).toBe(good);
  });

  it('knows no blind at or over the order', () => {
    const order = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';
    expect(commitAmount(1n, bytes(order))).toBeUndefined();
    expect(commitAmount(1n, bytes(`ec${order.slice(2)}`))).toHaveLength(32);
  });
});

describe('dsse.json', () => {
  const vectors = read<{
    pae: { type: string; body: string; pae: string }[];
    envelopes: (Named & { envelope: unknown; key: string; keyid: string; valid: boolean })[];
    malformed: (Named & { envelope: unknown })[];
  }>('dsse.json');

  it.each(vectors.pae)('encodes type $type', (vector) => {
    expect(hex(pae(vector.type, utf8(vector.body)))).toBe(vector.pae);
  });

  it.each(vectors.envelopes)('$name', ({ envelope, key, keyid, valid }) => {
    const open = openEnvelope(envelope);
    expect(open !== undefined && envelopeVerifies(open, fromBase64(key))).toBe(valid);
    expect(keyId(fromBase64(key))).toBe(keyid);
  });

  it.each(vectors.malformed)('malformed: $name', ({ envelope }) => {
    expect(openEnvelope(envelope)).toBeUndefined();
  });
});

describe('payslips', () => {
  const policies = new Map<string, Policy>();
  const policy = (content: string): Policy => {
    const known = policies.get(content) ?? parsePolicy(content);
    if (!known) throw new Error('policy');
    policies.set(content, known);
    return known;
  };
  const standard = text('payslip_policy.txt');

  interface Expected {
    promises: unknown[];
    verdict: {
      entries: number;
      lines: number;
      member: number;
      period: number;
      promises: number;
      size: number;
      totals: { class: string; currency: string; opening: string; closing: string }[];
      witnesses: unknown[];
    };
  }

  const good = Object.entries(read<Record<string, Expected>>('payslip_expected.json'));

  it.each(good)('%s is good', async (name, { promises, verdict }) => {
    const mine = await verifyPayslipText(text(name), policy(standard), promises);
    expect(mine).toMatchObject({
      ok: true,
      entries: verdict.entries,
      member: verdict.member,
      period: verdict.period,
      promises: verdict.promises,
      size: String(verdict.size),
      witnesses: verdict.witnesses,
    });
    if (!mine.ok) return;
    expect(mine.lines).toHaveLength(verdict.lines);
    for (const total of verdict.totals) {
      const amount = (list: typeof mine.closing): string =>
        list.find((one) => one.class === total.class && one.currency === total.currency)?.amount ?? '0';
      expect([amount(mine.opening), amount(mine.closing)]).toEqual([total.opening, total.closing]);
    }
  });

  type Mutation = Named & {
    expected: string;
    text?: string;
    file?: unknown;
    base?: string;
    patch?: Operation[];
    promises?: unknown[];
    policy?: string;
  };

  it.each(read<Mutation[]>('payslip_mutations.json'))('$expected: $name', async (mutation) => {
    const rules = policy(mutation.policy === undefined ? standard : readPolicy(mutation.policy));
    const promises = mutation.promises ?? [];
    const verdict =
      mutation.text === undefined
        ? verifyPayslip(fileOf(mutation), rules, promises, commitAmount)
        : await verifyPayslipText(mutation.text, rules, promises);
    expect(verdict.ok ? 'good' : verdict.reason).toBe(mutation.expected);
  });

  /** A policy is given as its text, or by the name of its file. */
  function readPolicy(given: string): string {
    return given.includes('\n') ? given : text(given);
  }

  function fileOf({ file, base, patch }: Mutation): unknown {
    return base === undefined ? file : applyPatch(read(base), patch ?? []);
  }
});
