import type { Page } from '@playwright/test';

/** The paths that the service worker keeps for a time without a connection. */
export async function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const name = (await caches.keys())[0];
    const requests = name === undefined ? [] : await (await caches.open(name)).keys();
    return requests.map(({ url }) => new URL(url).pathname);
  });
}

/** Those of all that a member works with which it does not keep yet: it fetches them one after another. */
export async function notKept(page: Page): Promise<string[]> {
  const program = await (await page.request.get('/sw.js')).text();
  const there = new Set(await kept(page));
  return [...program.matchAll(/"(\/assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '').filter((path) => !there.has(path));
}
