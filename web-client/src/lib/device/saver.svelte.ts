const STORED = 'handprint.saver';

/** What some browsers say of the connection; https://wicg.github.io/netinfo */
interface Connection {
  saveData?: boolean;
  effectiveType?: string;
}

const SLOW = new Set(['slow-2g', '2g', '3g']);

export function isSlow(connection: Connection | undefined): boolean {
  return connection?.saveData === true || SLOW.has(connection?.effectiveType ?? '');
}

function read(): boolean {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(STORED);
  } catch {
    chosen = null;
  }
  if (chosen !== null) return chosen === 'on';
  return isSlow((navigator as { connection?: Connection }).connection);
}

let on = $state(read());

/**
 * Whether nothing is fetched that was not asked for: on by itself where the link is slow or the browser asks
 * for it, until the reader chooses. README.md says what it saves.
 */
export const saver = {
  get on(): boolean {
    return on;
  },
  set on(value: boolean) {
    on = value;
    try {
      localStorage.setItem(STORED, value ? 'on' : 'off');
    } catch {
      // Storage may be switched off; the choice then lasts until the page is closed.
    }
  },
};
