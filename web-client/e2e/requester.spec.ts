import { readFileSync } from 'node:fs';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { becomeMember, becomeRequester, CSV, ITEMS, keepSheet, publishJob, workOn } from './support/people.ts';

test('a requester sees rows, price and total before paying, and takes the results', async ({ page, otherPage }, info) => {
  const title = `Requester ${info.project.name}`;
  await becomeRequester(page, 'Acme Research', (state) => look(page, '/start/requester', state));
  await page.goto('/projects');
  await expect(page.getByText('No projects yet')).toBeVisible();
  await look(page, '/projects', 'none yet');
  await page.goto('/results');
  await expect(page.getByText('No results yet')).toBeVisible();
  await look(page, '/results', 'none yet');

  await page.goto('/projects/new');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'broken.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2,3\n') });
  await expect(page.getByRole('alert')).toContainText('Line 2 has more fields');
  await look(page, '/projects/new', 'broken file');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'short.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n3\n') });
  await expect(page.getByRole('alert')).toContainText('Line 3 has fewer fields');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'items.xlsx', mimeType: 'text/csv', buffer: Buffer.from('PK\u0003\u0004\u0000') });
  await expect(page.getByRole('alert')).toContainText('CSV (UTF-8)');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'feelings.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
  const preview = page.getByRole('region', { name: 'Your first three rows' });
  for (const item of ITEMS) await expect(preview.getByText(item)).toBeVisible();
  await expect(preview.getByText('mixed').first()).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('alert')).toContainText('Please fill in');
  await look(page, '/projects/new', 'words missing');

  await publishJob(page, title, (state) => look(page, '/projects/new', state));
  await expect(page.getByText('Published')).toBeVisible();
  await look(page, '/batches/:batch', 'published');

  await becomeMember(otherPage);
  await workOn(otherPage, title);
  await expect(page.getByText('3 waiting')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(ITEMS[0] ?? '')).toBeVisible();
  await page.getByRole('checkbox').first().check();
  await look(page, '/batches/:batch', 'answers waiting');
  await page.getByRole('button', { name: 'Accept all' }).click();
  const pay = page.getByRole('button', { name: /^Accept 3 answers?, pay KES.10.50$/ });
  await expect(pay).toBeFocused();
  await look(page, '/batches/:batch', 'asked before paying');
  await page.getByRole('button', { name: 'Not now' }).click();
  await expect(page.getByText('3 waiting')).toBeVisible();
  await page.getByRole('button', { name: 'Accept all' }).click();
  await pay.click();
  await expect(page.getByText('3 accepted')).toBeVisible();
  await expect(page.getByText('Nothing is waiting.')).toBeVisible();
  await look(page, '/batches/:batch', 'all accepted');
  for (const [format, content] of [['CSV', 'external,task,member,answer,accepted_index,price_micros'], ['JSONL', '"external":"r1"']] as const) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: format, exact: true }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toContain(content);
  }
  for (const [path, place] of [['/projects', '/projects'], ['/results', '/results'], ['/money', '/money']] as const) {
    await page.goto(path);
    await expect(page.getByText(path === '/money' ? 'In escrow' : title).first()).toBeVisible();
    await look(page, place, 'after a job');
  }
});

test('a requester who is quicker than the page still signs for the right log', async ({ page }) => {
  let release = (): void => undefined;
  const held = new Promise<void>((done) => (release = done));
  await page.route('**/v1/ledger', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/start/requester');
  await page.getByLabel('Name of your organisation').fill('Hasty Research');
  await page.getByRole('button', { name: 'Make my key' }).click();
  await expect(page.getByRole('button', { name: 'Make my key' })).toHaveAttribute('aria-disabled', 'true');
  release();
  await keepSheet(page);
  await page.getByRole('button', { name: 'Sign and start' }).click();
  await expect(page.getByRole('heading', { name: 'Your items' })).toBeVisible();
});

test('a requester makes keys for programs and revokes them', async ({ page }) => {
  await becomeRequester(page, 'Small Press');
  await page.goto('/team');
  await expect(page.getByRole('heading', { name: 'Small Press', level: 1 })).toBeVisible();
  await page.getByRole('group').filter({ hasText: 'Signed as entry' }).getByText('Details for checkers').click();
  await look(page, '/team', 'no keys');
  await page.getByLabel('What is it for?').fill('nightly import');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await expect(page.getByText(/^hp_/)).toBeVisible();
  await expect(page.getByText('never used')).toBeVisible();
  await look(page, '/team', 'a new key');
  await page.getByRole('button', { name: 'Revoke the key nightly import' }).click();
  await expect(page.getByText(/^hp_/)).toBeHidden();
  await expect(page.getByText('KES 100,000.00')).toBeVisible();
  await expect(page.getByText('Used so far')).toBeVisible();
  await page.getByText('Revoked keys').click();
  await expect(page.getByText(/nightly import revoked/)).toBeVisible();
  await look(page, '/team', 'a revoked key');

  await page.getByRole('button', { name: 'Revoke this mandate' }).click();
  await look(page, '/team', 'asked before the mandate ends');
  await page.getByRole('button', { name: 'Sign that it is over' }).click();
  await expect(page.getByRole('button', { name: 'Sign a mandate' })).toBeVisible();
  await expect(page.getByText('Used so far')).toHaveCount(0);
  await look(page, '/team', 'no mandate');
  await page.getByLabel('Most that may be spent').fill('50');
  await page.getByRole('button', { name: 'Sign a mandate' }).click();
  await expect(page.getByText('KES 50.00')).toBeVisible();
});

test('a long list of answers goes on to the last one', async ({ page }) => {
  await becomeRequester(page, 'Long Lists');
  await publishJob(page, 'Many answers');
  // Answers by hand would take hours; the pages are those of the node in all but their rows.
  const row = (task: number): object => ({
    task, external: `x${task}`, member: 1, answer: { value: 'good' }, wage: '0', content: { text: `Item ${task}` },
    submitted: Date.now(), due: Date.now() + 86_400_000, state: 'submitted', index: 9,
  });
  await page.route('**/submissions?*', async (route) => {
    const after = new URL(route.request().url()).searchParams.get('after');
    const from = after === null ? 0 : Number(after.split('.')[0]) + 1;
    const submissions = Array.from({ length: Math.min(100, 230 - from) }, (_one, i) => row(from + i));
    const next = from + 100 < 230 ? { next: `${from + 99}.1` } : {};
    await route.fulfill({ json: { submissions, ...next } });
  });
  await page.reload();
  const last = page.getByText('Item x229', { exact: false });
  const more = page.getByRole('button', { name: 'Show more' });
  await expect(page.getByText('100 shown')).toBeVisible();
  await more.click();
  await expect(page.getByText('200 shown')).toBeVisible();
  await more.click();
  await expect(last).toBeVisible();
  await expect(more).toBeHidden();
});
