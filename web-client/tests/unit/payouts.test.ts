import { describe, expect, it } from 'vitest';
import { withPayouts, type BookedLine, type Payout } from '../../src/lib/jobs/payouts.ts';

const line = (index: number, what: string, account: string, amount: string, payout?: number): BookedLine => ({
  index,
  time: 1000 * index,
  what,
  account,
  amount,
  currency: 'KES',
  ...(payout === undefined ? {} : { payout }),
});

const wage = line(5, 'wage', 'payable', '1350');
const out = line(7, 'payout', 'payable', '-1350', 3);
const under = line(7, 'payout', 'in_transit', '1350', 3);
const settled = line(9, 'settled', 'in_transit', '-1350', 3);

function only(lines: BookedLine[]): Payout<BookedLine> {
  const [one, ...rest] = withPayouts(lines);
  if (!one || !('payout' in one) || rest.length > 0) throw new Error('not one payout');
  return one.payout;
}

describe('the lines of a payout', () => {
  it('are one item, where the first of them stands, and all are kept', () => {
    const newest = line(11, 'wage', 'payable', '200');
    const shown = withPayouts([newest, settled, under, out, wage]);
    expect(shown).toHaveLength(3);
    expect(shown[0]).toEqual({ line: newest });
    expect(shown[1]).toMatchObject({ payout: { payout: 3, state: 'settled', sent: '1350', change: '-1350', since: 9000 } });
    expect(shown[1] && 'payout' in shown[1] ? shown[1].payout.lines : []).toEqual([under, out, settled]);
    expect(shown[2]).toEqual({ line: wage });
  });

  it('say whether it is on its way, has arrived or came back', () => {
    expect(only([out, under])).toMatchObject({ state: 'sent', since: 7000, sent: '1350' });
    expect(only([out, under, settled]).state).toBe('settled');
    const back = [line(9, 'returned', 'in_transit', '-1350', 3), line(9, 'returned', 'payable', '1350', 3)];
    // What came back is owed again: nothing has changed in the end.
    expect(only([out, under, ...back])).toMatchObject({ state: 'returned', since: 9000, sent: '1350', change: '0' });
  });

  it('know the amount also where only its end is on the page', () => {
    expect(only([settled])).toMatchObject({ state: 'settled', sent: '1350', change: '-1350' });
  });

  it('are kept apart from those of another payout', () => {
    expect(withPayouts([out, under, line(8, 'payout', 'payable', '-10', 4), settled])).toHaveLength(2);
  });
});
