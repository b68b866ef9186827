import { isNumber, OWN_COLUMNS, ownValue } from './own-terms.ts';
import type { Table } from './table.ts';

type OwnColumn = (typeof OWN_COLUMNS)[number];

/** A row whose own price, number of answers or time the node would refuse, and the rule that it breaks. */
export interface RowFault {
  line: number;
  column: OwnColumn;
  value: string;
  rule: 'below_floor' | 'not_whole' | 'too_much' | 'over';
}

const MOST: Record<OwnColumn, number> = { price_micros: 1e12, overlap: 10_000, expires_at: 253_402_300_799_999 };

/** Looked for before anything is sent: a million rows are not to come back because of one. */
export function rowFaults(table: Table, leastMicros: number, now: number): RowFault[] {
  const own = OWN_COLUMNS.filter((name) => table.columns.includes(name));
  return table.rows.flatMap((row, i) =>
    own.flatMap((column) => {
      const value = ownValue(row, column);
      const rule = value === '' ? null : broken(column, value, leastMicros, now);
      return rule === null ? [] : [{ line: table.lines[i] ?? i + 1, column, value, rule }];
    }),
  );
}

function broken(column: OwnColumn, value: string, leastMicros: number, now: number): RowFault['rule'] | null {
  if (!isNumber(value)) return 'not_whole';
  const number = Number(value);
  if (number > MOST[column]) return 'too_much';
  if (column === 'price_micros' && number < leastMicros) return 'below_floor';
  return column === 'expires_at' && number <= now ? 'over' : null;
}
