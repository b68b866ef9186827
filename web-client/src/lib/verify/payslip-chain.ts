import { base64Decode, equal, utf8 } from './bytes.ts';
import { parseCanonical, type JsonObject } from './canonical.ts';
import { COMMAND_TYPE, openEnvelope } from './dsse.ts';
import { envelopeVerifies } from './dsse-verify.ts';
import { chainHead, commit } from './hash.ts';
import { leafHash } from './merkle.ts';
import type { PayslipGood } from './payslip.ts';
import type { Payslip, PayslipEntry, Standing } from './payslip-file.ts';
import { asObject, asString } from './read.ts';
import { failed, type Failed } from './verdict.ts';

/** Kinds that only the member can have started: without a signature they are not theirs. */
const SIGNED_KINDS: ReadonlySet<string> = new Set([
  'submit',
  'enrol_member',
  'add_key',
  'revoke_key',
]);

/** Kinds whose entry says which keys the member has from then on. */
const KEY_KINDS: ReadonlySet<string> = new Set(['enrol_member', 'add_key', 'revoke_key']);

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

function checkCounters(slip: Payslip, from: Standing, to: Standing): Failed | null {
  let counter = from.counter;
  for (const { content, header, index } of slip.entries) {
    counter += 1;
    if (content.counter !== counter || content.member !== slip.member) {
      return failed('chain_gap', `${index}`);
    }
    // A second registration would give the member keys that none of their own vouches for.
    if ((counter === 1) !== (header.kind === 'enrol_member')) return failed('chain_gap', `${index}`);
  }
  return counter === to.counter ? null : failed('chain_gap', `${counter} of ${to.counter}`);
}

function checkHeads(slip: Payslip, from: Standing, to: Standing): Failed | null {
  let head = from.head;
  for (const { content, headerText, index } of slip.entries) {
    if (!equal(content.previous, head)) return failed('chain_broken', `${index}`);
    head = chainHead(slip.member, content.counter, head, leafHash(utf8(headerText)));
  }
  return equal(head, to.head) ? null : failed('chain_broken', 'head');
}

function checkSignatures(slip: Payslip, from: Standing, to: Standing): Failed | null {
  let keys: readonly string[] = from.keys;
  for (const entry of slip.entries) {
    const after = checkEntry(slip, entry, keys);
    if (!after) return failed('signature_invalid', `${entry.index}`);
    keys = after;
  }
  return same(keys, to.keys) ? null : failed('keys_differ');
}

/** The member's keys after the entry; undefined when its signature or its keys do not hold. */
function checkEntry(
  slip: Payslip,
  entry: PayslipEntry,
  before: readonly string[],
): readonly string[] | undefined {
  const { kind } = entry.header;
  const { evidence, keys } = entry.content;
  if ((keys !== null) !== KEY_KINDS.has(kind)) return undefined;
  if (evidence === null) return SIGNED_KINDS.has(kind) ? undefined : before;
  // A key that the entry adds cannot vouch for it: only a registration has none before.
  const valid = kind === 'enrol_member' ? (keys ?? []) : before;
  const args = commandArgs(slip, kind, evidence, valid);
  if (!args) return undefined;
  if (keys === null) return before;
  return same(keys, keysAfter(kind, before, args)) ? keys : undefined;
}

function keysAfter(kind: string, before: readonly string[], args: JsonObject): string[] {
  const key = asString(args['key']) ?? '';
  if (kind === 'revoke_key') return before.filter((known) => known !== key);
  if (kind === 'add_key') return [...before, key].sort();
  const recovery = asString(args['recovery']);
  return recovery === undefined ? [key] : [key, recovery].sort();
}

/** The arguments of the signed command; undefined when it is not this member's, for this entry. */
function commandArgs(
  slip: Payslip,
  kind: string,
  evidence: JsonObject,
  keys: readonly string[],
): JsonObject | undefined {
  const envelope = openEnvelope(evidence);
  if (envelope?.type !== COMMAND_TYPE) return undefined;
  const body = asObject(parseCanonical(envelope.body));
  const actor = kind === 'enrol_member' ? 'new' : `m:${slip.member}`;
  if (body?.['log'] !== slip.log || body['kind'] !== kind || body['actor'] !== actor) {
    return undefined;
  }
  const signed = keys.some((text) => {
    const key = base64Decode(text);
    return key !== null && envelopeVerifies(envelope, key);
  });
  return signed ? asObject(body['args']) : undefined;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, i) => key === b[i]);
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
  const lines = slip.entries.flatMap(({ content, header: { time }, index }) =>
    content.lines.map((line) => ({ ...line, index, time })),
  );
  for (const { class: name, currency, amount } of from.balances) add(name, currency, BigInt(amount));
  for (const { account, currency, amount } of lines) add(account, currency, BigInt(amount));
  for (const { class: name, currency, amount } of to.balances) add(name, currency, -BigInt(amount));
  for (const [key, total] of totals) {
    if (total !== 0n) return failed('balance_mismatch', `${key} ${total}`);
  }
  return { lines };
}
