import { tick } from 'svelte';

/** After a step within a page: up to the top, and to the heading for those who listen. */
export async function showHeading(which: 'h1' | 'h2' = 'h1'): Promise<void> {
  await tick();
  window.scrollTo(0, 0);
  document.querySelector<HTMLElement>(`main ${which}[tabindex]`)?.focus({ preventScroll: true });
}
