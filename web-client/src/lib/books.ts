import { money } from './format.ts';
import type { Sum } from './verify/header.ts';

/** What the cooperative has or has spent: there a debit makes more of it. In all others a debit makes less. */
const DEBIT_CLASSES: ReadonlySet<string> = new Set(['bank', 'receivable', 'expenses', 'bank_charges']);

/** How much more or less of its class there is after an entry, always with its sign. */
export function change({ class: name, currency, amount }: Sum): string {
  return money((DEBIT_CLASSES.has(name) ? amount : -amount).toString(), currency, 'exceptZero');
}
