import type { Checkpoint } from '../verify/checkpoint.ts';
import type { EntryGood } from '../verify/entry-reader.ts';
import type { LogGood, Remembered } from '../verify/log-reader.ts';
import type { PayslipGood } from '../verify/payslip.ts';
import type { ReceiptGood } from '../verify/receipt.ts';
import type { Failed } from '../verify/verdict.ts';
import type { Job, Report } from './worker.ts';

type Progress = (done: number, of: number) => void;

interface Waiting {
  resolve: (verdict: unknown) => void;
  reject: (error: Error) => void;
  progress?: Progress;
}

let worker: Worker | null = null;
let lastId = 0;
const waiting = new Map<number, Waiting>();

function start(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', (event: MessageEvent<Report>) => {
    const report = event.data;
    const job = waiting.get(report.id);
    if ('progress' in report) {
      job?.progress?.(report.progress.done, report.progress.of);
      return;
    }
    waiting.delete(report.id);
    job?.resolve(report.verdict);
  });
  worker.addEventListener('error', (event) => {
    for (const job of waiting.values()) job.reject(new Error(event.message));
    waiting.clear();
    worker = null;
  });
  return worker;
}

function run<T>(job: Job, progress?: Progress): Promise<T> {
  lastId += 1;
  const id = lastId;
  return new Promise<T>((resolve, reject) => {
    waiting.set(id, {
      resolve: (verdict) => resolve(verdict as T),
      reject,
      ...(progress ? { progress } : {}),
    });
    start().postMessage({ id, job });
  });
}

export function checkPayslip(
  text: string,
  policy: string,
  promises: unknown[],
): Promise<PayslipGood | Failed> {
  return run({ kind: 'payslip', text, policy, promises });
}

export function checkReceipt(text: string, policy: string): Promise<ReceiptGood | Failed> {
  return run({ kind: 'receipt', text, policy });
}

/** The state that the log shows now: who signed it, and when. */
export function checkCheckpoint(policy: string): Promise<Checkpoint | Failed> {
  return run({ kind: 'checkpoint', base: '/log', policy });
}

/** One entry of the log, without reading the others. */
export function checkEntry(policy: string, index: number): Promise<EntryGood | Failed> {
  return run({ kind: 'entry', base: '/log', policy, index });
}

export function checkLog(
  policy: string,
  remembered: Remembered | undefined,
  progress: Progress,
): Promise<LogGood | Failed> {
  const job: Job = { kind: 'log', base: '/log', policy, ...(remembered ? { remembered } : {}) };
  return run(job, progress);
}
