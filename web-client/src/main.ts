import { mount } from 'svelte';
import App from './App.svelte';
import { preferredLocale, setLocale } from './lib/i18n/index.svelte.ts';
import { matchRoute, startRouter } from './lib/router.svelte.ts';
import { startSession } from './lib/session/session.svelte.ts';
import { routes } from './routes/routes.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/lists.css';
import './styles/print.css';

/** Where no phrase could be loaded at all. */
const UNLOADABLE =
  'This page could not be loaded. Check your connection and open it again. · Ukurasa huu haukupakiwa. Angalia mtandao wako na uufungue tena.';

async function start(): Promise<void> {
  const target = document.getElementById('app');
  if (!target) return;
  // The program of the first page comes at the same time as its words; the page itself asks for both again.
  const first = matchRoute(routes, location.pathname)?.route;
  void first?.load().catch(() => undefined);
  const spoken = await setLocale(preferredLocale(), first?.words)
    .catch(() => setLocale('en'))
    .then(() => true, () => false);
  if (!spoken) {
    target.textContent = UNLOADABLE;
    return;
  }
  startRouter();
  mount(App, { target });
  await startSession();
  if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    await navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  }
}

void start();
