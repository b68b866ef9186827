import { base64Decode, equal, utf8 } from './bytes.ts';
import { encodeCanonical, type JsonObject } from './canonical.ts';
import { readCommand, type Command } from './command.ts';
import { COMMAND_TYPE, openEnvelope } from './dsse.ts';
import { envelopeVerifies } from './dsse-verify.ts';
import { chainHead, commit } from './hash.ts';
import { leafHash } from './merkle.ts';
import type { PayslipGood } from './payslip.ts';
import type { CheckedClose } from './payslip-close.ts';
import type { Payslip, PayslipEntry, Standing } from './payslip-file.ts';
import { asCount, asHash, asString, fits64 } from './read.ts';
import { failed, type Failed } from './verdict.ts';

/** Kinds whose entry says which keys the member has from then on. */
const KEY_KINDS: ReadonlySet<string> = new Set([
  'enrol_member',
  'add_key',
  'revoke_key',
  'reenrol_member',
]);

/** What delegates do to a member's keys. */
const DELEGATE_KINDS: ReadonlySet<string> = new Set(['propose_reenrolment', 'reenrol_member']);

/** Kinds that are worth nothing without a signature. */
const SIGNED_KINDS: ReadonlySet<string> = new Set([
  ...KEY_KINDS,
  ...DELEGATE_KINDS,
  'submit',
  'object_reenrolment',
]);

/** Part openings, the chain without gaps, signatures, keys at the end, and the sums. */
export function checkChain(
  slip: Payslip,
  from: Standing,
  to: Standing,
  closing: Closing,
): Pick<PayslipGood, 'lines'> | Failed {
  return (
    checkParts(slip) ??
    checkCounters(slip, from, to) ??
    checkHeads(slip, from, to) ??
    checkSignatures(slip, from, to, closing) ??
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

/** Who the delegates are, and where the period begins. */
type Closing = Pick<CheckedClose, 'delegates' | 'previous'>;

function checkSignatures(
  slip: Payslip,
  from: Standing,
  to: Standing,
  closing: Closing,
): Failed | null {
  const walk: Walk = {
    closing,
    keys: from.keys,
    commands: new Set(),
    proposals: new Map(),
    answered: -1,
  };
  for (const entry of slip.entries) {
    if (!passes(slip, entry, walk)) return failed('signature_invalid', `${entry.index}`);
  }
  return same(walk.keys, to.keys) ? null : failed('keys_differ');
}

/** Where the walk along the entries has come to. */
interface Walk {
  closing: Closing;
  /** Valid now. */
  keys: readonly string[];
  /** Signed so far, by actor. */
  commands: Set<string>;
  /** Of re-enrolments, in this file, by index. */
  proposals: Map<number, { by: string; key: string }>;
  /** Proposals of before this index are over. */
  answered: number;
}

/** Judges one entry and moves the walk past it. */
function passes(slip: Payslip, entry: PayslipEntry, walk: Walk): boolean {
  const { kind } = entry.header;
  const { answers, evidence, keys } = entry.content;
  if ((keys !== null) !== KEY_KINDS.has(kind)) return false;
  if ((answers !== null) !== (kind === 'submit')) return false;
  if (evidence === null) return !SIGNED_KINDS.has(kind);
  const command = signedCommand(slip, entry, evidence, walk);
  if (!command) return false;
  // Else a key that was revoked comes back by the command that once added it.
  const name = `${command.actor} ${command.id}`;
  if (walk.commands.has(name)) return false;
  walk.commands.add(name);
  if (answers !== null) {
    const signed = command.args['answers'];
    if (signed === undefined || encodeCanonical(signed) !== encodeCanonical(answers)) return false;
  }
  if (!followProposals(entry, command, walk)) return false;
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
  if (kind === 'reenrol_member') return [key];
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

/** Proposals of re-enrolments; false when one is confirmed that does not stand. */
function followProposals({ index }: PayslipEntry, command: Command, walk: Walk): boolean {
  const { kind, args, actor } = command;
  if (DELEGATE_KINDS.has(kind)) {
    const key = asKey(args['key']);
    if (key === undefined) return false;
    if (kind === 'propose_reenrolment') {
      walk.proposals.set(index, { by: actor, key });
      return true;
    }
    const proposal = asCount(args['proposal']);
    if (proposal === undefined || proposal <= walk.answered) return false;
    // One of an earlier period is judged with the payslip of that period.
    if (proposal > walk.closing.previous) {
      const proposed = walk.proposals.get(proposal);
      if (!proposed || proposed.by === actor || proposed.key !== key) return false;
    }
  }
  if (kind === 'reenrol_member' || kind === 'object_reenrolment') walk.answered = index;
  return true;
}

/** The signed command; undefined when it is not of who may act, for this entry and member. */
function signedCommand(
  slip: Payslip,
  { header: { kind }, content, index }: PayslipEntry,
  evidence: JsonObject,
  walk: Walk,
): Command | undefined {
  const envelope = openEnvelope(evidence);
  if (envelope?.type !== COMMAND_TYPE) return undefined;
  const command = readCommand(envelope.body);
  if (command?.log !== slip.log || command.kind !== kind) return undefined;
  // What the signer had seen was there before the entry, else there are two logs.
  if (command.seen > index) return undefined;
  const keys = signersOf(command, slip, content.keys, walk);
  return keys.some((key) => envelopeVerifies(envelope, key)) ? command : undefined;
}

/** The keys of which one must have signed; none when the actor may not do this. */
function signersOf(
  { kind, actor, args }: Command,
  { member }: Payslip,
  added: readonly string[] | null,
  { closing, keys }: Walk,
): Uint8Array[] {
  if (DELEGATE_KINDS.has(kind)) {
    const delegate = closing.delegates.find((_, ordinal) => actor === `d:${ordinal}`);
    return delegate && args['member'] === member ? [delegate] : [];
  }
  const newcomer = kind === 'enrol_member';
  if (actor !== (newcomer ? 'new' : `m:${member}`)) return [];
  // A key that the entry adds cannot vouch for it: only a registration has none before.
  const valid = newcomer ? (added ?? []) : keys;
  return valid.map((text) => base64Decode(text)).filter((key) => key !== null);
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
