/** RFC 9457, as the node answers, or put together here when there was no answer. */
export interface Problem {
  code: string;
  status: number;
  title: string;
  detail: string;
  field?: string;
  rule?: string;
  retry: 'never' | 'later' | 'same_id' | 'fresh';
  /** The detail in the words and the language of the reader, where a page has them. */
  explained?: string;
}

export type Result<T> = { ok: true; value: T; seq: number | null } | { ok: false; problem: Problem };

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON, unless `type` says that it is text of another kind. */
  body?: unknown;
  type?: string;
  as?: 'json' | 'text' | 'bytes';
  /** A command id, for writes that the node makes a command of. */
  id?: string;
  minSeq?: number | null;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 20_000;
/** A large file takes its time on a slow link; what comes slower than this is not coming. */
const SLOWEST_CHARS_PER_MS = 16;

/** One exchange with the node. It never throws and knows no page. */
export async function request<T>(path: string, call: Call = {}): Promise<Result<T>> {
  const body = call.body === undefined ? undefined : payload(call);
  const timeout = AbortSignal.timeout(TIMEOUT_MS + Math.ceil((body?.length ?? 0) / SLOWEST_CHARS_PER_MS));
  const signal = call.signal ? anySignal(call.signal, timeout) : timeout;
  try {
    const response = await fetch(path, {
      method: call.method ?? 'GET',
      headers: headers(call),
      credentials: 'same-origin',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) return { ok: false, problem: await readProblem(response) };
    const seq = response.headers.get('Handprint-Seq');
    return { ok: true, value: await read<T>(response, call), seq: seq === null ? null : Number(seq) };
  } catch {
    return { ok: false, problem: unreachable() };
  }
}

/** The state of the network, put in the same form as an answer. */
export function unreachable(): Problem {
  return { code: 'unreachable', status: 0, title: '', detail: '', retry: 'same_id' };
}

function headers(call: Call): Record<string, string> {
  return {
    accept: call.as === 'bytes' || call.as === 'text' ? '*/*' : 'application/json',
    ...(call.body === undefined ? {} : { 'content-type': call.type ?? 'application/json' }),
    ...(call.id === undefined ? {} : { 'Idempotency-Key': call.id }),
    ...(call.minSeq == null ? {} : { 'Handprint-Min-Seq': String(call.minSeq) }),
  };
}

function payload(call: Call): string {
  return call.type !== undefined && typeof call.body === 'string'
    ? call.body
    : JSON.stringify(call.body);
}

async function read<T>(response: Response, call: Call): Promise<T> {
  if (call.as === 'bytes') return new Uint8Array(await response.arrayBuffer()) as T;
  const text = await response.text();
  if (call.as === 'text') return text as T;
  return (text === '' ? {} : JSON.parse(text)) as T;
}

async function readProblem(response: Response): Promise<Problem> {
  const retry = response.status >= 500 || response.status === 429 ? 'later' : 'never';
  const plain: Problem = { code: `http_${response.status}`, status: response.status, title: response.statusText, detail: '', retry };
  try {
    return { ...plain, ...((await response.json()) as Partial<Problem>) };
  } catch {
    return plain;
  }
}

/** AbortSignal.any for browsers that do not have it yet. */
function anySignal(...signals: AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort();
    else signal.addEventListener('abort', () => controller.abort(), { once: true });
  }
  return controller.signal;
}
