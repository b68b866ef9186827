import { saver } from './saver.ts';

/** Once somebody has tasks in hand, going on without a connection is worth the data. */
export function keepWorkAnyway(): void {
  if (!('serviceWorker' in navigator)) return;
  void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage('keep work'));
}

/** Has the programs of a member's pages kept on the device, so that work goes on without a connection. */
export function keepWork(): void {
  if (!saver.on) keepWorkAnyway();
}
