import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64, parsePolicy, type Policy } from '../../src/lib/verify/index.ts';
import { verifyPayslip, verifyPayslipText } from '../../src/lib/verify/payslip.ts';
import { command, policyText, TestKey, type Slip } from '../support/log-maker.ts';
import { sampleLog } from '../support/sample-log.ts';

const policy = parsePolicy(policyText()) as Policy;
const sample = sampleLog();

function verify(slip: unknown, promises: unknown[] = []): string {
  const verdict = verifyPayslip(slip, policy, promises);
  return verdict.ok ? 'good' : verdict.reason;
}

function changed(change: (slip: Slip) => void, base: Slip = sample.slip): Slip {
  const copy = structuredClone(base);
  change(copy);
  return copy;
}

function first<T>(items: T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('empty');
  return item;
}

/** Flips one character of a base64 value without leaving base64. */
function flip(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
}

describe('a good payslip', () => {
  it('adds up, from the close before to the close after', () => {
    const verdict = verifyPayslip(sample.slip, policy, sample.promises);
    expect(verdict).toMatchObject({ ok: true, member: 1, period: 2, entries: 4, promises: 2 });
    if (!verdict.ok) return;
    expect(verdict.witnesses).toHaveLength(3);
    expect(verdict.lines.map(({ amount }) => amount)).toEqual(['300', '-1000', '1000']);
  });

  it('may begin at registration', () => {
    expect(verify(sample.firstSlip)).toBe('good');
  });

  it('reads the file as text, canonical or not', async () => {
    const text = JSON.stringify(sample.slip, null, 3);
    expect((await verifyPayslipText(text, policy)).ok).toBe(true);
  });
});

const table: [reason: string, what: string, change: (slip: Slip) => void][] = [
  ['malformed', 'another format', (s) => (s.format = 'handprint/payslip/v2')],
  ['malformed', 'a reference out of range', (s) => (first(s.entries).proof[0] = 999)],
  ['malformed', 'a header with a space', (s) => (s.closing.header = ` ${s.closing.header}`)],
  ['malformed', 'a salt that is short', (s) => (s.closing.coop.salt = 'AAAA')],
  ['checkpoint_malformed', 'no note', (s) => (s.checkpoint = 'x')],
  ['checkpoint_signature_invalid', 'a size that was not signed', (s) => {
    s.checkpoint = s.checkpoint.replace(/\n\d+\n/, '\n99\n');
  }],
  ['quorum_not_met', 'one witness of three', (s) => {
    s.checkpoint = s.checkpoint.replace(/— witness.test\/(one|two) \S+\n/g, '');
  }],
  ['wrong_log', 'another origin', (s) => (s.log = 'other.test/log')],
  ['closing_not_included', 'another header', (s) => {
    s.closing.header = s.closing.header.replace('"rules":1', '"rules":2');
  }],
  ['closing_not_a_close', 'another opening of the coop part', (s) => {
    s.closing.coop.salt = flip(s.closing.coop.salt);
  }],
  ['closing_position_wrong', 'a richer position', (s) => {
    if (s.closing.position) {
      s.closing.position.bytes = s.closing.position.bytes.replace('"1000"', '"9000"');
    }
  }],
  ['closing_position_wrong', 'no position', (s) => (s.closing.position = null)],
  ['opening_missing', 'no opening', (s) => (s.opening = null)],
  ['opening_not_included', 'a changed opening', (s) => {
    if (s.opening) s.opening.header = s.opening.header.replace('"rules":1', '"rules":2');
  }],
  ['opening_not_a_close', 'an opening with other bytes', (s) => {
    if (s.opening) s.opening.coop.salt = flip(s.opening.coop.salt);
  }],
  ['opening_position_wrong', 'a poorer start', (s) => (s.opening ? (s.opening.position = null) : 0)],
  ['entry_not_included', 'a changed entry', (s) => {
    first(s.entries).header = first(s.entries).header.replace('"rules":1', '"rules":2');
  }],
  ['entry_out_of_range', 'the same entry twice', (s) => s.entries.unshift(first(s.entries))],
  ['part_not_committed', 'a changed amount', (s) => {
    const [, , third] = s.entries;
    if (third) third.part.bytes = third.part.bytes.replace('"300"', '"900"');
  }],
  ['part_not_committed', 'the part of somebody else', (s) => (first(s.entries).part.number = 0)],
  ['chain_gap', 'a line left out', (s) => s.entries.splice(2, 1)],
  ['chain_gap', 'the last line left out', (s) => s.entries.pop()],
  ['chain_gap', 'no lines at all', (s) => (s.entries = [])],
];

describe('a changed payslip', () => {
  it.each(table)('%s: %s', (reason, _what, change) => {
    expect(verify(changed(change))).toBe(reason);
  });

  it('chain_gap: begins with something else than registration', () => {
    const slip = sampleSlip((log) => log.member('accept', 0, [], {}));
    expect(verify(slip)).toBe('chain_gap');
  });
});

describe('promises', () => {
  it('finds an entry that was acknowledged and left out', () => {
    expect(verify(sample.slip, [sample.log.promise(sample.foreign)])).toBe('promise_missing');
  });

  it('finds an entry that differs from what was promised', () => {
    const [entry] = sample.slip.entries;
    const leaf = sample.log.entry(sample.foreign).leaf;
    expect(verify(sample.slip, [sample.log.promise(entry?.index ?? 0, leaf)])).toBe('promise_broken');
  });

  it('refuses a promise under another key', () => {
    const [promise] = sample.promises;
    const payload = promise?.envelope.payload.slice(4);
    const forged = { ...promise, envelope: { ...promise?.envelope, payload } };
    expect(verify(sample.slip, [forged])).toBe('promise_invalid');
    expect(verify(sample.slip, [promise?.envelope])).toBe('promise_invalid');
    expect(verify(sample.slip, [{ ...promise, path: [] }])).toBe('promise_invalid');
    expect(verify(sample.slip, ['junk'])).toBe('promise_invalid');
  });

  it('ignores a promise of another period', () => {
    expect(verify(sample.slip, [sample.log.promise(1)])).toBe('good');
  });
});

describe('signatures', () => {
  const device = new TestKey(60);
  const key = base64(device.key);
  const enrol = (evidence: unknown): Slip =>
    sampleSlip((log) =>
      log.member('enrol_member', 0, [], {
        evidence: JSON.parse(JSON.stringify(evidence)) as null,
        keys: [key],
      }),
    [key]);

  it('accepts the registration signed by the new key', () => {
    expect(verify(enrol(command(device, 'new', 'enrol_member', { key })))).toBe('good');
  });

  it.each([
    ['none', null],
    ['of another key', command(new TestKey(61), 'new', 'enrol_member', { key })],
    ['of another kind', command(device, 'new', 'add_key', { key })],
    ['of another actor', command(device, 'm:0', 'enrol_member', { key })],
  ])('signature_invalid: %s', (_what, evidence) => {
    expect(verify(enrol(evidence))).toBe('signature_invalid');
  });
});

describe('junk', () => {
  it('never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string(), async (value, text) => {
        expect(verifyPayslip(value, policy).ok).toBe(false);
        expect((await verifyPayslipText(text, policy)).ok).toBe(false);
      }),
    );
  });

  it('never accepts a file with one value replaced', () => {
    const paths = leafPaths(sample.slip);
    const replacement = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.constant([]));
    fc.assert(
      fc.property(fc.constantFrom(...paths), replacement, (path, value) => {
        const slip = structuredClone(sample.slip);
        if (replaceAt(slip, path, value) === value) return;
        expect(verifyPayslip(slip, policy).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

function sampleSlip(fill: (log: ReturnType<typeof sampleLog>['log']) => void, keys: string[] = []) {
  const { log } = sampleLog();
  log.entries.length = 0;
  log.append('genesis', [], [['coop', { by: 'd:0', events: [] }]]);
  const heads = log.chain(0);
  Object.assign(heads, { counter: 0, head: new Uint8Array(32) });
  fill(log);
  const { counter, head } = log.chain(0);
  const position = { balances: [], counter, head: base64(head), keys, member: 0, period: 1 };
  const close = log.close(1, -1, [position]);
  return log.payslip(0, null, close, [1]);
}

type Path = (string | number)[];

function leafPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => leafPaths(item, [...path, key]));
}

/** Puts the value there and answers what stood there before. */
function replaceAt(root: unknown, path: Path, value: unknown): unknown {
  let at = root as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  const before = at[last];
  at[last] = value;
  return before;
}
