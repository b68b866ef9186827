import { api } from '../api/client.ts';
import { unreachable, type Problem, type Result } from '../api/request.ts';
import type { Answered } from '../api/types.ts';
import type { Identity } from '../keys/identity.ts';
import { publicKeyOf, type StoredKey } from '../keys/signer.ts';
import { base64, type Bytes } from '../verify/bytes.ts';
import { sendCommand } from './commands.ts';

/** Registers a member; the new key signs its own registration. */
export async function registerMember(
  log: string,
  key: StoredKey,
  recoverySeed: Bytes,
  languages: string[],
): Promise<Result<Identity>> {
  const args = {
    key: base64(key.publicKey),
    languages,
    recovery: base64(await publicKeyOf(recoverySeed)),
  };
  const answer = await sendCommand(key, { actor: 'new', kind: 'enrol_member', args, log });
  if (!answer.ok) return answer;
  const party = `m:${String(answer.value.result['member'])}`;
  return { ok: true, value: { party, role: 'member', log, key }, seq: answer.seq };
}

export async function registerRequester(
  log: string,
  key: StoredKey,
  recoverySeed: Bytes,
  name: string,
): Promise<Result<Identity>> {
  const answer = await sendCommand(key, {
    actor: 'new',
    kind: 'register_requester',
    args: { key: base64(key.publicKey), recovery: base64(await publicKeyOf(recoverySeed)) },
    log,
    attachments: { name },
  });
  if (!answer.ok) return answer;
  const party = `r:${String(answer.value.result['requester'])}`;
  return { ok: true, value: { party, role: 'requester', log, key, name }, seq: answer.seq };
}

/** The key is over from the entry of this command on; what it signed before stays signed. */
export async function revokeKey(identity: Identity, key: string): Promise<Result<Answered>> {
  const { key: own, log, party } = identity;
  return sendCommand(own, { actor: party, kind: 'revoke_key', args: { key }, log });
}

/** The new key of a sheet that the reader has kept. */
export async function addRecoveryKey(identity: Identity, seed: Bytes): Promise<Result<Answered>> {
  const { key, log, party } = identity;
  const args = { key: base64(await publicKeyOf(seed)), role: 'recovery' };
  return sendCommand(key, { actor: party, kind: 'add_key', args, log });
}

export const AGENT_KINDS = [
  'accept',
  'close_batch',
  'create_batch',
  'create_project',
  'import_tasks',
  'publish',
  'refund',
];
const YEAR_MS = 365 * 24 * 3600 * 1000;

export interface Mandate {
  cap: string;
  currency: string;
}

/** Ends a mandate at once, and with it every key for programs that stands on it. */
export async function revokeGrant(identity: Identity, grant: number): Promise<Result<Answered>> {
  const { key, log, party } = identity;
  return sendCommand(key, { actor: party, kind: 'revoke_grant', args: { grant }, log });
}

/**
 * Lets a key inside the node act for this requester, within what the requester signs here:
 * these kinds of command, up to this much money, for a year.
 */
export async function signGrant(
  identity: Identity,
  mandate: Mandate,
): Promise<{ ok: true; grant: number } | { ok: false; problem: Problem }> {
  const agent = await api.agent();
  if (!agent.ok) return agent;
  const answer = await sendCommand(identity.key, {
    actor: identity.party,
    kind: 'grant',
    args: {
      key: agent.value.key,
      kinds: AGENT_KINDS,
      cap: mandate.cap,
      currency: mandate.currency,
      expires: Date.now() + YEAR_MS,
    },
    log: identity.log,
  });
  if (!answer.ok) return answer;
  const { grant } = answer.value.result;
  if (grant === undefined) return { ok: false, problem: unreachable() };
  return { ok: true, grant };
}
