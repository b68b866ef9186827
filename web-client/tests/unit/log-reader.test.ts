import { describe, expect, it } from 'vitest';
import { base64, concat, utf8, type Bytes } from '../../src/lib/verify/bytes.ts';
import { readLog, type LogSource } from '../../src/lib/verify/log-reader.ts';
import { parsePolicy, type Policy } from '../../src/lib/verify/policy.ts';
import { verifyReceipt } from '../../src/lib/verify/receipt.ts';
import { encodeCanonical } from '../../src/lib/verify/canonical.ts';
import { LogMaker, policyText } from '../support/log-maker.ts';
import { inclusionProof, treeRoot } from '../support/merkle-prover.ts';
import { sampleLog } from '../support/sample-log.ts';

const policy = parsePolicy(policyText()) as Policy;

function tiles(log: LogMaker, change: (files: Map<string, Bytes>) => void = () => {}): LogSource {
  const files = new Map<string, Bytes>([['checkpoint', utf8(log.checkpoint())]]);
  for (let first = 0; first < log.entries.length; first += 256) {
    const slice = log.entries.slice(first, first + 256);
    const name = String(first / 256).padStart(3, '0') + (slice.length < 256 ? `.p/${slice.length}` : '');
    const bundle = slice.map(({ header }) => {
      const bytes = utf8(header);
      return concat(Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes);
    });
    files.set(`tile/entries/${name}`, concat(...bundle));
    files.set(`tile/0/${name}`, concat(...slice.map(({ leaf }) => leaf)));
  }
  change(files);
  return { fetch: (path) => Promise.resolve(files.get(path) ?? null) };
}

describe('reading the whole log', () => {
  const { log } = sampleLog();

  it('adds up the public sums', async () => {
    const result = await readLog(tiles(sampleLog().log), policy);
    // Wages of this small log come from a hold that was never funded.
    expect(result).toMatchObject({ ok: false, reason: 'class_has_wrong_sign' });
  });

  it('accepts a log in which every class has its sign', async () => {
    const result = await readLog(tiles(funded(600)), policy);
    expect(result).toMatchObject({ ok: true, size: 602, kinds: { genesis: 1, fund: 601 } });
    if (!result.ok) return;
    expect(result.sums).toEqual([
      { class: 'bank', currency: 'KES', amount: '60100' },
      { class: 'escrow', currency: 'KES', amount: '-60100' },
    ]);
  });

  it('finds again the tree that it saw before', async () => {
    const made = funded(600);
    const remembered = { size: 300, root: base64(treeRoot(made.leaves(300))) };
    expect(await readLog(tiles(made), policy, { remembered })).toMatchObject({
      extendsRemembered: true,
    });
    const other = { size: 300, root: base64(treeRoot(made.leaves(299))) };
    expect(await readLog(tiles(made), policy, { remembered: other })).toMatchObject({
      reason: 'history_changed',
    });
    const later = { size: 9000, root: other.root };
    expect(await readLog(tiles(made), policy, { remembered: later })).toMatchObject({
      reason: 'log_went_back',
    });
  });

  it.each([
    ['checkpoint_missing', (f: Map<string, Bytes>) => void f.delete('checkpoint')],
    ['tile_missing', (f: Map<string, Bytes>) => void f.delete('tile/entries/000')],
    ['tile_missing', (f: Map<string, Bytes>) => void f.delete('tile/0/001')],
    ['tile_differs', (f: Map<string, Bytes>) => {
      const tile = f.get('tile/0/001');
      if (tile) tile[40] = (tile[40] ?? 0) ^ 1;
    }],
  ])('%s', async (reason, change) => {
    expect(await readLog(tiles(funded(600), change), policy)).toMatchObject({ reason });
  });

  it('refuses tiles of another tree', async () => {
    const [made, other] = [funded(600), funded(600)];
    other.append('fund', [], []);
    const source = tiles(made, (files) => files.set('checkpoint', utf8(other.checkpoint(602))));
    expect((await readLog(source, policy)).ok).toBe(true);
    const forged = funded(599);
    forged.append('refund', [], []);
    forged.append('refund', [], []);
    const mixed = tiles(made, (files) => files.set('checkpoint', utf8(forged.checkpoint())));
    expect((await readLog(mixed, policy)).ok).toBe(false);
  });

  it.each([
    [['auto_accept'], 600, 'good'],
    [['auto_accept'], 601, 'time_ahead'],
    [['fund', 'end_tasks', 'fund'], 602, 'time_ahead'],
    [['grade', 'import_chunk'], 9999, 'good'],
    [['confirm_clock', 'auto_accept'], 9999, 'good'],
    [['auto_accept', 'confirm_clock'], 9999, 'time_ahead'],
  ])('attack: %j in a log dated %i s ahead of the witnesses', async (kinds, by, verdict) => {
    const made = funded(3);
    for (const kind of kinds) made.append(kind, [], [['coop', {}]]);
    const seconds = (made.times.at(-1) ?? 0) / 1000 - by;
    const source = tiles(made, (files) => files.set('checkpoint', utf8(made.checkpoint(undefined, seconds))));
    const read = await readLog(source, policy);
    expect(read.ok ? 'good' : read.reason).toBe(verdict);
    if (!read.ok) expect(read.detail).toBe(`${5 + kinds.findIndex((kind) => /auto|end/.test(kind))}`);
  });

  it('verifies a receipt, and refuses one with a changed opening', () => {
    const index = 3;
    const { header, parts } = log.entry(index);
    const receipt = (bytes: string): string => {
      const [, part] = parts;
      const extra = encodeCanonical({
        header,
        parts: [{ bytes, number: 1, salt: base64(part?.salt ?? new Uint8Array()) }],
      });
      const proof = inclusionProof(log.leaves(), index).map((hash) => `${base64(hash)}\n`);
      return `c2sp.org/tlog-proof@v1\nextra ${base64(utf8(extra))}\nindex ${index}\n${proof.join('')}\n${log.checkpoint()}`;
    };
    const bytes = parts[1]?.bytes ?? '';
    expect(verifyReceipt(receipt(bytes), policy)).toMatchObject({ ok: true, kind: 'accept', index: '3' });
    expect(verifyReceipt(receipt(bytes.replace('700', '900')), policy)).toMatchObject({
      reason: 'part_not_committed',
    });
    expect(verifyReceipt('junk', policy)).toMatchObject({ reason: 'malformed' });
  });
});

function funded(count: number): LogMaker {
  const log = new LogMaker();
  log.append('genesis', [], [['coop', {}]]);
  for (let i = 0; i <= count; i += 1) {
    log.append('fund', [['bank', 'KES', '100'], ['escrow', 'KES', '-100']], [['coop', {}]]);
  }
  return log;
}
