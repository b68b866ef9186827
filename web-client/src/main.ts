import { mount } from 'svelte';
import App from './App.svelte';
import { preferredLocale, setLocale } from './lib/i18n/index.svelte.ts';
import { startRouter } from './lib/router.svelte.ts';
import { startSession } from './lib/session/session.svelte.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';

async function start(): Promise<void> {
  await setLocale(preferredLocale()).catch(() => undefined);
  startRouter();
  const target = document.getElementById('app');
  if (target) mount(App, { target });
  await startSession();
  if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    await navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  }
}

void start();
