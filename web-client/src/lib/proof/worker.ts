import { verifyCheckpoint } from '../verify/checkpoint.ts';
import { readEntry } from '../verify/entry-reader.ts';
import { readLog, type Remembered } from '../verify/log-reader.ts';
import { verifyPayslipText } from '../verify/payslip.ts';
import { parsePolicy } from '../verify/policy.ts';
import { verifyReceipt } from '../verify/receipt.ts';
import { failed } from '../verify/verdict.ts';
import type { Bytes } from '../verify/bytes.ts';

export type Job =
  | { kind: 'payslip'; text: string; policy: string; promises: unknown[] }
  | { kind: 'receipt'; text: string; policy: string }
  | { kind: 'checkpoint'; base: string; policy: string }
  | { kind: 'entry'; base: string; policy: string; index: number }
  | { kind: 'log'; base: string; policy: string; remembered?: Remembered };

export type Report =
  | { id: number; progress: { done: number; of: number } }
  | { id: number; verdict: unknown };

declare const self: DedicatedWorkerGlobalScope;

// Checking runs beside the page, so that a slow phone still scrolls while it checks.
self.addEventListener('message', (event: MessageEvent<{ id: number; job: Job }>) => {
  const { id, job } = event.data;
  const send = (report: Report): void => self.postMessage(report);
  run(job, (done, of) => send({ id, progress: { done, of } })).then(
    (verdict) => send({ id, verdict }),
    (error: unknown) => send({ id, verdict: failed('not_checked', String(error)) }),
  );
});

async function run(job: Job, progress: (done: number, of: number) => void): Promise<unknown> {
  const policy = parsePolicy(job.policy);
  if (!policy) return failed('policy_malformed');
  if (job.kind === 'payslip') return verifyPayslipText(job.text, policy, job.promises);
  if (job.kind === 'receipt') return verifyReceipt(job.text, policy);
  if (job.kind === 'checkpoint') {
    const text = await fetchBytes(`${job.base}/checkpoint`);
    return text ? verifyCheckpoint(new TextDecoder().decode(text), policy) : failed('checkpoint_missing');
  }
  const source = { fetch: (path: string) => fetchBytes(`${job.base}/${path}`) };
  if (job.kind === 'entry') return readEntry(source, policy, job.index);
  return readLog(source, policy, {
    progress,
    ...(job.remembered ? { remembered: job.remembered } : {}),
  });
}

async function fetchBytes(url: string): Promise<Bytes | null> {
  const response = await fetch(url);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
