import { all, put } from '../device/db.ts';
import type { StoredKey } from './signer.ts';

export type Role = 'member' | 'requester';

/** Who this device can sign for: one key for each party. */
export interface Identity {
  party: string;
  role: Role;
  /** Origin of the log; a key made for one cooperative is not offered to another. */
  log: string;
  key: StoredKey;
  name?: string;
}

export async function identities(log: string): Promise<Identity[]> {
  const known = await all<Identity>('identities');
  return known.filter((identity) => identity.log === log);
}

export async function keepIdentity(identity: Identity): Promise<void> {
  await put('identities', `${identity.log} ${identity.party}`, identity);
}
