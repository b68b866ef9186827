import { api } from '../api/client.ts';
import type { Problem, Result } from '../api/request.ts';
import type { Answered, Proposal } from '../api/types.ts';
import type { Identity } from '../keys/identity.ts';
import { isRefusal, sendCommand, waitingCommands } from './commands.ts';
import { countWaiting, resend, session } from './session.svelte.ts';

const OBJECT = 'object_reenrolment';

interface State {
  /** Whom the rest is about. */
  party: string;
  /** The sign-in that it was asked in. */
  signIn: number;
  proposals: readonly Proposal[];
  kept: boolean;
  problem: Problem | null;
}

let state = $state.raw<State>({ party: '', signIn: -1, proposals: [], kept: false, problem: null });

/** Which question was asked last: the answer to an earlier one may come after it. */
let turn = 0;

const mine = $derived(state.party !== '' && state.party === session.identity?.party);

/** What delegates have proposed about the keys of who is signed in. */
export const newKey = {
  /** Those that stand, oldest first. */
  get proposals(): readonly Proposal[] {
    return mine ? state.proposals : [];
  },
  /** An objection is signed and on this device, but not with the cooperative yet. */
  get kept(): boolean {
    return mine && state.kept;
  },
  get problem(): Problem | null {
    return mine ? state.problem : null;
  },
};

/** The question that is under way: a second page that is opened meanwhile asks no other one. */
let pending: { party: string; signIn: number; answered: Promise<void> } | null = null;

/** Asks what stands: once for a sign-in, unless it is asked anew. */
export async function askForNewKey(anew: boolean): Promise<void> {
  const { identity, signIns: signIn } = session;
  if (!identity) return;
  const { party } = identity;
  const isFor = (one: typeof pending | State): boolean => one?.party === party && one.signIn === signIn;
  if (!anew && isFor(state)) return;
  if (!anew && isFor(pending)) return pending?.answered;
  const question = { party, signIn, answered: ask(identity) };
  pending = question;
  await question.answered;
  if (pending === question) pending = null;
}

async function ask(identity: Identity): Promise<void> {
  const { party } = identity;
  turn += 1;
  const asked = turn;
  // What was signed before goes first, or the proposal that it ends would still be shown.
  if (await objectionWaits(identity)) await resend();
  const answer = await api.proposals();
  const kept = await objectionWaits(identity);
  if (asked !== turn || session.identity?.party !== party) return;
  if (!answer.ok) {
    const known = state.party === party ? state.proposals : [];
    state = { party, signIn: -1, proposals: known, kept, problem: answer.problem };
    return;
  }
  const proposals = answer.value.proposals.filter((one) => one.party === party);
  state = { party, signIn: session.signIns, proposals, kept: kept && proposals.length > 0, problem: null };
}

/** Signs that the party still has a key. One objection ends every proposal before it. */
export async function objectToNewKey(): Promise<Result<Answered> | undefined> {
  const { identity } = session;
  const newest = newKey.proposals.at(-1);
  if (!identity || !newest) return undefined;
  turn += 1;
  const { key, log, party } = identity;
  const answer = await sendCommand(key, { actor: party, kind: OBJECT, args: { proposal: newest.proposal }, log });
  if (answer.ok) state = { ...state, proposals: [], kept: false };
  else if (isRefusal(answer.problem)) await askForNewKey(true);
  else state = { ...state, kept: true };
  await countWaiting();
  return answer;
}

async function objectionWaits({ log, party }: Identity): Promise<boolean> {
  const waiting = await waitingCommands(log).catch(() => []);
  return waiting.some(({ actor, kind }) => actor === party && kind === OBJECT);
}
