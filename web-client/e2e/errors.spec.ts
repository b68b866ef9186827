import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { answerAll, becomeMember, becomeRequester, CSV, publishJob } from './support/people.ts';

interface Refusal {
  status: number;
  code: string;
  retry: string;
  detail?: string;
}

/** The node answers these requests as it does when it refuses or is too busy. */
async function refuse(page: Page, path: string, method: string, problem: Refusal): Promise<void> {
  await page.route(path, (route) =>
    route.request().method() === method
      ? route.fulfill({
          status: problem.status,
          contentType: 'application/problem+json',
          body: JSON.stringify({ type: 'about:blank', title: problem.code, detail: '', ...problem }),
        })
      : route.fallback(),
  );
}

test('what a member sees when something goes wrong', async ({ page, otherPage }) => {
  await becomeRequester(otherPage, 'Trouble Research');
  await publishJob(otherPage, 'Trouble ahead');
  await becomeMember(page);
  const busy = { status: 503, code: 'busy', retry: 'later' };

  await refuse(page, '**/v1/tasks/open?*', 'GET', busy);
  await page.reload();
  await expect(page.getByText('The cooperative is busy right now.')).toBeVisible();
  await look(page, '/work', 'busy');
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: 'Trouble ahead' }).click();

  await refuse(page, '**/v1/claims', 'POST', { status: 409, code: 'none_free', retry: 'fresh' });
  await page.getByRole('button', { name: /^Start with/ }).click();
  await expect(page.getByRole('alert')).toContainText('Somebody else took the last of these tasks.');
  await look(page, '/work/:batch', 'refused');
  await page.unrouteAll();
  await page.getByRole('button', { name: /^Start with/ }).click();

  await answerAll(page);
  await refuse(page, '**/v1/commands', 'POST', { status: 409, code: 'lease_over', retry: 'fresh' });
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('alert')).toContainText('The time for these tasks ran out');
  await expect(page.getByRole('button', { name: 'Sign and send' })).toBeFocused();
  await look(page, '/work/:batch/tasks', 'refused');
  await page.unrouteAll();

  await page.goto('/work/99999');
  await expect(page.getByRole('alert')).toContainText('There is no such batch. The address may be old');
  await expect(page.getByRole('alert')).not.toContainText('Nothing was changed');
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
  await look(page, '/work/:batch', 'no such batch');
  await page.goto('/earnings/payslips/99999');
  await expect(page.getByRole('alert')).toContainText('There is no such payslip. The address may be old');
  await look(page, '/earnings/payslips/:period', 'no such payslip');
  await refuse(page, '**/v1/me', 'GET', busy);
  await page.goto('/earnings');
  await expect(page.getByRole('alert')).toContainText('busy');
  await look(page, '/earnings', 'busy');
});

test('what a requester sees when something goes wrong', async ({ page }) => {
  await becomeRequester(page, 'Cheap Research');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'cheap.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
  await page.getByLabel('Instructions').fill('Anything.');
  await page.getByLabel('Subject').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Seconds per task').fill('20');
  await page.getByLabel('Price per task').fill('0.01');
  await expect(page.getByText(/at 20 seconds per task that is at least KES.1\.6667 per task/)).toBeVisible();
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(page.getByLabel('Price per task')).toBeFocused();
  await expect(page.getByText('The price is below the floor')).toBeVisible();
  await look(page, '/projects/new', 'below the floor');

  // Where the page does not know the rule, the node says it, in money, and is right until something is changed.
  await refuse(page, '**/v1/rules', 'GET', { status: 503, code: 'busy', retry: 'later' });
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(page.getByRole('alert')).toContainText(/it has to be at least KES.1\.6667/);
  await expect(page.getByRole('alert')).not.toContainText('micros');
  await page.getByLabel('Price per task').fill('1.6667');
  await expect(page.getByRole('alert')).toBeHidden();
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(page.getByRole('rowheader', { name: 'Total' })).toBeVisible();
  await page.unrouteAll();
  await page.goto('/money');
  await page.getByRole('button', { name: 'Send it back to me' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, '/money', 'refused');
  await page.goto('/batches/99999');
  await expect(page.getByRole('alert')).toContainText('There is no such batch. The address may be old');
  await look(page, '/batches/:batch', 'no such batch');
});

test('a mandate over no amount is not signed, and the page says why', async ({ page }) => {
  await page.goto('/start/requester');
  await page.getByLabel('Name of your organisation').fill('Careless');
  await page.getByLabel('Most that may be spent').fill('100,000');
  await expect(page.getByText('Write an amount without other signs')).toBeVisible();
  await page.getByRole('button', { name: 'Make my key' }).click();
  await expect(page.getByLabel('Most that may be spent')).toBeFocused();
  await look(page, '/start/requester', 'no amount');
});

test('a cooperative that cannot be reached says so', async ({ page }) => {
  await page.route('**/v1/**', (route) => route.abort());
  await page.goto('/ledger');
  await expect(page.getByRole('alert')).toContainText('The cooperative cannot be reached right now.');
  await look(page, '/ledger', 'out of reach');
  await page.route('**/policy', (route) => route.abort());
  await page.goto('/verify');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'slip.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
  await expect(page.getByRole('alert')).toContainText('The list of witnesses could not be loaded.');
  await look(page, '/verify', 'no list of witnesses');
});

test.describe('without a service worker', () => {
  // It fetches programs past the routes of the test, and may be there before the page asks.
  test.use({ serviceWorkers: 'block' });

  test('a page whose program does not come says so', async ({ page }) => {
    await page.route('**/assets/Verify-*.js', (route) => route.abort());
    await page.goto('/verify');
    await expect(page.getByRole('alert')).toContainText('This page could not be loaded.');
    await look(page, '/verify', 'not loaded');
  });
});
