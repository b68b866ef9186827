import { tick } from 'svelte';
import { expect, vi } from 'vitest';
import type { MockNode } from './mock/node.ts';

export interface Wire {
  /** What was asked, in order: "GET /v1/me". */
  asked: string[];
  /** Paths that cannot be reached. */
  down: RegExp | null;
}

/** The page's requests go to the mock node, as they would over the wire. */
export function wireTo(node: MockNode): Wire {
  const wire: Wire = { asked: [], down: null };
  let cookie: string | null = null;
  vi.stubGlobal('fetch', (path: string, { method = 'GET', body = '' }: { method?: string; body?: string } = {}) => {
    wire.asked.push(`${method} ${path}`);
    if (wire.down?.test(path)) return Promise.reject(new Error('no connection'));
    const url = new URL(path, 'http://x');
    const reply = node.handle({ method, path: url.pathname, query: url.searchParams, body, cookie });
    cookie = reply?.cookie ?? cookie;
    const headers = reply?.seq === undefined ? {} : { 'handprint-seq': String(reply.seq) };
    const text = reply?.text ?? JSON.stringify(reply?.json ?? {});
    return Promise.resolve(new Response(text, { status: reply?.status ?? (reply ? 200 : 404), headers }));
  });
  return wire;
}

/** A little while, in which nothing may happen; what has to happen is waited for instead. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 30; i += 1) await new Promise((done) => setTimeout(done, 2));
  await tick();
}

export const text = (): string => document.body.textContent.trim();
/** By its name: what it says, or its label. */
export const button = (name: string | RegExp): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find((one) => {
    const said = one.getAttribute('aria-label') ?? one.textContent.trim();
    return typeof name === 'string' ? said === name : name.test(said);
  });

/** A busy machine takes many times as long. */
export const WAIT = { timeout: 20_000 };
export const shows = (words: string): Promise<void> => vi.waitFor(() => expect(text()).toContain(words), WAIT);

/** Presses a button as soon as it is there. */
export async function press(name: string | RegExp): Promise<void> {
  const found = await vi.waitFor(() => {
    const one = button(name);
    if (!one) throw new Error(`no button ${String(name)}`);
    return one;
  }, WAIT);
  found.click();
}
