// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { Paged, type Page } from '../../src/lib/api/paged.svelte.ts';
import type { Result } from '../../src/lib/api/request.ts';

type Answer = Result<Page<number>>;

const page = (items: number[], next?: number): Answer => ({ ok: true, seq: null, value: { items, next } });
const broken: Answer = {
  ok: false,
  problem: { code: 'busy', status: 503, title: '', detail: '', retry: 'later' },
};

/** Numbers from 0 to `size`, so many a page, as the node gives them out. */
function numbers(size: number, perPage: number): (after?: string | number) => Promise<Answer> {
  return (after = 0) => {
    const from = Number(after);
    const items = Array.from({ length: size }, (_item, i) => i).slice(from, from + perPage);
    return Promise.resolve(page(items, from + perPage < size ? from + perPage : undefined));
  };
}

describe('a list that is read page by page', () => {
  it('holds every item once after it was read to the end', async () => {
    const list = new Paged(numbers(7, 3));
    await list.load();
    expect([list.items.length, list.hasMore]).toEqual([3, true]);
    await list.more();
    await list.more();
    expect([list.items, list.hasMore]).toEqual([[0, 1, 2, 3, 4, 5, 6], false]);
    await list.more();
    expect(list.items.length).toBe(7);
  });

  it('keeps as many on the screen when it is read again', async () => {
    const list = new Paged(numbers(9, 3));
    await list.load();
    await list.more();
    await list.load();
    expect([list.items.length, list.hasMore]).toEqual([6, true]);
  });

  it('takes a wish for more while it is read again', async () => {
    const list = new Paged(numbers(9, 3));
    await list.load();
    const again = list.load();
    await list.more();
    await again;
    expect([list.items.length, list.hasMore]).toEqual([6, true]);
    const more = list.more();
    await list.load();
    await more;
    expect([list.items.length, list.hasMore]).toEqual([9, false]);
  });

  it('reads on over pages that bring nothing', async () => {
    const pages = [page([], 1), page([], 2), page([5], 3)];
    const list = new Paged((after?: string | number) => Promise.resolve(pages[Number(after ?? 0)] ?? broken));
    await list.load();
    expect([list.items, list.hasMore, list.ready]).toEqual([[5], true, true]);
  });

  it('keeps what it has when a page cannot be read', async () => {
    const ask = numbers(6, 3);
    const list = new Paged((after?: string | number) => (after === undefined ? ask() : Promise.resolve(broken)));
    await list.load();
    await list.more();
    expect([list.items, list.problem?.code, list.hasMore]).toEqual([[0, 1, 2], 'busy', true]);
  });
});
