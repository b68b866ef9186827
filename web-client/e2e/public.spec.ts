import { expect, expectAccessible, expectFits, test } from './support/fixtures.ts';
import { becomeMember } from './support/people.ts';

for (const path of ['/', '/start', '/start/requester', '/start/restore', '/ledger', '/verify', '/work', '/nowhere']) {
  test(`${path} has a heading, fits, and has no accessibility violation`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page).toHaveTitle(/Handprint/);
    await expectAccessible(page);
    await expectFits(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
  });
}

test('the ledger is added up in the browser, and the mark comes only after that', async ({ page }) => {
  await page.route('**/log/checkpoint', async (route) => {
    await expect(page.locator('[data-proof=good]')).toHaveCount(0);
    await route.continue();
  });
  await page.goto('/ledger');
  await expect(page.locator('[data-proof=good]')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Added up on this device, entry by entry.')).toBeVisible();
  await expect(page.getByText(/entr(y|ies) read/)).toBeVisible();
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByText('What this device saw last time is still there, unchanged.')).toBeVisible({ timeout: 30_000 });
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
  await expectAccessible(page);
});

test('Swahili from the first page on, and kept', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Language of this page').selectOption('sw');
  await expect(page.getByRole('link', { name: 'Jaribu kazi' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'sw');
  await page.reload();
  await page.getByRole('link', { name: 'Jaribu kazi' }).click();
  await expect(page.getByRole('heading', { name: 'Jaribu kwanza' })).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
});

test('the pages of a member', async ({ page }) => {
  await becomeMember(page);
  for (const path of ['/work', '/earnings', '/co-op', '/me']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await expectAccessible(page);
    await expectFits(page);
  }
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto('/work');
  await page.getByRole('button', { name: /^Member \d+/ }).click();
  await expect(page.getByRole('heading', { name: 'Work for you' })).toBeVisible();
});

test('touch targets are large enough', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'a matter of phones');
  await page.goto('/start');
  const small = await page.locator('a.button, button.button, label.choice, select').evaluateAll((elements) =>
    elements.map((element) => element.getBoundingClientRect()).filter(({ height }) => height < 44).length,
  );
  expect(small).toBe(0);
});
