import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { base64, COMMAND_TYPE, type Bytes } from '../src/lib/verify/index.ts';
import { TestKey } from '../tests/support/log-maker.ts';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { becomeMember, becomeRequester, CSV, keepSheet, publishJob, workOn } from './support/people.ts';

async function comeBack(page: Page, words: string[]): Promise<void> {
  await page.goto('/start/restore');
  await page.getByLabel('The 14 groups, in order').fill(words.join(' '));
  await page.getByRole('button', { name: 'Come back' }).click();
  await expect(page.getByRole('heading', { name: 'Your projects' })).toBeVisible();
}

interface Balances {
  balances: { class: string; amount: string }[];
}

const escrow = async (page: Page): Promise<Balances> => (await (await page.request.get('/v1/money')).json()) as Balances;

test('a requester who loses the browser comes back with the sheet and goes on', async ({ page, otherPage, browser, contextOptions, node }) => {
  const words = await becomeRequester(page, 'Lost and Found');
  await publishJob(page, 'Before the loss');
  const batch = new URL(page.url()).pathname;
  const funded = await page.request.post('/v1/demo/fund', { data: { amount: '100', currency: 'KES' } });
  expect(funded.ok(), await funded.text()).toBe(true);
  const money = await escrow(page);
  await page.context().close();

  const context = await browser.newContext({ ...contextOptions, baseURL: node.url });
  const back = await context.newPage();
  await back.goto('/projects');
  await expect(back.getByText('This device does not hold a key yet.')).toBeVisible();
  await comeBack(back, words);
  await expect(back.getByRole('link', { name: 'Before the loss' })).toBeVisible();
  expect(await escrow(back)).toEqual(money);
  await back.goto('/team');
  await expect(back.getByRole('heading', { level: 1, name: 'Lost and Found' })).toBeVisible();
  await expect(back.getByText('Device key', { exact: true })).toHaveCount(2);
  await expect(back.getByText('KES 100,000.00')).toBeVisible();
  await look(back, '/team', 'two devices');

  // The lost device is ended; what it had opened is over.
  const end = back.getByRole('button', { name: /^End this key: Device key since/ });
  await end.click();
  await expect(back.getByRole('group', { name: /^End this key: Device key since/ })).toBeFocused();
  await expect(back.getByText('A mandate does not end with the key that signed it.')).toBeVisible();
  await look(back, '/team', 'a lost device to end');
  await back.getByRole('button', { name: 'Sign that it is over' }).click();
  await expect(back.getByText('Device key', { exact: true })).toHaveCount(1);
  await expect(back.getByRole('heading', { name: 'Your keys' })).toBeFocused();
  await expect(end).toHaveCount(0);

  // All goes on: answers are paid for, escrow is taken out, another job is published.
  await becomeMember(otherPage);
  await workOn(otherPage, 'Before the loss');
  await back.goto(batch);
  await back.getByRole('button', { name: 'Accept all' }).click();
  await back.getByRole('button', { name: /^Accept 3 answers?, pay/ }).click();
  await expect(back.getByText('3 accepted')).toBeVisible();
  await back.goto('/money');
  await back.getByLabel('Amount').fill('1');
  await back.getByRole('button', { name: 'Send it back to me' }).click();
  await expect.poll(async () => (await escrow(back)).balances.find((one) => one.class === 'escrow')?.amount).toBe('0');
  await publishJob(back, 'After the loss', undefined, CSV.replaceAll(/^r/gm, 's'));
  await context.close();
});

test('a device that was ended is told so, and a sheet can be made anew', async ({ page, otherPage }) => {
  const words = await becomeRequester(page, 'Two Desks');
  await comeBack(otherPage, words);
  await otherPage.goto('/team');
  await otherPage.getByRole('button', { name: /^End this key: Device key since/ }).click();
  await otherPage.getByRole('button', { name: 'Not now' }).click();
  await otherPage.getByRole('button', { name: /^End this key: Device key since/ }).click();
  await otherPage.getByRole('button', { name: 'Sign that it is over' }).click();
  await expect(otherPage.getByText('Device key', { exact: true })).toHaveCount(1);
  await page.goto('/projects');
  await expect(page.getByRole('heading', { name: 'This page needs your key' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('This key was revoked. Come back with your recovery sheet or use another device.');
  await look(page, 'signed out', 'the key was revoked');

  await otherPage.getByRole('button', { name: /^End this key: Recovery key since/ }).click();
  await otherPage.getByRole('button', { name: 'Sign that it is over' }).click();
  await expect(otherPage.getByText('You have no recovery sheet.')).toBeVisible();
  await look(otherPage, '/team', 'no recovery sheet');
  await otherPage.getByRole('button', { name: 'Make a recovery sheet' }).click();
  const fresh = await keepSheet(otherPage, (state) => look(otherPage, '/team', state));
  await expect(otherPage.getByText('Recovery key', { exact: true })).toBeVisible();
  await page.goto('/start/restore');
  await page.getByLabel('The 14 groups, in order').fill(words.join(' '));
  await page.getByRole('button', { name: 'Come back' }).click();
  await expect(page.getByRole('alert')).toContainText('This key was revoked.');
  await comeBack(page, fresh);
});

test('a requester who is to get a new key hears of it and objects', async ({ page, node }) => {
  await becomeRequester(page, 'Contested');
  const { party } = (await (await page.request.get('/v1/session')).json()) as { party: string };
  const { log } = (await (await page.request.get('/v1/ledger')).json()) as { log: string };
  const envelope = node.delegate().envelope(COMMAND_TYPE, {
    actor: 'd:0',
    args: { key: base64(new TestKey(randomBytes(32) as Bytes).key), requester: Number(party.slice(2)) },
    command: randomBytes(16).toString('hex'),
    kind: 'propose_reenrolment',
    log,
  });
  const answer = await page.request.post('/v1/commands', { data: { envelope } });
  expect(answer.ok(), await answer.text()).toBe(true);
  await page.goto('/projects');
  await expect(page.getByRole('heading', { name: 'A delegate has proposed a new key for you' })).toBeVisible();
  await look(page, '/projects', 'new key proposed');
  await page.goto('/team');
  await page.getByRole('button', { name: 'Object: I still have my key' }).click();
  await page.getByRole('button', { name: 'Sign my objection' }).click();
  await expect(page.getByRole('region', { name: 'Your objection is recorded' })).toBeFocused();
  await look(page, '/team', 'objected');
});
