import { readFileSync } from 'node:fs';
import { expect, expectAccessible, expectFits, test } from './support/fixtures.ts';
import { becomeMember, becomeRequester, CSV, ITEMS, publishJob, workOn } from './support/people.ts';

test('a requester sees rows, price and total before paying, and takes the results', async ({ page, otherPage }, info) => {
  test.setTimeout(180_000);
  const title = `Requester ${info.project.name}`;
  await page.goto('/start/requester');
  await expectAccessible(page);
  await becomeRequester(page, 'Acme Research');
  await expectAccessible(page);

  await page.getByLabel('Choose a file').setInputFiles({ name: 'broken.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2,3\n') });
  await expect(page.getByRole('alert')).toContainText('Line 2 has more fields');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'feelings.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
  const preview = page.getByRole('region', { name: 'Your first three rows' });
  for (const item of ITEMS) await expect(preview.getByText(item)).toBeVisible();
  await expect(preview.getByText('mixed').first()).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('alert')).toContainText('Please fill in');
  await expectAccessible(page);
  await expectFits(page);

  await publishJob(page, title);
  await expect(page.getByText('Published')).toBeVisible();
  await expectFits(page);

  await becomeMember(otherPage);
  await workOn(otherPage, title);
  await expect(page.getByText('3 waiting')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Accept all' }).click();
  await expect(page.getByText('3 accepted')).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV', exact: true }).click(),
  ]);
  expect(readFileSync(await download.path(), 'utf8')).toContain('external,task,member,answer,accepted_index');
});

test('the other pages of a requester', async ({ page }) => {
  await becomeRequester(page, 'Small Press');
  for (const [path, heading] of [
    ['/projects', 'Your projects'],
    ['/results', 'Results'],
    ['/money', 'Your money'],
    ['/team', 'Small Press'],
  ] as const) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await expectAccessible(page);
    await expectFits(page);
  }
  await page.getByLabel('What is it for?').fill('nightly import');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await expect(page.getByText(/^hp_/)).toBeVisible();
  await expect(page.getByText('never used')).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await page.getByRole('button', { name: 'Revoke the key nightly import' }).click();
  await expect(page.getByText(/^hp_/)).toBeHidden();
  await page.getByText('Revoked keys').click();
  await expect(page.getByText(/nightly import revoked/)).toBeVisible();
  await expectAccessible(page);
});
