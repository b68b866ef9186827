import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { startNode, type RunningNode } from './node.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Fixtures {
  /** A second person with a device of their own, beside `page`. */
  otherPage: Page;
  trouble: string[];
}

/** Collects what no page may do: break the security policy, throw, or log an error. */
async function watch(context: BrowserContext, trouble: string[]): Promise<void> {
  await context.exposeFunction('reportViolation', (text: string) => void trouble.push(text));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { reportViolation: (text: string) => void }).reportViolation;
      report(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  context.on('weberror', (error) => trouble.push(`error: ${error.error().message}`));
}

export const test = base.extend<Fixtures, { node: RunningNode }>({
  node: [
    async ({}, use) => {
      const node = await startNode();
      await use(node);
      await node.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ node }, use) => use(node.url),
  trouble: async ({}, use) => {
    const trouble: string[] = [];
    await use(trouble);
    expect(trouble).toEqual([]);
  },
  context: async ({ context, trouble }, use) => {
    await watch(context, trouble);
    await use(context);
  },
  otherPage: async ({ browser, contextOptions, node, trouble }, use) => {
    const context = await browser.newContext({ ...contextOptions, baseURL: node.url });
    await watch(context, trouble);
    await use(await context.newPage());
    await context.close();
  },
});

export { expect };

interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** No accessibility violations, the best practices included. */
export async function expectAccessible(page: Page): Promise<void> {
  // As an evaluated script it does not pass through the page's own policy.
  await page.evaluate(AXE);
  const result = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<AxeResult> } };
    return axe.run({ resultTypes: ['violations'] });
  });
  const found = result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => `${one.html} ${one.failureSummary ?? ''}`).join(' | ')}`);
  expect(found).toEqual([]);
}

/** Nothing on the page is wider than the screen. */
export async function expectFits(page: Page): Promise<void> {
  const [content, screen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content).toBeLessThanOrEqual(screen ?? 0);
}
