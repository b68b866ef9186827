import type { Failed } from '../verify/verdict.ts';

/** What this device knows about a proof. `good` is only ever set by a check made here. */
export type Proof =
  | { state: 'unchecked' }
  | { state: 'checking' }
  | { state: 'good'; witnesses: number; at: number }
  | { state: 'bad'; verdict: Failed; at: number };

export const UNCHECKED: Proof = { state: 'unchecked' };
export const CHECKING: Proof = { state: 'checking' };

export function proofOf(verdict: { ok: true; witnesses: unknown[] } | Failed): Proof {
  const at = Date.now();
  return verdict.ok
    ? { state: 'good', witnesses: verdict.witnesses.length, at }
    : { state: 'bad', verdict, at };
}
