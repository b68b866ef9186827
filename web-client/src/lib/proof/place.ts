import type { Failed } from '../verify/verdict.ts';

/** Of these the detail is the index of an entry. */
const OF_AN_ENTRY: ReadonlySet<string> = new Set([
  'chain_broken',
  'chain_gap',
  'class_has_wrong_sign',
  'entry_not_included',
  'entry_out_of_range',
  'header_wrong',
  'part_not_committed',
  'promise_broken',
  'promise_missing',
  'signature_invalid',
  'tile_differs',
  'time_went_back',
]);

/** What is said of a file that is no payslip or receipt of this cooperative: nothing against anybody. */
const ANOTHER_FILE: ReadonlySet<string> = new Set([
  'checkpoint_unknown_log',
  'file_too_large',
  'malformed',
  'policy_malformed',
]);

export function isAnotherFile({ reason }: Failed): boolean {
  return ANOTHER_FILE.has(reason);
}

export interface FailedPlace {
  /** Index in the ledger. */
  entry: number;
  /** In the payslip, counted from 1; undefined for an entry without a line of its own. */
  line: number | undefined;
}

/** Where in a payslip a check did not hold, as far as that is one place. */
export function placeOf({ reason, detail }: Failed, payslip: string): FailedPlace | undefined {
  if (!OF_AN_ENTRY.has(reason) || !/^\d{1,15}$/.test(detail)) return undefined;
  const entry = Number(detail);
  let before = 0;
  for (const { index, lines } of entriesOf(payslip)) {
    if (index === entry) return { entry, line: lines > 0 ? before + 1 : undefined };
    before += lines;
  }
  return reason === 'part_not_committed' ? undefined : { entry, line: undefined };
}

/** The file may say anything: it has just failed. */
function entriesOf(payslip: string): { index: unknown; lines: number }[] {
  try {
    const { entries } = JSON.parse(payslip) as { entries: { index: unknown; part: { bytes: string } }[] };
    return entries.map(({ index, part }) => {
      const { lines } = JSON.parse(part.bytes) as { lines: unknown[] };
      return { index, lines: lines.length };
    });
  } catch {
    return [];
  }
}
