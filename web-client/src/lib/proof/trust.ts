import { api } from '../api/client.ts';
import { get, put, remove } from '../device/db.ts';
import type { Remembered } from '../verify/log-reader.ts';
import { failed, type Failed } from '../verify/verdict.ts';

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

/** The largest tree this device has checked; the next one has to contain it, and commands name it. */
export async function rememberedTree(log: string): Promise<Remembered | undefined> {
  return get<Remembered>('trust', `tree ${log}`).catch(() => undefined);
}

interface Checked {
  ok: true;
  log: string;
  size: string | number;
  root: string;
}

/**
 * Remembers the tree of what was found good under the policy that this device trusts. Two trees of one
 * size are two histories, and the verdict says so.
 */
export async function remembering<T extends Checked>(verdict: T | Failed): Promise<T | Failed> {
  if (!verdict.ok) return verdict;
  const { log, root } = verdict;
  const size = Number(verdict.size);
  const known = await rememberedTree(log);
  if (known?.size === size && known.root !== root) return failed('history_changed', `${size}`);
  if (size > (known?.size ?? 0)) {
    await put('trust', `tree ${log}`, { size, root } satisfies Remembered).catch(() => undefined);
  }
  return verdict;
}

/**
 * Begins again with what the node shows now, as one does with a ledger that was set up anew. Only the
 * reader can know that; what the device has seen stays in it, as evidence.
 */
export async function beginAnew(log: string): Promise<void> {
  const [policy, tree] = await Promise.all([get<string>('trust', `policy ${log}`), rememberedTree(log)]);
  await put('trust', `before ${log} ${Date.now()}`, { policy, tree });
  await Promise.all([remove('trust', `policy ${log}`), remove('trust', `tree ${log}`)]);
}
