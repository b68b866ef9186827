import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { answerAll, becomeMember, becomeRequester, ITEMS, publishJob } from './support/people.ts';

/** The first item is on the terms of the batch, the others have a price of their own. */
const PRICES = ['', '5000000', '5000000'];
const CSV = `id,text,sentiment,price_micros\n${ITEMS.map((text, i) => `p${i + 1},"${text}",good,${PRICES[i] ?? ''}`).join('\n')}\n`;

test('tasks of two prices in one batch are shown, claimed, signed and paid at their own price', async ({ page, otherPage }, info) => {
  const title = `Two prices ${info.project.name}`;
  await becomeRequester(page, 'Fair Prices');
  const seen = async (state: string): Promise<void> => {
    if (state === 'price') {
      const sum = page.getByRole('region', { name: 'What this means' });
      await expect(sum).toContainText(/KES.630\.00 – KES.900\.00/);
      await expect(sum).toContainText(/KES.13\.50/);
      await look(page, '/projects/new', 'two prices');
    } else if (state.startsWith('total')) {
      await expect(page.getByRole('row', { name: /^Wages for 3 answers/ })).toContainText('KES 13.50');
    }
  };
  await publishJob(page, title, seen, CSV);
  await expect(page.getByText('Each accepted answer pays KES 3.50. 2 items have a price', { exact: false })).toBeVisible();

  await becomeMember(otherPage);
  const offers = otherPage.getByRole('listitem').filter({ has: otherPage.getByRole('link', { name: title }) });
  await expect(offers).toHaveCount(2);
  const dear = offers.filter({ hasText: 'KES 5.00' });
  await expect(dear).toContainText('2 tasks left');
  await expect(offers.filter({ hasText: 'KES 3.50' })).toContainText('1 task left');
  await look(otherPage, '/work', 'two prices of one batch');
  await dear.getByRole('link', { name: title }).click();
  await expect(otherPage.getByText('These tasks have a price of their own. The batch as a whole is at KES 3.50.')).toBeVisible();
  await send(otherPage, 2, 'KES 5.00', 'KES 10.00');

  await otherPage.goto('/work');
  await expect(offers).toHaveCount(1);
  await offers.getByRole('link', { name: title }).click();
  await expect(otherPage.getByText('These tasks have a price of their own', { exact: false })).toHaveCount(0);
  await send(otherPage, 1, null, 'KES 3.50');

  await expect(page.getByText('3 waiting')).toBeVisible();
  const progress = page.getByRole('region', { name: 'Progress' });
  await expect(progress).toContainText(/Not accepted yet\s*KES.13\.50/);
  await page.getByRole('checkbox', { name: /Item p1,/ }).check();
  await page.getByRole('checkbox', { name: /Item p2,/ }).check();
  await expect(page.getByRole('button', { name: /^Accept 2 selected, KES.8\.50$/ })).toBeVisible();
  await page.getByRole('button', { name: 'Accept all' }).click();
  await expect(page.getByRole('group', { name: 'Accept all' })).toBeVisible();
  await look(page, '/batches/:batch', 'two prices, asked before paying');
  await page.getByRole('button', { name: /^Accept 3 answers, pay KES.13\.50$/ }).click();
  await expect(progress).toContainText(/Paid in wages\s*KES.13\.50/);
  await expect(progress).toContainText(/Not accepted yet\s*KES.0\.00/);

  await otherPage.goto('/earnings');
  for (const [amount, count] of [['KES 5.00', 2], ['KES 3.50', 1]] as const) {
    const wages = otherPage.getByRole('listitem').filter({ hasText: 'Wage' }).filter({ hasText: amount });
    await expect(wages).toHaveCount(count);
  }
});

/** Claims, answers, looks over and signs; `each` is what a task says that it pays. */
async function send(page: Page, count: number, each: string | null, together: string): Promise<void> {
  await page.getByRole('button', { name: /^Start with/ }).click();
  await expect(page.getByText(`1 of ${count}`, { exact: true })).toBeVisible();
  if (each === null) await expect(page.getByText('This task pays', { exact: false })).toHaveCount(0);
  else await expect(page.getByText(`This task pays ${each}.`)).toBeVisible();
  await answerAll(page, count);
  await expect(page.getByText(`Together they pay ${together} when accepted.`)).toBeVisible();
  if (each !== null) await look(page, '/work/:batch/tasks', 'review of a price of its own');
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: new RegExp(`^${count} answers? sent$`) })).toBeVisible();
}
