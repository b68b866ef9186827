import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { becomeMember, becomeRequester, CSV, publishJob, workOn } from './support/people.ts';

test('a requester sees where members differ', async ({ page, otherPage }, info) => {
  const title = `Two views ${info.project.name}`;
  await becomeRequester(page, 'Second Opinion');
  await publishJob(page, title, undefined, CSV, 2);
  await expect(page.getByText('No item has more than one answer yet.')).toBeVisible();

  await becomeMember(otherPage);
  await workOn(otherPage, title);
  // Another member, on the device of the requester, says something else of the first item.
  await page.goto('/team');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await becomeMember(page);
  await page.getByRole('link', { name: title }).click();
  await page.getByRole('button', { name: /^Start with/ }).click();
  for (const i of [1, 0, 0]) {
    await page.getByRole('radio').nth(i).check();
    await page.getByRole('button', { name: /^(Next|Look over and sign)$/ }).click();
  }
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: '3 answers sent' })).toBeVisible();

  await page.goto('/results');
  await page.getByRole('button', { name: /^Requester \d+, Second Opinion/ }).click();
  await expect(page.getByText('On 2 of 3 items with more than one answer all agree (66 %).')).toBeVisible();
  await look(page, '/results', 'where members differ');
  await page.getByRole('link', { name: 'Look and take' }).click();
  const section = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Where members differ' }) });
  await expect(section.getByText('On 2 of 3 items', { exact: false })).toBeVisible();
  await expect(section.getByRole('listitem').first()).toContainText('bad 1 · good 1');
  await expect(section.getByRole('listitem').nth(1)).toContainText('bad 2');
  await look(page, '/batches/:batch', 'where members differ');
});
