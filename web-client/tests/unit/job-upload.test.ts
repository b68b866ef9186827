// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJob, endOfIds, givenUp, newCreated, type Created } from '../../src/lib/jobs/create.ts';
import { draftFrom, type JobDraft } from '../../src/lib/jobs/draft.ts';
import { readTable } from '../../src/lib/jobs/table.ts';

interface Sent {
  path: string;
  id: string;
  body: string;
}

let sent: Sent[];
/** What the node says to uploads of tasks; otherwise all is well. */
let refusal: object | null;
/** Whether an upload is entered at once, and the state of its batch. */
let sealed: boolean;
let state: string;

function draft(text = 'id,text\n1,a\n2,b\n'): JobDraft {
  const read = readTable(text);
  if (!read.ok) throw new Error(read.reason);
  return { ...draftFrom(read.table, 'items.csv', 'Which?', ['Yes', 'No']), price: '3.50' };
}

const of = (path: RegExp): Sent[] => sent.filter((one) => path.test(one.path));

beforeEach(() => {
  sent = [];
  refusal = null;
  sealed = true;
  state = 'importing';
  vi.stubGlobal('fetch', (path: string, { body = '', headers }: { body?: string; headers: Record<string, string> }) => {
    sent.push({ path, id: headers['Idempotency-Key'] ?? '', body });
    const refused = refusal !== null && path.endsWith('/tasks');
    const answers = { project: 1, imported: 2, chunks: 1, sealed, state };
    const made = path.endsWith('/batches') ? { batch: 10 + of(/batches$/).length } : answers;
    return Promise.resolve(new Response(JSON.stringify(refused ? refusal : made), { status: refused ? 409 : 200 }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function refusedOnce(): Promise<Created> {
  const made = newCreated();
  refusal = { code: 'external_in_use', detail: '', retry: 'never' };
  expect(await createJob(draft(), made)).toMatchObject({ ok: false, problem: { code: 'external_in_use' } });
  refusal = null;
  return made;
}

describe('uploading a job', () => {
  it('goes on with the same batch when only the file was corrected, as another upload', async () => {
    const made = await refusedOnce();
    expect(await createJob(draft('id,text\n3,c\n4,d\n'), made)).toEqual({ ok: true, entered: true });
    expect(of(/projects$/)).toHaveLength(1);
    expect(of(/\/batches$/)).toHaveLength(1);
    const [first, second] = of(/\/11\/tasks$/);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.body).toBe('{"id":"3","text":"c"}\n{"id":"4","text":"d"}\n');
  });

  it('does not load tasks into a batch of the old price or words', async () => {
    const made = await refusedOnce();
    expect(await createJob({ ...draft(), price: '4.00' }, made)).toEqual({ ok: true, entered: true });
    expect(of(/projects$/)).toHaveLength(1);
    const [first, second] = of(/\/batches$/).map(({ id, body }) => ({ id, ...(JSON.parse(body) as { external: string; price_micros: number }) }));
    expect(second?.price_micros).toBe(4_000_000);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.external).not.toBe(first?.external);
    expect(of(/tasks$/).map(({ path }) => path)).toEqual(['/v1/batches/11/tasks', '/v1/batches/12/tasks']);
  });

  it('makes another batch of a job that was given up, whose ids are still taken', async () => {
    const made = newCreated();
    await createJob(draft(), made);
    givenUp(made);
    expect(endOfIds(made)).toBe('-2');
    expect(await createJob({ ...draft(), price: '4.00' }, made)).toEqual({ ok: true, entered: true });
    expect(of(/projects$/)).toHaveLength(1);
    const [first, second] = of(/\/batches$/).map(({ id, body }) => ({ id, ...(JSON.parse(body) as { external: string }) }));
    expect(second?.id).not.toBe(first?.id);
    expect(second?.external).not.toBe(first?.external);
    const [before, after] = of(/tasks$/);
    expect(after?.id).not.toBe(before?.id);
    expect([before?.path, after?.path]).toEqual(['/v1/batches/11/tasks', '/v1/batches/12/tasks']);
    expect(after?.body).toBe('{"id":"1-2","text":"a"}\n{"id":"2-2","text":"b"}\n');
  });

  it('has the time that a large file takes on a slow link', async () => {
    const limit = vi.spyOn(AbortSignal, 'timeout');
    await createJob(draft(`id,text\n${Array.from({ length: 1000 }, (_, i) => `${i},${'long '.repeat(400)}`).join('\n')}\n`), newCreated());
    const times = limit.mock.calls.map(([ms]) => ms);
    expect(times.slice(0, 2).every((ms) => ms < 21_000)).toBe(true);
    expect(times[2]).toBeGreaterThan(120_000);
  });

  describe('that the cooperative enters in pieces', () => {
    const asked = (): number => of(/\/v1\/batches\/11$/).length;

    beforeEach(() => {
      vi.useFakeTimers();
      sealed = false;
    });

    it('waits until it is entered', async () => {
      const job = createJob(draft(), newCreated());
      await vi.advanceTimersByTimeAsync(3500);
      expect(asked()).toBe(3);
      state = 'ready';
      await vi.advanceTimersByTimeAsync(1000);
      expect(await job).toEqual({ ok: true, entered: true });
    });

    it('is not waited for without an end', async () => {
      const job = createJob(draft(), newCreated());
      await vi.advanceTimersByTimeAsync(180_000);
      expect(await job).toEqual({ ok: true, entered: false });
      expect(asked()).toBe(120);
    });

    it('is asked for no more when the page was left', async () => {
      const left = new AbortController();
      const job = createJob(draft(), newCreated(), left.signal);
      await vi.advanceTimersByTimeAsync(2500);
      left.abort();
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await job).toEqual({ ok: true, entered: false });
      expect(asked()).toBe(2);
    });
  });
});
