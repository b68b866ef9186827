import { api, onSessionEnd } from '../api/client.ts';
import type { Problem } from '../api/request.ts';
import type { SessionInfo } from '../api/types.ts';
import { keepWork } from '../device/offline.ts';
import { identities, keepIdentity, type Identity, type Role } from '../keys/identity.ts';
import type { StoredKey } from '../keys/signer.ts';
import { base64 } from '../verify/bytes.ts';
import { SESSION_TYPE } from '../verify/dsse.ts';
import { flushOutbox, signEnvelope, waitingCommands } from './commands.ts';

type Phase = 'starting' | 'nobody' | 'open' | 'offline';

interface State {
  phase: Phase;
  log: string;
  identity: Identity | null;
  grant: number | null;
  known: Identity[];
  waiting: number;
  refused: Problem[];
  signIns: number;
  ended: Problem | null;
}

let state = $state.raw<State>({
  phase: 'starting',
  log: '',
  identity: null,
  grant: null,
  known: [],
  waiting: 0,
  refused: [],
  signIns: 0,
  ended: null,
});

const LAST_LOG = 'handprint.log';
const LAST_PARTY = 'handprint.party';

export const session = {
  get phase(): Phase {
    return state.phase;
  },
  get log(): string {
    return state.log;
  },
  get identity(): Identity | null {
    return state.identity;
  },
  get role(): Role | null {
    return state.identity?.role ?? null;
  },
  get grant(): number | null {
    return state.grant;
  },
  get known(): readonly Identity[] {
    return state.known;
  },
  get waiting(): number {
    return state.waiting;
  },
  /** What was signed while there was no connection and then refused, until it has been read. */
  get refused(): readonly Problem[] {
    return state.refused;
  },
  /** How often somebody has signed in since the page was loaded. */
  get signIns(): number {
    return state.signIns;
  },
  /** Why the key of this device opens nothing any more. */
  get ended(): Problem | null {
    return state.ended;
  },
};

function patch(change: Partial<State>): void {
  state = { ...state, ...change };
}

let starting: Promise<void> | null = null;

/** Finds the cooperative's log and opens a session for the key that was used last. */
export function startSession(): Promise<void> {
  starting = start();
  return starting;
}

/** The log to sign for, once it is known; empty when the cooperative was never reached. */
export async function knownLog(): Promise<string> {
  await starting;
  return state.log;
}

async function start(): Promise<void> {
  onSessionEnd(async () => state.identity !== null && (await signIn(state.identity.key)) === null);
  const info = await api.ledger();
  const log = info.ok ? info.value.log : (localStorage.getItem(LAST_LOG) ?? '');
  if (info.ok) localStorage.setItem(LAST_LOG, log);
  const known = log === '' ? [] : await identities(log).catch(() => []);
  const last = localStorage.getItem(LAST_PARTY);
  // An empty name means that the reader signed out: then nobody is signed in unasked.
  const identity = last === '' ? null : (known.find(({ party }) => party === last) ?? known[0] ?? null);
  patch({ log, known });
  if (!identity) {
    patch({ phase: info.ok ? 'nobody' : 'offline' });
    return;
  }
  if (!info.ok) {
    patch({ phase: 'offline', identity });
    await countWaiting();
    return;
  }
  await useIdentity(identity);
}

/** Opens a session as this party; the answer is null when it is open. */
export async function useIdentity(identity: Identity): Promise<Problem | null> {
  const current = await api.session();
  const mine = base64(identity.key.publicKey);
  if (!(current.ok && current.value.key === mine)) {
    const problem = await signIn(identity.key);
    if (problem?.code === 'key_revoked') {
      patch({ identity: null, phase: 'nobody', ended: problem });
      return problem;
    }
    if (problem) {
      patch({ identity, phase: problem.code === 'unreachable' ? 'offline' : 'nobody' });
      await countWaiting();
      return problem;
    }
  }
  localStorage.setItem(LAST_PARTY, identity.party);
  const info = await api.session();
  patch({ identity, phase: 'open', ended: null, grant: grantOf(info.ok ? info.value : null) });
  if (identity.role === 'member') keepWork();
  await resend();
  return null;
}

function grantOf(info: SessionInfo | null): number | null {
  return info?.grant ?? null;
}

/** Proves that this device holds the key: it signs a challenge that the node made up. */
export async function signIn(key: StoredKey): Promise<Problem | null> {
  const asked = await api.challenge(base64(key.publicKey));
  if (!asked.ok) return asked.problem;
  const body = { challenge: asked.value.challenge, log: state.log || (await knownLog()), time: Date.now() };
  const opened = await api.openSession(await signEnvelope(key, SESSION_TYPE, body));
  if (!opened.ok) return opened.problem;
  patch({ signIns: state.signIns + 1 });
  return null;
}

/** Keeps a party that was just registered on this device and signs in as it. */
export async function addIdentity(identity: Identity): Promise<Problem | null> {
  await keepIdentity(identity);
  patch({ known: await identities(state.log) });
  return useIdentity(identity);
}

export async function signOut(): Promise<void> {
  localStorage.setItem(LAST_PARTY, '');
  await api.closeSession();
  patch({ phase: 'nobody', identity: null, grant: null });
}

export function setGrant(grant: number | null): void {
  patch({ grant });
}

/** Sends what was signed while there was no connection. */
export async function resend(): Promise<void> {
  const { left, refused } = await flushOutbox(state.log).catch(() => ({ left: 0, refused: [] }));
  patch({ waiting: left, refused: [...state.refused, ...refused] });
}

export function refusalsRead(): void {
  patch({ refused: [] });
}

export async function countWaiting(): Promise<void> {
  const waiting = await waitingCommands(state.log).catch(() => []);
  patch({ waiting: waiting.length });
}
