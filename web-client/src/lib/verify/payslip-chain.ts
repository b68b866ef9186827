import { base64Decode, equal, utf8, type Bytes } from './bytes.ts';
import { parseCanonical } from './canonical.ts';
import { COMMAND_TYPE, envelopeVerifies, openEnvelope } from './dsse.ts';
import { chainHead, commit } from './hash.ts';
import { leafHash } from './merkle.ts';
import type { PayslipGood } from './payslip.ts';
import type { Standing } from './payslip-close.ts';
import { readLines, type Payslip, type PayslipEntry } from './payslip-file.ts';
import { asCount, asHash, asMoney, asObject, asString, readAll } from './read.ts';
import { failed, isFailed, type Failed } from './verdict.ts';

/** Kinds that only the member can have started: without a signature they are not theirs. */
const SIGNED_KINDS: ReadonlySet<string> = new Set([
  'submit',
  'enrol_member',
  'add_key',
  'revoke_key',
]);

/** Part openings, the chain without gaps, signatures, keys at the end, and the sums. */
export function checkChain(
  slip: Payslip,
  from: Standing,
  to: Standing,
): Pick<PayslipGood, 'lines'> | Failed {
  return (
    checkParts(slip) ??
    checkCounters(slip, from, to) ??
    checkHeads(slip, from, to) ??
    checkSignatures(slip, from, to) ??
    checkBalances(slip, from, to)
  );
}

function checkParts(slip: Payslip): Failed | null {
  for (const { header, part, index } of slip.entries) {
    const place = header.parts[part.number];
    if (place?.role !== 'member' || !equal(place.commit, commit(part.salt, utf8(part.bytes)))) {
      return failed('part_not_committed', `${index}`);
    }
  }
  return null;
}

interface Link {
  counter: number;
  member: number;
  previous: Bytes;
}

function readLink(entry: PayslipEntry): Link | undefined {
  const chain = asObject(entry.part.value['chain']);
  const counter = asCount(chain?.['counter']);
  const member = asCount(chain?.['member']);
  const previous = asHash(chain?.['previous']);
  if (counter === undefined || member === undefined || !previous) return undefined;
  return { counter, member, previous };
}

function checkCounters(slip: Payslip, from: Standing, to: Standing): Failed | null {
  let counter = from.counter;
  for (const entry of slip.entries) {
    const link = readLink(entry);
    counter += 1;
    if (link?.counter !== counter || link.member !== slip.member) {
      return failed('chain_gap', `${entry.index}`);
    }
    if (counter === 1 && entry.header.kind !== 'enrol_member') {
      return failed('chain_gap', `${entry.index}`);
    }
  }
  return counter === to.counter ? null : failed('chain_gap', `${counter} of ${to.counter}`);
}

function checkHeads(slip: Payslip, from: Standing, to: Standing): Failed | null {
  let head = from.head;
  for (const entry of slip.entries) {
    const link = readLink(entry);
    if (!link || !equal(link.previous, head)) return failed('chain_broken', `${entry.index}`);
    head = chainHead(slip.member, link.counter, head, leafHash(utf8(entry.headerText)));
  }
  return equal(head, to.head) ? null : failed('chain_broken', 'head');
}

function checkSignatures(slip: Payslip, from: Standing, to: Standing): Failed | null {
  let keys: readonly string[] = from.keys;
  for (const entry of slip.entries) {
    const stated = entry.part.value['keys'];
    const after = stated === undefined ? keys : readAll(stated, (key) => asString(key));
    if (!after) return failed('signature_invalid', `${entry.index}`);
    const evidence = entry.part.value['evidence'] ?? null;
    const needed = SIGNED_KINDS.has(entry.header.kind);
    if (evidence === null ? needed : !evidenceHolds(slip, entry, evidence, [...keys, ...after])) {
      return failed('signature_invalid', `${entry.index}`);
    }
    keys = after;
  }
  const sorted = (list: readonly string[]): string => [...list].sort().join(' ');
  return sorted(keys) === sorted(to.keys) ? null : failed('keys_differ');
}

function evidenceHolds(
  slip: Payslip,
  entry: PayslipEntry,
  evidence: unknown,
  keys: readonly string[],
): boolean {
  const envelope = openEnvelope(evidence);
  if (envelope?.type !== COMMAND_TYPE) return false;
  const body = asObject(parseCanonical(envelope.body));
  const actor = entry.header.kind === 'enrol_member' ? 'new' : `m:${slip.member}`;
  if (body?.['log'] !== slip.log || body['kind'] !== entry.header.kind) return false;
  if (body['actor'] !== actor) return false;
  return keys.some((text) => {
    const key = base64Decode(text);
    return key !== null && envelopeVerifies(envelope, key);
  });
}

function checkBalances(
  slip: Payslip,
  from: Standing,
  to: Standing,
): Pick<PayslipGood, 'lines'> | Failed {
  const totals = new Map<string, bigint>();
  const add = (account: string, currency: string, amount: bigint): void => {
    const key = `${account} ${currency}`;
    totals.set(key, (totals.get(key) ?? 0n) + amount);
  };
  for (const { class: name, currency, amount } of from.balances) add(name, currency, BigInt(amount));
  const lines = collectLines(slip);
  if (isFailed(lines)) return lines;
  for (const { account, currency, amount } of lines) add(account, currency, BigInt(amount));
  for (const { class: name, currency, amount } of to.balances) add(name, currency, -BigInt(amount));
  for (const [key, total] of totals) {
    if (total !== 0n) return failed('balance_mismatch', `${key} ${total}`);
  }
  return { lines };
}

function collectLines(slip: Payslip): PayslipGood['lines'] | Failed {
  const out: PayslipGood['lines'] = [];
  for (const { part, index, header } of slip.entries) {
    const lines = readLines(part.value);
    if (!lines?.every((line) => asMoney(line.amount) !== undefined)) {
      return failed('balance_mismatch', `${index}`);
    }
    out.push(...lines.map((line) => ({ ...line, index, time: header.time })));
  }
  return out;
}
