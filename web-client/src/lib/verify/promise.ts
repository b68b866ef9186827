import { equal, utf8, type Bytes } from './bytes.ts';
import { parseCanonical } from './canonical.ts';
import { openEnvelope, PROMISE_TYPE, type Envelope } from './dsse.ts';
import { envelopeVerifies } from './dsse-verify.ts';
import { inclusionHolds, leafHash } from './merkle.ts';
import type { Payslip } from './payslip-file.ts';
import { asCount, asHash, asObject, asString, readAll, withKeys } from './read.ts';
import { failed, type Failed } from './verdict.ts';

export const PROMISE_FORMAT = 'handprint/promise/v1';

const HELD_KEYS = ['envelope', 'index', 'leaf', 'path'];
const PROMISE_KEYS = ['count', 'first', 'format', 'log', 'publish_by', 'root'];

/** What an accepted command is answered with: a promise about a commit, and the way to this entry. */
export interface HeldPromise {
  envelope: Envelope;
  index: number;
  leaf: string;
  path: string[];
}

export interface Promised {
  index: number;
  leaf: Bytes;
  log: string;
  publishBy: number;
}

/** What the node promised; undefined unless the envelope verifies under its promise key. */
export function readPromise(held: unknown, promiseKey: Uint8Array): Promised | undefined {
  const open = openEnvelope(asObject(held)?.['envelope']);
  return open && envelopeVerifies(open, promiseKey) ? peekPromise(held) : undefined;
}

/** The same without the signature check: for finding a promise, never for trusting one. */
export function peekPromise(held: unknown): Promised | undefined {
  const fields = withKeys(held, HELD_KEYS);
  const index = asCount(fields?.['index']);
  const leaf = asHash(fields?.['leaf']);
  const path = readAll(fields?.['path'], asHash);
  const open = openEnvelope(fields?.['envelope']);
  if (open?.type !== PROMISE_TYPE || index === undefined || !leaf || !path) return undefined;
  const body = withKeys(parseCanonical(open.body), PROMISE_KEYS);
  const count = asCount(body?.['count']);
  const first = asCount(body?.['first']);
  const log = asString(body?.['log']);
  const publishBy = asCount(body?.['publish_by']);
  const root = asHash(body?.['root']);
  if (body?.['format'] !== PROMISE_FORMAT || count === undefined || first === undefined) return undefined;
  if (log === undefined || publishBy === undefined || !root || index < first) return undefined;
  return inclusionHolds(leaf, BigInt(index - first), BigInt(count), path, root)
    ? { index, leaf, log, publishBy }
    : undefined;
}

/** Header texts by index: null where there has to be one and is none, undefined where none is expected. */
type HeaderAt = (index: number) => string | null | undefined;

function checkHeld(
  log: string,
  promiseKey: Uint8Array,
  promises: readonly unknown[],
  headerAt: HeaderAt,
): { checked: number } | Failed {
  let checked = 0;
  for (const held of promises) {
    const promise = peekPromise(held);
    if (promise?.log !== log) return failed('promise_invalid');
    const header = headerAt(promise.index);
    if (header === undefined) continue; // perhaps under an older key
    if (!readPromise(held, promiseKey)) return failed('promise_invalid');
    if (header === null) return failed('promise_missing', `${promise.index}`);
    if (!equal(leafHash(utf8(header)), promise.leaf)) return failed('promise_broken', `${promise.index}`);
    checked += 1;
  }
  return { checked };
}

/** Each promise that the reader holds for this period must have its line in the payslip. */
export function checkPromises(
  slip: Payslip,
  promiseKey: Uint8Array,
  range: { after: number; before: number },
  promises: readonly unknown[],
): { checked: number } | Failed {
  return checkHeld(slip.log, promiseKey, promises, (index) => {
    if (index <= range.after || index >= range.before) return undefined;
    return slip.entries.find((entry) => entry.index === index)?.headerText ?? null;
  });
}

/** The same of the one entry that a receipt is about, under a key that is the reader's own knowledge. */
export function checkPromisesOfEntry(
  log: string,
  entry: { index: bigint; headerText: string },
  promiseKey: Uint8Array,
  promises: readonly unknown[],
): { checked: number } | Failed {
  return checkHeld(log, promiseKey, promises, (index) =>
    BigInt(index) === entry.index ? entry.headerText : undefined,
  );
}
