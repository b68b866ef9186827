import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { readCode, sheets } from './support/paper.ts';
import { answerAll, becomeMember, becomeRequester, openPayslip, publishJob } from './support/people.ts';

test('a person joins, works, is paid and checks the payslip', async ({ page, otherPage, node }, info) => {
  test.setTimeout(360_000);
  const title = `How do customers feel ${info.project.name}`;
  await becomeRequester(otherPage, 'Acme Research');
  await publishJob(otherPage, title);

  await becomeMember(page);
  await expect(page.getByRole('link', { name: title })).toBeVisible();
  await look(page, '/work', 'offers');
  // What this device has checked is named in what it signs; that others went on since locks nobody out.
  await page.goto('/ledger');
  await expect(page.locator('[data-proof=good]')).toBeVisible({ timeout: 30_000 });
  const batch = otherPage.url();
  await otherPage.goto('/money');
  await otherPage.getByRole('button', { name: 'Add play money' }).click();
  await expect(otherPage.getByText('KES 1,000.00').first()).toBeVisible();
  await otherPage.goto(batch);
  const signed = page.waitForRequest((request) => request.url().endsWith('/v1/commands'), { timeout: 0 });
  await page.goto('/earnings');
  await expect(page.getByText('Your first wage will stand here')).toBeVisible();
  await look(page, '/earnings', 'nothing yet');
  await work(page, title);
  const { envelope } = (await signed).postDataJSON() as { envelope: { payload: string } };
  expect(JSON.parse(Buffer.from(envelope.payload, 'base64').toString())).toHaveProperty('seen.size');

  await expect(otherPage.getByText('3 waiting')).toBeVisible({ timeout: 30_000 });
  await otherPage.getByRole('button', { name: 'Accept the answer to item r1' }).click();
  await expect(otherPage.getByText('1 accepted')).toBeVisible();
  await otherPage.getByRole('checkbox').first().check();
  await otherPage.getByRole('button', { name: 'Accept 1 selected' }).click();
  await expect(otherPage.getByText('2 accepted')).toBeVisible();
  await otherPage.getByRole('button', { name: 'Accept all' }).click();
  const pay = otherPage.getByRole('button', { name: /^Accept 1 answers?, pay KES.3.50$/ });
  await expect(pay).toBeFocused();
  await pay.click();
  await expect(otherPage.getByText('3 accepted')).toBeVisible();

  await page.goto('/earnings');
  await expect(page.getByText('KES 3.50').first()).toBeVisible();
  await checkFirstLine(page);
  await look(page, '/earnings', 'lines');

  node.closePeriod();
  await openPayslip(page, /KES\s(3\.50|7\.00|10\.50)/);
  await expect(page.locator('[data-proof=good]')).toContainText(/Checked on this device, \d+ witness/, { timeout: 30_000 });
  await expect(page.getByText(/promises? that it keeps/)).toBeVisible();
  await expect(page.getByText(title).first()).toBeVisible();
  await expect(page.getByText(/^Task \d+ of batch/)).toHaveCount(0);
  await expect(page.getByRole('row', { name: /^At the start: Owed/ })).toContainText('KES 0.00');
  await page.getByText('How do we know?').first().click();
  await expect(page.getByText('These witnesses saw that log:')).toBeVisible({ timeout: 30_000 });
  await page.getByText('What was checked?').click();
  await look(page, '/earnings/payslips/:period', 'checked');
  await checkPaper(page, otherPage);
  await checkFileAndForgery(page);
  // Paid out meanwhile, and the payout stands above the wages: what is behind a line opens as before.
  await expect(async () => {
    await page.goto('/earnings');
    await expect(page.getByText('Entries of this payout').first()).toBeVisible({ timeout: 2500 });
  }).toPass({ timeout: 60_000 });
  await checkFirstLine(page);
  node.closePeriod();
  await openPayslip(page, /KES\s0\.00/);
  await expect(page.locator('[data-proof=good]')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('This device keeps no promise of this period', { exact: false })).toBeVisible();
  await look(page, '/earnings/payslips/:period', 'no promise');
});

/** Printed, it is one sheet with a code; whoever scans it checks the paper without an account. */
async function checkPaper(page: Page, stranger: Page): Promise<void> {
  const link = await readCode(page.getByRole('img', { name: 'Code that leads to the check of this payslip' }));
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/verify#entry=\d+&payslip=\d+&member=\d+$/);
  await expect(page.getByText(link ?? '', { exact: true })).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  for (const hidden of ['Print', 'Download the payslip', 'Check again']) {
    await expect(page.getByRole('button', { name: hidden, exact: true })).toBeHidden();
  }
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await page.emulateMedia({ media: null });
  expect(await sheets(page)).toBe(1);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the payslip' }).click(),
  ]);
  const file = readFileSync(await download.path(), 'utf8');
  await stranger.goto(link ?? '');
  const paper = stranger.getByRole('region', { name: /^The paper: payslip \d+ of member \d+$/ });
  await expect(paper.locator('[data-proof=good]')).toBeVisible();
  await expect(paper).toContainText(/closed by entry [\d,]+, .* record of [\d,]+ entries that the witnesses signed/);
  await look(stranger, '/verify', 'from paper');
  await dropFile(stranger, 'payslip.json', file);
  await expect(paper.locator('[data-paper=same]')).toBeVisible();
  await stranger.goto((link ?? '').replace(/payslip=\d+/, 'payslip=9999'));
  await expect(paper.locator('[data-paper=other]')).toBeVisible();
  await stranger.goto((link ?? '').replace(/entry=\d+/, 'entry=0'));
  await expect(paper.getByRole('alert')).toContainText('did not close any books: The log begins');
  await stranger.goto((link ?? '').replace(/entry=\d+/, 'entry=99999999'));
  await expect(paper.locator('[data-proof=bad]')).toBeVisible();
  await expect(paper).toContainText('The published log does not have this entry.');
  await look(stranger, '/verify', 'from a forged paper');
}

/** Terms, tasks, signature, sent: the states between an offer and an answer. */
async function work(page: Page, title: string): Promise<void> {
  await page.goto('/work');
  await page.getByRole('link', { name: title }).click();
  await expect(page.getByText('How does the customer feel?')).toBeVisible();
  await page.getByText('What exactly do I sign?').click();
  await look(page, '/work/:batch', 'terms');
  await page.getByRole('button', { name: /^Start with/ }).click();
  await page.getByRole('button', { name: 'Add a note' }).click();
  await page.getByText('Instructions').click();
  await page.getByRole('radio').first().check();
  await look(page, '/work/:batch/tasks', 'working');
  await answerAll(page);
  await expect(page.getByRole('heading', { name: '3 answers to sign' })).toBeVisible();
  await look(page, '/work/:batch/tasks', 'review');
  await page.goto('/work');
  await expect(page.getByRole('link', { name: 'Go on' })).toBeVisible();
  await look(page, '/work', 'claimed');
  await page.getByRole('link', { name: 'Go on' }).click();
  await answerAll(page);
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: '3 answers sent' })).toBeVisible();
  await page.getByText('Details for checkers').click();
  await expect(page.getByText(/promised to publish it as entry \d+/)).toBeVisible();
  await look(page, '/work/:batch/tasks', 'sent');
  await page.reload();
  await expect(page.getByText('You hold no tasks of this batch')).toBeVisible();
  await look(page, '/work/:batch/tasks', 'none left');
}

test('a task can be skipped, and is signed by nobody who did', async ({ page, otherPage, isMobile }, info) => {
  const title = `Skipping ${info.project.name}`;
  await becomeRequester(otherPage, 'Skip Research');
  await publishJob(otherPage, title);
  await becomeMember(page);
  await page.getByRole('link', { name: title }).click();
  await page.getByRole('button', { name: /^Start with/ }).click();
  await expect(page.getByText('1 of 3', { exact: true })).toBeVisible();
  if (isMobile) await page.getByRole('button', { name: 'Skip this one' }).tap();
  else await page.keyboard.press('s');
  await expect(page.getByText('2 of 3', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await expect(page.getByText('Skipped: you sign nothing for it')).toBeVisible();
  await look(page, '/work/:batch/tasks', 'skipped');
  await page.reload();
  await expect(page.getByText('Skipped: you sign nothing for it')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  for (const button of ['Next', 'Look over and sign']) {
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: button }).click();
  }
  await expect(page.getByRole('heading', { name: '2 answers to sign' })).toBeVisible();
  await expect(page.getByText('1 task that you skipped goes to others.')).toBeVisible();
  await look(page, '/work/:batch/tasks', 'review with one skipped');
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: '2 answers sent' })).toBeVisible();
  // The one that is left is not offered again to who skipped it, and not held back from others.
  await expect(page.getByRole('link', { name: 'Find work' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Next/ })).toHaveCount(0);
  await expect(otherPage.getByText('2 waiting')).toBeVisible({ timeout: 30_000 });
  await expect(otherPage.getByText('1 open')).toBeVisible();
});

/**
 * The chain behind an amount; the entry may need a moment until it is published. Books close when they do: a payout
 * may stand above the wages, and what is behind its entries is folded away with them.
 */
async function checkFirstLine(page: Page): Promise<void> {
  await page.getByText('How do we know?').filter({ visible: true }).first().click();
  const good = page.locator('[data-proof=good]').first();
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(async () => {
    // Either may come first, so both are waited for before one of them is used.
    await expect(good.or(again).first()).toBeVisible({ timeout: 2500 });
    if (!(await good.isVisible())) await again.click({ timeout: 1000 });
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
  await dropFile(page, 'payslip.json', text);
  await expect(page.locator('[data-proof=good]')).toBeVisible();
  await look(page, '/verify', 'good');
  await dropFile(page, 'richer.json', text.replaceAll('\\"amount\\":\\"350\\"', '\\"amount\\":\\"950\\"'));
  await expect(page.locator('[data-proof=bad]')).toBeVisible();
  await expect(page.getByText('A line was changed after it was recorded.')).toBeVisible();
  await expect(page.getByText(/^Does not add up: line \d+\.$/)).toBeVisible();
  await page.getByText('Details for checkers').click();
  await expect(page.getByText('part_not_committed')).toBeVisible();
  await look(page, '/verify', 'changed');
  const shorter = JSON.parse(text) as { entries: unknown[] };
  shorter.entries.shift();
  await page.getByLabel('Choose a file').setInputFiles({
    name: 'shorter.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(shorter)),
  });
  await expect(page.getByText('A line is missing.')).toBeVisible();
}

test('a test that was not passed says by how much', async ({ page }) => {
  await becomeMember(page);
  await page.getByRole('link', { name: 'Finding bugs in short code' }).click();
  await page.getByRole('button', { name: /^Start with/ }).click();
  // The last answer is right once.
  const tasks = Number(/of (\d+)/.exec(await page.getByText(/^1 of \d+$/).innerText())?.[1]);
  for (let i = 1; i <= tasks; i += 1) {
    await expect(page.getByText(`${i} of ${tasks}`, { exact: true })).toBeVisible();
    await page.getByRole('radio').last().check();
    await page.getByRole('button', { name: i === tasks ? 'Look over and sign' : 'Next' }).click();
  }
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await expect(page.getByRole('heading', { name: `${tasks} answers sent` })).toBeVisible();
  await expect(async () => {
    await page.goto('/work');
    await expect(page.getByText(/1 of 6 right, 5 needed\./)).toBeVisible({ timeout: 2500 });
  }).toPass();
  await look(page, '/work', 'a test not passed');
});

/** A wrong file is nobody's fault, and is not called evidence. */
test('a file that is no payslip is called just that', async ({ page }) => {
  await page.goto('/verify');
  for (const [name, text] of [['shopping.json', '{"milk":2}'], ['photo.json', '\u0000\u0001'], ['empty.json', '']] as const) {
    await dropFile(page, name, text);
    await expect(page.getByText('This is not a payslip or receipt of this cooperative.')).toBeVisible();
    await expect(page.getByText('it is evidence', { exact: false })).toHaveCount(0);
    await expect(page.locator('[data-proof=bad]')).toHaveCount(0);
  }
  await look(page, '/verify', 'another file');
});

async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const zone = page.getByRole('group', { name: /drop a payslip/ });
  await expect(zone).toBeVisible();
  const data = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content ?? ''], fileName ?? '', { type: 'application/json' }));
      return transfer;
    },
    [name, text],
  );
  await zone.dispatchEvent('dragover', { dataTransfer: data });
  await zone.dispatchEvent('drop', { dataTransfer: data });
  await expect(page.getByRole('heading', { name })).toBeVisible();
}

test('the other pages of a member, in and out', async ({ page }) => {
  await becomeMember(page, (state) => look(page, '/start', state));
  await page.goto('/co-op');
  await expect(page.getByText('Money in the bank')).toBeVisible();
  await look(page, '/co-op', 'books and words');
  await page.goto('/me');
  await expect(page.getByText('this device').first()).toBeVisible();
  await page.getByText('Details for checkers').click();
  await look(page, '/me', 'member');
  await page.goto('/projects');
  await expect(page.getByRole('heading', { name: 'This page is for requesters' })).toBeVisible();
  await look(page, 'signed out', 'a member on a page for requesters');
  await page.goto('/');
  await expect(page.getByRole('link', { name: 'Go on' })).toBeVisible();
  await look(page, '/', 'member');
  await page.goto('/me');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Try a task' })).toBeVisible();
  await page.goto('/work');
  await look(page, 'signed out', 'with a key');
  await page.getByRole('button', { name: /^Member \d+/ }).click();
  await expect(page.getByRole('heading', { name: 'Work for you' })).toBeVisible();
});
