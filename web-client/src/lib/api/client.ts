import type { Envelope } from '../verify/dsse.ts';
import { request, type Result } from './request.ts';
import type {
  Answered,
  Assignment,
  Batch,
  Claim,
  Balance,
  EarningsLine,
  LedgerInfo,
  Me,
  NewBatch,
  Offer,
  PayslipSummary,
  Project,
  Quote,
  SessionInfo,
  Submission,
  Taxonomy,
} from './types.ts';

/** The highest log size that this page wrote; reads ask for at least that, so it sees its own writes. */
let seen: number | null = null;

async function read<T>(path: string, as: 'json' | 'text' | 'bytes' = 'json'): Promise<Result<T>> {
  return request<T>(path, { as, minSeq: seen });
}

async function write<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  type?: string,
): Promise<Result<T>> {
  const answer = await request<T>(path, {
    method,
    minSeq: seen,
    ...(body === undefined ? {} : { body }),
    ...(type === undefined ? {} : { type }),
  });
  if (answer.ok && answer.seq !== null) seen = Math.max(seen ?? 0, answer.seq);
  return answer;
}

type Page<K extends string, T> = { [key in K]: T[] } & { next?: string | number | null };

const after = (next: string | number | null | undefined): string =>
  next === null || next === undefined ? '' : `&after=${encodeURIComponent(String(next))}`;

export const api = {
  ledger: () => read<LedgerInfo>('/v1/ledger'),
  policy: () => read<string>('/policy', 'text'),
  entries: (from: number, limit: number) =>
    read<{ entries: { index: number; header: string }[]; size: number }>(
      `/v1/entries?from=${from}&limit=${limit}`,
    ),
  taxonomy: () => read<Taxonomy>('/v1/taxonomy'),
  demo: () => read<Record<string, unknown>>('/v1/demo'),

  command: (envelope: Envelope, attachments?: Record<string, unknown>) =>
    write<Answered>('POST', '/v1/commands', attachments ? { envelope, attachments } : { envelope }),
  challenge: (key: string) =>
    write<{ challenge: string; expires: number }>('POST', '/v1/sessions/challenge', { key }),
  openSession: (envelope: Envelope) => write<{ party: string }>('POST', '/v1/sessions', { envelope }),
  closeSession: () => write<unknown>('DELETE', '/v1/sessions'),
  session: () => read<SessionInfo>('/v1/session'),

  offers: () => read<{ offers: Offer[] }>('/v1/tasks/open?limit=20'),
  terms: (batch: number) => read<string>(`/v1/batches/${batch}/terms`, 'text'),
  claim: (batch: number, count: number) => write<Claim>('POST', '/v1/claims', { batch, count }),
  claims: () => read<{ claims: Claim[] }>('/v1/claims'),
  dropClaim: (batch: number) => write<unknown>('DELETE', `/v1/claims/${batch}`),
  draft: (batch: number, task: number, draft: unknown) =>
    write<unknown>('PUT', `/v1/drafts/${batch}/${task}`, draft),
  me: () => read<Me>('/v1/me'),
  assignments: (next?: string | number | null) =>
    read<Page<'assignments', Assignment>>(`/v1/me/assignments?limit=50${after(next)}`),
  lines: (next?: string | number | null) =>
    read<Page<'lines', EarningsLine>>(`/v1/me/lines?limit=50${after(next)}`),
  payslips: () => read<{ payslips: PayslipSummary[] }>('/v1/me/payslips'),
  payslip: (period: number) => read<string>(`/v1/me/payslips/${period}`, 'text'),
  receipt: (index: number) => read<string>(`/v1/receipts/${index}`, 'text'),

  projects: () => read<{ projects: Project[] }>('/v1/projects'),
  createProject: (body: { external: string; title: string; description: string }) =>
    write<{ project: number; index: number }>('POST', '/v1/projects', body),
  createBatch: (project: number, body: NewBatch) =>
    write<{ batch: number }>('POST', `/v1/projects/${project}/batches`, body),
  importTasks: (batch: number, jsonl: string) =>
    write<{ imported: number; chunks: number }>(
      'POST',
      `/v1/batches/${batch}/tasks`,
      jsonl,
      'application/jsonl',
    ),
  quote: (batch: number) => read<Quote>(`/v1/batches/${batch}/quote`),
  publish: (batch: number) => write<unknown>('POST', `/v1/batches/${batch}/publish`, {}),
  close: (batch: number) => write<unknown>('POST', `/v1/batches/${batch}/close`, {}),
  batch: (batch: number) => read<Batch>(`/v1/batches/${batch}`),
  submissions: (batch: number, next?: string | number | null) =>
    read<Page<'submissions', Submission>>(
      `/v1/batches/${batch}/submissions?state=submitted&limit=100${after(next)}`,
    ),
  accept: (batch: number, what: { items: [number, number][] } | { all: true }) =>
    write<{ accepted: number; entries: number[] }>('POST', `/v1/batches/${batch}/accept`, what),
  results: (batch: number, format: 'jsonl' | 'csv') =>
    read<string>(`/v1/batches/${batch}/results?format=${format}`, 'text'),
  money: () => read<{ balances: Balance[] }>('/v1/money'),
  refund: (amount: string, currency: string) =>
    write<unknown>('POST', '/v1/refunds', { amount, currency }),
  demoFund: (amount: string, currency: string) =>
    write<unknown>('POST', '/v1/demo/fund', { amount, currency }),
  agent: () => write<{ key: string }>('POST', '/v1/agents', {}),
  apiKey: (grant: number, label: string) =>
    write<{ api_key: string; id: string }>('POST', '/v1/api-keys', { grant, label }),
  dropApiKey: (id: string) => write<unknown>('DELETE', `/v1/api-keys/${id}`),
};
