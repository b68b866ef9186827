// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { change } from '../../src/lib/books.ts';

/** As in the header of an entry: positive is debit. */
function shown(sums: Record<string, bigint>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sums).map(([name, amount]) => [name, change({ class: name, currency: 'KES', amount }).replace(/\s/g, ' ')]),
  );
}

describe('what an entry changed', () => {
  it('is a plus in the bank and in escrow when money came in', () => {
    expect(shown({ bank: 1155n, escrow: -1155n })).toEqual({ bank: '+KES 11.55', escrow: '+KES 11.55' });
  });

  it('is a minus in the bank and on its way when a payout arrived', () => {
    expect(shown({ bank: -700n, in_transit: 700n })).toEqual({ bank: '-KES 7.00', in_transit: '-KES 7.00' });
  });

  it('is a plus in what was spent and in what is to be received', () => {
    expect(shown({ expenses: 5n, bank_charges: 1n, receivable: 2n, payable: -8n })).toEqual({
      expenses: '+KES 0.05',
      bank_charges: '+KES 0.01',
      receivable: '+KES 0.02',
      payable: '+KES 0.08',
    });
  });
});
