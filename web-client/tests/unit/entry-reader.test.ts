import { describe, expect, it } from 'vitest';
import { concat, utf8, type Bytes } from '../../src/lib/verify/bytes.ts';
import { readEntry } from '../../src/lib/verify/entry-reader.ts';
import type { LogSource } from '../../src/lib/verify/log-reader.ts';
import { parsePolicy, type Policy } from '../../src/lib/verify/policy.ts';
import { tileNumber } from '../../src/lib/verify/tiles.ts';
import { LogMaker, policyText } from '../support/log-maker.ts';
import { treeRoot } from '../support/merkle-prover.ts';

const policy = parsePolicy(policyText()) as Policy;

/** The files of a log as a node serves them, with the hashes of all levels. */
function filesOf(log: LogMaker): Map<string, Bytes> {
  const files = new Map<string, Bytes>([['checkpoint', utf8(log.checkpoint())]]);
  const put = (level: string, n: number, items: readonly Bytes[]): void => {
    files.set(`tile/${level}/${tileNumber(n)}${items.length < 256 ? `.p/${items.length}` : ''}`, concat(...items));
  };
  const withLength = (bytes: Bytes): Bytes => concat(Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes);
  const headers = log.entries.map(({ header }) => withLength(utf8(header)));
  for (let n = 0; n * 256 < headers.length; n += 1) put('entries', n, headers.slice(n * 256, n * 256 + 256));
  for (let hashes = log.leaves(), level = 0; hashes.length > 0; level += 1) {
    const above: Bytes[] = [];
    for (let n = 0; n * 256 < hashes.length; n += 1) {
      const tile = hashes.slice(n * 256, n * 256 + 256);
      put(String(level), n, tile);
      if (tile.length === 256) above.push(treeRoot(tile));
    }
    hashes = above;
  }
  return files;
}

const source = (files: Map<string, Bytes>, asked: string[] = []): LogSource => ({
  fetch: (path) => {
    asked.push(path);
    return Promise.resolve(files.get(path) ?? null);
  },
});

function logOf(size: number): LogMaker {
  const log = new LogMaker();
  for (let i = 0; i < size; i += 1) log.append(i === 0 ? 'genesis' : 'fund', [], [['coop', { by: 'd:0', events: [] }]]);
  return log;
}

describe('reading one entry', () => {
  it.each([1, 2, 255, 256, 257, 512, 700])('proves each of %i entries', async (size) => {
    const files = filesOf(logOf(size));
    const indexes = new Set([0, 1, 127, 254, 255, 256, 511, 512, size - 1].filter((index) => index < size));
    for (const index of indexes) {
      expect(await readEntry(source(files), policy, index), `${index}`).toMatchObject({
        ok: true,
        index,
        size,
        header: { kind: index === 0 ? 'genesis' : 'fund' },
      });
    }
    expect(await readEntry(source(files), policy, size)).toMatchObject({ ok: false, reason: 'entry_missing' });
  });

  it('reads a few tiles, not the whole log', async () => {
    const asked: string[] = [];
    await readEntry(source(filesOf(logOf(700)), asked), policy, 3);
    expect(asked.sort()).toEqual(['checkpoint', 'tile/0/000', 'tile/0/002.p/188', 'tile/1/000.p/2', 'tile/entries/000']);
  });

  it.each([
    ['tile/entries/000', 'tile_differs'],
    ['tile/0/000', 'tile_differs'],
    ['tile/0/002.p/188', 'root_differs'],
    ['tile/1/000.p/2', 'root_differs'],
  ])('is not taken in by a change of %s', async (path, reason) => {
    const files = filesOf(logOf(700));
    const changed = Uint8Array.from(files.get(path) ?? []);
    // Within the text of the first header, or the first hash.
    const at = path.includes('entries') ? changed.indexOf('g'.charCodeAt(0)) : 5;
    changed[at] = (changed[at] ?? 0) ^ 1;
    files.set(path, changed);
    expect(await readEntry(source(files), policy, 0)).toMatchObject({ ok: false, reason });
    files.delete(path);
    expect(await readEntry(source(files), policy, 0)).toMatchObject({ ok: false, reason: 'tile_missing' });
  });
});
