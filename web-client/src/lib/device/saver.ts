import { Switch } from './switch.svelte.ts';

/** What some browsers say of the connection; https://wicg.github.io/netinfo */
interface Connection {
  saveData?: boolean;
  effectiveType?: string;
}

const SLOW = new Set(['slow-2g', '2g', '3g']);

export function isSlow(connection: Connection | undefined): boolean {
  return connection?.saveData === true || SLOW.has(connection?.effectiveType ?? '');
}

/**
 * Whether nothing is fetched that was not asked for: on by itself where the link is slow or the browser asks
 * for it, until the reader chooses. README.md says what it saves.
 */
export const saver = new Switch('saver', () => isSlow((navigator as { connection?: Connection }).connection));
