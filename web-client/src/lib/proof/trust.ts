import { api } from '../api/client.ts';
import { get, put } from '../device/db.ts';
import type { Remembered } from '../verify/log-reader.ts';

export interface TrustedPolicy {
  text: string;
  /** True when the node now offers another policy than the one this device first saw. */
  changed: boolean;
}

/**
 * The policy that this device saw first. A node that wants to be believed under other witnesses
 * has to ask: a changed policy is shown, never taken over in silence.
 */
export async function trustedPolicy(log: string): Promise<TrustedPolicy | undefined> {
  const kept = await get<string>('trust', `policy ${log}`).catch(() => undefined);
  const offered = await api.policy();
  if (kept === undefined) {
    if (!offered.ok) return undefined;
    await put('trust', `policy ${log}`, offered.value).catch(() => undefined);
    return { text: offered.value, changed: false };
  }
  return { text: kept, changed: offered.ok && offered.value !== kept };
}

export async function adoptPolicy(log: string, text: string): Promise<void> {
  await put('trust', `policy ${log}`, text);
}

/** The largest tree this device has checked; the next one has to contain it. */
export async function rememberedTree(log: string): Promise<Remembered | undefined> {
  return get<Remembered>('trust', `tree ${log}`).catch(() => undefined);
}

export async function rememberTree(log: string, tree: Remembered): Promise<void> {
  await put('trust', `tree ${log}`, tree).catch(() => undefined);
}
