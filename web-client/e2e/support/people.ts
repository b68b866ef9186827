import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/** A demo closes its books every 20 seconds and publishes soon after; a busy machine takes longer. */
const PERIOD_MS = 120_000;

export const ITEMS = [
  'The maize arrived dry and clean, exactly as described.',
  'Two bags were torn and nobody answered my calls.',
  'Price is fair, delivery took longer than promised.',
];

export const CSV = `id,text,sentiment\n${ITEMS.map((text, i) => `r${i + 1},"${text}",${['good', 'bad', 'mixed'][i] ?? 'good'}`).join('\n')}\n`;

/** Stops at a state of a page, to look at it. */
type Stop = (state: string) => Promise<void>;
const passBy: Stop = () => Promise.resolve();

/** From the first page to a key, a recovery sheet that was checked, and membership. */
export async function becomeMember(page: Page, stop: Stop = passBy): Promise<void> {
  await page.goto('/');
  await page.getByRole('link', { name: 'Try a task' }).click();
  await expect(page.getByRole('heading', { name: 'Try it first' })).toBeVisible();
  await stop('practice');
  for (const [i, choice] of ['Happy', 'Unhappy', 'Mixed'].entries()) {
    await page.getByRole('radio', { name: choice, exact: true }).check();
    await page.getByRole('button', { name: i === 2 ? 'Finish' : 'Next' }).click();
  }
  await expect(page.getByRole('heading', { name: 'That is all there is to it' })).toBeVisible();
  await stop('practice done');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('heading', { name: 'Make your key' })).toBeVisible();
  await stop('key');
  await page.getByRole('button', { name: 'Make my key' }).click();
  await keepSheet(page, stop);
  await expect(page.getByRole('heading', { name: 'Join the cooperative' })).toBeVisible();
  await stop('join');
  await page.getByRole('button', { name: 'Sign and join' }).click();
  await expect(page.getByRole('heading', { name: 'Work for you' })).toBeVisible();
}

/** Reads the sheet as a person would, then types the group that is asked for. */
export async function keepSheet(page: Page, stop: Stop = passBy): Promise<string[]> {
  const items = page.getByRole('list', { name: 'Recovery words' }).getByRole('listitem');
  await expect(items).toHaveCount(14);
  const words = (await items.allInnerTexts()).map((item) => item.trim().split(/\s+/).at(-1) ?? '');
  await stop('recovery sheet');
  await page.getByRole('button', { name: 'I have kept it' }).click();
  const label = page.getByLabel(/what stands at number/);
  const question = await page.locator('label[for=group]').innerText();
  await label.fill('xxxx');
  await page.getByRole('button', { name: 'That is it' }).click();
  await expect(page.getByRole('alert')).toContainText('not what stands there');
  await stop('recovery sheet, wrong group');
  const asked = Number(/\d+/.exec(question)?.[0]);
  await label.fill((words[asked - 1] ?? '').toLowerCase());
  await page.getByRole('button', { name: 'That is it' }).click();
  return words;
}

/** From the name to a key, a recovery sheet that was checked, and a mandate; answers what stands on the sheet. */
export async function becomeRequester(page: Page, name: string, stop: Stop = passBy): Promise<string[]> {
  await page.goto('/start/requester');
  await expect(page.getByLabel('Name of your organisation')).toBeVisible();
  await stop('form');
  await page.getByLabel('Name of your organisation').fill(name);
  await page.getByRole('button', { name: 'Make my key' }).click();
  const words = await keepSheet(page, stop);
  await expect(page.getByRole('heading', { name: 'Look over and sign' })).toBeFocused();
  await stop('to sign');
  await page.getByRole('button', { name: 'Sign and start' }).click();
  await expect(page.getByRole('heading', { name: 'Your items' })).toBeVisible();
  return words;
}

/** From a file to a published batch; stands on the batch's page afterwards. */
export async function publishJob(page: Page, title: string, stop: Stop = passBy, csv = CSV, overlap = 1): Promise<void> {
  await page.goto('/projects/new');
  await expect(page.getByRole('heading', { name: 'Your items' })).toBeVisible();
  await stop('file');
  await page.getByLabel('Choose a file').setInputFiles({
    name: `${title}.csv`,
    mimeType: 'text/csv',
    buffer: Buffer.from(csv),
  });
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Instructions').fill('Say how the customer feels. Example: "All broken" is bad. When unsure, choose mixed.');
  await page.getByLabel('Question for each item').fill('How does the customer feel?');
  await page.getByLabel('Subject').selectOption({ index: 1 });
  await stop('words');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Price per task').fill('3.50');
  await page.getByLabel('Seconds per task').fill('20');
  await page.getByLabel('Answers per item').fill(`${overlap}`);
  await stop('price');
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(page.getByRole('rowheader', { name: 'Total' })).toBeVisible();
  await expect(page.getByRole('button', { name: /play money/ })).toBeVisible();
  await stop('total, money missing');
  await page.getByRole('button', { name: /play money/ }).click();
  await expect(page.getByRole('button', { name: 'Publish' })).toBeVisible();
  await stop('total, funded');
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
}

/** Claims the bundle of this title and answers each task with the first choice. */
export async function workOn(page: Page, title: string): Promise<void> {
  await page.goto('/work');
  await page.getByRole('link', { name: title }).click();
  await expect(page.getByText('How does the customer feel?')).toBeVisible();
  await page.getByRole('button', { name: /^Start with/ }).click();
  await answerAll(page);
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: '3 answers sent' })).toBeVisible();
}

/** From the first task of a bundle to what is to be signed. */
export async function answerAll(page: Page, count = ITEMS.length): Promise<void> {
  for (let i = 1; i <= count; i += 1) {
    await expect(page.getByText(`${i} of ${count}`, { exact: true })).toBeVisible();
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: i === count ? 'Look over and sign' : 'Next' }).click();
  }
}

/**
 * The payslip of the first period at whose end such an amount was owed. Books close every few seconds here
 * and are paid out at once, so a close may fall between two acceptances, and newer ones stand above it.
 */
export async function openPayslip(page: Page, amount: RegExp): Promise<void> {
  const link = page.getByRole('link', { name: /^Payslip \d+/ });
  const first = page.getByRole('listitem').filter({ has: link, hasText: amount }).last().getByRole('link');
  await expect(async () => {
    await page.goto('/earnings');
    await expect(first).toBeVisible({ timeout: 2500 });
  }).toPass({ timeout: PERIOD_MS });
  await first.click();
}
