import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { startNode, type RunningNode } from './node.ts';

interface Fixtures {
  /** A second person with a device of their own, beside `page`. */
  otherPage: Page;
  trouble: string[];
  /** What the node wrote to its log meanwhile, shown with a test that failed. */
  nodeLog: undefined;
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
  nodeLog: [
    async ({ node }, use, info) => {
      const from = node.said().length;
      await use(undefined);
      if (info.status === info.expectedStatus) return;
      await info.attach('log of the node', { body: node.said().slice(from) || 'nothing', contentType: 'text/plain' });
    },
    { auto: true },
  ],
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
