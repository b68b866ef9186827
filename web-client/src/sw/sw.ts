/// <reference lib="webworker" />
export {};

declare const self: ServiceWorkerGlobalScope;

const CACHE = 'handprint-__VERSION__';
const SHELL = '__SHELL__' as unknown as string[];
const WORK = '__WORK__' as unknown as string[];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const drop = caches
    .keys()
    .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(drop.then(() => self.clients.claim()));
});

// A member's pages say when somebody works here; before that, nobody's data is spent on it.
self.addEventListener('message', (event) => {
  if (event.data === 'keep work') event.waitUntil(keepWork());
});

/** One after another, in the background; what does not come is tried again the next time. */
async function keepWork(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const path of WORK) {
    if (!(await cache.match(path))) await cache.add(path).catch(() => undefined);
  }
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(cacheFirst(event.request));
  else if (event.request.mode === 'navigate') event.respondWith(shellWhenOffline(event.request));
  // Everything else, the interface and the log above all, is never answered from a cache.
});

async function cacheFirst(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function shellWhenOffline(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const shell = await caches.match('/');
    if (shell) return shell;
    throw error;
  }
}
