/** Running totals that may never fall below zero: what the cooperative has or is owed. */
export const NEVER_NEGATIVE: ReadonlySet<string> = new Set([
  'bank',
  'bank_charges',
  'expenses',
  'receivable',
]);

/** Running totals that may never rise above zero: what it owes or keeps for others. */
export const NEVER_POSITIVE: ReadonlySet<string> = new Set([
  'equity',
  'escrow',
  'fee',
  'guarantee',
  'hold',
  'in_transit',
  'payable',
  'reserve',
  'suspense',
  'tax_withheld',
]);

export function isClass(name: string): boolean {
  return NEVER_NEGATIVE.has(name) || NEVER_POSITIVE.has(name) || name === 'exchange';
}

export const AUTHORITIES: ReadonlySet<string> = new Set(['actor', 'agent', 'anonymous', 'clock']);

export const ROLES: ReadonlySet<string> = new Set([
  'clock',
  'coop',
  'delegate',
  'member',
  'requester',
]);

/** What a line of a payslip can be. */
export const LINES: ReadonlySet<string> = new Set([
  'payout',
  'returned',
  'settled',
  'share',
  'top_up',
  'wage',
]);
