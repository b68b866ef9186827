/** Has the programs of a member's pages kept on the device, so that work goes on without a connection. */
export function keepWork(): void {
  if (!('serviceWorker' in navigator)) return;
  void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage('keep work'));
}
