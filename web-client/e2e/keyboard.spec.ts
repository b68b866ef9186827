import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { becomeRequester, publishJob } from './support/people.ts';

test.skip(({ isMobile }) => isMobile, 'a phone has no keyboard');

/** Goes to a control with the Tab key alone, as somebody without a mouse does. */
async function tabTo(page: Page, name: RegExp | string, role: 'button' | 'link' | 'textbox'): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  await expect(target).toBeVisible();
  for (let i = 0; i < 60; i += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(name)} cannot be reached by Tab`);
}

async function press(page: Page, name: RegExp | string, role: 'button' | 'link' = 'button'): Promise<void> {
  await tabTo(page, name, role);
  await page.keyboard.press('Enter');
}

test('a person without a mouse joins, works and signs', async ({ page, otherPage }) => {
  test.setTimeout(120_000);
  await becomeRequester(otherPage, 'Keyboard Research');
  await publishJob(otherPage, 'By keys alone');

  await page.goto('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await press(page, 'Try a task', 'link');
  await expect(page.getByRole('heading', { name: 'Try it first' })).toBeFocused();
  for (const key of ['1', '3', '2']) {
    await page.keyboard.press(key);
    await expect(page.getByRole('radio', { checked: true })).toHaveCount(1);
    await page.keyboard.press('Enter');
  }
  await expect(page.getByRole('heading', { name: 'That is all there is to it' })).toBeFocused();
  await press(page, 'Make my key');
  await expect(page.getByRole('heading', { name: 'Make your key' })).toBeFocused();
  await press(page, 'Make my key');
  const items = page.getByRole('list', { name: 'Recovery words' }).getByRole('listitem');
  await expect(items).toHaveCount(14);
  const words = await items.allInnerTexts();
  await press(page, 'I have kept it');
  const asked = Number(/\d+/.exec(await page.locator('label[for=group]').innerText())?.[0]);
  await tabTo(page, /what stands at number/, 'textbox');
  await page.keyboard.type(words[asked - 1]?.trim().split(/\s+/).at(-1) ?? '');
  await page.keyboard.press('Enter');
  await press(page, 'Sign and join');

  await press(page, 'By keys alone', 'link');
  await press(page, /^Start with/);
  await expect(page.getByText('1 of 3')).toBeVisible();
  await page.keyboard.press('2');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('2 of 3')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('1 of 3')).toBeVisible();
  await expect(page.getByRole('radio').nth(1)).toBeChecked();
  await page.keyboard.press('Enter');
  await page.keyboard.press('1');
  await page.keyboard.press('Enter');
  await page.keyboard.press('3');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '3 answers to sign' })).toBeVisible();
  await press(page, 'Sign and send');
  await expect(page.getByRole('heading', { name: '3 answers sent' })).toBeFocused();
});
