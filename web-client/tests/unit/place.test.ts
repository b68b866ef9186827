import { describe, expect, it } from 'vitest';
import { isAnotherFile, placeOf } from '../../src/lib/proof/place.ts';
import { failed, parsePolicy, verifyPayslipText, type Policy } from '../../src/lib/verify/index.ts';
import { policyText } from '../support/log-maker.ts';
import { sampleLog } from '../support/sample-log.ts';

const policy = parsePolicy(policyText()) as Policy;

describe('where a payslip fails', () => {
  it('is the line that was changed', async () => {
    // A key, a task, its wage, a payout of two lines: the wage is line 1, the payout lines 2 and 3.
    const { slip } = sampleLog();
    const changed = (from: string, to: string): string => JSON.stringify(slip).replaceAll(from, to);
    const wage = changed('\\"amount\\":\\"300\\"', '\\"amount\\":\\"900\\"');
    const verdict = await verifyPayslipText(wage, policy);
    if (verdict.ok) throw new Error('good');
    expect(verdict.reason).toBe('part_not_committed');
    expect(placeOf(verdict, wage)).toEqual({ entry: Number(verdict.detail), line: 1 });
    const payout = changed('\\"amount\\":\\"-1000\\"', '\\"amount\\":\\"-1\\"');
    const other = await verifyPayslipText(payout, policy);
    if (other.ok) throw new Error('good');
    expect(placeOf(other, payout)).toMatchObject({ line: 2 });
  });

  it('is the entry alone where the file has no line for it, and nothing where it is not one place', () => {
    expect(placeOf(failed('promise_missing', '44'), '{"entries":[]}')).toEqual({ entry: 44, line: undefined });
    expect(placeOf(failed('quorum_not_met', '1'), '{}')).toBeUndefined();
    expect(placeOf(failed('chain_gap', '3 of 4'), '{}')).toBeUndefined();
    expect(placeOf(failed('tile_differs', '9'), '')).toEqual({ entry: 9, line: undefined });
    // Of a receipt the number is that of a part.
    expect(placeOf(failed('part_not_committed', '1'), '')).toBeUndefined();
  });
});

describe('a file of another kind', () => {
  it.each(['malformed', 'file_too_large', 'policy_malformed', 'checkpoint_unknown_log'])('%s is no evidence', (reason) =>
    expect(isAnotherFile(failed(reason))).toBe(true),
  );
  it.each(['part_not_committed', 'quorum_not_met', 'checkpoint_signature_invalid', 'chain_gap'])('%s is', (reason) =>
    expect(isAnotherFile(failed(reason))).toBe(false),
  );
});
