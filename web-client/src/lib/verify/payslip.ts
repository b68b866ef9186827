import { verifyCheckpoint, type Checkpoint, type Witnessed } from './checkpoint.ts';
import { headerHolds } from './header.ts';
import { leafHash, inclusionHolds } from './merkle.ts';
import { base64, utf8 } from './bytes.ts';
import { parseJson } from './json.ts';
import type { Policy } from './policy.ts';
import { checkChain } from './payslip-chain.ts';
import { checkClose, emptyPosition, type CheckedClose } from './payslip-close.ts';
import { readPayslip, type Amount, type Line, type Payslip } from './payslip-file.ts';
import { checkPromises } from './promise.ts';
import type { CommitAmount } from './pedersen.ts';
import { checkShares } from './payslip-shares.ts';
import { asArray, asObject } from './read.ts';
import { failed, isFailed, type Failed } from './verdict.ts';

const FILE_MAX = 64 * 1024 * 1024;

export interface PayslipGood {
  ok: true;
  log: string;
  member: number;
  period: number;
  size: string;
  /** Of the log of `size` entries, as base64. */
  root: string;
  entries: number;
  promises: number;
  witnesses: Witnessed[];
  /** When the closing entry was made, in milliseconds. */
  closed: number;
  lines: (Line & { index: number; time: number })[];
  opening: Amount[];
  closing: Amount[];
}

/**
 * Parses the text or the bytes of a file, then verifies it. Throws only when a file with shares
 * cannot be checked because the code for them does not load.
 */
export async function verifyPayslipText(
  text: string | Uint8Array,
  policy: Policy,
  promises: readonly unknown[] = [],
): Promise<PayslipGood | Failed> {
  const bytes = typeof text === 'string' ? utf8(text) : text;
  if (bytes.length > FILE_MAX) return failed('malformed', 'too long');
  const file = parseJson(text);
  if (file === undefined) return failed('malformed', 'not JSON');
  // Few payslips have shares, and the curve is as large as the rest of the verifier.
  const shares = asArray(asObject(file)?.['shares']) ?? [];
  const commitAmount = shares.length > 0 ? (await import('./pedersen.ts')).commitAmount : null;
  return verifyPayslip(file, policy, promises, commitAmount);
}

/**
 * Section 13 of docs/ledger-format.md, check by check; the first that fails is the answer. A file
 * with shares needs `commitAmount`.
 */
export function verifyPayslip(
  file: unknown,
  policy: Policy,
  promises: readonly unknown[] = [],
  commitAmount: CommitAmount | null = null,
): PayslipGood | Failed {
  const slip = readPayslip(file);
  if (!slip) return failed('malformed');
  const checkpoint = verifyCheckpoint(slip.checkpoint, policy);
  if (!checkpoint.ok) return checkpoint;
  if (checkpoint.origin !== slip.log) return failed('wrong_log', checkpoint.origin);
  const closing = checkClose(slip.closing, slip.member, checkpoint, 'closing');
  if (isFailed(closing)) return closing;
  if (!closing.position) return failed('closing_position_wrong', 'absent');
  const opening = checkOpening(slip, closing, checkpoint);
  if (isFailed(opening)) return opening;
  const entries = checkEntries(slip, checkpoint);
  if (isFailed(entries)) return entries;
  const from = opening.position ?? emptyPosition(slip.member);
  const chain = checkChain(slip, from, closing.position, closing);
  if (isFailed(chain)) return chain;
  const shares = checkShares(slip, checkpoint, commitAmount);
  if (shares) return shares;
  const range = { after: slip.opening?.index ?? -1, before: slip.closing.index };
  const kept = checkPromises(slip, closing.promiseKey, range, promises);
  if (isFailed(kept)) return kept;
  return {
    ok: true,
    log: slip.log,
    member: slip.member,
    period: closing.period,
    size: checkpoint.size.toString(),
    root: base64(checkpoint.root),
    entries: slip.entries.length,
    promises: kept.checked,
    witnesses: checkpoint.witnesses,
    closed: slip.closing.header.time,
    lines: chain.lines,
    opening: from.balances,
    closing: closing.position.balances,
  };
}

function checkOpening(
  slip: Payslip,
  closing: CheckedClose,
  checkpoint: Checkpoint,
): Pick<CheckedClose, 'position'> | Failed {
  if (slip.opening === null) {
    return closing.previous === -1 ? { position: null } : failed('opening_missing');
  }
  if (slip.opening.index !== closing.previous) return failed('opening_missing');
  const opening = checkClose(slip.opening, slip.member, checkpoint, 'opening');
  if (isFailed(opening)) return opening;
  if (opening.period !== closing.period - 1) return failed('opening_position_wrong', 'period');
  const expected = opening.count > slip.member;
  if (expected !== (opening.position !== null)) return failed('opening_position_wrong', 'absent');
  return opening;
}

function checkEntries(slip: Payslip, checkpoint: Checkpoint): Failed | null {
  for (const { index, headerText, proof } of slip.entries) {
    const leaf = leafHash(utf8(headerText));
    if (!inclusionHolds(leaf, BigInt(index), checkpoint.size, proof, checkpoint.root)) {
      return failed('entry_not_included', `${index}`);
    }
  }
  let last = slip.opening?.index ?? -1;
  for (const { index } of slip.entries) {
    if (index <= last || index >= slip.closing.index) return failed('entry_out_of_range', `${index}`);
    last = index;
  }
  const closes = slip.opening ? [slip.opening, slip.closing] : [slip.closing];
  for (const { header, index } of [...closes, ...slip.entries]) {
    if (!headerHolds(header)) return failed('header_wrong', `${index}`);
  }
  return null;
}
