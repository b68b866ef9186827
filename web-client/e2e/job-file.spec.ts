import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { becomeRequester } from './support/people.ts';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const HEAD = 'id;text;label;price_micros';

async function choose(page: Page, content: Buffer | string, name = 'items.csv'): Promise<void> {
  const buffer = typeof content === 'string' ? Buffer.from(content) : content;
  await page.getByLabel('Choose a file').setInputFiles({ name, mimeType: 'text/csv', buffer });
}

async function words(page: Page): Promise<void> {
  await page.getByLabel('Instructions').fill('Say what the customer means. When unsure, choose no.');
  await page.getByLabel('Subject').selectOption({ index: 1 });
}

test('a file that cannot be read says why, and nothing is lost by it', async ({ page }) => {
  await becomeRequester(page, 'Wrong Files');
  for (const [content, said] of [
    [PNG, 'This is not a text file.'],
    ['', 'There are no rows in this file.'],
    ['id,text\n', 'There are no rows in this file.'],
    ['id,text\n1,"it never ends\n2,b\n3,c\n', 'The quotation mark that opens on line 2 is never closed.'],
  ] as const) {
    await choose(page, content);
    await expect(page.getByRole('alert')).toContainText(said);
    await expect(page.getByRole('heading', { name: 'Your items' })).toBeVisible();
  }
  await look(page, '/projects/new', 'a quote without an end');
});

test('a file of a spreadsheet goes in with its marks, quotes and ids that stand twice', async ({ page }) => {
  await becomeRequester(page, 'Spreadsheets');
  await choose(page, '\ufeffid;text;label\r\n1;"late; and ""wet""";no\r\n2;"two\r\nlines";yes\r\n1;fine;yes\r\n');
  await expect(page.getByText('3 rows read')).toBeVisible();
  await expect(page.getByText('The ids in “id” are not used, because line 5 has “1” again.')).toBeVisible();
  const preview = page.getByRole('region', { name: 'Your first three rows' });
  await expect(preview.getByText('late; and "wet"')).toBeVisible();
  await words(page);
  await page.getByRole('textbox', { name: 'Choice 2' }).fill('no');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('textbox', { name: 'Choice 2' })).toBeFocused();
  await look(page, '/projects/new', 'ids and choices that stand twice');
  await page.getByRole('textbox', { name: 'Choice 2' }).fill('perhaps');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Price per task').fill('3.50');
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(page.getByRole('row', { name: /^Wages for 3 answers/ })).toBeVisible();
});

test('rows below the floor are named before anything is sent, and a corrected file keeps the words', async ({ page }) => {
  await becomeRequester(page, 'Cheap Rows');
  let sent = 0;
  page.on('request', (request) => (sent += request.method() === 'POST' && /\/(projects|batches|tasks)$/.test(request.url()) ? 1 : 0));
  await choose(page, `${HEAD}\ne1;one;no;1666666\ne2;two;yes;\ne3;three;yes;2,50\ne4;four;no;1666667\n`);
  await expect(page.getByRole('checkbox', { name: 'price_micros' })).toHaveCount(0);
  await words(page);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Seconds per task').fill('20');
  await page.getByLabel('Price per task').fill('3.50');
  const faults = page.getByRole('group', { name: '2 rows of your file cannot go in as they are' });
  await expect(faults).toContainText(/Line 2: KES.1\.6667 is below the floor\./);
  await expect(faults).toContainText('Line 4: “2,50” in price_micros is not a whole number above zero.');
  await expect(faults).toContainText(/KES.300\.00 an hour\. At 20 seconds per task that is at least KES.1\.6667; in price_micros, 1666667\./);
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(faults.getByRole('button', { name: 'Choose the file again' })).toBeFocused();
  await look(page, '/projects/new', 'rows below the floor');
  // The floor binds less where a task takes less time.
  await page.getByLabel('Seconds per task').fill('10');
  await expect(page.getByRole('group', { name: '1 row of your file cannot go in as it is' })).not.toContainText('floor');
  await page.getByLabel('Seconds per task').fill('20');
  await faults.getByRole('button', { name: 'Choose the file again' }).click();
  await choose(page, `${HEAD}\ne1;one;no;1666667\ne2;two;yes;\ne3;three;yes;2500000\ne4;four;no;1666667\n`);
  await expect(page.getByLabel('Instructions')).toHaveValue(/^Say what the customer means/);
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByLabel('Price per task')).toHaveValue('3.50');
  await expect(page.getByText('cannot go in')).toHaveCount(0);
  expect(sent).toBe(0);
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(page.getByRole('row', { name: /^Wages for 4 answers/ })).toBeVisible();
  expect(sent).toBe(3);
});

test('a file of 30 MB goes in', async ({ page, isMobile }) => {
  test.skip(isMobile, 'the same on a phone');
  await becomeRequester(page, 'Large Files');
  const row = `,"${'A long text that somebody wrote about seeds. '.repeat(22)}"\n`;
  await choose(page, `id,text\n${Array.from({ length: 30_000 }, (_, i) => `big-${i}${row}`).join('')}`);
  await expect(page.getByText('30,000 rows read')).toBeVisible();
  await words(page);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Price per task').fill('30');
  await expect(page.getByText(/KES.900,000\.00/)).toBeVisible();
  await page.getByRole('button', { name: 'Show me the total' }).click();
  await expect(page.getByRole('row', { name: /^Wages for 30,000 answers/ })).toBeVisible({ timeout: 120_000 });
});
