import { describe, expect, it } from 'vitest';
import { fromHash, paperLink } from '../../src/lib/proof/paper.ts';

describe('the code on a printed payslip', () => {
  const paper = { entry: 481, payslip: 3, member: 12 };

  it('is an address that says which payslip it is, behind what is sent to nobody', () => {
    const link = paperLink('https://coop.example', paper);
    expect(link).toBe('https://coop.example/verify#entry=481&payslip=3&member=12');
    expect(fromHash(new URL(link).hash)).toEqual(paper);
  });

  it('is taken for nothing when a number is missing or none', () => {
    for (const hash of ['', '#', '#entry=1&payslip=2', '#entry=-1&payslip=2&member=3', '#entry=1e3&payslip=2&member=3', '#main']) {
      expect(fromHash(hash)).toBeNull();
    }
  });
});
