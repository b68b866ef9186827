import { saver } from '../device/saver.ts';

const BURST_MS = 250;
const SAVING_MS = 15_000;
const FIRST_PAUSE_MS = 3_000;
const LAST_PAUSE_MS = 60_000;

/** Calls back when the node says that something the caller may see has changed. */
export function onEvents(after: number, changed: () => void): () => void {
  if (typeof EventSource === 'undefined') return () => undefined;
  let source: EventSource;
  let last = String(after);
  let pause = FIRST_PAUSE_MS;
  let opening: ReturnType<typeof setTimeout> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting = false;
  const look = (): void => {
    waiting = false;
    changed();
  };
  // Entries come in bursts; one look at the end of a burst is enough. Where data is dear there is one look
  // in a while, however many come.
  const soon = ({ lastEventId }: MessageEvent): void => {
    if (lastEventId) last = lastEventId;
    if (saver.on && waiting) return;
    clearTimeout(timer);
    waiting = true;
    timer = setTimeout(look, saver.on ? SAVING_MS : BURST_MS);
  };
  const open = (): void => {
    source = new EventSource(`/v1/events?after=${last}`);
    source.onmessage = soon;
    for (const kind of KINDS) source.addEventListener(kind, soon);
    source.onopen = () => (pause = FIRST_PAUSE_MS);
    // A browser comes back to a stream that broke off, but gives up on one that was answered with an error.
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      opening = setTimeout(open, pause);
      pause = Math.min(pause * 2, LAST_PAUSE_MS);
    };
  };
  open();
  return () => {
    clearTimeout(opening);
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
  'gap', // what was missed cannot be sent again
];
