import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectFits, test } from './support/fixtures.ts';
import { becomeMember, becomeRequester, openPayslip, publishJob, workOn } from './support/people.ts';

test('a person joins, works, is paid and checks the payslip', async ({ page, otherPage, node }, info) => {
  test.setTimeout(240_000);
  const title = `How do customers feel ${info.project.name}`;
  await becomeRequester(otherPage, 'Acme Research');
  await publishJob(otherPage, title);
  await expectAccessible(otherPage);

  await becomeMember(page);
  await expect(page.getByRole('link', { name: title })).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await workOn(page, title);
  await expect(page.getByText(/promised to publish it as entry \d+/)).toBeVisible();
  await expectAccessible(page);

  await expect(otherPage.getByText('3 waiting')).toBeVisible({ timeout: 30_000 });
  await otherPage.getByRole('button', { name: 'Accept the answer to item r1' }).click();
  await expect(otherPage.getByText('1 accepted')).toBeVisible();
  await otherPage.getByRole('checkbox').first().check();
  await otherPage.getByRole('button', { name: 'Accept 1 selected' }).click();
  await expect(otherPage.getByText('2 accepted')).toBeVisible();
  await otherPage.getByRole('button', { name: 'Accept all' }).click();
  await expect(otherPage.getByText('3 accepted')).toBeVisible();
  await expectAccessible(otherPage);

  await page.goto('/earnings');
  await expect(page.getByText('KES 10.50').first()).toBeVisible();
  await expectFits(page);
  await checkFirstLine(page);
  await expectAccessible(page);

  node.closePeriod();
  await openPayslip(page);
  await expect(page.locator('[data-proof=good]')).toContainText(/Checked on this device, \d+ witness/, { timeout: 30_000 });
  await expect(page.getByText(/promises? that it keeps/)).toBeVisible();
  await page.getByText('What was checked?').click();
  await expectAccessible(page);
  await expectFits(page);
  await checkFileAndForgery(page);
});

/** The chain behind an amount; the entry may need a moment until it is published. */
async function checkFirstLine(page: Page): Promise<void> {
  await page.getByText('How do we know?').first().click();
  const good = page.locator('[data-proof=good]').first();
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(async () => {
    if (await again.isVisible()) await again.click();
    await expect(good).toBeVisible({ timeout: 2500 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByText('These witnesses saw that log:')).toBeVisible();
}

/** The downloaded file checks on the public page too; a changed one names what fails. */
async function checkFileAndForgery(page: Page): Promise<void> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the payslip' }).click(),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  await page.goto('/verify');
  await expectAccessible(page);
  await dropFile(page, 'payslip.json', text);
  await expect(page.locator('[data-proof=good]')).toBeVisible();
  await expectAccessible(page);
  await dropFile(page, 'richer.json', text.replaceAll('\\"amount\\":\\"350\\"', '\\"amount\\":\\"950\\"'));
  await expect(page.locator('[data-proof=bad]')).toBeVisible();
  await expect(page.getByText('A line was changed after it was recorded.')).toBeVisible();
  await expect(page.getByText('part_not_committed')).toBeVisible();
  await expectAccessible(page);
  const shorter = JSON.parse(text) as { entries: unknown[] };
  shorter.entries.splice(1, 1);
  await page.getByLabel('Choose a file').setInputFiles({
    name: 'shorter.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(shorter)),
  });
  await expect(page.getByText('A line is missing.')).toBeVisible();
  await expect(page.getByText('chain_gap')).toBeVisible();
}

async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content ?? ''], fileName ?? '', { type: 'application/json' }));
      return transfer;
    },
    [name, text],
  );
  const zone = page.getByRole('group', { name: /drop a payslip/ });
  await zone.dispatchEvent('dragover', { dataTransfer: data });
  await zone.dispatchEvent('drop', { dataTransfer: data });
  await expect(page.getByRole('heading', { name })).toBeVisible();
}
