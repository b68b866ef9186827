import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { routes } from '../src/routes/routes.ts';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { becomeMember } from './support/people.ts';

test('no route is left without a look at it', () => {
  const specs = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.spec.ts'));
  const text = specs.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');
  const places = [...routes.map(({ pattern }) => pattern), 'not found', 'signed out'];
  expect(places.filter((place) => !new RegExp(`\\blook\\(\\w+, '${place}', `).test(text))).toEqual([]);
});

test('the pages that need no account', async ({ page }) => {
  await page.goto('/');
  await look(page, '/', 'nobody signed in');
  await page.goto('/verify');
  await page.getByText('Whom do you trust?').click();
  await look(page, '/verify', 'nothing chosen');
  await page.goto('/work');
  await look(page, 'signed out', 'no key here');
  for (const path of ['/nowhere', '/work/nine']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
  }
  await look(page, 'not found', 'bad number');
});

test('the source of what runs is offered, to members as to anybody', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('link', { name: 'Source code' })).toBeVisible();
  await becomeMember(page);
  await page.goto('/me');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Source code' }).and(page.locator(':visible')).click(),
  ]);
  const text = gunzipSync(readFileSync(await download.path())).toString('latin1');
  const here = readFileSync(join(import.meta.dirname, '../src/App.svelte'), 'latin1');
  expect(text).toContain('handprint/LICENSE\0');
  expect(text).toContain(here);
});

test('the ledger is added up in the browser, and the mark comes only after that', async ({ page }) => {
  await page.route('**/log/checkpoint', async (route) => {
    await expect(page.locator('[data-proof=good]')).toHaveCount(0);
    await route.continue();
  });
  await page.goto('/ledger');
  await expect(page.locator('[data-proof=good]')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Added up on this device, entry by entry.')).toBeVisible();
  await expect(page.getByText(/entr(y|ies) read/)).toBeVisible();
  await page.getByText('Details for checkers').click();
  await look(page, '/ledger', 'checked');
  await page.reload();
  await expect(page.getByText('What this device saw last time is still there, unchanged.')).toBeVisible({ timeout: 30_000 });
});

test('attack: a stale ledger is not called a good one', async ({ page }) => {
  // Half an hour later the same checkpoint is all that there is.
  await page.clock.setSystemTime(Date.now() + 30 * 60_000);
  await page.goto('/ledger');
  await expect(page.locator('[data-proof=stale]')).toContainText('witnesses last saw it 3', { timeout: 30_000 });
  await expect(page.locator('[data-proof=good]')).toHaveCount(0);
  await expect(page.getByText('No quorum of witnesses has seen this ledger for more than 10 minutes.')).toBeVisible();
  await look(page, '/ledger', 'stale');
});

test('attack: a stale ledger is not called a good one on the page of the cooperative either', async ({ page }) => {
  await becomeMember(page);
  await page.goto('/co-op');
  await expect(page.locator('[data-proof=good]')).toBeVisible();
  await page.clock.setSystemTime(Date.now() + 30 * 60_000);
  await page.reload();
  await expect(page.locator('[data-proof=stale]')).toContainText('witnesses last saw it 3');
  await expect(page.locator('[data-proof=good]')).toHaveCount(0);
  await expect(page.getByText('No quorum of witnesses has seen this ledger for more than 10 minutes.')).toBeVisible();
  await look(page, '/co-op', 'stale');
});

test('a device that has seen another ledger says so, and begins again only when it is told to', async ({ page }) => {
  await page.goto('/ledger');
  await expect(page.locator('[data-proof=good]')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/Witnesses last saw it/)).toBeVisible();
  await page.evaluate(async () => {
    const open = indexedDB.open('handprint');
    await new Promise((done) => (open.onsuccess = done));
    const trust = open.result.transaction('trust', 'readwrite').objectStore('trust');
    const keys = await new Promise<IDBValidKey[]>((done) => {
      const all = trust.getAllKeys();
      all.onsuccess = () => done(all.result);
    });
    const tree = keys.find((key) => String(key).startsWith('tree '));
    await new Promise((done) => (trust.put({ size: 3, root: 'A'.repeat(43) + '=' }, tree ?? '').onsuccess = done));
    open.result.close();
  });
  await page.reload();
  await expect(page.getByText('The log is not the one that this device has seen before.')).toBeVisible({ timeout: 30_000 });
  await page.getByText('Was this ledger set up anew?').click();
  await look(page, '/ledger', 'another one');
  await page.getByRole('button', { name: 'Begin again with this ledger' }).click();
  await expect(page.locator('[data-proof=good]')).toBeVisible({ timeout: 30_000 });
});

test('the entries of the ledger go on to the first one', async ({ page }) => {
  await page.goto('/ledger');
  const list = page.getByRole('list', { name: 'Latest entries' }).locator(':scope > li');
  const more = page.getByRole('button', { name: 'Earlier entries' });
  await expect(list.first()).toBeVisible();
  const newest = Number((await list.first().getByText(/^[\d,]+$/).innerText()).replace(',', ''));
  for (let shown = 20; shown <= newest; shown += 20) {
    await expect(list).toHaveCount(shown);
    await more.click();
  }
  await expect(list).toHaveCount(newest + 1);
  await expect(list.last()).toContainText('The log begins');
  await expect(more).toBeHidden();
});

test('a ledger with one changed byte is called out', async ({ page }) => {
  await page.route('**/log/tile/entries/**', async (route) => {
    const response = await route.fetch();
    const body = (await response.body()).toString('latin1').replace('"rules":', '"rulez":');
    await route.fulfill({ response, body: Buffer.from(body, 'latin1') });
  });
  await page.goto('/ledger');
  await expect(page.locator('[data-proof=bad]')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('A part of the log was changed.')).toBeVisible();
  await expect(page.getByText('As the cooperative says. Not checked yet.')).toBeVisible();
  await look(page, '/ledger', 'changed');
});

test('Swahili from the first page on, and kept', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Language of this page').selectOption('sw');
  await expect(page.getByRole('link', { name: 'Jaribu kazi' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'sw');
  await look(page, '/', 'Swahili');
  await page.reload();
  await page.getByRole('link', { name: 'Jaribu kazi' }).click();
  await expect(page.getByRole('heading', { name: 'Jaribu kwanza' })).toBeVisible();
  await look(page, '/start', 'Swahili');
});
