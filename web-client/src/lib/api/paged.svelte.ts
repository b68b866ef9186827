import type { Problem, Result } from './request.ts';

export interface Page<T> {
  items: readonly T[];
  /** Where the next page begins; not there at the end. */
  next?: string | number | undefined;
}

/** Pages are read on without being asked while they bring nothing, but not for ever. */
const EMPTY_MAX = 20;

/** A list that is read a page at a time. What is on the screen stays there while it is read again. */
export class Paged<T> {
  items = $state.raw<readonly T[]>([]);
  problem = $state.raw<Problem | null>(null);
  loading = $state(true);
  /** Something was read: an empty list is then really empty. */
  ready = $state(false);
  hasMore = $state(false);

  private next: string | number | undefined;
  /** Reading goes on until so many are there; asking for more while it does only raises it. */
  private wanted = 1;
  private latest = 0;
  private readonly ask: (after?: string | number) => Promise<Result<Page<T>>>;

  constructor(ask: (after?: string | number) => Promise<Result<Page<T>>>) {
    this.ask = ask;
    void this.load();
  }

  /** From the first page on, up to as many items as are on the screen. */
  load = (): Promise<void> => this.read([], undefined);

  more = async (): Promise<void> => {
    if (!this.hasMore) return;
    this.wanted = this.items.length + 1;
    if (!this.loading) await this.read(this.items, this.next);
  };

  private async read(known: readonly T[], from: string | number | undefined): Promise<void> {
    this.latest += 1;
    const turn = this.latest;
    this.loading = true;
    let items = known;
    let after = from;
    for (let empty = 0; empty < EMPTY_MAX; ) {
      const answer = await this.ask(after);
      // A later reading has begun meanwhile; its answer is the newer one.
      if (turn !== this.latest) return;
      if (!answer.ok) {
        this.problem = answer.problem;
        this.loading = false;
        return;
      }
      items = [...items, ...answer.value.items];
      after = answer.value.next;
      if (after === undefined || items.length >= this.wanted) break;
      if (answer.value.items.length === 0) empty += 1;
    }
    this.items = items;
    this.wanted = Math.max(items.length, 1);
    this.next = after;
    this.hasMore = after !== undefined;
    this.problem = null;
    this.ready = true;
    this.loading = false;
  }
}
