import { api } from '../api/client.ts';
import type { Claim, OwnTerms } from '../api/types.ts';
import { all, get, put, remove } from '../device/db.ts';
import { keepWorkAnyway } from '../device/offline.ts';
import type { Answer } from './submit.ts';
import type { ReadTerms } from './terms.ts';

/** What a member has put down so far. A task that is skipped is not signed, and others get it. */
export interface Draft extends Answer {
  skipped?: true;
}

export type Answers = Record<number, Draft>;

/** Those that would be signed. */
export function isAnswered(draft: Draft | undefined): draft is Draft {
  return draft !== undefined && draft.value !== '' && !draft.skipped;
}

export const isDone = (draft: Draft | undefined): boolean => draft?.skipped === true || isAnswered(draft);

/** A claimed bundle with its words: enough to go on working without a connection. */
export interface KeptClaim {
  claim: Claim;
  words: ReadTerms;
  /** What the offer says of its tasks besides the terms of the batch; the next ones are of it too. */
  own?: OwnTerms | undefined;
}

const key = (log: string, batch: number): string => `${log} ${batch}`;

export async function keepClaim(log: string, kept: KeptClaim): Promise<void> {
  keepWorkAnyway();
  await put('claims', key(log, kept.claim.batch), kept).catch(() => undefined);
}

export async function keptClaim(log: string, batch: number): Promise<KeptClaim | undefined> {
  return get<KeptClaim>('claims', key(log, batch)).catch(() => undefined);
}

/** What this device holds of this cooperative's work, for a time without a connection. */
export async function keptClaims(log: string): Promise<KeptClaim[]> {
  const kept = await all<KeptClaim>('claims').catch(() => []);
  const mine = await Promise.all(kept.map(({ claim }) => keptClaim(log, claim.batch)));
  return mine.filter((one) => one !== undefined);
}

export async function dropKept(log: string, batch: number): Promise<void> {
  await remove('claims', key(log, batch)).catch(() => undefined);
  await remove('drafts', key(log, batch)).catch(() => undefined);
}

export async function readDrafts(log: string, claim: Claim): Promise<Answers> {
  const local = await get<Answers>('drafts', key(log, claim.batch)).catch(() => undefined);
  const answers: Answers = {};
  for (const { task, draft } of claim.tasks) {
    const known = local?.[task] ?? (isAnswer(draft) ? draft : undefined);
    if (known) answers[task] = known;
  }
  return answers;
}

/** Keeps a draft on the device at once, and in the node a moment later. */
export class DraftSaver {
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly log: string,
    private readonly batch: number,
  ) {}

  save(answers: Answers, task: number): void {
    void put('drafts', key(this.log, this.batch), answers).catch(() => undefined);
    clearTimeout(this.timers.get(task));
    const draft = answers[task];
    const send = (): void => void api.draft(this.batch, task, draft);
    // What is skipped is remembered for the next time that the task comes this way.
    if (draft?.skipped) send();
    else this.timers.set(task, setTimeout(send, 1200));
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}

function isAnswer(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && typeof (value as Answer).value === 'string';
}
