import { hex } from '../verify/bytes.ts';
import type { Envelope } from '../verify/dsse.ts';
import { request, type Call, type Result } from './request.ts';
import type {
  Acceptance,
  AcceptanceMade,
  Answered,
  ApiKey,
  Assignments,
  Balance,
  Batch,
  BatchMade,
  Claim,
  Entries,
  Grants,
  Imported,
  LedgerInfo,
  Lines,
  Me,
  NewBatch,
  Offers,
  OwnKeys,
  OwnTerms,
  Payslips,
  ProjectMade,
  Projects,
  Proposals,
  Quote,
  Rules,
  SessionInfo,
  Submissions,
  Taxonomy,
} from './types.ts';

/** The highest log size that this page wrote; reads ask for at least that, so it sees its own writes. */
let seen: number | null = null;

const ATTEMPTS = 3;
/** Of an upload: a try that the node is still busy with waits for it, up to about 20 seconds. */
const UPLOAD_ATTEMPTS = 10;
const PAUSE_MS = 700;

/** Opens a session again when it has ended; set by the session, which holds the key. */
let renew: (() => Promise<boolean>) | null = null;
let renewing: Promise<boolean> | null = null;

export function onSessionEnd(again: () => Promise<boolean>): void {
  renew = again;
}

/** One exchange; when the session has ended, the same exchange once more in a new one. */
async function exchange<T>(path: string, call: Call): Promise<Result<T>> {
  const answer = await request<T>(path, call);
  const ended = !answer.ok && answer.problem.status === 401;
  if (!ended || !renew || path.startsWith('/v1/session')) return answer;
  // Several reads may find the session gone at once; one new session serves them all.
  renewing ??= renew().finally(() => (renewing = null));
  return (await renewing) ? request<T>(path, call) : answer;
}

async function read<T>(path: string, as: 'json' | 'text' | 'bytes' = 'json'): Promise<Result<T>> {
  return exchange<T>(path, { as, minSeq: seen });
}

async function write<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, call: Call = {}): Promise<Result<T>> {
  const answer = await exchange<T>(path, { ...call, method, minSeq: seen });
  if (answer.ok && answer.seq !== null) seen = Math.max(seen ?? 0, answer.seq);
  return answer;
}

/** A write that the node makes a command of: under one id it can be sent again and happens once. */
async function act<T>(
  path: string,
  body: unknown,
  id = newId(),
  type?: string,
  attempts = ATTEMPTS,
): Promise<Result<T>> {
  const call: Call = { body, id, ...(type === undefined ? {} : { type }) };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await write<T>('POST', path, call);
    if (answer.ok || attempt === attempts) return answer;
    if (answer.problem.retry !== 'same_id' && answer.problem.retry !== 'later') return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
}

/** The id of a command: 48 bits of time in milliseconds, then random, as UUID version 7 begins. */
export function newId(now = Date.now()): string {
  return now.toString(16).padStart(12, '0') + hex(crypto.getRandomValues(new Uint8Array(10)));
}

type Next = string | number | null | undefined;

const after = (next: Next): string =>
  next === null || next === undefined ? '' : `&after=${encodeURIComponent(String(next))}`;

export const api = {
  ledger: () => read<LedgerInfo>('/v1/ledger'),
  policy: () => read<string>('/policy', 'text'),
  entries: (from: number, limit: number) => read<Entries>(`/v1/entries?from=${from}&limit=${limit}`),
  rules: () => read<Rules>('/v1/rules'),
  taxonomy: () => read<Taxonomy>('/v1/taxonomy'),
  demo: () => read<{ demo: boolean }>('/v1/demo'),

  command: (envelope: Envelope, attachments?: Record<string, unknown>) =>
    write<Answered>('POST', '/v1/commands', {
      body: attachments ? { envelope, attachments } : { envelope },
    }),
  challenge: (key: string) =>
    write<{ challenge: string; expires: number }>('POST', '/v1/sessions/challenge', { body: { key } }),
  openSession: (envelope: Envelope) =>
    write<{ party: string }>('POST', '/v1/sessions', { body: { envelope } }),
  closeSession: () => write<unknown>('DELETE', '/v1/sessions'),
  session: () => read<SessionInfo>('/v1/session'),

  keys: () => read<OwnKeys>('/v1/keys'),

  offers: (limit: number) => read<Offers>(`/v1/tasks/open?limit=${limit}`),
  terms: (batch: number) => read<string>(`/v1/batches/${batch}/terms`, 'text'),
  /** With `own_terms` of an offer: tasks of that offer, besides what is in hand. */
  claim: (batch: number, count: number, own_terms?: OwnTerms) =>
    write<Claim>('POST', '/v1/claims', { body: own_terms ? { batch, count, own_terms } : { batch, count } }),
  claims: () => read<{ claims: Claim[] }>('/v1/claims'),
  dropClaim: (batch: number) => write<unknown>('DELETE', `/v1/claims/${batch}`),
  draft: (batch: number, task: number, draft: unknown) =>
    write<unknown>('PUT', `/v1/drafts/${batch}/${task}`, { body: draft }),
  me: () => read<Me>('/v1/me'),
  proposals: () => read<Proposals>('/v1/proposals'),
  waiting: (next?: Next) =>
    read<Assignments>(`/v1/me/assignments?state=submitted&limit=200${after(next)}`),
  lines: (next?: Next) => read<Lines>(`/v1/me/lines?limit=50${after(next)}`),
  payslips: () => read<Payslips>('/v1/me/payslips'),
  payslip: (period: number) => read<string>(`/v1/me/payslips/${period}`, 'text'),
  receipt: (index: number) => read<string>(`/v1/receipts/${index}`, 'text'),

  projects: (next?: Next) => read<Projects>(`/v1/projects?limit=50${after(next)}`),
  createProject: (body: { external: string; title: string; description: string }, id: string) =>
    act<ProjectMade>('/v1/projects', body, id),
  createBatch: (project: number, body: NewBatch, id: string) =>
    act<BatchMade>(`/v1/projects/${project}/batches`, body, id),
  importTasks: (batch: number, jsonl: string, id: string) =>
    act<Imported>(`/v1/batches/${batch}/tasks`, jsonl, id, 'application/jsonl', UPLOAD_ATTEMPTS),
  quote: (batch: number) => read<Quote>(`/v1/batches/${batch}/quote`),
  publish: (batch: number) => act<unknown>(`/v1/batches/${batch}/publish`, {}),
  close: (batch: number) => act<unknown>(`/v1/batches/${batch}/close`, {}),
  batch: (batch: number) => read<Batch>(`/v1/batches/${batch}`),
  submissions: (batch: number, next?: Next) =>
    read<Submissions>(`/v1/batches/${batch}/submissions?state=submitted&limit=100${after(next)}`),
  /** All of them, whether accepted or not. */
  answers: (batch: number, next?: Next) =>
    read<Submissions>(`/v1/batches/${batch}/submissions?limit=200${after(next)}`),
  accept: (batch: number, what: Acceptance) =>
    act<AcceptanceMade>(`/v1/batches/${batch}/accept`, what),
  results: (batch: number, format: 'jsonl' | 'csv') =>
    read<string>(`/v1/batches/${batch}/results?format=${format}`, 'text'),
  money: () => read<{ balances: Balance[] }>('/v1/money'),
  refund: (amount: string, currency: string) => act<unknown>('/v1/refunds', { amount, currency }),
  // Not sent again by itself: without an id it would fund twice.
  demoFund: (amount: string, currency: string) =>
    write<unknown>('POST', '/v1/demo/fund', { body: { amount, currency } }),
  grants: () => read<Grants>('/v1/grants'),
  agent: () => write<{ key: string }>('POST', '/v1/agents', { body: {} }),
  apiKey: (grant: number, label: string) =>
    write<{ api_key: string; id: string }>('POST', '/v1/api-keys', { body: { grant, label } }),
  apiKeys: () => read<{ api_keys: ApiKey[] }>('/v1/api-keys'),
  dropApiKey: (id: string) => write<unknown>('DELETE', `/v1/api-keys/${id}`),
};
