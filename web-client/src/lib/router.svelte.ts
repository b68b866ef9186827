import type { Component } from 'svelte';
import type { Part } from './i18n/index.svelte.ts';

export type Params = Readonly<Record<string, string>>;
export type PageProps = { params: Params };
/** A page that reads the address, or one that needs nothing from it. */
export type Page = Component<PageProps> | Component<Record<string, never>>;
export type Loader = () => Promise<{ default: Page }>;

/** `member` and `requester` pages need a session; `none` pages need nothing. */
export type Audience = 'none' | 'member' | 'requester';

export interface Route {
  pattern: string;
  audience: Audience;
  /** The phrases that its page asks for, besides those of every page. */
  words: readonly Part[];
  load: Loader;
}

let path = $state(location.pathname);
let search = $state(location.search);

export function currentPath(): string {
  return path;
}

export function query(name: string): string | null {
  return new URLSearchParams(search).get(name);
}

export function go(to: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  read();
  window.scrollTo(0, 0);
}

function read(): void {
  path = location.pathname;
  search = location.search;
}

/** Follows links within the page without loading it again. Called once, at start. */
export function startRouter(): void {
  window.addEventListener('popstate', read);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target !== '' || link.hasAttribute('download')) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || link.dataset['external'] !== undefined) return;
    if (url.pathname === path && url.hash !== '') return;
    event.preventDefault();
    go(url.pathname + url.search);
  });
}

export function matchRoute<T extends { pattern: string }>(
  routes: readonly T[],
  pathname: string,
): { route: T; params: Params } | undefined {
  for (const route of routes) {
    const params = matchPattern(route.pattern, pathname);
    if (params) return { route, params };
  }
  return undefined;
}

/** `/work/:batch` against `/work/7` gives `{ batch: '7' }`. What stands at such a place is a number. */
export function matchPattern(pattern: string, pathname: string): Params | undefined {
  const want = pattern.split('/').filter(Boolean);
  const have = pathname.split('/').filter(Boolean);
  if (want.length !== have.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of want.entries()) {
    const value = have[i] ?? '';
    if (part.startsWith(':') && /^\d{1,15}$/.test(value)) params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}
