import config from '../playwright.config.ts';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { becomeMember, becomeRequester, openPayslip, publishJob, workOn } from './support/people.ts';

/** Twice the size of text that a browser begins with, as its reader can ask for. */
const LARGE = ['--blink-settings=defaultFontSize=32,defaultFixedFontSize=26'];
const launch = config.use?.launchOptions ?? {};
test.use({ launchOptions: { ...launch, args: [...(launch.args ?? []), ...LARGE] } });

test('everything fits the screen at twice the size of text', async ({ page, otherPage }, info) => {
  const title = `Large letters about the seeds that came late ${info.project.name}`;
  await otherPage.setViewportSize(page.viewportSize() ?? { width: 360, height: 740 });
  await becomeRequester(otherPage, 'The Institute of Agricultural Research', (state) => look(otherPage, '/start/requester', `${state}, large`));
  expect(await otherPage.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('32px');
  await publishJob(otherPage, title, (state) => look(otherPage, '/projects/new', `${state}, large`));
  await look(otherPage, '/batches/:batch', 'published, large');
  await becomeMember(page, (state) => look(page, '/start', `${state}, large`));
  await look(page, '/work', 'offers, large');
  await workOn(page, title);
  await look(page, '/work/:batch/tasks', 'sent, large');
  await otherPage.getByRole('button', { name: 'Accept all' }).click();
  await look(otherPage, '/batches/:batch', 'asked before paying, large');
  await otherPage.getByRole('button', { name: /^Accept 3 answers/ }).click();
  await expect(otherPage.getByText('3 accepted')).toBeVisible();
  for (const path of ['/projects', '/results', '/money', '/team'] as const) {
    await otherPage.goto(path);
    await look(otherPage, path, 'large');
  }
  await openPayslip(page, /KES.10\.50/);
  await expect(page.locator('[data-proof=good]').first()).toBeVisible();
  await look(page, '/earnings/payslips/:period', 'large');
  for (const path of ['/earnings', '/co-op', '/me'] as const) {
    await page.goto(path);
    await look(page, path, 'large');
  }
});
