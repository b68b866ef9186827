import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { becomeMember, becomeRequester } from './support/people.ts';

test('a page of the other role says whom it is for, and offers no key that opens nothing', async ({ page }) => {
  await becomeRequester(page, 'Wrong Door');
  await page.goto('/work');
  await expect(page.getByRole('heading', { name: 'This page is for members' })).toBeVisible();
  await expect(page.getByText('You are signed in as a requester.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Requester \d+/ })).toHaveCount(0);
  await look(page, 'signed out', 'a requester on a page for members');
  await page.getByRole('link', { name: 'My pages' }).click();
  await expect(page.getByRole('heading', { name: 'Your projects' })).toBeVisible();

  // Whoever has keys of both roles is offered those that open the page.
  await page.goto('/team');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await becomeMember(page);
  await page.goto('/projects');
  await expect(page.getByText('You are signed in as a member.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Member \d+/ })).toHaveCount(0);
  await page.getByRole('button', { name: /^Requester \d+, Wrong Door/ }).click();
  await expect(page.getByRole('heading', { name: 'Your projects' })).toBeVisible();
});
