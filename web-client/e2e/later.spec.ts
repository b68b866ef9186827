import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { answerAll, becomeMember, becomeRequester, CSV, publishJob } from './support/people.ts';

/** A job whose tasks are there and that nobody has paid for. */
async function leaveJob(page: Page, title: string): Promise<void> {
  await page.getByLabel('Choose a file').setInputFiles({ name: `${title}.csv`, mimeType: 'text/csv', buffer: Buffer.from(CSV) });
  await page.getByLabel('Instructions').fill('Say how the customer feels.');
  await page.getByLabel('Subject').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Seconds per task').fill('20');
  await page.getByLabel('Price per task').fill('3.50');
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(page.getByRole('rowheader', { name: 'Total' })).toBeVisible();
}

test('a job that was left before it was paid for is funded and published later', async ({ page, otherPage }, info) => {
  const title = `Left for lunch ${info.project.name}`;
  await becomeRequester(page, 'Slow Bank');
  await leaveJob(page, title);

  await page.goto('/projects');
  await expect(page.getByText('Not published yet')).toBeVisible();
  await look(page, '/projects', 'not published yet');
  await page.getByRole('link', { name: title }).click();
  await expect(page.getByText(/KES.11\.55 is missing in your escrow/)).toBeVisible();
  await look(page, '/batches/:batch', 'not funded yet');
  // The money arrives by another way, and the page sees it.
  await page.evaluate(async () => {
    const body = JSON.stringify({ amount: '1155', currency: 'KES' });
    await fetch('/v1/demo/fund', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  });
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('Published', { exact: true })).toBeVisible();

  // One of three is answered; the rest is not wanted any more.
  await becomeMember(otherPage);
  await otherPage.getByRole('link', { name: title }).click();
  await otherPage.getByRole('button', { name: /^Start with/ }).click();
  await otherPage.getByRole('radio').first().check();
  await otherPage.getByRole('button', { name: 'Next' }).click();
  const close = page.getByRole('button', { name: 'Close and get the rest back' });
  await close.click();
  await expect(page.getByText('3 answers are still missing.', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Close it all the same' }).click();
  await expect(page.getByRole('alert')).toContainText('Members are at work on this batch just now.');
  await look(page, '/batches/:batch', 'members are at work');
  for (const button of ['Skip this one', 'Skip this one', 'Look over and sign', 'Sign and send']) {
    await otherPage.getByRole('button', { name: button }).click();
  }
  await expect(otherPage.getByRole('heading', { name: '1 answer sent' })).toBeVisible();
  await page.getByRole('button', { name: 'Accept all' }).click();
  await page.getByRole('button', { name: /^Accept 1 answer, pay/ }).click();
  await expect(page.getByText('1 accepted')).toBeVisible();
  await close.click();
  await expect(page.getByText('2 answers are still missing.', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Close it all the same' }).click();
  await expect(page.getByText('Closed', { exact: true })).toBeVisible();
  await page.goto('/money');
  await expect(page.getByRole('listitem').filter({ hasText: 'In escrow' })).toContainText(/KES.7\.70/);
});

test('a job that was left before it was paid for is given up', async ({ page }, info) => {
  const title = `Never mind ${info.project.name}`;
  await becomeRequester(page, 'Second Thoughts');
  await leaveJob(page, title);
  await page.goto('/projects');
  await page.getByRole('link', { name: title }).click();
  await page.getByRole('button', { name: 'Give it up' }).click();
  await expect(page.getByText('cannot be published any more', { exact: false })).toBeVisible();
  await look(page, '/batches/:batch', 'about to be given up');
  await page.getByRole('button', { name: 'Give it up for good' }).click();
  await expect(page.getByText('Closed', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Publish' })).toHaveCount(0);
});

test('the price is changed on the last step, and the words are kept', async ({ page }, info) => {
  const title = `Dearer ${info.project.name}`;
  await becomeRequester(page, 'Better Offer');
  await leaveJob(page, title);
  await expect(page.getByText('you find this under Projects', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Change the price' }).click();
  await expect(page.getByLabel('Price per task')).toHaveValue('3.50');
  await expect(page.getByText('get “-2” at their end', { exact: false })).toBeVisible();
  await look(page, '/projects/new', 'another price');
  await page.getByLabel('Price per task').fill('4');
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(page.getByText(/KES.13\.20 is missing in your escrow/)).toBeVisible();
  await page.getByRole('button', { name: /play money/ }).click();
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await page.goto('/projects');
  await expect(page.getByText('Published', { exact: true })).toBeVisible();
  await expect(page.getByText('Closed', { exact: true })).toBeVisible();

  // What the parts of the bar mean stays on one line, in the longest language too.
  await page.getByLabel('Language of this page').last().evaluate((select: HTMLSelectElement) => {
    select.value = 'sw';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  const items = page.locator('.item');
  await expect(items.first()).toContainText('yamekubaliwa');
  const lines = await items.evaluateAll((all) => all.map((item) => item.getBoundingClientRect().height / parseFloat(getComputedStyle(item).lineHeight)));
  expect(Math.max(...lines)).toBeLessThan(1.5);
});

test('an amount that cannot be moved is said beside it, and no old refusal stays', async ({ page }) => {
  await becomeRequester(page, 'Slip of the Pen');
  await page.goto('/money');
  await page.getByRole('button', { name: 'Send it back to me' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  const amount = page.getByLabel('Amount');
  for (const wrong of ['abc', '1.005', '', '0', '99999999999']) {
    await amount.fill(wrong);
    await expect(page.getByText(/^Write an amount from KES.0\.01 to KES.1,000,000,000\.00/)).toBeVisible();
    await expect(amount).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
  await look(page, '/money', 'no amount');
  await amount.fill('12.50');
  await expect(page.getByText('Write an amount', { exact: false })).toHaveCount(0);
  await page.goto('/team');
  await expect(page.getByRole('heading', { name: 'Words we use' })).toBeVisible();
  await expect(page.getByText('A small file that proves', { exact: false })).toBeVisible();
});

test('work goes on when the session has run out, and a refused batch is said in the language of the reader', async ({ page, otherPage, context }, info) => {
  const title = `Long session ${info.project.name}`;
  await becomeRequester(otherPage, 'Patient Research');
  await publishJob(otherPage, title);
  await becomeMember(page);
  await page.getByRole('link', { name: title }).click();
  await page.getByRole('button', { name: /^Start with/ }).click();
  await context.clearCookies();
  await answerAll(page);
  await context.clearCookies();
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: '3 answers sent' })).toBeVisible();
  await context.clearCookies();
  await page.getByRole('link', { name: 'See my earnings' }).click();
  await expect(page.getByText('3 answers are waiting for a decision')).toBeVisible();

  await otherPage.evaluate(() => localStorage.setItem('handprint.locale', 'sw'));
  await otherPage.goto('/money');
  await otherPage.getByLabel('Kiasi').fill('900000');
  await otherPage.getByRole('button', { name: 'Nirudishie' }).click();
  await expect(otherPage.getByRole('alert')).toContainText('Amana yako ina kiasi kidogo kuliko hicho.');
  await look(otherPage, '/money', 'refused, Swahili');
});
