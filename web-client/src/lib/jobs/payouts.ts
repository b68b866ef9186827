export interface BookedLine {
  index: number;
  time: number;
  what: string;
  account: string;
  amount: string;
  currency: string;
  payout?: number;
}

/** What became of money that was sent, and the lines of the record that say so. */
export interface Payout<T> {
  payout: number;
  currency: string;
  state: 'sent' | 'settled' | 'returned';
  /** When it came into that state. */
  since: number;
  /** How much was sent. */
  sent: string;
  /** What it changed in what is owed to the member; where nothing of that is among the lines, in what is on its way. */
  change: string;
  /** Oldest first. */
  lines: readonly T[];
}

export type Booked<T> = { line: T } | { payout: Payout<T> };

/**
 * The lines as they come, but for each payout one item, where its first line stands: the books move the money from
 * one account to another and that in turn to the bank, which is one thing to whom it is sent to.
 */
export function withPayouts<T extends BookedLine>(lines: readonly T[]): Booked<T>[] {
  const groups = new Map<number, T[]>();
  const order: ({ line: T } | { number: number })[] = [];
  for (const line of lines) {
    const { payout: number } = line;
    if (number === undefined) {
      order.push({ line });
      continue;
    }
    const group = groups.get(number);
    if (group) group.push(line);
    else {
      groups.set(number, [line]);
      order.push({ number });
    }
  }
  return order.map((one) => ('line' in one ? one : { payout: payoutOf(one.number, groups.get(one.number) ?? []) }));
}

const total = (lines: readonly BookedLine[]): bigint => lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n);

function payoutOf<T extends BookedLine>(payout: number, any: readonly T[]): Payout<T> {
  const lines = [...any].sort((a, b) => a.index - b.index);
  const end = lines.find(({ what }) => what === 'settled' || what === 'returned');
  const [first] = lines;
  const owed = lines.filter(({ account }) => account === 'payable');
  return {
    payout,
    currency: first?.currency ?? '',
    state: end?.what === 'settled' || end?.what === 'returned' ? end.what : 'sent',
    since: (end ?? first)?.time ?? 0,
    sent: (first?.amount ?? '0').replace('-', ''),
    change: String(total(owed.length > 0 ? owed : lines)),
    lines,
  };
}
