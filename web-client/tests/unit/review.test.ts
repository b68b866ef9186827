// @vitest-environment jsdom
import { mount, unmount } from 'svelte';
import { expect, it } from 'vitest';
import type { Terms } from '../../src/lib/api/types.ts';
import Review from '../../src/routes/member/Review.svelte';

it('the sum before signing counts tasks at their own prices, and names what was skipped', async () => {
  const terms = { price_micros: 3_500_000, currency: 'KES', choices: [], fields: [], language: 'en' } as unknown as Terms;
  const tasks = [{ task: 1, content: {} }, { task: 2, content: {}, price_micros: 5_000_000 }];
  const none = (): void => undefined;
  const props = { terms, tasks, skipped: 1, answers: {}, busy: false, onback: none, onsend: none };
  const shown = mount(Review, { target: document.body, props });
  expect(document.body.textContent.replace(/\u00a0/g, ' ')).toContain('Together they pay KES 8.50 when accepted.');
  expect(document.body.textContent).toContain('1 task that you skipped goes to others.');
  await unmount(shown);
});
