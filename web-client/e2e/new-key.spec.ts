import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { base64, COMMAND_TYPE, type Bytes } from '../src/lib/verify/index.ts';
import { TestKey } from '../tests/support/log-maker.ts';
import { expect, test } from './support/fixtures.ts';
import { look } from './support/look.ts';
import { becomeMember } from './support/people.ts';

/** A delegate proposes a key for this member, as for one who has lost every key. */
async function proposeNewKey(page: Page, delegate: TestKey): Promise<void> {
  const name = await page.getByRole('heading', { level: 1, name: /^Member \d+$/ }).innerText();
  const { log } = (await (await page.request.get('/v1/ledger')).json()) as { log: string };
  const key = base64(new TestKey(randomBytes(32) as Bytes).key);
  const envelope = delegate.envelope(COMMAND_TYPE, {
    actor: 'd:0',
    args: { key, member: Number(/\d+/.exec(name)?.[0]) },
    command: randomBytes(16).toString('hex'),
    kind: 'propose_reenrolment',
    log,
  });
  const answer = await page.request.post('/v1/commands', { data: { envelope } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test('a member who is to get a new key hears of it and objects', async ({ page, node }) => {
  await becomeMember(page);
  await page.goto('/me');
  await proposeNewKey(page, node.delegate());
  await page.goto('/work');
  const title = page.getByRole('heading', { name: 'A delegate has proposed a new key for you' });
  await expect(title).toBeVisible();
  await look(page, '/work', 'new key proposed');
  await page.goto('/me');
  await expect(title).toBeVisible();
  await page.getByRole('button', { name: 'Object: I still have my key' }).click();
  await expect(page.getByRole('group', { name: 'Object: I still have my key' })).toBeFocused();
  await look(page, '/me', 'objection to sign');
  await page.getByRole('button', { name: 'Sign my objection' }).click();
  await expect(page.getByRole('region', { name: 'Your objection is recorded' })).toBeFocused();
  await look(page, '/me', 'objected');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Your keys' })).toBeVisible();
  await expect(title).toBeHidden();
});
