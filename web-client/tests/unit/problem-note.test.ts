// @vitest-environment jsdom
import { mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../src/lib/api/request.ts';
import { setLocale } from '../../src/lib/i18n/index.svelte.ts';
import ProblemNote from '../../src/lib/ui/ProblemNote.svelte';

let shown: ReturnType<typeof mount> | null = null;

/** The lines that a reader sees, each with the language it is said to be in. */
async function lines(problem: Partial<Problem>): Promise<string[]> {
  shown = mount(ProblemNote, {
    target: document.body,
    props: { problem: { code: 'x', status: 409, title: '', detail: '', retry: 'never', ...problem } },
  });
  await vi.waitFor(() => expect(document.querySelector('[role=alert]')).not.toBeNull());
  return [...document.querySelectorAll('strong, p.small')].map((line) => `${line.getAttribute('lang') ?? ''}|${line.textContent}`);
}

afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
  await setLocale('en');
});

describe('what went wrong', () => {
  it('is said in the language of the reader, and what only the node can say is marked as English', async () => {
    await setLocale('sw');
    expect(await lines({ code: 'out_of_range', detail: 'At most 10^12 micros.', field: 'price_micros' })).toEqual([
      '|Nambari ni ndogo mno au kubwa mno.',
      '|Inahusu: Bei kwa kazi',
      'en|At most 10^12 micros.',
      '|Hakuna kilichobadilika. Rekebisha kilichotajwa hapo juu, kisha jaribu tena.',
    ]);
  });

  it('is said without the sentence of the node, which stands under a fold', async () => {
    await setLocale('sw');
    const said = await lines({ code: 'not_due', detail: 'The accept-by time has not come.', field: 'items.task' });
    expect(said).toEqual([
      '|Wakati wa hili bado haujafika.',
      '|Hakuna kilichobadilika. Rekebisha kilichotajwa hapo juu, kisha jaribu tena.',
    ]);
    expect(document.querySelector('details')?.open).toBe(false);
    expect(document.querySelector('details p')?.getAttribute('lang')).toBe('en');
    expect(document.querySelector('details p')?.textContent).toBe('items.task: The accept-by time has not come.');
  });

  it('has a sentence that names the limits where the node counts in other units', async () => {
    const said = await lines({ code: 'bad_amount', detail: '1 to 10^11 minor units.', field: 'amount' });
    expect(said.slice(0, 2)).toEqual(['|Write an amount from 0.01 to 1,000,000,000.', '|It is about: Amount']);
    expect(said.join()).not.toContain('minor');
  });

  it('names what it is about by the last word of a longer name', async () => {
    expect(await lines({ code: 'bad_text', field: 'attachments.document.title' })).toContain('|It is about: Title');
  });

  it('is not said in another language than that of the reader', async () => {
    await setLocale('sw');
    for (const code of ['never_heard_of', 'http_502']) {
      const said = await lines({ code, title: 'Bad Gateway', detail: 'The moon is full.' });
      expect(said[0]).toBe('|Kuna hitilafu');
      expect(said.join()).not.toContain('moon');
      if (shown) await unmount(shown);
      shown = null;
    }
  });

  it('is not said twice, and a key that is over is not to be tried again', async () => {
    expect(await lines({ code: 'key_revoked', status: 403, detail: 'This key was revoked.' })).toEqual([
      '|This key was revoked.',
      '|Come back with your recovery sheet or use another device. What you signed before stays yours.',
    ]);
  });

  it('is said by the node where the page has no words for it', async () => {
    expect((await lines({ code: 'never_heard_of', detail: 'The moon is full.' }))[0]).toBe('en|The moon is full.');
  });

  it('is explained by a page that knows more than the node', async () => {
    const said = await lines({ code: 'below_floor', detail: 'At least 1666667 micros.', explained: 'At least KES 1.67.' });
    expect(said[1]).toBe('|At least KES 1.67.');
    expect(said.join()).not.toContain('micros');
  });
});
