/** Kinds that are refused before they are due, by the time of their own entry. */
const DUE: ReadonlySet<string> = new Set(['auto_accept', 'end_tasks']);

const AHEAD_MS = 10 * 60 * 1000;
const VOUCHED_MS = 24 * 60 * 60 * 1000;

/**
 * Finds what the node's clock did before its time in a log that is dated ahead of its witnesses.
 * A delegate's word on the clock vouches for the day after it.
 */
export class DueWatch {
  private vouchedUntil = -1;

  /** `seen`: when a quorum had seen all that is added, in seconds; null if none says so. */
  constructor(private readonly seen: number | null) {}

  /** Whether the entry, the next of the log, is ahead. */
  isAhead({ kind, time }: { kind: string; time: number }): boolean {
    if (kind === 'confirm_clock') this.vouchedUntil = time + VOUCHED_MS;
    if (!DUE.has(kind) || time <= this.vouchedUntil) return false;
    return this.seen !== null && time > this.seen * 1000 + AHEAD_MS;
  }
}
