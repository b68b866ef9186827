// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onEvents } from '../../src/lib/api/events.ts';
import { Switch } from '../../src/lib/device/switch.svelte.ts';
import { isSlow, saver } from '../../src/lib/device/saver.ts';

class Source {
  static readonly CLOSED = 2;
  static last: Source | null = null;
  static opened: string[] = [];
  readyState = 1;
  onmessage: ((event: { lastEventId: string }) => void) | null = null;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(address: string) {
    Source.last = this;
    Source.opened.push(address);
  }
  addEventListener(): void {}
  close(): void {}
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Source);
  Source.opened = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  saver.on = false;
});

/** Twelve entries, one every two seconds. */
function entries(): number {
  const changed = vi.fn();
  const stop = onEvents(0, changed);
  for (let i = 0; i < 12; i += 1) {
    Source.last?.onmessage?.({ lastEventId: `${i}` });
    vi.advanceTimersByTime(2000);
  }
  vi.advanceTimersByTime(60_000);
  stop();
  return changed.mock.calls.length;
}

describe('a stream of events', () => {
  const fail = (readyState: number): void => {
    if (!Source.last) return;
    Source.last.readyState = readyState;
    Source.last.onerror?.();
  };

  it('that the browser gave up is opened again where it ended, later each time', () => {
    const stop = onEvents(7, vi.fn());
    Source.last?.onmessage?.({ lastEventId: '12' });
    fail(Source.CLOSED);
    vi.advanceTimersByTime(2_999);
    expect(Source.opened).toEqual(['/v1/events?after=7']);
    vi.advanceTimersByTime(1);
    expect(Source.opened).toEqual(['/v1/events?after=7', '/v1/events?after=12']);
    fail(Source.CLOSED);
    vi.advanceTimersByTime(5_999);
    expect(Source.opened).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(Source.opened).toHaveLength(3);
    Source.last?.onopen?.();
    fail(Source.CLOSED);
    vi.advanceTimersByTime(3_000);
    expect(Source.opened).toHaveLength(4);
    fail(Source.CLOSED);
    stop();
    vi.advanceTimersByTime(600_000);
    expect(Source.opened).toHaveLength(4);
  });

  it('that broke off is left to the browser', () => {
    const stop = onEvents(7, vi.fn());
    fail(0);
    vi.advanceTimersByTime(600_000);
    expect(Source.opened).toHaveLength(1);
    stop();
  });
});

describe('saving data', () => {
  it('is what slow links and those who ask for it need, and nobody else', () => {
    expect([{ saveData: true }, { effectiveType: '2g' }, { effectiveType: '3g' }, { effectiveType: '4g', saveData: true }].map(isSlow)).toEqual([true, true, true, true]);
    expect([undefined, {}, { effectiveType: '4g' }, { saveData: false }].map(isSlow)).toEqual([false, false, false, false]);
  });

  it('looks at a busy batch now and then, and never misses the last change', () => {
    expect(entries()).toBe(12);
    saver.on = true;
    expect(entries()).toBe(2);
  });

  it('is remembered', () => {
    saver.on = true;
    expect(localStorage.getItem('handprint.saver')).toBe('on');
  });

  it.each([true, false])('stands as it would unasked (%s) until the reader chooses', (unasked) => {
    localStorage.clear();
    expect(new Switch('anything', () => unasked).on).toBe(unasked);
    new Switch('anything', () => unasked).on = !unasked;
    expect(new Switch('anything', () => unasked).on).toBe(!unasked);
    expect(new Switch('another', () => unasked).on).toBe(unasked);
  });
});
