import type { Problem, Result } from './request.ts';

/** What a page shows while and after it asks: never both a value and a problem. */
export class Resource<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(true);

  private readonly ask: () => Promise<Result<T>>;

  constructor(ask: () => Promise<Result<T>>) {
    this.ask = ask;
    void this.load();
  }

  /** Asks again; the old value stays on the page until the new one is there. */
  load = async (): Promise<void> => {
    this.loading = true;
    const answer = await this.ask();
    this.loading = false;
    if (answer.ok) {
      this.value = answer.value;
      this.problem = null;
    } else {
      this.problem = answer.problem;
    }
  };
}
