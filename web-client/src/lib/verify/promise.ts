import { equal, utf8, type Bytes } from './bytes.ts';
import { parseCanonical } from './canonical.ts';
import { openEnvelope, PROMISE_TYPE } from './dsse.ts';
import { envelopeVerifies } from './dsse-verify.ts';
import { leafHash } from './merkle.ts';
import type { Payslip } from './payslip-file.ts';
import { asCount, asHash, asString, withKeys } from './read.ts';
import { failed, type Failed } from './verdict.ts';

export const PROMISE_FORMAT = 'handprint/promise/v1';

const PROMISE_KEYS = ['format', 'index', 'leaf', 'log', 'publish_by'];

export interface Promised {
  index: number;
  leaf: Bytes;
  log: string;
  publishBy: number;
}

/** What the node promised; undefined unless the envelope verifies under its promise key. */
export function readPromise(envelope: unknown, promiseKey: Uint8Array): Promised | undefined {
  const open = openEnvelope(envelope);
  if (open?.type !== PROMISE_TYPE || !envelopeVerifies(open, promiseKey)) return undefined;
  return readPromiseBody(open.body);
}

/** The same without the signature check: for finding a promise, never for trusting one. */
export function peekPromise(envelope: unknown): Promised | undefined {
  const open = openEnvelope(envelope);
  return open?.type === PROMISE_TYPE ? readPromiseBody(open.body) : undefined;
}

function readPromiseBody(bytes: Uint8Array): Promised | undefined {
  const body = withKeys(parseCanonical(bytes), PROMISE_KEYS);
  const index = asCount(body?.['index']);
  const leaf = asHash(body?.['leaf']);
  const log = asString(body?.['log']);
  const publishBy = asCount(body?.['publish_by']);
  if (body?.['format'] !== PROMISE_FORMAT || index === undefined || !leaf) return undefined;
  return log === undefined || publishBy === undefined ? undefined : { index, leaf, log, publishBy };
}

/** Each promise that the reader holds for this period must have its line in the payslip. */
export function checkPromises(
  slip: Payslip,
  promiseKey: Uint8Array,
  range: { after: number; before: number },
  promises: readonly unknown[],
): { checked: number } | Failed {
  let checked = 0;
  for (const envelope of promises) {
    const promise = peekPromise(envelope);
    if (promise?.log !== slip.log) return failed('promise_invalid');
    if (promise.index <= range.after || promise.index >= range.before) continue;
    if (!readPromise(envelope, promiseKey)) return failed('promise_invalid');
    const entry = slip.entries.find(({ index }) => index === promise.index);
    if (!entry) return failed('promise_missing', `${promise.index}`);
    if (!equal(leafHash(utf8(entry.headerText)), promise.leaf)) {
      return failed('promise_broken', `${promise.index}`);
    }
    checked += 1;
  }
  return { checked };
}
