import { expect, test } from './support/fixtures.ts';
import { becomeMember, becomeRequester, keepSheet, publishJob } from './support/people.ts';

test('work goes on without a connection, and is sent once when it is back', async ({ page, otherPage, context }) => {
  test.setTimeout(120_000);
  await becomeRequester(otherPage, 'Far Away Research');
  await publishJob(otherPage, 'Out in the field');
  await becomeMember(page);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.getByRole('link', { name: 'Out in the field' }).click();
  await page.getByRole('button', { name: /^Start with/ }).click();
  await page.getByRole('radio').first().check();
  await page.reload();
  await expect(page.getByRole('radio').first()).toBeChecked();

  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText('You are offline.')).toBeVisible();
  for (let i = 0; i < 3; i += 1) {
    await page.getByRole('radio').nth(1).check();
    await page.getByRole('button', { name: i === 2 ? 'Look over and sign' : 'Next' }).click();
  }
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: 'Signed and kept' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('1 signed bundle is waiting')).toBeVisible();

  await context.setOffline(false);
  await expect(page.getByText('1 signed bundle is waiting')).toBeHidden({ timeout: 30_000 });
  await expect(otherPage.getByText('3 waiting')).toBeVisible({ timeout: 30_000 });
});

test('a recovery sheet brings a member back on a new device', async ({ page, otherPage }) => {
  await page.goto('/start');
  for (let i = 0; i < 3; i += 1) {
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: i === 2 ? 'Finish' : 'Next' }).click();
  }
  await page.getByRole('button', { name: 'Make my key' }).click();
  await page.getByRole('button', { name: 'Make my key' }).click();
  const words = await keepSheet(page);
  await page.getByRole('button', { name: 'Sign and join' }).click();
  await expect(page.getByRole('heading', { name: 'Work for you' })).toBeVisible();
  await page.goto('/me');
  const name = await page.getByRole('heading', { level: 1 }).innerText();

  await otherPage.goto('/start/restore');
  await otherPage.getByLabel('The 14 groups, in order').fill(words.join(' ').replace(/^../, '77'));
  await otherPage.getByRole('button', { name: 'Come back' }).click();
  await expect(otherPage.getByRole('alert')).toContainText('one character is wrong');
  await otherPage.getByLabel('The 14 groups, in order').fill(words.join('\n').toLowerCase());
  await otherPage.getByRole('button', { name: 'Come back' }).click();
  await expect(otherPage.getByRole('heading', { name: 'Work for you' })).toBeVisible();
  await otherPage.goto('/me');
  await expect(otherPage.getByRole('heading', { level: 1 })).toHaveText(name);
  await expect(otherPage.getByText('Device key')).toHaveCount(2);
});
