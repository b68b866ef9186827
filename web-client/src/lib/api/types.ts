import type { Envelope } from '../verify/dsse.ts';

/** Money: a decimal string of minor units, always beside its currency. */
export type Minor = string;

export interface Answered {
  index: number;
  leaf: string;
  promise: Envelope;
  result: Record<string, unknown>;
}

export interface SessionInfo {
  party: string;
  key: string;
  roles: string[];
  grant?: number | null;
}

export interface Reason {
  code: string;
  text: string;
}

export interface Offer {
  batch: number;
  kind: 'task' | 'qualification';
  title: string;
  domain: string;
  level: number;
  language: string;
  price_micros: number;
  currency: string;
  estimate_s: number;
  pay_per_hour: Minor;
  left: number;
  hazard: number;
  bundle_max: number;
  lease_ms: number;
  accept_ms: number;
  requester: string;
  terms: string;
  reasons: Reason[];
}

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

export interface Field {
  name: string;
  label: string;
}

/** The words and numbers of a batch, agreed to before a claim. Its hash is what gets signed. */
export interface Terms {
  title: string;
  project_title: string;
  instructions: string;
  question: string;
  choices: Choice[];
  fields: Field[];
  price_micros: number;
  currency: string;
  overlap: number;
  lease_ms: number;
  accept_ms: number;
  bundle_max: number;
  domain: string;
  level: number;
  language: string;
  estimate_s: number;
  hazard: number;
}

export interface ClaimedTask {
  task: number;
  content: Record<string, unknown>;
  draft?: unknown;
}

export interface Claim {
  batch: number;
  terms: string;
  lease_until: number;
  estimate_s: number;
  tasks: ClaimedTask[];
}

export interface Balance {
  class: string;
  currency: string;
  amount: Minor;
  batch?: number;
}

export interface Me {
  member: number;
  languages: string[];
  skills: { domain: string; level: number; evidence: unknown }[];
  balances: Balance[];
  keys: { key: string; role: string }[];
  counter: number;
}

export interface Assignment {
  batch: number;
  task: number;
  title: string;
  state: string;
  wage: Minor | null;
  currency: string;
  submitted: number;
  due: number;
  decided: number | null;
}

export interface EarningsLine {
  index: number;
  time: number;
  what: string;
  account: string;
  amount: Minor;
  currency: string;
  batch?: number;
  task?: number;
}

export interface PayslipSummary {
  period: number;
  time: number;
  index: number;
  amounts: Balance[];
}

export interface Batch {
  batch: number;
  title?: string;
  external?: string;
  state: string;
  tasks: number;
  overlap: number;
  submitted: number;
  accepted: number;
  paid: Minor;
  held: Minor;
  fee: Minor;
  currency: string;
}

export interface Project {
  project: number;
  external: string;
  title: string;
  description?: string;
  batches: Batch[];
}

export interface Quote {
  tasks: number;
  slots: number;
  labour: Minor;
  fee: Minor;
  reserve: Minor;
  total: Minor;
  available: Minor;
  currency: string;
  pay_per_hour: Minor;
}

export interface Submission {
  task: number;
  external: string;
  member: number;
  answer: { value?: string; note?: string };
  submitted: number;
  due: number;
  state: string;
  index: number;
  content?: Record<string, unknown>;
}

export interface LedgerInfo {
  log: string;
  size: number;
  root: string;
  checkpoint: string;
  log_vkey: string;
  policy: string;
  witnesses: { name: string; time: number }[];
  published: number;
  promise_key: string;
  sums: { class: string; currency: string; amount: Minor }[];
}

export interface Taxonomy {
  domains: { code: string; name: string }[];
  levels: { level: number; name: string }[];
}

export interface NewBatch extends Omit<Terms, 'project_title'> {
  external: string;
}
