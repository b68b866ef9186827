import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { notKept } from './support/kept.ts';
import { look } from './support/look.ts';
import { answerAll, becomeMember, becomeRequester, keepSheet, publishJob } from './support/people.ts';

/** A page that is not told that the network is back looks for itself, after a minute at the latest. */
const LOOKS_MS = 90_000;
/** For about a hundred files, one after another. */
const KEEPS_MS = 120_000;

test('work goes on without a connection, and is sent once when it is back', async ({ page, otherPage, context }) => {
  await becomeRequester(otherPage, 'Far Away Research');
  await publishJob(otherPage, 'Out in the field');
  await becomeMember(page);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.getByRole('link', { name: 'Out in the field' }).click();
  await page.getByRole('button', { name: /^Start with/ }).click();
  const kept = page.waitForResponse((answer) => answer.url().includes('/v1/drafts/') && answer.ok());
  await page.getByRole('radio').first().check();
  await kept;
  await page.reload();
  await expect(page.getByRole('radio').first()).toBeChecked();

  // Pages that were never opened, in a language that was never chosen, work without a connection too.
  await expect.poll(() => notKept(page), { timeout: KEEPS_MS }).toEqual([]);
  await context.setOffline(true);
  await page.goto('/me');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Member \d+$/);
  await page.goto('/work');
  await expect(page.getByText('Out in the field')).toBeVisible();
  await page.evaluate(() => localStorage.setItem('handprint.locale', 'sw'));
  await page.reload();
  await expect(page.getByRole('link', { name: 'Endelea' })).toBeVisible();
  await page.evaluate(() => localStorage.setItem('handprint.locale', 'en'));
  await page.reload();
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.reload();
  // Some browsers that are told to be offline do not tell it to a page that is loaded again.
  await expect(page.getByText(/^(You are offline|The cooperative cannot be reached)/)).toBeVisible();
  await look(page, '/work/:batch/tasks', 'offline');
  await answerAll(page);
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: 'Signed and kept' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('1 signed bundle is waiting')).toBeVisible();
  await look(page, '/work/:batch/tasks', 'signed and kept');
  const tab = await context.newPage();
  await tab.goto('/earnings');
  await expect(tab.getByText('1 signed bundle is waiting')).toBeVisible();
  await tab.close();

  await context.setOffline(false);
  await expect(page.getByText('1 signed bundle is waiting')).toBeHidden({ timeout: LOOKS_MS });
  await expect(page.getByRole('heading', { name: '3 answers sent' })).toBeVisible();
  await expect(otherPage.getByText('3 waiting')).toBeVisible({ timeout: 30_000 });
});

test('what was signed is sent by itself once the cooperative answers again, whatever the browser says', async ({ page, otherPage }) => {
  await becomeRequester(otherPage, 'Far Away Research');
  await publishJob(otherPage, 'Out of reach');
  await becomeMember(page);
  await page.getByRole('link', { name: 'Out of reach' }).click();
  await page.getByRole('button', { name: /^Start with/ }).click();
  await expect(page.getByRole('radio').first()).toBeVisible();
  await page.route('**/v1/**', (route) => route.abort());
  await answerAll(page);
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: 'Signed and kept' })).toBeVisible();
  await expect(page.getByText('1 signed bundle is waiting')).toBeVisible();
  await page.unroute('**/v1/**');
  await expect(page.getByText('1 signed bundle is waiting')).toBeHidden({ timeout: LOOKS_MS });
  await expect(otherPage.getByText('3 waiting')).toBeVisible();
});

/** From now on this tells how often the page has asked the browser to keep what it stores. */
async function countAsking(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const asked = { times: 0 };
    const ask = navigator.storage.persist.bind(navigator.storage);
    navigator.storage.persist = () => {
      asked.times += 1;
      return ask();
    };
    Object.assign(window, { asked });
  });
  return () => page.evaluate(() => (window as unknown as { asked: { times: number } }).asked.times);
}

test('a recovery sheet brings a member back on a new device', async ({ page, otherPage }) => {
  await page.goto('/start');
  for (let i = 1; i <= 3; i += 1) {
    await expect(page.getByText(`${i} of 3`, { exact: true })).toBeVisible();
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: i === 3 ? 'Finish' : 'Next' }).click();
  }
  await page.getByRole('button', { name: 'Go on' }).click();
  const timesAsked = await countAsking(page);
  await page.getByRole('button', { name: 'Make my key' }).click();
  const words = await keepSheet(page);
  expect(await timesAsked()).toBe(1);
  await page.getByRole('button', { name: 'Sign and join' }).click();
  await expect(page.getByRole('heading', { name: 'Work for you' })).toBeVisible();
  await page.goto('/me');
  // The number is there only once the session is.
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Member \d+$/);
  const name = await page.getByRole('heading', { level: 1 }).innerText();

  await otherPage.goto('/start/restore');
  await look(otherPage, '/start/restore', 'empty');
  await otherPage.getByLabel('The 14 groups, in order').fill(words.join(' ').replace(/^../, '77'));
  await otherPage.getByRole('button', { name: 'Come back' }).click();
  await expect(otherPage.getByRole('alert')).toContainText('one character is wrong');
  await look(otherPage, '/start/restore', 'one character wrong');
  const timesAskedThere = await countAsking(otherPage);
  await otherPage.getByLabel('The 14 groups, in order').fill(words.join('\n').toLowerCase());
  await otherPage.getByRole('button', { name: 'Come back' }).click();
  await expect(otherPage.getByRole('heading', { name: 'Work for you' })).toBeVisible();
  expect(await timesAskedThere()).toBe(1);
  await otherPage.goto('/me');
  await expect(otherPage.getByRole('heading', { level: 1 })).toHaveText(name);
  await expect(otherPage.getByText('Device key', { exact: true })).toHaveCount(2);
});

test('what was signed without a connection and then refused is told', async ({ page, otherPage, context }) => {
  await becomeRequester(otherPage, 'Late Research');
  await publishJob(otherPage, 'Too late');
  await becomeMember(page);
  await page.getByRole('link', { name: 'Too late' }).click();
  await page.getByRole('button', { name: /^Start with/ }).click();
  await expect(page.getByText('1 of 3', { exact: true })).toBeVisible();
  await context.setOffline(true);
  await answerAll(page);
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByText('1 signed bundle is waiting')).toBeVisible({ timeout: 30_000 });
  const problem = { type: 'about:blank', status: 409, code: 'lease_over', retry: 'fresh', title: '', detail: '' };
  await page.route('**/v1/commands', (route) => route.fulfill({ status: 409, json: problem }));
  await context.setOffline(false);
  await expect(page.getByRole('heading', { name: 'Something that you signed here could not be taken' })).toBeVisible({ timeout: LOOKS_MS });
  await expect(page.getByText('The time for these tasks ran out')).toBeVisible();
  await look(page, '/work/:batch/tasks', 'refused later');
  await page.getByRole('button', { name: 'I have read it' }).click();
  await expect(page.getByRole('button', { name: 'I have read it' })).toBeHidden();
});
