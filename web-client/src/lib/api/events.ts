/** Calls back when the node says that something the caller may see has changed. */
export function onEvents(after: number, changed: () => void): () => void {
  if (typeof EventSource === 'undefined') return () => undefined;
  const source = new EventSource(`/v1/events?after=${after}`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Entries come in bursts; one look at the end of a burst is enough.
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, 250);
  };
  source.onmessage = soon;
  for (const kind of KINDS) source.addEventListener(kind, soon);
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** Named events do not reach `onmessage`; these are the kinds that move a batch. */
const KINDS = [
  'submit',
  'accept',
  'auto_accept',
  'publish',
  'close_batch',
  'import_tasks',
  'import_chunk',
  'import_seal',
  'fund',
  'refund',
];
