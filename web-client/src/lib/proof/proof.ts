import type { Failed } from '../verify/verdict.ts';

/** What this device knows about a proof. `good` is only ever set by a check made here. */
export type Proof =
  | { state: 'unchecked' }
  | { state: 'checking' }
  | { state: 'good'; witnesses: number; at: number }
  /** It adds up, but it is not of today: what came since may be held back. */
  | { state: 'stale'; witnesses: number; at: number; seen: number }
  | { state: 'bad'; verdict: Failed; at: number };

export const UNCHECKED: Proof = { state: 'unchecked' };
export const CHECKING: Proof = { state: 'checking' };

/**
 * A node has even an idle log cosigned anew every minute. A log that no quorum has seen for so long is
 * an old one, or its witnesses are away; docs/threat-model.md has the attack.
 */
export const STALE_MS = 600_000;

interface Good {
  ok: true;
  witnesses: unknown[];
  /** Of what has to be new: when a quorum saw it, in seconds. */
  seen?: number | null;
}

export function proofOf(verdict: Good | Failed, at = Date.now()): Proof {
  if (!verdict.ok) return { state: 'bad', verdict, at };
  const witnesses = verdict.witnesses.length;
  const seen = (verdict.seen ?? NaN) * 1000;
  // A file of last year is no worse for its age: only what names the time is held to it.
  return at - seen > STALE_MS ? { state: 'stale', witnesses, at, seen } : { state: 'good', witnesses, at };
}
