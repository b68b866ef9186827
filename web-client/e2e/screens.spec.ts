import { becomeMember, openPayslip, becomeRequester, publishJob } from './support/people.ts';
import { test } from './support/fixtures.ts';

// Pictures of each page for looking at; not a check, so it runs only when asked for.
test.skip(process.env['SCREENS'] === undefined, 'SCREENS is not set');

test('take pictures', async ({ page, otherPage, node }, info) => {
  test.setTimeout(240_000);
  const shot = async (name: string, target = page): Promise<void> => {
    await target.waitForTimeout(700);
    await target.screenshot({ path: `.screens/${info.project.name}-${name}.png`, fullPage: true });
  };
  await page.goto('/');
  await shot('welcome');
  await page.goto('/start');
  await shot('practice');
  await becomeRequester(otherPage, 'Acme Research');
  await shot('job-file', otherPage);
  await publishJob(otherPage, 'How do customers feel');
  await shot('batch-empty', otherPage);
  await becomeMember(page);
  await shot('work');
  await page.getByRole('link', { name: 'How do customers feel' }).first().click();
  await shot('terms');
  await page.getByRole('button', { name: /^Start with/ }).click();
  await page.getByRole('radio').first().check();
  await shot('task');
  for (let i = 0; i < 3; i += 1) {
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: i === 2 ? 'Look over and sign' : 'Next' }).click();
  }
  await shot('review');
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await shot('sent');
  await shot('batch-waiting', otherPage);
  await otherPage.reload();
  await otherPage.getByRole('button', { name: 'Accept all' }).click();
  await shot('batch-done', otherPage);
  await page.goto('/earnings');
  await page.getByText('How do we know?').first().click();
  await shot('earnings');
  node.closePeriod();
  await openPayslip(page);
  await page.getByText('What was checked?').click();
  await shot('payslip');
  for (const path of ['co-op', 'me', 'ledger', 'verify']) {
    await page.goto(`/${path}`);
    await shot(path);
  }
  for (const path of ['projects', 'results', 'money', 'team']) {
    await otherPage.goto(`/${path}`);
    await shot(path, otherPage);
  }
});
