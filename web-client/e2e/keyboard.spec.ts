import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { answerAll, becomeMember, becomeRequester, publishJob } from './support/people.ts';

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
  await becomeRequester(otherPage, 'Keyboard Research');
  await publishJob(otherPage, 'By keys alone');

  await page.goto('/');
  // Until its program is there the page has nothing to go to.
  await expect(page.getByRole('link', { name: 'Try a task' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await press(page, 'Try a task', 'link');
  await expect(page.getByRole('heading', { name: 'Try it first' })).toBeFocused();
  for (const [i, key] of ['1', '3', '2'].entries()) {
    await expect(page.getByText(`${i + 1} of 3`)).toBeVisible();
    await page.keyboard.press(key);
    await expect(page.getByRole('radio', { checked: true })).toHaveCount(1);
    await page.keyboard.press('Enter');
  }
  await expect(page.getByRole('heading', { name: 'That is all there is to it' })).toBeFocused();
  await press(page, 'Go on');
  await expect(page.getByRole('heading', { name: 'Make your key' })).toBeFocused();
  await press(page, 'Make my key');
  const items = page.getByRole('list', { name: 'Recovery words' }).getByRole('listitem');
  await expect(items).toHaveCount(14);
  const words = await items.allInnerTexts();
  await press(page, 'I have kept it');
  const label = page.locator('label[for=group]');
  await expect(label).toBeVisible();
  const asked = Number(/\d+/.exec(await label.innerText())?.[0]);
  await tabTo(page, /what stands at number/, 'textbox');
  await page.keyboard.type(words[asked - 1]?.trim().split(/\s+/).at(-1) ?? '');
  await page.keyboard.press('Enter');
  await press(page, 'Sign and join');

  await press(page, 'By keys alone', 'link');
  await press(page, /^Start with/);
  await expect(page.getByText('1 of 3')).toBeVisible();
  await keysOfControlsStay(page);
  await page.keyboard.press('2');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('2 of 3')).toBeVisible();
  await expect(page.getByRole('group', { name: 'The item' })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('1 of 3')).toBeVisible();
  await expect(page.getByRole('radio').nth(1)).toBeChecked();
  await page.keyboard.press('Enter');
  for (const [at, key] of [[2, '1'], [3, '3']] as const) {
    await expect(page.getByText(`${at} of 3`)).toBeVisible();
    await page.keyboard.press(key);
    await page.keyboard.press('Enter');
  }
  await expect(page.getByRole('heading', { name: '3 answers to sign' })).toBeVisible();
  await press(page, 'Sign and send');
  await expect(page.getByRole('heading', { name: '3 answers sent' })).toBeFocused();
});

/** A control with the focus keeps its own keys, and single keys can be switched off (WCAG 2.1.4). */
async function keysOfControlsStay(page: Page): Promise<void> {
  await page.keyboard.press('1');
  await expect(page.getByRole('radio').first()).toBeChecked();
  const instructions = page.locator('summary', { hasText: 'Instructions' });
  await instructions.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Say how the customer feels.')).toBeVisible();
  await expect(page.getByText('1 of 3')).toBeVisible();
  await page.getByLabel('Language of this page').focus();
  await page.keyboard.press('3');
  await expect(page.getByRole('radio').first()).toBeChecked();

  const single = page.getByRole('checkbox', { name: /Keys 1 to 9 choose/ });
  await single.focus();
  await page.keyboard.press('Space');
  await expect(single).not.toBeChecked();
  await page.keyboard.press('3');
  await expect(page.getByRole('radio').first()).toBeChecked();
  await page.keyboard.press('Space');
  await expect(single).toBeChecked();
}

test('a task, the signing and their errors are there for who listens', async ({ page, otherPage }) => {
  await becomeRequester(otherPage, 'Listening Research');
  await publishJob(otherPage, 'By ear alone');
  await becomeMember(page);
  await page.getByRole('link', { name: 'By ear alone' }).click();
  await page.getByRole('button', { name: /^Start with/ }).click();
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - heading "By ear alone" [level=1]
    - paragraph: /left to finish/
    - status
    - group: Instructions
    - status: 1 of 3
    - checkbox /Keys 1 to 9 choose/ [checked]
    - progressbar "Answered so far"
    - group "The item":
      - paragraph: /The maize arrived/
    - group "How does the customer feel?":
      - radio "bad"
      - radio "good"
      - radio "mixed"
    - button "Add a note"
    - button "Back" [disabled]
    - button "Next" [disabled]
  `);
  await answerAll(page);
  await expect(page.getByRole('heading', { name: '3 answers to sign' })).toBeFocused();
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - heading "3 answers to sign" [level=2]
    - paragraph: Together they pay KES 10.50 when accepted.
    - list:
      - listitem:
        - text: /The maize arrived/
        - strong: bad
      - listitem
      - listitem
    - paragraph: /One signature covers all of them/
    - button "Sign and send"
    - button "Change something"
    - status
  `);
  let release = (): void => undefined;
  const held = new Promise<void>((done) => (release = done));
  await page.route('**/v1/commands', async (route) => {
    await held;
    await route.fallback();
  });
  await page.getByRole('button', { name: 'Sign and send' }).press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Sending' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign and send' })).toBeFocused();
  release();
  await expect(page.getByRole('heading', { name: '3 answers sent' })).toBeFocused();
});
