import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { kept, notKept } from './support/kept.ts';
import { look } from './support/look.ts';
import { becomeMember } from './support/people.ts';

/** The browser says that its owner pays for every byte. */
async function payForData(page: Page): Promise<void> {
  await page.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { saveData: true, effectiveType: '4g' } }));
}

test('on a dear link the ledger is read only when it is asked for', async ({ page }) => {
  await payForData(page);
  let tiles = 0;
  page.on('request', (request) => (tiles += request.url().includes('/log/tile/') ? 1 : 0));
  await page.goto('/ledger');
  await expect(page.getByText('Data saver is on, so it is read only when you ask for it.')).toBeVisible();
  await look(page, '/ledger', 'saving data');
  expect(tiles).toBe(0);
  await page.getByRole('button', { name: 'Check it all on this device' }).click();
  await expect(page.locator('[data-proof=good]')).toBeVisible();
  expect(tiles).toBeGreaterThan(0);
});

test('on a dear link pages are not fetched ahead, until the member says otherwise', async ({ page }) => {
  await payForData(page);
  await becomeMember(page);
  await page.goto('/me');
  const saver = page.getByRole('checkbox', { name: 'Save data' });
  await expect(saver).toBeChecked();
  // What was opened is kept, and then nothing comes to it by itself.
  await expect(async () => {
    const before = await kept(page);
    expect(before.length).toBeGreaterThan(3);
    await page.waitForTimeout(1500);
    expect(await kept(page)).toEqual(before);
  }).toPass({ timeout: 60_000 });
  expect((await notKept(page)).length).toBeGreaterThan(15);
  await saver.uncheck();
  await expect.poll(() => notKept(page), { timeout: 120_000 }).toEqual([]);
  await page.reload();
  await expect(saver).not.toBeChecked();
  await look(page, '/me', 'data saver off');
});
