import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexDecode, utf8 } from '../../src/lib/verify/bytes.ts';
import { verifyCheckpoint } from '../../src/lib/verify/checkpoint.ts';
import { parseNote, parseVkey, plainSignatureHolds } from '../../src/lib/verify/note.ts';
import { parsePolicy, quorumMet, type Policy } from '../../src/lib/verify/policy.ts';
import { parseTlogProof } from '../../src/lib/verify/receipt.ts';
import { inclusionHolds, leafHash } from '../../src/lib/verify/merkle.ts';
import { readBundle, tileNumber, tilesOf } from '../../src/lib/verify/tiles.ts';

const GOLDEN_LOG =
  'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
const WITNESS = 'example.com/witness+10a1c019+BGSEitir7W6FmBs7OHWyUrh2frtLAvcDrKOx5xu9ao5Q';
const PROOF = readFileSync(new URL('../vectors/example.tlog-proof', import.meta.url), 'utf8');
const policy = (quorum: string): Policy =>
  parsePolicy(`log ${GOLDEN_LOG}\nwitness w ${WITNESS}\nquorum ${quorum}\n`) as Policy;

describe('signed notes', () => {
  it.each([
    [
      'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
      'This is an example message.\n',
      'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=',
    ],
    [
      'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
      'go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n',
      'Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=',
    ],
  ])('verifies the published note of %s', (vkey, text, signature) => {
    const key = parseVkey(vkey);
    if (!key) throw new Error('vkey');
    const note = parseNote(`${text}\n\u2014 ${key.name} ${signature}\n`);
    const [line] = note?.signatures ?? [];
    if (!note || !line) throw new Error('note');
    expect(line.id).toBe(key.id);
    expect(plainSignatureHolds(note, line, key)).toBe(true);
    expect(plainSignatureHolds({ ...note, text: `${text}\n` }, line, key)).toBe(false);
  });

  it('refuses a key whose id does not follow from it', () => {
    expect(parseVkey(GOLDEN_LOG.replace('33d7b496', '33d7b497'))).toBeUndefined();
    expect(parseVkey('')).toBeUndefined();
  });

  it.each(['', 'x', 'x\n', 'x\n\n', 'x\n\n\u2014 a\n', 'x\u0000\n\n\u2014 a QUFBQUFB\n'])(
    'refuses %j',
    (text) => expect(parseNote(text)).toBeUndefined(),
  );

  it('never throws on junk', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseNote(text);
        parseVkey(text);
        parsePolicy(text);
        parseTlogProof(text);
        verifyCheckpoint(text, policy('none'));
      }),
    );
  });
});

describe('the published proof', () => {
  const proof = parseTlogProof(PROOF);

  it('is read, witnessed and included', () => {
    const checkpoint = verifyCheckpoint(proof?.checkpoint ?? '', policy('w'));
    if (!checkpoint.ok || !proof) throw new Error('not good');
    expect(checkpoint.witnesses).toEqual([{ name: 'w', time: 1_700_000_000 }]);
    const leaf = leafHash(utf8('ileven'));
    expect(proof.index).toBe(10n);
    expect(inclusionHolds(leaf, 10n, checkpoint.size, proof.hashes, checkpoint.root)).toBe(true);
  });

  it('is refused without its witness, or with a changed one', () => {
    const text = proof?.checkpoint ?? '';
    const without = text.replace(/\u2014 example.com\/witness \S+\n/, '');
    expect(verifyCheckpoint(without, policy('w'))).toMatchObject({ reason: 'quorum_not_met' });
    expect(verifyCheckpoint(without, policy('none')).ok).toBe(true);
    const changed = text.replace('EKHAGQAAAABlU', 'EKHAGQAAAABlV');
    expect(verifyCheckpoint(changed, policy('w')).ok).toBe(false);
  });

  it('is refused under a policy that does not know the log', () => {
    const other = parsePolicy(`witness w ${WITNESS}\nquorum w\n`) as Policy;
    expect(verifyCheckpoint(proof?.checkpoint ?? '', other)).toMatchObject({
      reason: 'checkpoint_unknown_log',
    });
  });
});

describe('policies', () => {
  it.each([
    '',
    'quorum w',
    `log ${GOLDEN_LOG}`,
    `log ${GOLDEN_LOG}\nlog ${GOLDEN_LOG}\nquorum none`,
    `witness w ${WITNESS}\nquorum w\nquorum none`,
    `witness none ${WITNESS}\nquorum none`,
    `witness w ${WITNESS}\ngroup g 2 w\nquorum g`,
    `witness w ${WITNESS}\ngroup g any w\ngroup h any w\nquorum g`,
    `unknown line\nquorum none`,
    `log ${GOLDEN_LOG}\r\nquorum none\r`,
    `log ${WITNESS}\nquorum none`,
    `witness w ${GOLDEN_LOG}\nquorum w`,
    `witness w ${WITNESS}\ngroup g constructor w\nquorum g`,
    `witness w ${WITNESS}\ngroup g 01 w\nquorum g`,
    `witness w ${WITNESS}\nquorum\u00a0w`,
    '# \u007f\nquorum none',
  ])('refuses %j', (text) => expect(parsePolicy(`${text}\n`)).toBeUndefined());

  it('refuses a last line without an end', () => {
    expect(parsePolicy('quorum none')).toBeUndefined();
    expect(parsePolicy('quorum none\n')).toBeDefined();
  });

  it('keeps names apart that are no UTF-8', () => {
    const octets = (text: string): Uint8Array => Uint8Array.from(text, (one) => one.charCodeAt(0));
    expect(parsePolicy(octets(`witness \u00ff ${WITNESS}\nquorum \u00ff\n`))).toBeDefined();
    expect(parsePolicy(octets(`witness \u00ff ${WITNESS}\nquorum \u00fe\n`))).toBeUndefined();
  });

  it('counts groups within groups', () => {
    const rules: Policy = {
      logs: [],
      witnesses: new Map(),
      groups: new Map([
        ['coop', { threshold: 2, members: ['a', 'b', 'c'] }],
        ['public', { threshold: 1, members: ['d', 'e'] }],
        ['full', { threshold: 2, members: ['coop', 'public'] }],
      ]),
      quorum: 'full',
    };
    expect(quorumMet(rules, new Set(['a', 'b', 'd']))).toBe(true);
    expect(quorumMet(rules, new Set(['a', 'b', 'c']))).toBe(false);
    expect(quorumMet(rules, new Set(['a', 'd', 'e']))).toBe(false);
  });
});

describe('tiles', () => {
  it.each([
    [0, '000'],
    [255, '255'],
    [999, '999'],
    [1000, 'x001/000'],
    [1_000_000, 'x001/x000/000'],
    [1_234_067, 'x001/x234/067'],
  ])('number %i', (n, path) => expect(tileNumber(n)).toBe(path));

  it('covers a tree with full tiles and one partial', () => {
    expect(tilesOf(257, 'entries').map(({ path }) => path)).toEqual([
      'tile/entries/000',
      'tile/entries/001.p/1',
    ]);
    expect(tilesOf(70_000, 0)).toHaveLength(274);
    expect(tilesOf(0, 0)).toEqual([]);
  });

  it('reads the golden bundle', () => {
    const bundle = hexDecode(
      '00036f6e65000374776f000574687265650004666f757200046669766500037369780005736576656e000365697400046e61696e000374656e0006696c6576656e00057477656c660008746872656574656e0007666f757274656e000666697674656e',
    );
    if (!bundle) throw new Error('hex');
    expect(readBundle(bundle, 15)?.[10]).toBe('ileven');
    expect(readBundle(bundle, 16)).toBeUndefined();
    expect(readBundle(bundle.slice(0, -1), 15)).toBeUndefined();
  });
});
