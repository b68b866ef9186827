import { base64, base64Decode, equal, utf8, utf8Decode, wellFormed, type Bytes } from './bytes.ts';
import { parseCanonical } from './canonical.ts';
import { verifyCheckpoint, type Witnessed } from './checkpoint.ts';
import { commit } from './hash.ts';
import { headerHolds, readHeader } from './header.ts';
import { inclusionHolds, leafHash } from './merkle.ts';
import { readOpened, type Opened } from './payslip-file.ts';
import type { Policy } from './policy.ts';
import { checkPromisesOfEntry } from './promise.ts';
import { asCount, asObject, asString, readAll, withKeys } from './read.ts';
import { failed, type Failed } from './verdict.ts';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const PROOF_MAX = 63;
const BYTES_MAX = 4_000_000;
const INDEX_END = 2n ** 63n - 1n;

export interface TlogProof {
  extra: Bytes | null;
  index: bigint;
  hashes: Bytes[];
  checkpoint: string;
}

export interface ReceiptGood {
  ok: true;
  log: string;
  index: string;
  size: string;
  /** Of the log of `size` entries, as base64. */
  root: string;
  kind: string;
  time: number;
  witnesses: Witnessed[];
  /** About this entry, and kept. */
  promises: number;
  parts: { number: number; role: string; bytes: string }[];
}

/** Reads a .tlog-proof file; undefined when it is not one. */
export function parseTlogProof(text: string): TlogProof | undefined {
  if (!wellFormed(text) || utf8(text).length > BYTES_MAX) return undefined;
  const split = text.indexOf('\n\n');
  if (split < 0 || split + 2 === text.length) return undefined;
  const lines = text.slice(0, split).split('\n');
  if (lines.shift() !== FIRST_LINE) return undefined;
  let extra: Bytes | null = null;
  if (lines[0]?.startsWith('extra ')) {
    extra = base64Decode(lines.shift()?.slice('extra '.length) ?? '');
    if (!extra || extra.length === 0) return undefined;
  }
  const index = /^index (0|[1-9][0-9]{0,18})$/.exec(lines.shift() ?? '');
  const hashes = readAll(lines, (line) => {
    const hash = typeof line === 'string' ? base64Decode(line) : null;
    return hash?.length === 32 ? hash : undefined;
  });
  if (!index || !hashes || hashes.length > PROOF_MAX) return undefined;
  const place = BigInt(index[1] ?? '0');
  if (place >= INDEX_END) return undefined;
  return { extra, index: place, hashes, checkpoint: text.slice(split + 2) };
}

/** What the reader was promised, and who signs promises: nothing in a receipt says it. */
export interface Held {
  promises: readonly unknown[];
  promiseKey: Uint8Array;
}

/** A receipt: the proof, its header, and the openings of the reader's own parts. */
export function verifyReceipt(text: string, policy: Policy, held?: Held): ReceiptGood | Failed {
  const proof = parseTlogProof(text);
  const extra = proof?.extra ? readExtra(proof.extra) : undefined;
  if (!proof || !extra) return failed('malformed');
  const header = readHeader(extra.header);
  if (!header) return failed('malformed', 'header');
  const checkpoint = verifyCheckpoint(proof.checkpoint, policy);
  if (!checkpoint.ok) return checkpoint;
  const leaf = leafHash(utf8(extra.header));
  if (!inclusionHolds(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)) {
    return failed('entry_not_included', `${proof.index}`);
  }
  if (!headerHolds(header)) return failed('header_wrong', `${proof.index}`);
  const parts: ReceiptGood['parts'] = [];
  for (const part of extra.parts) {
    const place = header.parts[part.number];
    if (!place || !equal(place.commit, commit(part.salt, utf8(part.bytes)))) {
      return failed('part_not_committed', `${part.number}`);
    }
    parts.push({ number: part.number, role: place.role, bytes: part.bytes });
  }
  const entry = { index: proof.index, headerText: extra.header };
  const kept = held
    ? checkPromisesOfEntry(checkpoint.origin, entry, held.promiseKey, held.promises)
    : { checked: 0 };
  if ('reason' in kept) return kept;
  return {
    ok: true,
    log: checkpoint.origin,
    index: proof.index.toString(),
    size: checkpoint.size.toString(),
    root: base64(checkpoint.root),
    kind: header.kind,
    time: header.time,
    witnesses: checkpoint.witnesses,
    promises: kept.checked,
    parts,
  };
}

function readExtra(
  extra: Bytes,
): { header: string; parts: (Opened & { number: number })[] } | undefined {
  const text = utf8Decode(extra);
  const value = text === null ? undefined : withKeys(parseCanonical(text), ['header', 'parts']);
  const header = asString(value?.['header']);
  const parts = readAll(value?.['parts'], (item) => {
    const opened = readOpened(item, ['number']);
    const number = asCount(asObject(item)?.['number']);
    return opened && number !== undefined ? { ...opened, number } : undefined;
  });
  return header !== undefined && parts ? { header, parts } : undefined;
}
