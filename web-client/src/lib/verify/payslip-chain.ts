import { base64Decode, equal, utf8 } from './bytes.ts';
import { encodeCanonical, type JsonObject } from './canonical.ts';
import { readCommand, type Command } from './command.ts';
import { COMMAND_TYPE, openEnvelope } from './dsse.ts';
import { envelopeVerifies } from './dsse-verify.ts';
import { chainHead, commit } from './hash.ts';
import { leafHash } from './merkle.ts';
import type { PayslipGood } from './payslip.ts';
import type { Payslip, PayslipEntry, Standing } from './payslip-file.ts';
import { asHash, asString, fits64 } from './read.ts';
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
  const walk: Walk = { keys: from.keys, commands: new Set() };
  for (const entry of slip.entries) {
    if (!passes(slip, entry, walk)) return failed('signature_invalid', `${entry.index}`);
  }
  return same(walk.keys, to.keys) ? null : failed('keys_differ');
}

/** Where the walk along the entries has come to. */
interface Walk {
  /** Valid now. */
  keys: readonly string[];
  /** Signed so far, by actor. */
  commands: Set<string>;
}

/** Judges one entry and moves the walk past it. */
function passes(slip: Payslip, entry: PayslipEntry, walk: Walk): boolean {
  const { kind } = entry.header;
  const { answers, evidence, keys } = entry.content;
  if ((keys !== null) !== KEY_KINDS.has(kind)) return false;
  if ((answers !== null) !== (kind === 'submit')) return false;
  if (evidence === null) return !SIGNED_KINDS.has(kind);
  // A key that the entry adds cannot vouch for it: only a registration has none before.
  const valid = kind === 'enrol_member' ? (keys ?? []) : walk.keys;
  const command = signedCommand(slip, entry, evidence, valid);
  if (!command) return false;
  // Else a key that was revoked comes back by the command that once added it.
  const name = `${command.actor} ${command.id}`;
  if (walk.commands.has(name)) return false;
  walk.commands.add(name);
  if (answers !== null) {
    const signed = command.args['answers'];
    if (signed === undefined || encodeCanonical(signed) !== encodeCanonical(answers)) return false;
  }
  if (keys === null) return true;
  const after = keysAfter(kind, walk.keys, command.args);
  walk.keys = keys;
  return after !== undefined && same(keys, after);
}

function keysAfter(
  kind: string,
  before: readonly string[],
  args: JsonObject,
): string[] | undefined {
  const key = asKey(args['key']);
  if (key === undefined) return undefined;
  if (kind === 'revoke_key') return before.filter((known) => known !== key);
  if (kind === 'add_key') return sorted([...before, key]);
  if (args['recovery'] === undefined) return [key];
  const recovery = asKey(args['recovery']);
  return recovery === undefined ? undefined : sorted([key, recovery]);
}

function asKey(value: unknown): string | undefined {
  return asHash(value) ? asString(value) : undefined;
}

function sorted(keys: readonly string[]): string[] {
  return [...new Set(keys)].sort();
}

/** The signed command; undefined when it is not this member's, for this entry. */
function signedCommand(
  slip: Payslip,
  { header: { kind }, index }: PayslipEntry,
  evidence: JsonObject,
  keys: readonly string[],
): Command | undefined {
  const envelope = openEnvelope(evidence);
  if (envelope?.type !== COMMAND_TYPE) return undefined;
  const command = readCommand(envelope.body);
  const actor = kind === 'enrol_member' ? 'new' : `m:${slip.member}`;
  if (command?.log !== slip.log || command.kind !== kind || command.actor !== actor) {
    return undefined;
  }
  // What the member had seen was there before the entry, else there are two logs.
  if (command.seen > index) return undefined;
  const signed = keys.some((text) => {
    const key = base64Decode(text);
    return key !== null && envelopeVerifies(envelope, key);
  });
  return signed ? command : undefined;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, i) => key === b[i]);
}

function checkBalances(
  slip: Payslip,
  from: Standing,
  to: Standing,
): Pick<PayslipGood, 'lines'> | Failed {
  const totals = new Map<string, { rest: bigint; moved: bigint }>();
  const add = (account: string, currency: string, amount: bigint, moved = 0n): void => {
    const key = `${account} ${currency}`;
    const total = totals.get(key) ?? { rest: 0n, moved: 0n };
    totals.set(key, { rest: total.rest + amount, moved: total.moved + moved });
  };
  const lines = slip.entries.flatMap(({ content, header: { time }, index }) =>
    content.lines.map((line) => ({ ...line, index, time })),
  );
  for (const { class: name, currency, amount } of from.balances) add(name, currency, BigInt(amount));
  for (const { account, currency, amount } of lines) {
    add(account, currency, BigInt(amount), BigInt(amount));
  }
  for (const { class: name, currency, amount } of to.balances) add(name, currency, -BigInt(amount));
  for (const [key, { rest, moved }] of totals) {
    if (rest !== 0n || !fits64(moved)) return failed('balance_mismatch', `${key} ${rest}`);
  }
  return { lines };
}
