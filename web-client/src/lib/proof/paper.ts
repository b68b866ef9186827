/** What the code on a printed payslip says of it. */
export interface Paper {
  /** The entry that closed the books of its period. */
  entry: number;
  payslip: number;
  member: number;
}

/** Whoever opens it can check the paper; what stands behind the # is not sent to anybody. */
export function paperLink(origin: string, { entry, payslip, member }: Paper): string {
  return `${origin}/verify#entry=${entry}&payslip=${payslip}&member=${member}`;
}

export function fromHash(hash: string): Paper | null {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  const [entry, payslip, member] = ['entry', 'payslip', 'member'].map((name) => {
    const text = values.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  });
  return entry === undefined || payslip === undefined || member === undefined ? null : { entry, payslip, member };
}
