import { describe, expect, it } from 'vitest';
import { proofOf, STALE_MS } from '../../src/lib/proof/proof.ts';
import { parsePolicy, seenByQuorum, verifyCheckpoint, type Policy } from '../../src/lib/verify/index.ts';
import { policyText } from '../support/log-maker.ts';
import { sampleLog } from '../support/sample-log.ts';

const policy = parsePolicy(policyText()) as Policy;
const NOW = 1_795_290_000_000;

const checked = (seen: number | null): { ok: true; witnesses: unknown[]; seen: number | null } => ({
  ok: true,
  witnesses: [1, 2, 3],
  seen,
});

describe('the age of a log', () => {
  it('is that of the newest moment at which a quorum had seen it', () => {
    const one = { name: 'w0', time: 100 };
    const two = { name: 'w1', time: 900 };
    const three = { name: 'w2', time: 5000 };
    expect(seenByQuorum(policy, [one, two, three])).toBe(900);
    expect(seenByQuorum(policy, [one, three])).toBe(100);
    // A clock that runs ahead cannot make an old log new.
    expect(seenByQuorum(policy, [three])).toBeNull();
  });

  it('comes with a checkpoint that was verified', () => {
    const checkpoint = verifyCheckpoint(sampleLog().log.checkpoint(), policy);
    expect(checkpoint).toMatchObject({ ok: true });
    if (checkpoint.ok) expect(checkpoint.seen).toBe(seenByQuorum(policy, checkpoint.witnesses));
  });

  it('attack: an operator shows members a stale log; then the mark is not that of a good one', () => {
    const seen = NOW / 1000;
    expect(proofOf(checked(seen), NOW + STALE_MS)).toMatchObject({ state: 'good' });
    expect(proofOf(checked(seen), NOW + STALE_MS + 1)).toMatchObject({ state: 'stale', seen: NOW });
  });

  it('does not make an old payslip a bad one', () => {
    expect(proofOf({ ok: true, witnesses: [1] }, NOW).state).toBe('good');
    expect(proofOf(checked(null), NOW).state).toBe('good');
  });
});
