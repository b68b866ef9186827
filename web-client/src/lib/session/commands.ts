import { api, newId } from '../api/client.ts';
import type { Answered } from '../api/types.ts';
import type { Problem, Result } from '../api/request.ts';
import { all, put, remove } from '../device/db.ts';
import { rememberedTree } from '../proof/trust.ts';
import { signWith, type StoredKey } from '../keys/signer.ts';
import { type Bytes } from '../verify/bytes.ts';
import { canonicalBytes, type JsonObject } from '../verify/canonical.ts';
import { COMMAND_TYPE, makeEnvelope, pae, type Envelope } from '../verify/dsse.ts';
import type { HeldPromise } from '../verify/promise.ts';

export interface Command {
  actor: string;
  kind: string;
  args: JsonObject;
  log: string;
  attachments?: Record<string, unknown>;
}

/** A signed command on its way. It stays on the device until the node has answered. */
interface Outgoing {
  id: string;
  actor: string;
  kind: string;
  log: string;
  envelope: Envelope;
  attachments?: Record<string, unknown>;
  made: number;
}

/** The node's word that an entry will be published; proof against it if it is not. */
export interface KeptPromise {
  index: number;
  actor: string;
  kind: string;
  log: string;
  promise: HeldPromise;
  received: number;
}

const ATTEMPTS = 3;
const PAUSE_MS = 700;

/**
 * Signs once and sends until the outcome is known. The signed bytes, and with them the command
 * id, are on the disk before the first attempt: a retry after a crash is the same command. It names
 * the largest tree that this device has checked, so that a ledger with another history cannot take it.
 */
export async function sendCommand(key: StoredKey, command: Command): Promise<Result<Answered>> {
  const id = newId();
  const { actor, args, kind, log } = command;
  const tree = await rememberedTree(log);
  const seen = tree ? { seen: { root: tree.root, size: tree.size } } : {};
  const envelope = await signEnvelope(key, COMMAND_TYPE, { actor, args, command: id, kind, log, ...seen });
  const outgoing: Outgoing = {
    id,
    actor,
    kind,
    log,
    envelope,
    made: Date.now(),
    ...(command.attachments ? { attachments: command.attachments } : {}),
  };
  await put('outbox', id, outgoing);
  return deliver(outgoing);
}

export async function signEnvelope(
  key: StoredKey,
  type: string,
  value: JsonObject,
): Promise<Envelope> {
  const body: Bytes = canonicalBytes(value);
  return makeEnvelope(type, body, key.publicKey, await signWith(key, pae(type, body)));
}

/** The node has decided against it; otherwise the outcome is open, and the command is sent again. */
export function isRefusal({ retry }: Problem): boolean {
  return retry === 'never' || retry === 'fresh';
}

async function deliver(outgoing: Outgoing): Promise<Result<Answered>> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await api.command(outgoing.envelope, outgoing.attachments);
    if (answer.ok) {
      await keepPromise(outgoing, answer.value);
      await remove('outbox', outgoing.id);
      return answer;
    }
    const refused = isRefusal(answer.problem);
    if (refused) await remove('outbox', outgoing.id);
    if (refused || attempt === ATTEMPTS) return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
}

export interface Flushed {
  /** Still on the device: the outcome is not known. */
  left: number;
  /** Why what was signed here was not taken. Nobody else would tell. */
  refused: Problem[];
}

/** Sends again what a lost connection left behind. */
export async function flushOutbox(log: string): Promise<Flushed> {
  const waiting = await waitingCommands(log);
  const flushed: Flushed = { left: 0, refused: [] };
  for (const outgoing of waiting) {
    const answer = await deliver(outgoing);
    if (answer.ok) continue;
    if (isRefusal(answer.problem)) flushed.refused.push(answer.problem);
    else flushed.left += 1;
  }
  return flushed;
}

export async function waitingCommands(log: string): Promise<Outgoing[]> {
  const waiting = await all<Outgoing>('outbox');
  return waiting.filter((one) => one.log === log).sort((a, b) => a.made - b.made);
}

async function keepPromise(outgoing: Outgoing, answer: Answered): Promise<void> {
  // The party of a registration is only known from the answer.
  const { member, requester } = answer.result;
  const registered = typeof member === 'number' ? `m:${member}` : `r:${String(requester)}`;
  const kept: KeptPromise = {
    index: answer.index,
    actor: outgoing.actor === 'new' ? registered : outgoing.actor,
    kind: outgoing.kind,
    log: outgoing.log,
    promise: answer.promise,
    received: Date.now(),
  };
  await put('promises', `${outgoing.log} ${answer.index}`, kept);
}

export async function promisesOf(log: string, actor: string): Promise<KeptPromise[]> {
  const kept = await all<KeptPromise>('promises');
  return kept.filter((one) => one.log === log && one.actor === actor);
}
