import { api, newId } from '../api/client.ts';
import type { Problem, Result } from '../api/request.ts';
import type { BatchMade, NewBatch } from '../api/types.ts';
import { parseMicros } from '../format.ts';
import { isRefusal } from '../session/commands.ts';
import { toJsonLines } from './guess.ts';
import type { JobDraft } from './draft.ts';

const HOUR_MS = 3_600_000;
const POLL_MS = 1000;
/** So long does the page wait for the cooperative to enter what it has taken; then it says so. */
const IMPORT_MS = 120_000;

/** How far a job got: a retry goes on from there and makes nothing twice. */
export interface Created {
  external: string;
  /** Which batch of this job it is: one that was given up is never taken up again, nor are the ids of its rows. */
  round: number;
  /** One command id for each step, so that sending a step again is the same step. */
  ids: { project: string; batch: string; tasks: string };
  project?: number;
  /** What the batch was made with: another wording or price is another batch. */
  terms?: string;
  batch?: number;
  imported?: number;
}

export function newCreated(): Created {
  const ids = { project: newId(), batch: newId(), tasks: newId() };
  return { external: newId(), round: 1, ids };
}

/** The batch was given up before it was published: what is made next is another one, with the same words. */
export function givenUp(made: Created): void {
  made.round += 1;
  made.ids = { ...made.ids, batch: newId(), tasks: newId() };
  delete made.batch;
  delete made.imported;
  delete made.terms;
}

/** What the ids of a file get at their end, since those of a batch that was given up stay taken. */
export function endOfIds({ round }: Created): string {
  return round === 1 ? '' : `-${round}`;
}

/** `entered`: whether all tasks are in the ledger; if not, the cooperative goes on with them by itself. */
export type JobMade = { ok: true; entered: boolean } | { ok: false; problem: Problem };

/** Project, batch, tasks; stops at the first problem and remembers what exists. Who has left waits for nothing. */
export async function createJob(draft: JobDraft, made: Created, left?: AbortSignal): Promise<JobMade> {
  const terms = termsOf(draft);
  const wanted = JSON.stringify(terms);
  // Terms cannot be changed once they are in the ledger; a batch that nothing was loaded into is left behind.
  if (made.terms !== undefined && made.terms !== wanted && made.imported === undefined) {
    Object.assign(made, newCreated(), { round: made.round });
    delete made.batch;
  }
  made.terms = wanted;
  if (made.project === undefined) {
    const { external } = made;
    const answer = await api.createProject({ external, title: draft.title, description: draft.instructions }, made.ids.project);
    if (!answer.ok) return answer;
    made.project = answer.value.result?.project ?? answer.value.project;
  }
  if (made.batch === undefined) {
    const answer: Result<BatchMade> = await api.createBatch(
      made.project,
      { external: `${made.external}-${made.round}`, ...terms },
      made.ids.batch,
    );
    if (!answer.ok) return answer;
    made.batch = answer.value.result?.batch ?? answer.value.batch;
  }
  if (made.imported === undefined) {
    const lines = toJsonLines(draft.table, draft.id, draft.fields, made.external, endOfIds(made));
    const answer = await api.importTasks(made.batch, lines, made.ids.tasks);
    if (!answer.ok) {
      // Refused is not done: a corrected file is another upload.
      if (isRefusal(answer.problem)) made.ids.tasks = newId();
      return answer;
    }
    made.imported = answer.value.imported;
    if (answer.value.sealed === false) return { ok: true, entered: await untilReady(made.batch, left) };
  }
  return { ok: true, entered: true };
}

/** A large upload is taken at once and entered in pieces; the quote needs all of it. */
async function untilReady(batch: number, left?: AbortSignal): Promise<boolean> {
  for (const until = Date.now() + IMPORT_MS; Date.now() < until && !left?.aborted; ) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (left?.aborted) break;
    const answer = await api.batch(batch);
    // Who cannot ask is shown by the quote why not.
    if (!answer.ok || answer.value.state !== 'importing') return true;
  }
  return false;
}

function termsOf(draft: JobDraft): Omit<NewBatch, 'external'> {
  return {
    title: draft.title.trim(),
    instructions: draft.instructions.trim(),
    question: draft.question.trim(),
    choices: draft.choices,
    fields: draft.fields.map((name) => ({ name, label: name })),
    price_micros: parseMicros(draft.price) ?? 0,
    currency: draft.currency,
    overlap: draft.overlap,
    lease_ms: HOUR_MS,
    accept_ms: 72 * HOUR_MS,
    bundle_max: Math.min(10, draft.table.rows.length),
    domain: draft.domain,
    level: draft.level,
    language: draft.language,
    estimate_s: draft.estimate,
    hazard: draft.hazard,
  };
}
